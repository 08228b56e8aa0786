import { simpleCellShape } from "../../src/cells/macaque-v1.js";
import type { FittedKernel } from "../../src/compare/kernel-measures.js";
import type { Gabor } from "../../src/math/gabor.js";
import { uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";

/** A Gabor by its shape: nx, ny, cycles per pixel, phase and the carrier's direction. */
export function gaborOf(nx: number, ny: number, cycles: number, phase = 0, tau = 0): Gabor {
  const [sigmaX, sigmaY] = [nx / cycles, ny / cycles];
  return {
    amplitude: 1,
    betaX: 1 / (2 * sigmaX ** 2),
    betaY: 1 / (2 * sigmaY ** 2),
    frequency: 2 * Math.PI * cycles,
    phase,
    x0: 0,
    y0: 0,
    tau,
  };
}

export function fitOf(gabor: Gabor, rSquared = 0.9, warnings: readonly string[] = []): FittedKernel {
  return { gabor, rSquared, warnings, residual: { shape: [16, 16] } };
}

/** `n` Gabors whose (nx, ny) are drawn from the published table, evenly within the logarithm of a bin. */
export function publishedPopulation(n: number, seed: number): FittedKernel[] {
  const source = randomStream(seed, "tests");
  const { edges, counts } = simpleCellShape;
  const cells = counts.flatMap((row, nx) =>
    row.flatMap((count, ny) => new Array<[number, number]>(count).fill([nx, ny])),
  );
  const within = (bin: number, u: number) => edges[bin] * (edges[bin + 1] / edges[bin]) ** u;
  return Array.from({ length: n }, (_, i) => {
    const u = (index: number) => uniformAt(source, i, index);
    const [nx, ny] = cells[Math.floor(u(0) * cells.length)];
    return fitOf(gaborOf(within(nx, u(1)), within(ny, u(2)), 0.08 + 0.1 * u(3), Math.PI * u(4), Math.PI * u(5)));
  });
}
