/**
 * Bins with soft edges: a projection in units of its standard deviation belongs to its nearest three bins by the quadratic
 * B-spline, whose weights add to 1 and have a continuous slope. So the information of the bins has a gradient, and
 * is never above that of the projection itself, since the bin is a further, noisy step.
 */
export interface SoftBins {
  /** in one dimension */
  readonly count: number;
  /** the centres run from `-reach` to `reach`; beyond them the end bins take all */
  readonly reach: number;
}

/** Shares of all windows and of the spikes in each bin, [count^k], and nats a spike that the bin tells. */
export interface BinnedInformation {
  readonly all: Float64Array;
  readonly spikes: Float64Array;
  readonly information: number;
}

/** What every window has of each of its `width` bins along one projection, of `count` bins in all. */
interface Memberships {
  readonly count: number;
  readonly width: number;
  /** [windows, width] each */
  readonly bins: Int32Array;
  readonly weights: Float64Array;
  /** of the weights, by the projection */
  readonly slopes: Float64Array;
}

/**
 * `I = Σ_j Q_j·ln(Q_j / P_j)`, P the share of all windows and Q that of the spikes in bin j of one or two projections, nats.
 *
 * @param projections [windows] each, of unit variance
 * @param counts [windows], spikes
 * @param slopes [windows] each, filled with `∂I/∂s_i`, where given
 */
export function binnedInformation(
  projections: readonly Float64Array[],
  counts: ArrayLike<number>,
  bins: SoftBins,
  slopes?: readonly Float64Array[],
): BinnedInformation {
  const T = projections[0].length;
  const [outer, inner] = pairOf(projections, bins);
  const all = new Float64Array(outer.count * inner.count);
  const spikes = new Float64Array(all.length);
  let total = 0;
  for (let t = 0; t < T; t++) {
    const n = counts[t];
    total += n;
    for (let a = t * outer.width; a < (t + 1) * outer.width; a++) {
      for (let b = t * inner.width; b < (t + 1) * inner.width; b++) {
        const j = outer.bins[a] * inner.count + inner.bins[b];
        const weight = outer.weights[a] * inner.weights[b];
        all[j] += weight;
        spikes[j] += weight * n;
      }
    }
  }
  let information = 0;
  for (let j = 0; j < all.length; j++) {
    all[j] /= T;
    spikes[j] /= total;
    if (spikes[j] > 0) information += spikes[j] * Math.log(spikes[j] / all[j]);
  }
  if (slopes !== undefined) addSlopes(outer, inner, counts, total, { all, spikes, information }, slopes);
  return { all, spikes, information };
}

/** `∂I/∂Q_j = ln(Q_j/P_j) + 1`, of which the 1 vanishes since a window's slopes add to 0, and `∂I/∂P_j = -Q_j/P_j`. */
function addSlopes(
  outer: Memberships,
  inner: Memberships,
  counts: ArrayLike<number>,
  total: number,
  { all, spikes }: BinnedInformation,
  slopes: readonly Float64Array[],
): void {
  const T = slopes[0].length;
  const logs = spikes.map((q, j) => (q > 0 ? Math.log(q / all[j]) / total : 0));
  const ratios = spikes.map((q, j) => (q > 0 ? q / all[j] / T : 0));
  for (let t = 0; t < T; t++) {
    let [first, second] = [0, 0];
    for (let a = t * outer.width; a < (t + 1) * outer.width; a++) {
      for (let b = t * inner.width; b < (t + 1) * inner.width; b++) {
        const j = outer.bins[a] * inner.count + inner.bins[b];
        const value = counts[t] * logs[j] - ratios[j];
        first += value * outer.slopes[a] * inner.weights[b];
        second += value * outer.weights[a] * inner.slopes[b];
      }
    }
    slopes[0][t] = first;
    if (slopes.length > 1) slopes[1][t] = second;
  }
}

/** A function of bins at each window's projections: `Σ_j weight_j·values_j`. */
export function atBins(projections: readonly Float64Array[], values: Float64Array, bins: SoftBins): Float64Array {
  const [outer, inner] = pairOf(projections, bins);
  return projections[0].map((_, t) => {
    let sum = 0;
    for (let a = t * outer.width; a < (t + 1) * outer.width; a++) {
      for (let b = t * inner.width; b < (t + 1) * inner.width; b++) {
        sum += outer.weights[a] * inner.weights[b] * values[outer.bins[a] * inner.count + inner.bins[b]];
      }
    }
    return sum;
  });
}

/** One projection is a pair whose second has a single bin. */
function pairOf([first, second]: readonly Float64Array[], bins: SoftBins): readonly [Memberships, Memberships] {
  const n = first.length;
  const none = {
    count: 1,
    width: 1,
    bins: new Int32Array(n),
    weights: new Float64Array(n).fill(1),
    slopes: new Float64Array(n),
  };
  return [membershipsOf(first, bins), second === undefined ? none : membershipsOf(second, bins)];
}

function membershipsOf(s: Float64Array, { count, reach }: SoftBins): Memberships {
  const bins = new Int32Array(3 * s.length);
  const weights = new Float64Array(3 * s.length);
  const slopes = new Float64Array(3 * s.length);
  const perUnit = (count - 1) / (2 * reach);
  for (let t = 0; t < s.length; t++) {
    const place = (s[t] + reach) * perUnit;
    const p = Math.min(count - 1, Math.max(0, place));
    const j = Math.round(p);
    const d = p - j;
    // A neighbour outside the bins is the bin at that end.
    bins[3 * t] = Math.max(0, j - 1);
    bins[3 * t + 1] = j;
    bins[3 * t + 2] = Math.min(count - 1, j + 1);
    weights[3 * t] = 0.5 * (0.5 - d) ** 2;
    weights[3 * t + 1] = 0.75 - d * d;
    weights[3 * t + 2] = 0.5 * (0.5 + d) ** 2;
    if (p !== place) continue;
    slopes[3 * t] = -(0.5 - d) * perUnit;
    slopes[3 * t + 1] = -2 * d * perUnit;
    slopes[3 * t + 2] = (0.5 + d) * perUnit;
  }
  return { count, width: 3, bins, weights, slopes };
}
