import { type Minimum, minimise, type SmoothFunction } from "../../math/l-bfgs.js";
import { transposed } from "../../math/matrix-product.js";
import { type AldParameters, aldHyperprior, bandAt, bandVariances, windowAt } from "./ald-prior.js";
import { aldStarts, idleParameters } from "./ald-start.js";
import { allCycles, isOwnOpposite, type Waves, wavesAt } from "./ald-waves.js";
import { type AsdSearch, coarse, dataAmong, type ModeData } from "./asd-search.js";
import { behindBackground, foldBehind } from "./background.js";
import type { Score } from "./evidence.js";
import { factorEvidence, factorHeldOut } from "./factor-evidence.js";
import { withHyperprior } from "./hyperprior.js";
import type { Modes } from "./modes.js";
import { coefficientsOfMany, fieldsOfMany } from "./modes-many.js";
import type { LinearMoments } from "./moments.js";

/** The local prior that suits a recording best. */
export interface AldSearch {
  readonly waves: Waves;
  readonly parameters: AldParameters;
  /** [modes, waves], see `factor-evidence.ts` */
  readonly factor: Float64Array;
  /** of the smooth prior's variance, what the background has */
  readonly share: number;
  /** the modes in which the search began */
  readonly chosen: readonly number[];
  readonly converged: boolean;
  /** the part of the band's variance that lies in waves left out */
  readonly outside: number;
}

/** Waves at the most, and the part of the variance that the left out may have before they are chosen anew. */
const mostWaves = 200;
const negligibleShare = 0.01;
const mostRounds = 2;

/** The factor of the prior in the modes, [modes, waves]: column j is `√q_j·(W·f_j)`. */
export function aldFactor(modes: Modes, waves: Waves, parameters: AldParameters): Float64Array {
  const m = waves.count;
  const window = windowAt(modes.shape, parameters);
  const amplitudes = amplitudesOf(modes, waves, parameters);
  const seen = new Float64Array(m * window.length);
  waves.fields.forEach((field, j) => {
    const [from, amplitude] = [j * window.length, amplitudes[j]!];
    for (let d = 0; d < window.length; d++) seen[from + d] = amplitude * field[d]! * window[d]!;
  });
  return transposed(coefficientsOfMany(modes, seen, m), m, modes.count);
}

function amplitudesOf({ shape }: Modes, waves: Waves, parameters: AldParameters): Float64Array {
  return bandVariances(shape, waves, parameters).map((log) => Math.exp(0.5 * log));
}

/** Adds to `slopes` the gradient by θ, from that by the factor's entries. */
function addSlopes(
  modes: Modes,
  waves: Waves,
  parameters: AldParameters,
  byFactor: Float64Array,
  slopes: Float64Array,
): void {
  const { shape, count: n } = modes;
  const m = waves.count;
  const window = windowAt(shape, parameters);
  const amplitudes = amplitudesOf(modes, waves, parameters);
  const back = fieldsOfMany(modes, transposed(byFactor, n, m), m);
  const byWindow = new Float64Array(window.length);
  const byLog = new Float64Array(m);
  waves.fields.forEach((field, j) => {
    const from = j * window.length;
    let sum = 0;
    for (let d = 0; d < window.length; d++) {
      const share = amplitudes[j]! * back[from + d]! * field[d]!;
      sum += share * window[d]!;
      byWindow[d]! += share;
    }
    byLog[j] = 0.5 * sum;
  });
  windowAt(shape, parameters, byWindow, slopes);
  bandVariances(shape, waves, parameters, byLog, slopes);
}

/** Value and gradient by θ of the evidence, or of the error in held-out folds. */
export function aldScore(modes: Modes, waves: Waves, score: (factor: Float64Array) => Score) {
  const idle = idleParameters(modes.shape);
  return (parameters: Float64Array, gradient: Float64Array): number => {
    const { value, gradient: byFactor } = score(aldFactor(modes, waves, parameters));
    gradient.fill(0);
    if (!Number.isFinite(value)) return Number.NaN;
    addSlopes(modes, waves, parameters, byFactor, gradient);
    for (const k of idle) gradient[k] = 0;
    return value;
  };
}

/** The data as a local field sees them behind a smooth background, and what a score there leaves out of that of all. */
interface Behind {
  readonly data: ModeData;
  readonly share: number;
  readonly offset: number;
}

/** Parts of the smooth prior's variance that the background may have: by the first, all is as if nothing were local. */
const shares = [1, 0.1, 0.01] as const;

function behind({ modes, moments, folds }: ModeData, ratios: Float64Array, share: number): Behind {
  const own = backgroundRatios(ratios, share);
  const seen = folds.map((fold) => foldBehind(fold, own));
  const background = behindBackground(moments, own);
  const bins = folds.reduce((sum, { heldOut }) => sum + heldOut.bins, 0);
  const power = seen.reduce((sum, { heldOut }) => sum + heldOut.power, 0);
  const offset =
    folds.length > 0
      ? 0.5 * bins * Math.log(power)
      : 0.5 * ((moments.bins - 1) * Math.log(background.seen.power) + background.posterior.logDeterminant);
  return { data: { modes, moments: background.seen, folds: seen }, share, offset };
}

/** The prior variances of the background's modes; none so small that its share of a product is lost in rounding. */
export function backgroundRatios(ratios: Float64Array, share: number): Float64Array {
  const least = 1e-8 * ratios.reduce((most, ratio) => Math.max(most, ratio), 0);
  return ratios.map((ratio) => share * Math.max(least, ratio));
}

