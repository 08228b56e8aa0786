import { describe, expect, it } from "vitest";
import { complexCell } from "../../../src/cells/complex-cell.js";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { quadraturePair, renderGabor } from "../../../src/math/gabor.js";
import { extremeEigen } from "../../../src/math/symmetric-eigen.js";
import { dot, norm } from "../../../src/math/vectors.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import {
  averageGain,
  complexCellExcess,
  effectiveSpikes,
  effectiveSpikesBesideAll,
  expectedAverageCorrelation,
  expectedBulk,
  expectedCovarianceAngle,
  measuredAlong,
} from "../../../src/reverse-correlation/goodness/theory.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";

const gabor = { amplitude: 1, betaX: 0.2, betaY: 0.15, frequency: 1.2, phase: 0.4, x0: 0.3, y0: -0.2, tau: 0.5 };
const grid = { height: 8, width: 8 };

describe("what theory predicts", () => {
  it("counts spikes that share a frame once and a bit", () => {
    expect(effectiveSpikes([0.5, 0.5, 0, 1])).toBeCloseTo(2 / (1 + 1.5 / 2), 12);
    expect(effectiveSpikes(new Float64Array(100).fill(1e-6))).toBeCloseTo(1e-4, 9);
    expect(effectiveSpikesBesideAll(50, 100)).toBeCloseTo(100, 10);
    expect(effectiveSpikesBesideAll(100, 100)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(["rectified", "squared"] as const)(
    "gives the norm of a %s cell's average (20 seeds, 3 standard errors)",
    (nonlinearity) => {
      const field = renderGabor(gabor, grid).data;
      const projections = Array.from({ length: 20 }, (_, seed) => {
        const stimulus = whiteNoise({ grid, frames: 4000, frameSeconds: 1 / 60, seed });
        const spikes = poissonSpikes(simpleCell(gabor, { nonlinearity }).respond(stimulus), { peakRate: 300, seed });
        const { kernel } = spikeTriggeredAverage(stimulus, spikes);
        return dot(kernel.data, field) / norm(field);
      });
      const mean = projections.reduce((a, b) => a + b, 0) / 20;
      const deviation = Math.sqrt(projections.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19);
      expect(Math.abs(mean - averageGain[nonlinearity])).toBeLessThan((3 * deviation) / Math.sqrt(20));
    },
  );

  it("gives the correlation of an average with the filter (20 seeds, 3 standard errors)", () => {
    const field = renderGabor(gabor, grid).data;
    const differences = Array.from({ length: 20 }, (_, seed) => {
      const stimulus = whiteNoise({ grid, frames: 3000, frameSeconds: 1 / 60, seed });
      const response = simpleCell(gabor).respond(stimulus);
      const peak = response.drive.reduce((a, b) => Math.max(a, b));
      const expected = response.drive.map((drive) => ((60 / 60) * drive) / peak);
      const { kernel } = spikeTriggeredAverage(stimulus, poissonSpikes(response, { peakRate: 60, seed }));
      const found = dot(kernel.data, field) / norm(kernel.data) / norm(field);
      return found - expectedAverageCorrelation(averageGain.squared, 64, effectiveSpikes(expected));
    });
    const mean = differences.reduce((a, b) => a + b, 0) / 20;
    const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19);
    expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(20));
  });

  it("gives the angle of a spiked covariance: 0 with many spikes, a right angle below the threshold", () => {
    expect(expectedCovarianceAngle(0.5, 256, 1e9)).toBeLessThan(0.01);
    expect(expectedCovarianceAngle(0.5, 256, 1000)).toBe(Math.PI / 2);
    expect(Math.cos(expectedCovarianceAngle(1, 100, 400)) ** 2).toBeCloseTo((1 - 0.25) / (1 + 0.25), 12);
    const { low, high } = expectedBulk(100, 400);
    expect([low, high]).toEqual([0.25, 2.25]);
    expect(expectedBulk(100, 50).low).toBe(0);
  });

  it.each([-0.7, 1])(
    "gives the angle that the extreme eigenvector of a covariance has (excess %f, 20 seeds, 3 standard errors)",
    (excess) => {
      const [D, n] = [64, 1000];
      const differences = Array.from({ length: 20 }, (_, seed) => {
        const x = whiteNoise({ grid, frames: n, frameSeconds: 1, seed }).read(0, n).slice();
        for (let t = 0; t < n; t++) x[t * D] *= Math.sqrt(1 + excess);
        const covariance = new Float64Array(D * D);
        for (let t = 0; t < n; t++)
          for (let i = 0; i < D; i++)
            for (let j = 0; j < D; j++) covariance[i * D + j] += (x[t * D + i] * x[t * D + j]) / n;
        const { vectors } = extremeEigen(covariance, D, excess > 0 ? { largest: 1 } : { smallest: 1 });
        return vectors[0] ** 2 - Math.cos(expectedCovarianceAngle(excess, D, n)) ** 2;
      });
      const mean = differences.reduce((a, b) => a + b, 0) / 20;
      const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19);
      expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(20));
      expect(expectedCovarianceAngle(-0.2, D, n)).toBe(Math.PI / 2);
    },
  );

  it("measures on a drive what the closed forms say: gain √(8/π) and excess 2 - 8/π of half-squaring (4 standard errors)", () => {
    const frames = 40_000;
    const z = whiteNoise({ grid: { height: 1, width: 1 }, frames, frameSeconds: 1, seed: 5 }).read(0, frames);
    const squared = measuredAlong(
      z,
      z.map((value) => Math.max(0, value) ** 2),
    );
    // λ = z² on half the frames, E[λ] = 1/2: var(zλ) < E[z⁶]/2 = 7.5, var(z²λ) < E[z⁸]/2 = 52.5.
    const [first, second] = [2 * Math.sqrt(7.5 / frames), 2 * Math.sqrt(52.5 / frames)];
    expect(Math.abs(squared.gain - averageGain.squared)).toBeLessThan(4 * first);
    expect(Math.abs(squared.excess - (2 - 8 / Math.PI))).toBeLessThan(4 * second);
    expect(measuredAlong([1, -1, 2], [1, 1, 2])).toEqual({ gain: 1, excess: 10 / 4 - 2 });
  });

  it("gives the variance that a complex cell's spikes add along its plane, as its own drives have it", () => {
    const even = 0.5;
    for (const energy of [false, true]) {
      const [larger, smaller] = complexCellExcess(
        { ...gabor, betaX: 0.02, betaY: 0.02 },
        { height: 24, width: 24 },
        energy,
      );
      expect(larger).toBeCloseTo(energy ? 2 * even : even, 2);
      expect(larger).toBeGreaterThanOrEqual(smaller);
    }
    // Against drives: the drive-weighted second moment along the two axes of a pair of unequal norms.
    const pair = quadraturePair({ ...gabor, betaX: 1.2 }).map((g) => renderGabor(g, grid).data);
    const stimulus = whiteNoise({ grid, frames: 60_000, frameSeconds: 1 / 60, seed: 3 });
    const { drive } = complexCell({ ...gabor, betaX: 1.2 }).respond(stimulus);
    const sums = [0, 0];
    const squares = [0, 0];
    let total = 0;
    const overlap = dot(pair[0], pair[1]) / norm(pair[0]) / norm(pair[1]);
    expect(Math.abs(overlap)).toBeLessThan(0.7);
    const frames = stimulus.read(0, 60_000);
    // The trace of the excess is E[c·|z|²]/E[c] - 2, z the projection onto the plane.
    const a = pair[0].map((value) => value / norm(pair[0]));
    const b = pair[1].map((value, i) => value / norm(pair[1]) - overlap * a[i]);
    const unit = b.map((value) => value / norm(b));
    drive.forEach((c, t) => {
      [a, unit].forEach((axis, k) => {
        let z = 0;
        for (let i = 0; i < 64; i++) z += axis[i] * frames[t * 64 + i];
        sums[k] += c * z * z;
        squares[k] += (c * z * z) ** 2;
      });
      total += c;
    });
    const trace = (sums[0] + sums[1]) / total - 2;
    const [larger, smaller] = complexCellExcess({ ...gabor, betaX: 1.2 }, grid);
    const error = Math.sqrt(squares[0] + squares[1]) / total;
    expect(Math.abs(trace - (larger + smaller))).toBeLessThan(3 * error);
    expect(larger - smaller).toBeGreaterThan(0.02);
  });

  it("refuses what has no meaning", () => {
    expect(() => effectiveSpikes([1, -1])).toThrow("effectiveSpikes: expectedCounts[1] is -1, at least 0 is needed");
    expect(() => effectiveSpikes([0, 0])).toThrow(
      "effectiveSpikes: expectedCounts is 0 in every frame, spikes must be expected",
    );
    expect(() => expectedCovarianceAngle(0, 10, 10)).toThrow(
      "expectedCovarianceAngle: excess is 0, a number from -1 up other than 0 is needed",
    );
    expect(() => expectedCovarianceAngle(-1.1, 10, 10)).toThrow("excess is -1.1, a number from -1 up");
    expect(() => measuredAlong([1], [1, 2])).toThrow("measuredAlong: drive has 2 frames, projections has 1");
    expect(() => measuredAlong([1], [-1])).toThrow("measuredAlong: drive[0] is -1, at least 0 is needed");
    expect(() => measuredAlong([1], [0])).toThrow("measuredAlong: drive is 0 in every frame");
    expect(() => expectedAverageCorrelation(1, 0.5, 10)).toThrow("expectedAverageCorrelation: dimensions is 0.5");
    expect(() => expectedBulk(10, 0)).toThrow("expectedBulk: effective is 0, a number above 0 is needed");
  });
});
