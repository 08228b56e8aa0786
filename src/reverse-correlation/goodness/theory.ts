import { type Gabor, quadraturePair, renderGabor } from "../../math/gabor.js";
import { checkGrid, type Grid } from "../../math/grid.js";
import { dot } from "../../math/vectors.js";
import { checkFinite, checkInteger, checkNumber, checkPositive } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";

/*
 * What theory predicts for Gaussian white noise of unit variance in D pixels, a unit-norm filter with output z, and an
 * expected count λ(z) a frame.
 */

/**
 * The spikes that count as independent: `n_eff = n / (1 + E[λ²]/E[λ])`, `n = Σ λ`; spikes in one frame share its stimulus.
 *
 * @param expectedCounts λ of every frame, at least 0
 * @throws InputError if a count is negative or not finite, or all are 0
 */
export function effectiveSpikes(expectedCounts: ArrayLike<number>): number {
  const where = "effectiveSpikes";
  checkFinite(where, "expectedCounts", expectedCounts);
  let [sum, squares] = [0, 0];
  for (let t = 0; t < expectedCounts.length; t++) {
    if (expectedCounts[t] < 0) refuse(where, `expectedCounts[${t}] is ${expectedCounts[t]}, at least 0 is needed`);
    sum += expectedCounts[t];
    squares += expectedCounts[t] ** 2;
  }
  if (sum === 0) refuse(where, "expectedCounts is 0 in every frame, spikes must be expected");
  return sum / (1 + squares / sum);
}

/**
 * The effective spikes of a covariance whose `C_all` is measured on the same T frames and shares their noise:
 * `1 / (1/n_eff - 1/T)`.
 */
export function effectiveSpikesBesideAll(effective: number, frames: number): number {
  checkPositive("effectiveSpikesBesideAll", "effective", effective);
  checkInteger("effectiveSpikesBesideAll", "frames", frames, 1);
  return effective < frames ? 1 / (1 / effective - 1 / frames) : Number.POSITIVE_INFINITY;
}

/** `m = E[zλ]/E[λ]`, the expected norm of the STA, for `λ ∝ max(0, z)` and `λ ∝ max(0, z)²`. */
export const averageGain = {
  /** √(π/2) = 1.253 */
  rectified: Math.sqrt(Math.PI / 2),
  /** √(8/π) = 1.596 */
  squared: Math.sqrt(8 / Math.PI),
} as const;

/**
 * The expected correlation of an STA with the true filter: `m / √(m² + D/n_eff)`.
 *
 * @param gain m, the STA's expected norm
 * @param dimensions D, pixels times lags
 * @param effective n_eff
 */
export function expectedAverageCorrelation(gain: number, dimensions: number, effective: number): number {
  checkNumber("expectedAverageCorrelation", "gain", gain);
  checkInteger("expectedAverageCorrelation", "dimensions", dimensions, 1);
  checkPositive("expectedAverageCorrelation", "effective", effective);
  return gain / Math.sqrt(gain ** 2 + dimensions / effective);
}

/**
 * The expected angle between a filter that STC finds and the true one: `cos² = (1 - γ/l²)/(1 + γ/l)`, `γ = D/n_eff`;
 * π/2 where `|l| <= √γ`, since then the filter is not found at all.
 *
 * @param excess l, by how much the variance among spikes along the filter exceeds 1; from -1 up, below 0 for a suppressive one
 * @param dimensions D
 * @param effective n_eff
 * @returns radians
 * @see Baik, Ben Arous & Péché 2005; Paul 2007, for the eigenvectors of spiked covariances
 */
export function expectedCovarianceAngle(excess: number, dimensions: number, effective: number): number {
  checkNumber("expectedCovarianceAngle", "excess", excess);
  if (excess < -1 || excess === 0)
    refuse("expectedCovarianceAngle", `excess is ${excess}, a number from -1 up other than 0 is needed`);
  checkInteger("expectedCovarianceAngle", "dimensions", dimensions, 1);
  checkPositive("expectedCovarianceAngle", "effective", effective);
  const gamma = dimensions / effective;
  if (Math.abs(excess) <= Math.sqrt(gamma)) return Math.PI / 2;
  return Math.acos(Math.sqrt((1 - gamma / excess ** 2) / (1 + gamma / excess)));
}

