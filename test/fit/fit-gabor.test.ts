import { describe, expect, it } from "vitest";
import { fitGabor } from "../../src/fit/fit-gabor.js";
import { rSquaredOf } from "../../src/fit/r-squared.js";
import { canonicalGabor, type Gabor, gaborAt, gaborParameters, renderGabor } from "../../src/math/gabor.js";
import type { Estimate } from "../../src/reverse-correlation/estimate.js";
import { type Tensor, tensor, zeros } from "../../src/tensor/tensor.js";
import { drawGabors, gaborFrom, noisyField } from "./gabor-cases.js";

const grid = { height: 32, width: 32 };
const small = { height: 16, width: 16 };
const example = gaborFrom({ sigmaX: 2.2, sigmaY: 2.8, cycles: 0.16 });

/** The difference of two parameters, angles to the nearest form of the same function. */
function difference(found: Gabor, truth: Gabor, name: keyof Gabor): number {
  const near =
    Math.cos(found.tau - truth.tau) >= 0 ? found : { ...found, tau: found.tau + Math.PI, phase: -found.phase };
  const d = near[name] - truth[name];
  return name === "tau" || name === "phase" ? Math.atan2(Math.sin(d), Math.cos(d)) : d;
}

/** Σr²/(n-8)·(JᵀJ)⁻¹ by central differences of the plain function, inverted by elimination: the standard errors. */
function slowErrors(gabor: Gabor, residual: Tensor): number[] {
  const [height, width] = residual.shape;
  const values = (g: Gabor) =>
    Array.from(residual.data, (_, i) =>
      gaborAt(g, (i % width) - (width - 1) / 2, (height - 1) / 2 - Math.floor(i / width)),
    );
  const columns = gaborParameters.map((name) => {
    const up = values({ ...gabor, [name]: gabor[name] + 1e-6 });
    const down = values({ ...gabor, [name]: gabor[name] - 1e-6 });
    return up.map((x, i) => (x - down[i]) / 2e-6);
  });
  const n = columns.length;
  const rows = columns.map((a, i) => [
    ...columns.map((b) => a.reduce((sum, x, k) => sum + x * b[k], 0)),
    ...columns.map((_, j) => (i === j ? 1 : 0)),
  ]);
  for (let i = 0; i < n; i++) {
    const pivot = rows[i][i];
    rows[i] = rows[i].map((x) => x / pivot);
    for (let j = 0; j < n; j++) {
      const factor = rows[j][i];
      if (j !== i) rows[j] = rows[j].map((x, k) => x - factor * rows[i][k]);
    }
  }
  const variance = Array.from(residual.data).reduce((sum, r) => sum + r * r, 0) / (residual.data.length - n);
  return rows.map((row, i) => Math.sqrt(variance * row[n + i]));
}

