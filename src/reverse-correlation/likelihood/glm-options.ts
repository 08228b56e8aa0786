import type { SpikeTrain } from "../../cells/response.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkChoice, checkInteger, checkOptions, checkPositive, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { checkPairing } from "../pairing.js";
import { type Basis, checkBasis, identityBasis, sizeOfBasis } from "./basis.js";
import { type PoissonLink, poissonLinks } from "./poisson-link.js";

/** How far back spikes matter: one number a bin, or the functions of a basis. */
export type PastOptions = { readonly bins: number } | { readonly basis: Basis };

/**
 * What is taken off the log-likelihood, nats; a list asks for a choice among its values. Weights are pure numbers: the filter's
 * are counted by the stimulus's own spread σ, the root of the pixels' mean variance.
 */
export interface GlmPenalty {
  /** `½·ridge·Σ (σ·w)²` of the filter w; drives of variance V come from about ridge = lags·pixels/V */
  readonly ridge?: number | readonly number[];
  /** `½·smooth·Σ (σ · differences of neighbours in lag, y and x)²` of the filter */
  readonly smooth?: number | readonly number[];
  /** `lasso·Σ |σ·u|` of the filter's coefficients in its bases; at most 4096 parameters */
  readonly lasso?: number | readonly number[];
  /** how one of several candidates is chosen; default "cross-validation" */
  readonly chooseBy?: "evidence" | "cross-validation";
  /** stretches of time that are held out in turn, each fitted by bins that share no window with it; default 5 */
  readonly folds?: number;
}

export interface LnpFilterOptions {
  /** n means lags 0 … n-1; default 1 */
  readonly lags?: number;
  /** default "exponential" */
  readonly link?: PoissonLink;
  /** functions of the pixels, row by row; default one a pixel */
  readonly spaceBasis?: Basis;
  /** functions of the lags; default one a lag */
  readonly timeBasis?: Basis;
  /** default none */
  readonly penalty?: GlmPenalty;
  /** the filter as a sum of so many space-time separable ones; default any filter. With it each penalty is one number, no lasso */
  readonly rank?: number;
  /** whether standard errors are computed, which takes the curvature's inverse; default true */
  readonly standardErrors?: boolean;
  /** of Newton's method; default 100 */
  readonly maxIterations?: number;
  /** the largest change of the linear sum in the last step; default 1e-5 */
  readonly tolerance?: number;
}

export interface GlmOptions extends LnpFilterOptions {
  /** the cell's own past spikes; default none */
  readonly history?: PastOptions;
  /** past spikes of other cells, all with the same functions; default none */
  readonly coupling?: PastOptions & { readonly trains: readonly SpikeTrain[] };
}

/** Options with every default filled in. */
export interface GlmSettings {
  readonly lags: number;
  readonly link: PoissonLink;
  readonly space: Basis;
  readonly time: Basis;
  readonly history: Basis | undefined;
  readonly coupling: Basis | undefined;
  readonly trains: readonly SpikeTrain[];
  readonly candidates: readonly PenaltyWeights[];
  readonly chooseBy: "evidence" | "cross-validation";
  readonly folds: number;
  readonly rank: number | undefined;
  readonly standardErrors: boolean;
  readonly maxIterations: number;
  readonly tolerance: number;
}

/** One weight of each penalty. */
export interface PenaltyWeights {
  readonly ridge: number;
  readonly smooth: number;
  readonly lasso: number;
}

export const lnpOptionNames = [
  "lags",
  "link",
  "spaceBasis",
  "timeBasis",
  "penalty",
  "rank",
  "standardErrors",
  "maxIterations",
  "tolerance",
];

