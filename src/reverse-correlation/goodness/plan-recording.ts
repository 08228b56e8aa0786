import { checkGrid, type Grid, pixelsOf } from "../../math/grid.js";
import { checkChoice, checkInteger, checkNumber, checkOptions, checkPositive } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { longFrameWarnings } from "../pairing.js";
import { type DriveMoments, type DriveNonlinearity, driveMoments } from "./drive-moments.js";
import { expectedAverageCorrelation, expectedCovarianceAngle } from "./theory.js";

/** A cell, an experiment, and either a wish (`correlation`, `angle`) or a length (`frames`, `seconds`). */
export interface PlanRecordingOptions {
  /** the pixels that are shown, the cell's field within them */
  readonly grid: Grid;
  /** lags that are estimated together; default 1 */
  readonly lags?: number;
  /** seconds a frame */
  readonly frameSeconds: number;
  /** spikes/s in the mean over the noise */
  readonly meanRate: number;
  /** default "squared" */
  readonly nonlinearity?: DriveNonlinearity;
  /** how the field will be inferred; default "average" where the nonlinearity moves the average, else "covariance" */
  readonly method?: "average" | "covariance";
  /** the wanted correlation with the true field, between 0 and 1 */
  readonly correlation?: number;
  /** the wanted angle to the true field, radians, between 0 and π/2 */
  readonly angle?: number;
  /** how many frames are there */
  readonly frames?: number;
  /** how long the recording is */
  readonly seconds?: number;
}

/** What a recording of one length can be expected to show. */
export interface RecordingPlan {
  readonly kind: "recording-plan";
  readonly method: "average" | "covariance";
  readonly frames: number;
  readonly seconds: number;
  /** expected number */
  readonly spikes: number;
  /** those that count as independent */
  readonly effectiveSpikes: number;
  /** pixels times lags */
  readonly dimensions: number;
  /** expected correlation of the estimate with the true field, or with its opposite where the rate falls; the cosine of `angle` */
  readonly correlation: number;
  /** radians */
  readonly angle: number;
  /** whether the field stands out of the noise at all: for a covariance its excess of variance must be above `smallestExcess` */
  readonly found: boolean;
  /** the least |l| that a covariance of this length shows, √(D/n_eff) */
  readonly smallestExcess: number;
  readonly warnings: readonly string[];
}

/** spikes/s that no neuron keeps up: a refractory period is some milliseconds */
const highestRate = 1000;

const wishes = ["correlation", "angle", "frames", "seconds"] as const;

/**
 * How long must I record? The frames that an average or a covariance of Gaussian white noise needs for a wanted correlation or
 * angle, or what a recording of a given length can show.
 *
 * With D = pixels · lags, λ̄ = meanRate · frameSeconds and T frames: `n = T·λ̄`, `n_eff = n/(1 + λ̄·E[λ²]/E[λ]²)`. Average:
 * correlation `m/√(m² + D/n_eff)`. Covariance: `cos² = (1 - γ/l²)/(1 + γ/l)`, `γ = D·(1/n_eff - 1/T)`, since the covariance
 * of all frames shares the noise. Frames are rounded up.
 *
 * @param options the experiment and one of `correlation`, `angle`, `frames`, `seconds`
 * @returns frames, seconds, spikes and the expected correlation and angle
 * @throws InputError if an argument is out of range, not exactly one wish is given, or the method cannot see such a cell
 * @see Paninski 2003; Sharpee et al. 2004, for the average; Baik, Ben Arous & Péché 2005, for the covariance
 */