describe("the fit of a Gabor", () => {
  it("recovers every parameter of 40 Gabors without noise, to the precision of float32", () => {
    for (const truth of drawGabors(40).map(canonicalGabor)) {
      const { gabor, rSquared, warnings } = fitGabor(renderGabor(truth, grid));
      expect(rSquared).toBeGreaterThan(1 - 1e-9);
      for (const name of gaborParameters) expect(Math.abs(difference(gabor, truth, name))).toBeLessThan(2e-3);
      expect(warnings).toEqual([]);
    }
  });

  it("recovers at least 98 of 100 Gabors from noise of a tenth of their mean square (R² of the noiseless >= .98)", () => {
    const recovered = drawGabors(100).filter((truth, seed) => {
      const { gabor } = fitGabor(noisyField(truth, grid, 0.1, seed));
      return rSquaredOf(renderGabor(truth, grid).data, renderGabor(gabor, grid).data) >= 0.98;
    });
    expect(recovered.length).toBeGreaterThanOrEqual(98);
  });

  it("gives canonical parameters whatever the parameters of the truth", () => {
    const odd = { ...example, amplitude: -2, tau: -0.5, phase: 9 };
    const { gabor } = fitGabor(renderGabor(odd, small));
    expect(gabor).toEqual(canonicalGabor(gabor));
    const truth = canonicalGabor(odd);
    for (const name of gaborParameters) expect(gabor[name]).toBeCloseTo(truth[name], 4);
  });

  it("is a minimum: no small change of a parameter leaves less", () => {
    const field = noisyField(example, small, 0.3, 5);
    const { gabor } = fitGabor(field);
    const left = (g: Gabor) => 1 - rSquaredOf(field.data, renderGabor(g, small).data);
    for (const name of gaborParameters) {
      for (const by of [-0.02, 0.02]) expect(left({ ...gabor, [name]: gabor[name] + by })).toBeGreaterThan(left(gabor));
    }
  });

  it("has an R² about the field's mean, and the residual that belongs to it", () => {
    const clean = noisyField(example, small, 0.2, 3);
    const field = tensor(
      clean.data.map((x) => x + 0.05),
      [16, 16],
    );
    const { gabor, rSquared, residual } = fitGabor(field);
    const model = renderGabor(gabor, small).data;
    expect(residual.shape).toEqual([16, 16]);
    for (const [i, x] of field.data.entries()) expect(residual.data[i]).toBeCloseTo(x - model[i], 6);
    const mean = Array.from(field.data).reduce((sum, x) => sum + x, 0) / 256;
    const about = Array.from(field.data).reduce((sum, x) => sum + (x - mean) ** 2, 0);
    expect(rSquared).toBeCloseTo(1 - Array.from(residual.data).reduce((sum, r) => sum + r * r, 0) / about, 12);
  });

  it("takes lengths from the grid's step, errors with them", () => {
    const field = noisyField(example, small, 0.1, 8);
    const pixels = fitGabor(field);
    const degrees = fitGabor(field, { grid: { ...small, step: 0.25 } });
    const powers = { amplitude: 0, betaX: -2, betaY: -2, frequency: -1, phase: 0, x0: 1, y0: 1, tau: 0 };
    for (const name of gaborParameters) {
      const factor = 0.25 ** powers[name];
      expect(degrees.gabor[name]).toBeCloseTo(pixels.gabor[name] * factor, 10);
      expect(degrees.standardErrors[name]).toBeCloseTo(pixels.standardErrors[name] * factor, 10);
    }
    expect(degrees.rSquared).toBeCloseTo(pixels.rSquared, 12);
  });

  it("scales with the field, however small", () => {
    const field = noisyField(example, small, 0.1, 8);
    const tiny = fitGabor(
      tensor(
        field.data.map((x) => x * 1e-200),
        [16, 16],
      ),
    );
    const plain = fitGabor(field);
    expect(tiny.gabor.amplitude / 1e-200).toBeCloseTo(plain.gabor.amplitude, 9);
    expect(tiny.gabor.frequency).toBeCloseTo(plain.gabor.frequency, 9);
  });
});

describe("the standard errors of a Gabor fit", () => {
  it("are those of a numeric Jacobian of the plain function", () => {
    for (const truth of [example, gaborFrom({ sigmaX: 1.5, sigmaY: 3, cycles: 0.2 }, { tau: 2.8, phase: -2 })]) {
      const fit = fitGabor(noisyField(truth, small, 0.2, 21));
      const slow = slowErrors(fit.gabor, fit.residual);
      for (const [i, name] of gaborParameters.entries()) expect(fit.standardErrors[name] / slow[i]).toBeCloseTo(1, 4);
    }
  });

  it("cover the truth: each parameter within 2 in 95.4 % of 300 noises (4 binomial errors, 90.5 to 99.9 %)", () => {
    const truth = canonicalGabor(example);
    const within = gaborParameters.map(() => 0);
    for (let seed = 0; seed < 300; seed++) {
      const { gabor, standardErrors } = fitGabor(noisyField(truth, small, 0.1, 1000 + seed));
      gaborParameters.forEach((name, i) => {
        if (Math.abs(difference(gabor, truth, name)) <= 2 * standardErrors[name]) within[i]++;
      });
    }
    for (const count of within) {
      expect(count).toBeGreaterThanOrEqual(272);
      expect(count).toBeLessThan(300);
    }
  });
});