/** What the search minimises: the score of the data and that of the hyperprior. */
export function aldObjective(
  { modes, moments, folds }: ModeData,
  waves: Waves,
  score = (factor: Float64Array): Score =>
    folds.length > 0 ? factorHeldOut(folds, factor) : factorEvidence(moments, factor),
): SmoothFunction {
  return withHyperprior(aldScore(modes, waves, score), aldHyperprior(modes.shape));
}

/** Where a search stands. */
interface Place {
  readonly behind: Behind;
  readonly waves: Waves;
  readonly parameters: AldParameters;
  /** of all, to be minimised */
  readonly value: number;
}

/**
 * Searches the local prior from the field of a smooth one, and the share of that one which stays as a background: among the
 * modes that matter most, then, where these are not all, among all.
 */
export function searchAld(smooth: AsdSearch, kernel: Float64Array, standardErrors: Float64Array): AldSearch {
  const chosen = mattering(smooth);
  const data = dataAmong(smooth, chosen);
  const ratios = Float64Array.from(chosen, (j) => smooth.ratios[j]!);
  const views = shares.map((share) => behind(data, ratios, share));
  const starts = aldStarts(data.modes.shape, kernel, standardErrors);
  const tried = starts.map((start) => {
    const waves = chooseWaves(data.modes, start);
    return at(views[1]!, waves, scaledStart(data.modes, waves, start, data.moments));
  });
  const behindAny = ({ waves, parameters }: Place) => best(views.map((view) => at(view, waves, parameters)));
  const first = searchFrom(behindAny(best(tried)), 1, 1e-3).place;
  const { place, converged: coarsely } = searchFrom(behindAny(first), mostRounds, 1e-4);
  const { waves } = place;
  const { share } = place.behind;
  let { parameters } = place;
  let converged = coarsely;
  if (chosen.length < smooth.modes.count) {
    const whole = behind(smooth, smooth.ratios, share);
    const found = minimise(aldObjective(whole.data, waves), parameters, { ...searching, valueTolerance: 1e-4 });
    parameters = found.x;
    converged = found.stopped !== "limit";
  }
  const { modes } = smooth;
  return {
    ...{ waves, parameters, share, chosen, converged },
    factor: aldFactor(modes, waves, parameters),
    outside: 1 - shareOf(modes, waves, parameters),
  };
}

/** An evidence to a hundredth, as tolerances relative to scores of about 100 have it, is all that a prior needs. */
const searching = { maxIterations: 100, gradientTolerance: 1e-3 } as const;

/** The modes of which the data and the smooth prior together say most. */
function mattering({ modes, moments, ratios }: AsdSearch): number[] {
  const weights = ratios.map((ratio, j) => ratio * moments.gram[j * (modes.count + 1)]!);
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
  return order.slice(0, coarse).sort((a, b) => a - b);
}

function best(places: readonly Place[]): Place {
  return places.reduce((least, other) => (other.value < least.value ? other : least));
}

function at(view: Behind, waves: Waves, parameters: AldParameters): Place {
  const value = aldObjective(view.data, waves)(parameters, new Float64Array(parameters.length));
  return {
    ...{ behind: view, waves, parameters },
    value: Number.isFinite(value) ? value + view.offset : Number.POSITIVE_INFINITY,
  };
}

/** Minimises behind one background; waves are chosen anew where the band has moved. */
function searchFrom(
  from: Place,
  rounds: number,
  valueTolerance: number,
): { readonly place: Place; readonly converged: boolean } {
  let { waves, parameters } = from;
  for (let round = 1; ; round++) {
    const found: Minimum = minimise(aldObjective(from.behind.data, waves), parameters, {
      ...searching,
      valueTolerance,
    });
    parameters = found.x;
    if (round === rounds || 1 - shareOf(from.behind.data.modes, waves, parameters) < negligibleShare)
      return { place: { ...from, waves, parameters, value: found.value }, converged: found.stopped !== "limit" };
    waves = chooseWaves(from.behind.data.modes, parameters);
  }
}

/** The waves to which the band gives most. */
function chooseWaves({ shape }: Modes, parameters: AldParameters): Waves {
  const all = allCycles(shape);
  const heights = all.map((cycles) => bandAt(parameters, cycles).value);
  const order = [...all.keys()].sort((a, b) => heights[b]! - heights[a]! || a - b);
  const most = heights[order[0]!]!;
  const kept = order.slice(0, mostWaves / 2).filter((k) => heights[k]! > 1e-4 * most);
  return wavesAt(
    shape,
    kept.map((k) => all[k]!),
  );
}

/** The part of the band's variance that lies in some waves. */
function shareOf({ shape }: Modes, waves: Waves, parameters: AldParameters): number {
  const heightOf = (cycles: readonly [number, number, number]) => bandAt(parameters, cycles).value;
  const inside = waves.fields.reduce(
    (sum, _, j) => sum + heightOf([waves.cycles[0][j]!, waves.cycles[1][j]!, waves.cycles[2][j]!]),
    0,
  );
  const total = allCycles(shape).reduce(
    (sum, cycles) => sum + heightOf(cycles) * (isOwnOpposite(cycles, shape) ? 1 : 2),
    0,
  );
  return inside / total;
}

/** The variance under which the field explains a tenth of the counts' variance. */
function scaledStart(modes: Modes, waves: Waves, start: AldParameters, { gram, bins }: LinearMoments): Float64Array {
  const factor = aldFactor(modes, waves, start);
  const [n, m] = [modes.count, waves.count];
  let energy = 0;
  for (let j = 0; j < m; j++) {
    // the mean of a wave's energy alone suffices: the search corrects it
    for (let i = 0; i < n; i++) energy += gram[i * n + i]! * factor[i * m + j]! ** 2;
  }
  const scaled = start.slice();
  scaled[0] = Math.log((0.1 * bins) / energy);
  return scaled;
}
