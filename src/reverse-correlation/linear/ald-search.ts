import { type Minimum, minimise } from "../../math/l-bfgs.js";
import { transposed } from "../../math/matrix-product.js";
import { type AldParameters, bandAt, bandVariances, windowAt } from "./ald-prior.js";
import { aldStarts, idleParameters } from "./ald-start.js";
import { allCycles, isOwnOpposite, type Waves, wavesAt } from "./ald-waves.js";
import type { AsdSearch } from "./asd-search.js";
import type { Score } from "./evidence.js";
import { factorEvidence, factorHeldOut } from "./factor-evidence.js";
import { coefficientsOf, fieldOf, type Modes } from "./modes.js";
import type { LinearMoments } from "./moments.js";

/** The local prior that suits a recording best. */
export interface AldSearch {
  readonly waves: Waves;
  readonly parameters: AldParameters;
  /** [modes, waves], see `linear-factor-evidence.ts` */
  readonly factor: Float64Array;
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
  const { shape, count: n } = modes;
  const m = waves.count;
  const window = windowAt(shape, parameters);
  const amplitudes = bandVariances(shape, waves, parameters).map((log) => Math.exp(0.5 * log));
  const columns = new Float64Array(m * n);
  waves.fields.forEach((field, j) => {
    const seen = coefficientsOf(
      modes,
      field.map((value, d) => value * window[d]!),
    );
    for (let i = 0; i < n; i++) columns[j * n + i] = amplitudes[j]! * seen[i]!;
  });
  return transposed(columns, m, n);
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
  const amplitudes = bandVariances(shape, waves, parameters).map((log) => Math.exp(0.5 * log));
  const byColumn = transposed(byFactor, n, m);
  const byWindow = new Float64Array(window.length);
  const byLog = new Float64Array(m);
  waves.fields.forEach((field, j) => {
    const back = fieldOf(modes, byColumn.subarray(j * n, (j + 1) * n));
    let sum = 0;
    for (let d = 0; d < back.length; d++) {
      const share = back[d]! * field[d]!;
      sum += share * window[d]!;
      byWindow[d]! += amplitudes[j]! * share;
    }
    byLog[j] = 0.5 * amplitudes[j]! * sum;
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

/** Searches the local prior in the modes and from the field of a smooth one; waves are chosen anew where the band has moved. */
export function searchAld(
  { modes, moments, folds }: AsdSearch,
  kernel: Float64Array,
  standardErrors: Float64Array,
): AldSearch {
  const score = (factor: Float64Array) =>
    folds.length > 0 ? factorHeldOut(folds, factor) : factorEvidence(moments, factor);
  const candidates = aldStarts(modes.shape, kernel, standardErrors).map((parameters) => {
    const waves = chooseWaves(modes, parameters);
    const start = scaledStart(modes, waves, parameters, moments);
    const { value } = score(aldFactor(modes, waves, start));
    return { waves, start, value: Number.isFinite(value) ? value : Number.POSITIVE_INFINITY };
  });
  let { waves, start } = candidates.reduce((best, other) => (other.value < best.value ? other : best));
  for (let round = 1; ; round++) {
    const found: Minimum = minimise(aldScore(modes, waves, score), start, {
      maxIterations: 50,
      gradientTolerance: 1e-3,
      valueTolerance: 1e-4,
    });
    start = found.x;
    const outside = 1 - shareOf(modes, waves, start);
    if (round === mostRounds || outside < negligibleShare) {
      const factor = aldFactor(modes, waves, start);
      return { waves, parameters: start, factor, converged: found.stopped !== "limit", outside };
    }
    waves = chooseWaves(modes, start);
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
