import { describe, expect, it } from "vitest";
import { exampleDriftingGabor, exampleSpaceTimeKernels } from "../../src/cells/space-time-cell-examples.js";
import { fitSpaceTimeGabor } from "../../src/fit/fit-space-time-gabor.js";
import { refineSpaceTime, spaceTimeProblem } from "../../src/fit/space-time-gabor-problem.js";
import { spaceTimeParameterCount as n, spaceTimeRoom, spaceTimeSums } from "../../src/fit/space-time-gabor-sums.js";
import { inverseOfFree } from "../../src/math/levenberg-marquardt-step.js";
import {
  canonicalSpaceTimeGabor,
  type SpaceTimeGabor,
  spaceTimeGaborParameters,
  spaceTimeGaborValues,
} from "../../src/math/space-time-gabor.js";
import { dot } from "../../src/math/vectors.js";
import type { Estimate } from "../../src/reverse-correlation/estimate.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { drawSpaceTimeGabors, noisySpaceTimeField } from "./space-time-gabor-cases.js";

const over = { grid: { height: 12, width: 13 }, lags: 10 };
const [example] = drawSpaceTimeGabors(1, 12);

/** The difference of two parameters, angles to the nearest form of the same function. */
function difference(found: SpaceTimeGabor, truth: SpaceTimeGabor, name: keyof SpaceTimeGabor): number {
  const turned = { ...found, tau: found.tau + Math.PI, phase: -found.phase, drift: -found.drift };
  const d = (Math.cos(found.tau - truth.tau) >= 0 ? found : turned)[name] - truth[name];
  return name === "tau" || name === "phase" ? Math.atan2(Math.sin(d), Math.cos(d)) : d;
}

/** The function of the fit's own parameters. */
function valuesAt(p: ArrayLike<number>): Float64Array {
  const [amplitude, phase] = [Math.hypot(p[0], p[1]), Math.atan2(p[1], p[0])];
  const [betaX, betaY, betaT] = [Math.exp(p[2]), Math.exp(p[3]), Math.exp(p[8])];
  const rest = { frequency: p[4], x0: p[5], y0: p[6], tau: p[7], t0: p[9], drift: p[10] };
  return spaceTimeGaborValues({ amplitude, phase, betaX, betaY, betaT, ...rest }, over);
}

/** The fit's own parameters of a Gabor. */
function pointOf(g: SpaceTimeGabor): number[] {
  const [A, B] = [g.amplitude * Math.cos(g.phase), g.amplitude * Math.sin(g.phase)];
  const space = [Math.log(g.betaX), Math.log(g.betaY), g.frequency, g.x0, g.y0, g.tau];
  return [A, B, ...space, Math.log(g.betaT), g.t0, g.drift];
}

describe("the sums of a space-time Gabor's least squares", () => {
  it("are those of the function and its central differences", () => {
    const field = {
      lags: 10,
      height: 12,
      width: 13,
      data: Float64Array.from(noisySpaceTimeField(example, over, 1, 0).data),
    };
    for (const [A, B, f, tau] of [
      [0.7, -0.4, 0.9, 0.3],
      [-1.1, 0.2, 1.4, 2.2],
    ]) {
      const p = Float64Array.of(A, B, -2.4, -2.9, f, 0.6, -0.8, tau, -2, 4.3, -0.7);
      const [normal, gradient] = [new Float64Array(n * n), new Float64Array(n)];
      const sum = spaceTimeSums(field, spaceTimeRoom(field), p, normal, gradient);
      const r = valuesAt(p).map((value, i) => value - field.data[i]);
      expect(sum).toBeCloseTo(
        r.reduce((s, x) => s + x * x, 0),
        9,
      );
      const columns = Array.from(p, (_, a) => {
        const [up, down] = [p.slice(), p.slice()];
        up[a] += 1e-5;
        down[a] -= 1e-5;
        const low = valuesAt(down);
        return valuesAt(up).map((value, i) => (value - low[i]) / 2e-5);
      });
      for (let a = 0; a < n; a++) {
        expect(gradient[a]).toBeCloseTo(
          columns[a].reduce((s, x, i) => s + x * r[i], 0),
          6,
        );
        for (let b = 0; b < n; b++)
          expect(normal[a * n + b]).toBeCloseTo(
            columns[a].reduce((s, x, i) => s + x * columns[b][i], 0),
            6,
          );
      }
    }
  });
});