export function planRecording(options: PlanRecordingOptions): RecordingPlan {
  const where = "planRecording";
  checkOptions(where, options, ["grid", "lags", "frameSeconds", "meanRate", "nonlinearity", "method", ...wishes]);
  const { grid, lags = 1, frameSeconds, meanRate, nonlinearity = "squared" } = options;
  checkGrid(where, grid);
  checkInteger(where, "lags", lags, 1);
  checkPositive(where, "frameSeconds", frameSeconds);
  checkPositive(where, "meanRate", meanRate);
  const moments = driveMoments(where, nonlinearity);
  const method = methodOf(where, options.method, moments);
  const dimensions = pixelsOf(grid) * lags;
  const mean = meanRate * frameSeconds;
  const framesPerEffective = (1 + mean * moments.unevenness) / mean;
  const frames = framesOf(where, options, { method, moments, dimensions, framesPerEffective });
  const effectiveSpikes = frames / framesPerEffective;
  const gamma = dimensions * Math.max(0, 1 / effectiveSpikes - 1 / frames);
  const angle =
    method === "average"
      ? Math.acos(expectedAverageCorrelation(Math.abs(moments.gain), dimensions, effectiveSpikes))
      : covarianceAngle(moments.excess, dimensions, gamma);
  const found = method === "average" || angle < Math.PI / 2;
  const warnings = longFrameWarnings(frameSeconds);
  if (meanRate >= highestRate)
    warnings.push(`a mean rate of ${meanRate} spikes/s is more than a cell fires: meanRate is in spikes a second`);
  if (!found) warnings.push("the filter's variance does not stand out of the noise: it will not be found");
  if (effectiveSpikes < dimensions)
    warnings.push(`${Math.round(effectiveSpikes)} effective spikes for ${dimensions} numbers`);
  return {
    kind: "recording-plan",
    ...{ method, frames, seconds: frames * frameSeconds, spikes: frames * mean, effectiveSpikes, dimensions },
    ...{ correlation: Math.cos(angle), angle, found, smallestExcess: Math.sqrt(gamma), warnings },
  };
}

function methodOf(where: string, method: PlanRecordingOptions["method"], { gain, excess }: DriveMoments) {
  if (method !== undefined) checkChoice(where, "method", method, ["average", "covariance"]);
  const chosen = method ?? (gain === 0 ? "covariance" : "average");
  if (chosen === "average" && gain === 0)
    refuse(where, 'method is "average", this nonlinearity is even and leaves the average at 0: "covariance" is needed');
  if (chosen === "covariance" && excess === 0)
    refuse(where, 'method is "covariance", this nonlinearity leaves the variance at 1: "average" is needed');
  return chosen;
}

interface Setting {
  readonly method: "average" | "covariance";
  readonly moments: DriveMoments;
  readonly dimensions: number;
  /** T/n_eff */
  readonly framesPerEffective: number;
}

function framesOf(where: string, options: PlanRecordingOptions, setting: Setting): number {
  const given = wishes.filter((name) => options[name] !== undefined);
  if (given.length !== 1)
    refuse(where, `options name ${given.join(" and ") || "no wish"}, one of ${wishes.join(", ")} is needed`);
  const wish = given[0]!;
  const value = options[wish];
  if (wish === "frames") {
    checkInteger(where, "frames", value, 1);
    return value;
  }
  if (wish === "seconds") {
    checkPositive(where, "seconds", value);
    return Math.max(1, Math.floor(value / options.frameSeconds + 1e-9));
  }
  checkNumber(where, wish, value);
  const most = wish === "angle" ? Math.PI / 2 : 1;
  if (value <= 0 || value >= most)
    refuse(where, `${wish} is ${value}, a number between 0 and ${wish === "angle" ? "π/2" : 1} is needed`);
  const needed = neededFrames((wish === "angle" ? Math.cos(value) : value) ** 2, setting);
  // A whole number that rounding has raised is still that number.
  return Math.max(1, Math.ceil((1 - 1e-12) * needed));
}

/** The frames for a squared correlation of `share`, by the formulas solved for T. */
function neededFrames(share: number, { method, moments, dimensions, framesPerEffective }: Setting): number {
  const { gain, excess } = moments;
  if (method === "average") return (framesPerEffective * dimensions * share) / (gain ** 2 * (1 - share));
  const gamma = (1 - share) / (1 / excess ** 2 + share / excess);
  return (dimensions * (framesPerEffective - 1)) / gamma;
}

/** `expectedCovarianceAngle` by γ; 0 where every frame counts as a spike of its own. */
function covarianceAngle(excess: number, dimensions: number, gamma: number): number {
  return gamma === 0 ? 0 : expectedCovarianceAngle(excess, dimensions, dimensions / gamma);
}