/** Checks the options of `fitGlm` and fills in what they leave open. */
export function glmSettings(where: string, stimulus: Stimulus, spikes: SpikeTrain, options: GlmOptions): GlmSettings {
  checkOptions(where, options, [...lnpOptionNames, "history", "coupling"]);
  const { lags = 1, link = "exponential", spaceBasis, timeBasis, history, coupling, penalty = {} } = options;
  checkPairing(where, stimulus, spikes, lags);
  checkChoice(where, "link", link, poissonLinks);
  const { rank, standardErrors = true, maxIterations = 100, tolerance = 1e-5 } = options;
  if (typeof standardErrors !== "boolean")
    refuse(where, `standardErrors is ${describe(standardErrors)}, true or false is needed`);
  checkInteger(where, "maxIterations", maxIterations, 1);
  checkPositive(where, "tolerance", tolerance);
  const pixels = pixelsOf(stimulus.grid);
  if (spaceBasis !== undefined) checkBasis(where, "spaceBasis", spaceBasis, pixels);
  if (timeBasis !== undefined) checkBasis(where, "timeBasis", timeBasis, lags);
  const [space, time] = [spaceBasis ?? identityBasis(pixels), timeBasis ?? identityBasis(lags)];
  const penalties = penaltySettings(where, penalty);
  if (rank !== undefined) {
    checkInteger(where, "rank", rank, 1, Math.min(sizeOfBasis(space).functions, sizeOfBasis(time).functions));
    if (penalties.candidates.length > 1 || penalties.candidates[0].lasso > 0)
      refuse(where, "a filter of given rank takes one number for each penalty, and no lasso");
  }
  return {
    lags,
    link,
    space,
    time,
    rank,
    history: history && pastBasis(where, "history", history, ["bins", "basis"]),
    coupling: coupling && pastBasis(where, "coupling", coupling, ["bins", "basis", "trains"]),
    trains: coupling === undefined ? [] : checkedTrains(where, spikes, coupling.trains),
    ...penalties,
    standardErrors,
    maxIterations,
    tolerance,
  };
}

function pastBasis(where: string, name: string, past: PastOptions, known: readonly string[]): Basis {
  checkOptions(`${where}: ${name}`, past, known);
  const { bins, basis } = past as { readonly bins?: number; readonly basis?: Basis };
  if ((bins === undefined) === (basis === undefined)) refuse(where, `${name} needs either bins or a basis`);
  if (basis !== undefined) {
    checkBasis(where, `${name}.basis`, basis);
    return basis;
  }
  checkInteger(where, `${name}.bins`, bins, 1);
  return identityBasis(bins);
}

/** Throws unless there is a train of as many bins as the cell's own for each coupled cell. */
function checkedTrains(where: string, spikes: SpikeTrain, trains: unknown): readonly SpikeTrain[] {
  if (!Array.isArray(trains) || trains.length === 0)
    refuse(where, `coupling.trains is ${describe(trains)}, at least one spike train is needed`);
  trains.forEach((train: SpikeTrain, i) => {
    if (train?.kind !== "spike-train")
      refuse(where, `coupling.trains[${i}] is ${describe(train)}, a spike train is needed`);
    if (train.counts.length !== spikes.counts.length)
      refuse(where, `coupling.trains[${i}] has ${train.counts.length} bins, spikes has ${spikes.counts.length}`);
    if (Math.abs(train.frameSeconds - spikes.frameSeconds) > 1e-9 * spikes.frameSeconds)
      refuse(where, `coupling.trains[${i}] has bins of ${train.frameSeconds} s, spikes of ${spikes.frameSeconds} s`);
  });
  return trains;
}

function penaltySettings(where: string, penalty: GlmPenalty) {
  checkOptions(`${where}: penalty`, penalty, ["ridge", "smooth", "lasso", "chooseBy", "folds"]);
  const { chooseBy = "cross-validation", folds = 5 } = penalty;
  checkChoice(where, "penalty.chooseBy", chooseBy, ["evidence", "cross-validation"]);
  checkInteger(where, "penalty.folds", folds, 2);
  const [ridges, smooths, lassos] = (["ridge", "smooth", "lasso"] as const).map((name) =>
    weightList(where, `penalty.${name}`, penalty[name] ?? 0),
  );
  const candidates = ridges.flatMap((ridge) =>
    smooths.flatMap((smooth) => lassos.map((lasso) => ({ ridge, smooth, lasso }))),
  );
  const choice = candidates.length > 1;
  if (!choice && (penalty.chooseBy !== undefined || penalty.folds !== undefined))
    refuse(where, "penalty names a way to choose, but no list of values to choose from");
  if (choice && chooseBy === "evidence" && candidates.some(({ ridge, lasso }) => ridge === 0 || lasso > 0))
    refuse(where, "the evidence compares ridges above 0 without a lasso: choose by cross-validation");
  return { candidates, chooseBy, folds };
}

function weightList(where: string, name: string, value: number | readonly number[]): readonly number[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) refuse(where, `${name} is an empty list, at least one number is needed`);
  list.forEach((weight: unknown) => {
    if (typeof weight !== "number" || !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      refuse(where, `${name} is ${describe(weight)}, a finite number of at least 0 is needed`);
  });
  return list;
}

/** The first bin whose whole window of frames and of past spikes was recorded. */
export function firstBin({ lags, history, coupling }: Pick<GlmSettings, "lags" | "history" | "coupling">): number {
  const reach = (basis: Basis | undefined) => (basis === undefined ? 0 : sizeOfBasis(basis).samples);
  return Math.max(lags - 1, reach(history), reach(coupling));
}