describe("the starts of a Gabor fit", () => {
  const hard = Array.from({ length: 12 }, (_, k) => {
    const two = [
      gaborFrom({ sigmaX: 1.6, sigmaY: 2, cycles: 0.2 }, { tau: k, x0: -2 }),
      gaborFrom({ sigmaX: 2, sigmaY: 2, cycles: 0.1 }, { tau: 2 * k, x0: 3 }),
    ];
    const [a, b] = two.map((g) => renderGabor(g, { height: 12, width: 12 }).data);
    return tensor(
      Float64Array.from(a, (x, i) => x + b[i]),
      [12, 12],
    );
  });

  it("are the same each time", () => {
    for (const field of hard.slice(0, 3)) expect(fitGabor(field)).toEqual(fitGabor(field));
  });

  it("never give a worse R² when there are more, on fields that are no Gabor", () => {
    for (const field of hard) {
      const found = [1, 2, 3, 5, 9, 20, 45].map((starts) => fitGabor(field, { starts }).rSquared);
      for (let i = 1; i < found.length; i++) expect(found[i]).toBeGreaterThanOrEqual(found[i - 1]);
    }
  });

  it("take the seed only for the random ones after the screened", () => {
    const field = hard[1];
    expect(fitGabor(field, { seed: 1 })).toEqual(fitGabor(field, { seed: 2 }));
    expect(fitGabor(field, { starts: 60, seed: 1 })).toEqual(fitGabor(field, { starts: 60, seed: 1 }));
  });
});

describe("a Gabor fit of an estimate", () => {
  const spatial = renderGabor(example, small).data;
  const times = [0.2, -1.5, 0.6];
  const estimate = (weights: readonly number[]): Estimate => ({
    kind: "estimate",
    method: "spike-triggered-average",
    grid: { ...small, step: 0.5 },
    kernel: tensor(
      weights.flatMap((t) => Array.from(spatial, (x) => t * x)),
      [weights.length, 16, 16],
    ),
    spikesUsed: 10,
    spikesSkipped: 0,
    warnings: [],
  });

  it("of one lag is the fit of its image, on its own grid", () => {
    const { gabor } = fitGabor(estimate([1]));
    expect(gabor.x0).toBeCloseTo(0.5 * example.x0, 5);
    expect(gabor.amplitude).toBeCloseTo(1, 5);
  });

  it("of several lags is that of the first spatial singular vector times its value, the strongest lag positive", () => {
    const { gabor } = fitGabor(estimate(times));
    const truth = canonicalGabor({ ...example, amplitude: -Math.hypot(...times) });
    // the strongest weight is negative: made positive, it turns the field about
    expect(gabor.amplitude).toBeCloseTo(truth.amplitude, 5);
    expect(Math.abs(difference(gabor, truth, "phase"))).toBeLessThan(1e-4);
    expect(fitGabor(estimate(times), { grid: small }).gabor.x0).toBeCloseTo(example.x0, 5);
  });
});

