import type { SpikeTrain } from "../../cells/response.js";
import { turnedOnto } from "../../math/procrustes.js";
import { norm } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, checkTensor, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { shapeText, type Tensor, tensor } from "../../tensor/tensor.js";
import { checkPairing } from "../pairing.js";
import { timeBlocksIn, withoutTest } from "./time-blocks.js";

export interface JackknifeErrorsOptions {
  /** blocks of time, each left out once; default 20 */
  readonly blocks?: number;
  /** frames about a block that are left out too, at least the lags of the filters */
  readonly gap: number;
}

/** How far filters would be off in another recording of the same length. */
export interface JackknifeErrors {
  readonly kind: "jackknife-errors";
  /** of each number of each filter, in the filters' units and shapes */
  readonly standardErrors: readonly Tensor[];
  /** the expected angle between the filters and what they estimate, radians */
  readonly angle: number;
  readonly blocks: number;
}

/**
 * Standard errors of the filters that any method infers: the method runs again without each block of time in turn.
 *
 * `SE² = (B - 1)/B · Σ_b (θ_b - θ̄)²` for B blocks. Filters of equal standing, as the two of an energy cell, are found in any
 * rotation: those of a block are turned onto the ones of the whole recording first, so that the errors are of the plane. An
 * interval of 95 % is `t` times the standard error, t the quantile for B - 1 degrees of freedom: 2.09 for 20 blocks. Blocks must be
 * long beside what the cell remembers. The price is B runs of the method.
 *
 * @param filtersOf a stimulus and its spikes to filters, always as many: to take a plane, ask for two filters, not for those that pass
 *   a test; filters that excite and such as suppress apart
 * @param stimulus what was shown
 * @param spikes one bin a frame
 * @throws InputError if the bins do not fit, the gap is shorter than filters of [lags, height, width] reach, the blocks are too many, or a block leaves other filters than the whole does
 * @see Quenouille 1956; Tukey 1958; Künsch 1989, for blocks
 */
export function jackknifeErrors(
  filtersOf: (stimulus: Stimulus, spikes: SpikeTrain) => readonly Tensor[],
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: JackknifeErrorsOptions,
): JackknifeErrors {
  const where = "jackknifeErrors";
  if (typeof filtersOf !== "function") refuse(where, `filtersOf is ${describe(filtersOf)}, a function is needed`);
  checkOptions(where, options, ["blocks", "gap"]);
  const { blocks = 20, gap } = options ?? {};
  checkInteger(where, "gap", gap, 1);
  checkPairing(where, stimulus, spikes, 1);
  checkInteger(where, "blocks", blocks, 2, stimulus.frames);
  const whole = filtersOf(stimulus, spikes);
  checkFilters(where, "the recording", whole);
  const lags = Math.max(...whole.map(({ shape }) => (shape.length === 3 ? shape[0]! : 1)));
  if (gap < lags) refuse(where, `gap is ${gap}, the filters have ${lags} lags: a gap of at least as many is needed`);
  const wholeData = whole.map(({ data }) => data);
  const parts = timeBlocksIn(where, stimulus.frames, blocks, gap).map((block, b) => {
    const rest = withoutTest(stimulus, spikes, block, gap);
    const filters = filtersOf(rest.stimulus, rest.spikes);
    checkFilters(where, `the recording without block ${b}`, filters, whole);
    return turnedOnto(
      filters.map(({ data }) => data),
      wholeData,
    );
  });
  const standardErrors = whole.map(({ shape }, i) => tensor(spread(parts.map((each) => each[i]!)), shape));
  const [error, length] = [standardErrors, whole].map((list) => Math.hypot(...list.map(({ data }) => norm(data))));
  return { kind: "jackknife-errors", standardErrors, angle: Math.asin(Math.min(1, error! / length!)), blocks };
}

function checkFilters(where: string, of: string, filters: unknown, whole?: readonly Tensor[]): void {
  if (!Array.isArray(filters) || filters.length === 0)
    refuse(where, `filtersOf gives ${describe(filters)} of ${of}, at least one filter is needed`);
  filters.forEach((filter, i) => {
    checkTensor(where, `filtersOf's filter ${i} of ${of}`, filter);
  });
  const shapes = (list: readonly Tensor[]) => list.map(({ shape }) => shapeText(shape)).join(", ");
  if (whole && shapes(filters) !== shapes(whole))
    refuse(where, `filtersOf gives ${shapes(filters)} of ${of}, the same as of the whole, ${shapes(whole)}, is needed`);
}

/** The jackknife's standard error of each entry. */
function spread(parts: readonly Float64Array[]): Float64Array {
  const B = parts.length;
  return parts[0]!.map((_, at) => {
    const mean = parts.reduce((sum, part) => sum + part[at]!, 0) / B;
    return Math.sqrt(((B - 1) / B) * parts.reduce((sum, part) => sum + (part[at]! - mean) ** 2, 0));
  });
}
