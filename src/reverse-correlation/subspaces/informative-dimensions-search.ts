import { minimise } from "../../math/l-bfgs.js";
import { dot, norm } from "../../math/vectors.js";
import { centredDrives } from "../likelihood/quadratic-likelihood.js";
import { type Windows, weightedSum } from "../likelihood/quadratic-windows.js";
import { binnedInformation, type SoftBins } from "./informative-dimensions-density.js";
import { unitVector } from "./istac-spans.js";
import { intoWhite, type Whitening } from "./istac-whitening.js";

/** Directions in white coordinates and what they tell. */
export interface Informative {
  /** [P] each, unit norm */
  readonly directions: readonly Float64Array[];
  /** nats a spike */
  readonly information: number;
  readonly converged: boolean;
}

/**
 * The negative information of one or two directions in white coordinates, nats a spike, and its gradient by them; their
 * lengths tell nothing: `∂I/∂u = (g - (g·û)·û) / |u|`, `g = M·Σ_t ∂I/∂s_t·(x_t - mean)`.
 *
 * @param x [k, P], no direction 0
 * @param counts [windows], spikes, or those of a draw
 */
export function informationLoss(
  windows: Windows,
  white: Whitening,
  counts: ArrayLike<number>,
  bins: SoftBins,
  x: Float64Array,
  gradient: Float64Array,
): number {
  const P = white.kept;
  const lengths: number[] = [];
  const directions: Float64Array[] = [];
  for (let from = 0; from < x.length; from += P) {
    const u = x.subarray(from, from + P);
    lengths.push(norm(u));
    directions.push(u.map((value) => value / lengths[lengths.length - 1]));
  }
  const projections = directions.map((u) => centredDrives(windows, white, u));
  const slopes = projections.map((s) => new Float64Array(s.length));
  const { information } = binnedInformation(projections, counts, bins, slopes);
  directions.forEach((u, k) => {
    const sum = weightedSum(windows, slopes[k]);
    const weight = slopes[k].reduce((total, slope) => total + slope, 0);
    const g = intoWhite(
      white,
      sum.map((value, i) => value - weight * white.mean[i]),
    );
    const along = dot(g, u);
    for (let i = 0; i < P; i++) gradient[k * P + i] = -(g[i] - along * u[i]) / lengths[k];
  });
  return -information;
}

/** Steps from each start before the best goes on alone. */
const firstSteps = 20;

/** The maximum that is reached from the best of some starts, and what each told after its first steps. */
export function mostInformative(
  windows: Windows,
  white: Whitening,
  counts: ArrayLike<number>,
  bins: SoftBins,
  starts: readonly Float64Array[],
  maxIterations: number,
): Informative & { readonly reached: readonly number[] } {
  const P = white.kept;
  const search = (start: Float64Array, steps: number) =>
    minimise((x, g) => informationLoss(windows, white, counts, bins, x, g), start, {
      maxIterations: steps,
      gradientTolerance: 1e-5,
      valueTolerance: 1e-9,
    });
  const first = starts.map((start) => search(start, Math.min(firstSteps, maxIterations)));
  const leader = first.reduce((best, found) => (found.value < best.value ? found : best));
  const { x, value, stopped } = leader.stopped === "limit" ? search(leader.x, maxIterations) : leader;
  const directions = Array.from({ length: x.length / P }, (_, k) => unitVector(x.slice(k * P, (k + 1) * P)));
  return {
    directions,
    information: -value,
    converged: stopped !== "limit",
    reached: first.map((found) => -found.value),
  };
}