describe("fields at the edge of what a Gabor can say", () => {
  it("without a carrier come back with frequency 0, phase 0 and the longer axis along x'", () => {
    const blob = gaborFrom({ sigmaX: 1.5, sigmaY: 2.5, cycles: 0 }, { phase: 0 });
    const { gabor, standardErrors, warnings } = fitGabor(renderGabor(blob, small));
    expect([gabor.frequency, gabor.phase]).toEqual([0, 0]);
    expect(gabor.betaX).toBeCloseTo(0.08, 5);
    expect(gabor.betaY).toBeCloseTo(0.5 / 2.25, 5);
    expect(gabor.tau).toBeCloseTo(0.5 + Math.PI / 2, 4);
    expect([standardErrors.frequency, standardErrors.phase]).toEqual([Number.NaN, Number.NaN]);
    expect(standardErrors.x0).toBeLessThan(1e-5);
    expect(warnings[0]).toMatch(/^no carrier/);
  });

  it("that are round blobs have tau 0, and say that it is not identified", () => {
    const round = gaborFrom({ sigmaX: 2, sigmaY: 2, cycles: 0 }, { phase: 0, amplitude: -1 });
    const { gabor, standardErrors, warnings } = fitGabor(renderGabor(round, small));
    expect(gabor.tau).toBe(0);
    expect(gabor.betaX).toBe(gabor.betaY);
    expect([gabor.amplitude, gabor.phase]).toEqual([expect.closeTo(1, 5), Math.PI]);
    expect(standardErrors.tau).toBeNaN();
    expect(standardErrors.betaX).toBeLessThan(1e-5);
    expect(warnings).toContain("a round blob has no direction: tau is 0 by convention");
  });

  it("that are a Gaussian's derivative have an amplitude far above the field, and say so", () => {
    const slope = Float64Array.from({ length: 256 }, (_, i) => {
      const [x, y] = [(i % 16) - 7.5, 7.5 - Math.floor(i / 16)];
      return x * Math.exp(-(x * x + y * y) / 8);
    });
    const { gabor, rSquared, warnings } = fitGabor(tensor(slope, [16, 16]));
    expect(rSquared).toBeGreaterThan(0.99999);
    expect(Math.abs(Math.abs(gabor.phase) - Math.PI / 2)).toBeLessThan(0.01);
    expect(warnings.join()).toMatch(/amplitude is \d+ times the field's largest value/);
  });

  it.each<[string, Gabor, RegExp]>([
    [
      "narrower than a pixel",
      gaborFrom({ sigmaX: 0.2, sigmaY: 0.2, cycles: 0 }, { phase: 0, x0: 0.5, y0: 0.5 }),
      /sigma[XY] ended on its lower bound, 0.4 pixels/,
    ],
    [
      "wider than the patch",
      gaborFrom({ sigmaX: 90, sigmaY: 90, cycles: 0.13 }),
      /sigma[XY] ended on its upper bound, 2 patch widths/,
    ],
    [
      "beyond the right edge",
      gaborFrom({ sigmaX: 3, sigmaY: 4, cycles: 0.1 }, { x0: 11, y0: 0, tau: 0 }),
      /x0 ended on its bound, the patch's right edge/,
    ],
    [
      "beyond the lower edge",
      gaborFrom({ sigmaX: 3, sigmaY: 4, cycles: 0.1 }, { x0: 0, y0: -11, tau: 1.57 }),
      /y0 ended on its bound, the patch's lower edge/,
    ],
  ])("end on a bound and say so: %s", (_, truth, message) => {
    const { gabor, warnings } = fitGabor(noisyField(truth, small, 0.001, 4));
    expect(warnings.join("; ")).toMatch(message);
    expect(Math.abs(gabor.x0)).toBeLessThanOrEqual(8);
    expect(Math.abs(gabor.y0)).toBeLessThanOrEqual(8);
    expect(Math.min(gabor.betaX, gabor.betaY)).toBeGreaterThanOrEqual(0.5 / 32 ** 2 - 1e-12);
    expect(Math.max(gabor.betaX, gabor.betaY)).toBeLessThanOrEqual(0.5 / 0.16 + 1e-12);
  });

  it("keep the carrier below Nyquist along both axes", () => {
    const alternating = Float64Array.from({ length: 256 }, (_, i) => {
      const [x, y] = [(i % 16) - 7.5, 7.5 - Math.floor(i / 16)];
      return (i % 2 === 0 ? 1 : -1) * Math.exp(-(x * x + y * y) / 18);
    });
    const { gabor, warnings, rSquared } = fitGabor(tensor(alternating, [16, 16]));
    expect(rSquared).toBeGreaterThan(0.9999);
    expect(gabor.frequency * Math.abs(Math.cos(gabor.tau))).toBeLessThanOrEqual(Math.PI * (1 + 1e-12));
    expect(gabor.frequency * Math.abs(Math.sin(gabor.tau))).toBeLessThanOrEqual(Math.PI * (1 + 1e-12));
    // so near to Nyquist the carrier's distance from it and the envelope's width are one number
    expect(warnings.join()).toMatch(/the Nyquist frequency along an axis|not converged/);
  });

  it.each([
    ["zero", zeros([8, 8])],
    ["constant", tensor(new Float32Array(64).fill(0.3), [8, 8])],
  ])("that are %s come back with amplitude 0, no R², no errors and a warning", (_, field) => {
    const fit = fitGabor(field);
    expect(fit.gabor.amplitude).toBe(0);
    expect(fit.rSquared).toBeNaN();
    expect(Object.values(fit.standardErrors).every(Number.isNaN)).toBe(true);
    expect(fit.stopped).toBe("singular");
    expect(Array.from(fit.residual.data)).toEqual(Array.from(field.data));
    expect(fit.warnings).toEqual([expect.stringMatching(/^the field is constant/)]);
  });

  it("that have fewer pixels than parameters say so, without standard errors", () => {
    const fit = fitGabor(tensor([0, 1, 0, 2, 5, 1], [2, 3]));
    expect(fit.warnings.join()).toMatch(/6 pixels, fewer than the 8 parameters/);
    expect(Object.values(fit.standardErrors).every(Number.isNaN)).toBe(true);
  });

  it("that are noise alone are fitted by some Gabor, and mostly say what is not resolved or on a bound", () => {
    const noise = Array.from({ length: 60 }, (_, seed) =>
      fitGabor(noisyField(example, { height: 8, width: 8 }, 1e6, 5000 + seed)),
    );
    for (const { rSquared } of noise) expect(rSquared).toBeLessThan(0.6);
    const said = noise.flatMap(({ warnings }) => warnings).join("; ");
    expect(noise.filter(({ warnings }) => warnings.length > 0).length).toBeGreaterThan(30);
    for (const message of [
      "frequency ended on its upper bound, the Nyquist frequency along an axis",
      "frequency ended on its lower bound, a sixtieth of a cycle across the patch",
      "not converged: the fit ran into its limit of 200 steps",
      "the carrier is not told from none: frequency is below its standard error",
      "the phase is not resolved",
      "tau is not resolved",
      "x0 ended on its bound, the patch's left edge",
      "y0 ended on its bound, the patch's upper edge",
    ]) {
      expect(said).toContain(message);
    }
  });
});

describe("what cannot be fitted is refused", () => {
  const field = renderGabor(example, small);
  it.each<[() => unknown, string]>([
    [() => fitGabor(3 as never), "fitGabor: field is 3, a tensor [H, W] or an estimate is needed"],
    [() => fitGabor(zeros([2, 3, 4])), "fitGabor: field has shape [2, 3, 4], 2 axes are needed"],
    [
      () => fitGabor({ kind: "estimate", kernel: zeros([3, 3]), grid: small } as never),
      "fitGabor: field.kernel has shape [3, 3], 3 axes are needed",
    ],
    [
      () => fitGabor({ kind: "estimate", kernel: zeros([0, 16, 16]), grid: small } as never),
      "at least one lag is needed",
    ],
    [() => fitGabor(tensor([1, Number.NaN, 2, 3], [2, 2])), "fitGabor: field[1] is NaN, finite numbers are needed"],
    [
      () => fitGabor(field, { grid: { height: 8, width: 16 } }),
      "fitGabor: grid is 8x16 (step 1), the field of shape [16, 16] needs 16x16",
    ],
    [() => fitGabor(field, { starts: 0 }), "fitGabor: starts is 0, a whole number of at least 1 is needed"],
    [() => fitGabor(field, { seed: -1 }), "fitGabor: seed is -1"],
    [
      () => fitGabor(field, { retries: 3 } as never),
      'fitGabor: option "retries" is not known, it takes grid, starts, seed',
    ],
    [() => fitGabor(zeros([0, 4])), "fitGabor: grid.height is 0"],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });
});