/**
 * The same from a simulated drive, for any cell: `m = E[zλ]/E[λ]` and `l = E[z²λ]/E[λ] - m² - 1`, the mean and the excess of
 * variance that the spikes have along one unit-norm filter.
 *
 * @param projections z of every frame, of unit variance over all frames
 * @param drive proportional to λ, at least 0, as many
 * @throws InputError if the lengths differ, a number is not finite, or the drive is negative or 0 throughout
 */
export function measuredAlong(
  projections: ArrayLike<number>,
  drive: ArrayLike<number>,
): { readonly gain: number; readonly excess: number } {
  const where = "measuredAlong";
  checkFinite(where, "projections", projections);
  checkFinite(where, "drive", drive);
  if (projections.length !== drive.length)
    refuse(where, `drive has ${drive.length} frames, projections has ${projections.length}`);
  let [total, first, second] = [0, 0, 0];
  for (let t = 0; t < drive.length; t++) {
    if (drive[t] < 0) refuse(where, `drive[${t}] is ${drive[t]}, at least 0 is needed`);
    total += drive[t];
    first += drive[t] * projections[t];
    second += drive[t] * projections[t] ** 2;
  }
  if (total === 0) refuse(where, "drive is 0 in every frame, spikes must be expected");
  const gain = first / total;
  return { gain, excess: second / total - gain ** 2 - 1 };
}

/** Where the bulk of the eigenvalues of `C_spike` ends: `(1 ± √γ)²`, `γ = D/n_eff`; less 1 it is that of `C_spike - C_all`. */
export function expectedBulk(dimensions: number, effective: number): { readonly low: number; readonly high: number } {
  checkInteger("expectedBulk", "dimensions", dimensions, 1);
  checkPositive("expectedBulk", "effective", effective);
  const root = Math.sqrt(dimensions / effective);
  return { low: Math.max(0, 1 - root) ** 2, high: (1 + root) ** 2 };
}

/**
 * By how much the variance among a complex cell's spikes exceeds 1 along the two axes of its plane, the larger first.
 *
 * With z in the orthonormal plane of the sampled pair and `c = r·g(θ)`, `E[c·z·zᵀ]/E[c] - I = 3·∫g·u·uᵀ/∫g - I`,
 * u = (cos θ, sin θ); for the energy `c²`, `4·∫g²·u·uᵀ/∫g² - I`. A pair of equal norms and no overlap has
 * .5 and .5 (the energy: 1 and 1); on a grid the sampled pair is not quite that.
 *
 * @param gabor the first of the pair
 * @param grid the pixels on which both are sampled
 * @param energy whether the drive is c² in place of c
 */
export function complexCellExcess(gabor: Gabor, grid: Grid, energy = false): readonly [number, number] {
  checkGrid("complexCellExcess", grid);
  const [even, odd] = quadraturePair(gabor).map((g) => renderGabor(g, grid).data);
  const [aa, ab, bb] = [dot(even, even), dot(even, odd), dot(odd, odd)];
  // In orthonormal coordinates of the plane even = (√aa, 0) and odd = (ab/√aa, √(bb - ab²/aa)).
  const [ex, ox] = [Math.sqrt(aa), ab / Math.sqrt(aa)];
  const oy = Math.sqrt(Math.max(0, bb - ox * ox));
  let [total, xx, xy, yy] = [0, 0, 0, 0];
  const steps = 4096;
  for (let i = 0; i < steps; i++) {
    const [x, y] = [Math.cos((Math.PI * i) / steps), Math.sin((Math.PI * i) / steps)];
    const square = (ex * x) ** 2 + (ox * x + oy * y) ** 2;
    const g = energy ? square : Math.sqrt(square);
    total += g;
    xx += g * x * x;
    xy += g * x * y;
    yy += g * y * y;
  }
  const scale = (energy ? 4 : 3) / total;
  const mean = (scale * (xx + yy)) / 2;
  const spread = scale * Math.hypot((xx - yy) / 2, xy);
  return [mean + spread - 1, mean - spread - 1];
}
