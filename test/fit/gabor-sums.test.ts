import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaborSums, parameterCount, prepareField, sumsRoom } from "../../src/fit/gabor-sums.js";
import { gaborAt } from "../../src/math/gabor.js";
import { xOfColumn, yOfRow } from "../../src/math/grid.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";

const n = parameterCount;
const grid = { height: 9, width: 13 };
const pixels = grid.height * grid.width;

function noise(count: number): Float64Array {
  const out = new Float32Array(count);
  fillNormal(out, randomStream(3, "tests"), 0);
  return Float64Array.from(out);
}

/** The function in the parameters [A, C, ln βx, ln βy, q, x0, y0, τ], `A = α·cos φ`, `C = α·f·sin φ`, `q = f²`, at a pixel. */
function model(p: ArrayLike<number>, pixel: number, { height, width } = grid): number {
  const frequency = Math.sqrt(p[4]);
  const gabor = {
    amplitude: Math.hypot(p[0], p[1] / frequency),
    betaX: Math.exp(p[2]),
    betaY: Math.exp(p[3]),
    frequency,
    phase: Math.atan2(p[1] / frequency, p[0]),
    x0: p[5],
    y0: p[6],
    tau: p[7],
  };
  const at = { height, width };
  return gaborAt(gabor, xOfColumn(at, pixel % width), yOfRow(at, Math.floor(pixel / width)));
}

/** Fourth-order central difference of the function by parameter i. */
function slope(p: Float64Array, i: number, pixel: number): number {
  const h = i === 4 ? 1e-3 * p[4] : 1e-3;
  const at = (shift: number) =>
    model(
      p.map((x, k) => (k === i ? x + shift : x)),
      pixel,
    );
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

function sumsAt(data: Float64Array, p: Float64Array, { height, width } = grid) {
  const [normal, gradient] = [new Float64Array(n * n), new Float64Array(n)];
  const sum = gaborSums(prepareField(data, height, width), sumsRoom(), p, normal, gradient);
  return { sum, normal, gradient };
}

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
/** Envelopes wide enough that none of the patch is left out: the exponent stays below 18 to its corners. */
const anyParameters = fc
  .tuple(
    between(-2, 2),
    between(-2, 2),
    between(Math.log(0.005), Math.log(0.1)),
    between(Math.log(0.005), Math.log(0.1)),
    between(0.01, 6),
    between(-2, 2),
    between(-1.5, 1.5),
    between(-4, 4),
  )
  .map((p) => Float64Array.from(p));

describe("gaborSums", () => {
  const data = noise(pixels);

  it("are Σr², Jᵀr and JᵀJ of the Gabor function, its derivatives taken by differences", () => {
    fc.assert(
      fc.property(anyParameters, (p) => {
        fc.pre(Math.abs(p[0]) + Math.abs(p[1]) > 0.05);
        const { sum, normal, gradient } = sumsAt(data, p);
        const residuals = Array.from({ length: pixels }, (_, i) => model(p, i) - data[i]);
        const J = Array.from({ length: n }, (_, a) => Array.from({ length: pixels }, (_, i) => slope(p, a, i)));
        const product = (a: readonly number[], b: readonly number[]) => a.reduce((s, x, i) => s + x * b[i], 0);
        const sizes = J.map((column) => Math.sqrt(product(column, column)));
        const exact = product(residuals, residuals);
        expect(Math.abs(sum / exact - 1)).toBeLessThan(1e-10);
        for (let a = 0; a < n; a++) {
          // the differences' own error: h⁴ times a fifth derivative
          expect(Math.abs(gradient[a] - product(J[a], residuals))).toBeLessThan(
            1e-6 * (1 + sizes[a]) * Math.sqrt(exact),
          );
          for (let b = 0; b < n; b++) {
            const off = Math.abs(normal[a * n + b] - product(J[a], J[b]));
            expect(off, `${a}, ${b}`).toBeLessThan(1e-6 * (1 + sizes[a]) * (1 + sizes[b]));
          }
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it("go over into E·(A - C·x') as the carrier vanishes", () => {
    const p = Float64Array.of(0.7, 0.4, Math.log(0.05), Math.log(0.02), 1e-10, 0.3, -0.6, 0.5);
    let exact = 0;
    for (let i = 0; i < pixels; i++) {
      const [x, y] = [xOfColumn(grid, i % grid.width) - 0.3, yOfRow(grid, Math.floor(i / grid.width)) + 0.6];
      const [along, across] = [x * Math.cos(0.5) + y * Math.sin(0.5), y * Math.cos(0.5) - x * Math.sin(0.5)];
      const w = Math.exp(-0.05 * along ** 2 - 0.02 * across ** 2) * (0.7 - 0.4 * along);
      exact += (w - data[i]) ** 2;
    }
    expect(sumsAt(data, p).sum).toBeCloseTo(exact, 7);
  });

  it("leave out of Σr² no more than the envelope beyond its exponent of 18 could add", () => {
    const narrow = { height: 24, width: 40 };
    const count = narrow.height * narrow.width;
    const field = noise(count);
    const places = fc.tuple(between(-25, 25), between(-16, 16), between(-4, 4), between(Math.log(0.02), Math.log(3)));
    fc.assert(
      fc.property(places, ([x0, y0, tau, logBeta]) => {
        const p = Float64Array.of(1.5, -0.8, logBeta, logBeta - 1, 1.1, x0, y0, tau);
        const amplitude = Math.hypot(p[0], p[1] / Math.sqrt(p[4]));
        let [exact, bound] = [0, 0];
        for (let i = 0; i < count; i++) {
          exact += (model(p, i, narrow) - field[i]) ** 2;
          const most = amplitude * Math.exp(-18);
          bound += 2 * most * Math.abs(field[i]) + most * most;
        }
        expect(Math.abs(sumsAt(field, p, narrow).sum - exact)).toBeLessThan(bound + 1e-11 * exact);
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it("count a patch that the envelope does not reach with its whole square", () => {
    const p = Float64Array.of(1, 0, Math.log(3), Math.log(3), 1, 40, 40, 0.2);
    const { sum, normal, gradient } = sumsAt(data, p);
    expect(sum).toBeCloseTo(
      data.reduce((total, x) => total + x * x, 0),
      10,
    );
    expect([...normal, ...gradient].every((x) => x === 0)).toBe(true);
  });
});

describe("prepareField", () => {
  it("sums the squares to the left and to the right of each column", () => {
    const { left, right, square } = prepareField(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3);
    expect([...left]).toEqual([0, 1, 5, 14, 0, 16, 41, 77]);
    expect([...right]).toEqual([14, 13, 9, 0, 77, 61, 36, 0]);
    expect(square).toBe(91);
  });
});
