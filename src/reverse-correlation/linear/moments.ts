/** Sums over the bins of one stretch of a recording: of features z, measured from a fixed centre, and of counts y. */
export interface StretchSums {
  readonly bins: number;
  /** [n, n], Σ z·zᵀ */
  readonly gram: Float64Array;
  /** [n], Σ z */
  readonly sum: Float64Array;
  /** [n], Σ z·y */
  readonly cross: Float64Array;
  readonly counts: number;
  /** Σ y² */
  readonly squares: number;
}

/** The same about means: all that a linear model with a constant learns from the bins. */
export interface LinearMoments {
  /** features */
  readonly n: number;
  readonly bins: number;
  /** [n, n], `Σ (z - z̄)(z - z̄)ᵀ` */
  readonly gram: Float64Array;
  /** [n], `Σ (z - z̄)(y - ȳ)` */
  readonly cross: Float64Array;
  /** `Σ (y - ȳ)²` */
  readonly power: number;
  readonly means: Means;
}

interface Means {
  /** [n], z̄ from the centre */
  readonly features: Float64Array;
  readonly count: number;
}

/** A part of the recording to learn from and a part to predict, the second about the means of the first. */
export interface Fold {
  readonly train: LinearMoments;
  readonly heldOut: LinearMoments;
}

/** Sums of nothing. */
export function emptySums(n: number): StretchSums {
  return {
    bins: 0,
    gram: new Float64Array(n * n),
    sum: new Float64Array(n),
    cross: new Float64Array(n),
    counts: 0,
    squares: 0,
  };
}

/** The sums of several stretches. */
export function totalSums(stretches: readonly StretchSums[]): StretchSums {
  const add = (pick: (s: StretchSums) => Float64Array) => {
    const total = pick(stretches[0]!).slice();
    for (const part of stretches.slice(1).map(pick)) for (let i = 0; i < total.length; i++) total[i]! += part[i]!;
    return total;
  };
  const count = (pick: (s: StretchSums) => number) => stretches.reduce((sum, part) => sum + pick(part), 0);
  return {
    bins: count((s) => s.bins),
    gram: add((s) => s.gram),
    sum: add((s) => s.sum),
    cross: add((s) => s.cross),
    counts: count((s) => s.counts),
    squares: count((s) => s.squares),
  };
}

/** Moments about the stretch's own means, or about those that are given. */
export function momentsAbout(sums: StretchSums, about?: Means): LinearMoments {
  const { bins, sum, counts } = sums;
  const n = sum.length;
  const own = { features: sum.map((value) => value / bins), count: counts / bins };
  const means = about ?? own;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const [a, b] = [means.features[i]!, own.features[i]!];
    for (let j = 0; j < n; j++) {
      const [c, d] = [means.features[j]!, own.features[j]!];
      gram[i * n + j] = sums.gram[i * n + j]! - bins * (a * d + b * c - a * c);
    }
  }
  const cross = sums.cross.map(
    (value, i) =>
      value -
      bins * (means.features[i]! * own.count + own.features[i]! * means.count - means.features[i]! * means.count),
  );
  return { n, bins, gram, cross, power: sums.squares - bins * means.count * (2 * own.count - means.count), means };
}

/** Each stretch held out once, the others to learn from. */
export function foldsOf(stretches: readonly StretchSums[]): Fold[] {
  return stretches.map((heldOut, k) => {
    const train = momentsAbout(totalSums(stretches.filter((_, other) => other !== k)));
    return { train, heldOut: momentsAbout(heldOut, train.means) };
  });
}

/** The moments of some of the features. */
export function momentsAmong(moments: LinearMoments, chosen: readonly number[]): LinearMoments {
  const { n: all, gram, cross, means } = moments;
  const n = chosen.length;
  const own = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) own[i * n + j] = gram[chosen[i]! * all + chosen[j]!]!;
  const of = (values: Float64Array) => Float64Array.from(chosen, (j) => values[j]!);
  return { ...moments, n, gram: own, cross: of(cross), means: { ...means, features: of(means.features) } };
}
