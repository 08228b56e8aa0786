import { checkChoice, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";

/** What decides how fast a field emerges from Gaussian white noise of unit variance: z the unit-norm filter's output, λ(z) the count. */
export interface DriveMoments {
  /** m = E[zλ]/E[λ], the expected norm of the STA */
  readonly gain: number;
  /** l = E[z²λ]/E[λ] - m² - 1, by how much the variance among spikes exceeds 1 along the filter */
  readonly excess: number;
  /** E[λ²]/E[λ]², at least 1: how unevenly the spikes fall on the frames */
  readonly unevenness: number;
}

/**
 * The nonlinearities whose moments are known in closed form: `max(0, z)`, `max(0, z)²`, and of a quadrature pair of equal norms
 * `√(z0² + z1²)` and `z0² + z1²`, along any axis of its plane.
 */
export const knownMoments = {
  rectified: { gain: Math.sqrt(Math.PI / 2), excess: 1 - Math.PI / 2, unevenness: Math.PI },
  squared: { gain: Math.sqrt(8 / Math.PI), excess: 2 - 8 / Math.PI, unevenness: 6 },
  magnitude: { gain: 0, excess: 0.5, unevenness: 4 / Math.PI },
  energy: { gain: 0, excess: 1, unevenness: 2 },
} as const satisfies Readonly<Record<string, DriveMoments>>;

/** A nonlinearity by name, as a function of the filter's output, or by its moments. */
export type DriveNonlinearity = keyof typeof knownMoments | ((z: number) => number) | DriveMoments;

/** The integration over z: from -reach to reach, where the normal density is below 1e-31. */
const reach = 12;
const steps = 24000;

/**
 * The moments of a nonlinearity of one filter's output, under Gaussian white noise.
 *
 * @param nonlinearity a name, a function of z (of any scale, at least 0 throughout), or moments, which are returned
 * @throws InputError if a function is negative or not finite somewhere on ±12, or 0 throughout, or moments are out of range
 */
export function driveMoments(where: string, nonlinearity: DriveNonlinearity): DriveMoments {
  if (typeof nonlinearity === "function") return integrated(where, nonlinearity);
  if (typeof nonlinearity === "object" && nonlinearity !== null) return checkedMoments(where, nonlinearity);
  checkChoice(where, "nonlinearity", nonlinearity, Object.keys(knownMoments) as (keyof typeof knownMoments)[]);
  return knownMoments[nonlinearity];
}

function checkedMoments(where: string, moments: DriveMoments): DriveMoments {
  const { gain, excess, unevenness } = moments;
  const fits = [gain, excess, unevenness].every(Number.isFinite) && excess >= -1 && unevenness >= 1;
  if (!fits) {
    const got = `gain ${describe(gain)}, excess ${describe(excess)}, unevenness ${describe(unevenness)}`;
    refuse(
      where,
      `nonlinearity has ${got}; finite numbers, an excess of at least -1 and an unevenness of at least 1 are needed`,
    );
  }
  return moments;
}

/** What rounding leaves of a moment that is 0, as 0: an even nonlinearity does not move the average. */
function told(moment: number): number {
  return Math.abs(moment) < 1e-9 ? 0 : moment;
}

/** Trapezoids: exact beyond rounding for smooth functions, since the density vanishes at both ends. */
function integrated(where: string, nonlinearity: (z: number) => number): DriveMoments {
  let [total, first, second, squares] = [0, 0, 0, 0];
  const width = (2 * reach) / steps;
  for (let i = 0; i <= steps; i++) {
    const z = -reach + i * width;
    const rate = nonlinearity(z);
    if (!Number.isFinite(rate) || rate < 0)
      refuse(where, `nonlinearity gives ${describe(rate)} at ${z}, numbers of at least 0 are needed`);
    const density = (width * Math.exp(-z * z * 0.5)) / Math.sqrt(2 * Math.PI);
    total += density * rate;
    first += density * rate * z;
    second += density * rate * z * z;
    squares += density * rate * rate;
  }
  if (total === 0) refuse(where, "nonlinearity is 0 throughout, spikes must be expected");
  const gain = first / total;
  return { gain: told(gain), excess: told(second / total - gain ** 2 - 1), unevenness: squares / total ** 2 };
}