describe("fitSpaceTimeGabor", () => {
  it("recovers every parameter of 30 Gabors without noise", () => {
    for (const truth of drawSpaceTimeGabors(30, 12)) {
      const { gabor, rSquared, warnings } = fitSpaceTimeGabor(noisySpaceTimeField(truth, over, 0, 0));
      expect(rSquared).toBeGreaterThan(1 - 1e-10);
      for (const name of spaceTimeGaborParameters) expect(Math.abs(difference(gabor, truth, name))).toBeLessThan(1e-5);
      expect(gabor).toEqual(canonicalSpaceTimeGabor(gabor));
      expect(warnings).toEqual([]);
    }
  });

  it("leaves no more than a fit started at the truth, in noise of ten times the mean square, in 30 of 30", () => {
    drawSpaceTimeGabors(30, 12).forEach((truth, row) => {
      const values = spaceTimeGaborValues(truth, over);
      const sigma = Math.sqrt((10 * values.reduce((s, x) => s + x * x, 0)) / values.length);
      const data = Float64Array.from(noisySpaceTimeField(truth, over, sigma, row).data);
      const field = { lags: 10, height: 12, width: 13, data };
      const fromTruth = refineSpaceTime(spaceTimeProblem(field, spaceTimeRoom(field)), pointOf(truth), Infinity);
      const { residual } = fitSpaceTimeGabor(tensor(data, [10, 12, 13]));
      expect(Array.from(residual.data).reduce((s, x) => s + x * x, 0)).toBeLessThan(
        fromTruth.sumOfSquares * (1 + 1e-5),
      );
    });
  });

  it("has 95 % intervals that hold each parameter in 92 to 98 % of 400 noisy fields", () => {
    const inside = new Float64Array(n);
    const runs = 400;
    for (let row = 0; row < runs; row++) {
      const { gabor, standardErrors } = fitSpaceTimeGabor(noisySpaceTimeField(example, over, 0.15, row));
      spaceTimeGaborParameters.forEach((name, i) => {
        if (Math.abs(difference(gabor, example, name)) <= 1.96 * standardErrors[name]) inside[i]++;
      });
    }
    for (const share of inside.map((count) => count / runs)) {
      // binomial standard error 1.1 %
      expect(share).toBeGreaterThanOrEqual(0.92);
      expect(share).toBeLessThanOrEqual(0.98);
    }
  });

  it("has the standard errors of the Gabor's own parameters: σ²·(JᵀJ)⁻¹ by central differences", () => {
    // an envelope of a third of a cycle: amplitude and phase hang together
    const wide = { ...example, betaX: 0.3, betaT: 0.5, drift: 0.1, frequency: 0.5, phase: 0.7 };
    const { gabor, standardErrors, residual } = fitSpaceTimeGabor(noisySpaceTimeField(wide, over, 0.02, 3));
    const columns = spaceTimeGaborParameters.map((name) => {
      const low = spaceTimeGaborValues({ ...gabor, [name]: gabor[name] - 1e-6 }, over);
      return spaceTimeGaborValues({ ...gabor, [name]: gabor[name] + 1e-6 }, over).map((x, i) => (x - low[i]) / 2e-6);
    });
    const normal = columns.flatMap((a) => columns.map((b) => dot(a, b)));
    const inverse = inverseOfFree(Float64Array.from(normal), n, Array.from(columns.keys()));
    const variance = dot(residual.data, residual.data) / (residual.data.length - n);
    spaceTimeGaborParameters.forEach((name, i) => {
      expect(standardErrors[name] / Math.sqrt(variance * (inverse?.[i * n + i] ?? NaN))).toBeCloseTo(1, 3);
    });
  });

  it("gives lengths in the grid's unit and times in the frame's", () => {
    const { drifting } = exampleSpaceTimeKernels();
    const grid = { height: 16, width: 16, step: 0.25 };
    const { gabor } = fitSpaceTimeGabor(drifting, { grid, frameSeconds: 1 / 60 });
    const truth = exampleDriftingGabor;
    expect(gabor.betaX).toBeCloseTo(truth.betaX * 16, 4);
    expect(gabor.frequency).toBeCloseTo(truth.frequency * 4, 4);
    expect(gabor.x0).toBeCloseTo(truth.x0 / 4, 4);
    expect(gabor.t0).toBeCloseTo(truth.t0, 5);
    expect(gabor.drift).toBeCloseTo(truth.drift, 2);
    expect(gabor.betaT / truth.betaT).toBeCloseTo(1, 4);
    const estimate = { kind: "estimate", kernel: drifting, grid } as unknown as Estimate;
    expect(fitSpaceTimeGabor(estimate, { frameSeconds: 1 / 60 }).gabor).toEqual(gabor);
  });

  it("is no worse with more starts", () => {
    for (let row = 0; row < 5; row++) {
      const field = noisySpaceTimeField(example, over, 1.5, row);
      const left = [1, 2, 3, 8].map((starts) => fitSpaceTimeGabor(field, { starts }).rSquared);
      left.slice(1).forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(left[i]);
      });
    }
  });

  it("leaves field minus fit, and scales with the field", () => {
    const field = noisySpaceTimeField(example, over, 0.3, 1);
    const { gabor, residual, rSquared } = fitSpaceTimeGabor(field);
    const model = spaceTimeGaborValues(gabor, over);
    residual.data.forEach((r, i) => {
      expect(r + model[i]).toBeCloseTo(field.data[i], 12);
    });
    const twice = fitSpaceTimeGabor(
      tensor(
        field.data.map((x) => 1000 * x),
        field.shape,
      ),
    );
    expect(twice.gabor.amplitude / gabor.amplitude).toBeCloseTo(1000, 4);
    expect(twice.rSquared).toBeCloseTo(rSquared, 8);
  });

  it("warns of a drift that is not told from 0, and of bounds", () => {
    const still = fitSpaceTimeGabor(noisySpaceTimeField({ ...example, drift: 0 }, over, 0.2, 2));
    expect(still.warnings).toContain("the drift is not told from 0: no direction of motion is preferred");
    const edge = fitSpaceTimeGabor(noisySpaceTimeField({ ...example, x0: 8, t0: 11 }, over, 0, 0));
    expect(edge.warnings.join()).toMatch(/right edge.*after the last lag/);
    expect(edge.standardErrors.t0).toBeNaN();
    const blob = fitSpaceTimeGabor(noisySpaceTimeField({ ...example, frequency: 0, phase: 0.3 }, over, 0.05, 2));
    expect(blob.warnings.join()).toMatch(/carrier is not told from none/);
  });

  it("refuses fields that it cannot fit", () => {
    const refused = (f: () => unknown, message: string) => expect(f).toThrow(new InputError(message));
    const of = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(2), shape);
    refused(
      () => fitSpaceTimeGabor(of(2, 8, 8)),
      "fitSpaceTimeGabor: field has 2 lags, at least 3 are needed to tell a drift",
    );
    refused(
      () => fitSpaceTimeGabor(of(3, 1, 3)),
      "fitSpaceTimeGabor: field has 9 numbers, more than the 11 parameters are needed",
    );
    refused(
      () => fitSpaceTimeGabor(of(3, 8, 8)),
      "fitSpaceTimeGabor: field is constant, it must vary for a function to be fitted",
    );
    refused(() => fitSpaceTimeGabor(of(8, 8)), "fitSpaceTimeGabor: field has shape [8, 8], 3 axes are needed");
    refused(() => fitSpaceTimeGabor(of(0, 8, 8)), "fitSpaceTimeGabor: field has shape [0, 8, 8], no axis may be 0");
    refused(
      () => fitSpaceTimeGabor(3 as never),
      "fitSpaceTimeGabor: field is 3, a tensor [lags, height, width] or an estimate is needed",
    );
    refused(
      () => fitSpaceTimeGabor(of(4, 8, 8), { grid: { height: 8, width: 9 } }),
      "fitSpaceTimeGabor: grid is 8x9 (step 1), field of shape [4, 8, 8] needs 8x8",
    );
  });
});
