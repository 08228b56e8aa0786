import { checkFinite, checkInteger, checkOptions, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, tensor } from "../tensor/tensor.js";
import { uniformAt } from "./random.js";
import { checkSeed, type RandomStream, randomStream } from "./random-streams.js";

/** How points are clustered. */
export interface KMeansOptions {
  readonly clusters: number;
  readonly seed: number;
  /** how much each point counts, at least 0; default 1 each */
  readonly weights?: ArrayLike<number>;
  /** starts that are tried, the best is kept; default 8 */
  readonly restarts?: number;
  /** the most passes of one start; default 100 */
  readonly limit?: number;
}

/** Points in clusters, and how they came there. */
export interface Clusters {
  readonly kind: "clusters";
  /** `[clusters, dimensions]`, float64 */
  readonly centres: Tensor;
  /** the cluster of each point; clusters are numbered in the order of their first points */
  readonly labels: Int32Array;
  /** `Σ weight·|point - centre|²` */
  readonly inertia: number;
  /** the inertia at each pass of the start that was kept: it never rises */
  readonly inertias: Float64Array;
  readonly iterations: number;
  /** `settled`: no point changed its cluster any more; `limit`: as many passes as allowed were made */
  readonly stopped: "settled" | "limit";
  readonly seed: number;
}

/** What is clustered: `n` points of `d` numbers, `x[i·d + t]`, and their weights. */
interface Points {
  readonly n: number;
  readonly d: number;
  readonly x: Tensor["data"];
  readonly w: Float64Array;
}

/** One start's clusters in the making. */
interface State {
  readonly centres: Float64Array;
  readonly labels: Int32Array;
  /** the squared distance of each point to its centre */
  readonly distances: Float64Array;
}

/**
 * k-means: puts points into clusters so that the sum of their squared distances to their clusters' means is small.
 *
 * Minimises `Σ w_i |x_i - c(label_i)|²` by Lloyd's passes: each point to the nearest centre (the first of equally near ones),
 * then each centre to the weighted mean of its points. A start's centres are points drawn one after the other with a probability
 * in proportion to the weighted squared distance to the nearest centre so far (k-means++). A cluster that loses its last point
 * takes the point that costs most where it is. Passes go on until no point changes its cluster; of several starts the one with
 * the least inertia is kept, the first among equals. Sums are in float64: the same bits for the same points and seed.
 *
 * @param points `[n, d]`
 * @param options clusters and seed, see `KMeansOptions`
 * @returns centres, the cluster of each point, the inertia and why the passes ended. No cluster is empty
 * @throws InputError if shapes or options do not fit, a number is not finite, squared distances overflow, or fewer distinct
 * points than clusters have a weight above 0
 * @see Lloyd 1982, "Least squares quantization in PCM"; Arthur & Vassilvitskii 2007, "k-means++"
 */
export function kMeans(points: Tensor, options: KMeansOptions): Clusters {
  return clustersOf("kMeans", points, options);
}

/** Says that fewer points differ than there are to be clusters. */
type Few = (clusters: number, distinct: number) => string;

/** As `kMeans`, refusing in the name of the function that calls it, and where too few points differ, in its words. */
export function clustersOf(
  where: string,
  points: Tensor,
  options: KMeansOptions,
  few: Few = (clusters, n) => `${clusters} clusters are asked for, ${n} distinct points have a weight above 0`,
): Clusters {
  checkOptions(where, options, ["clusters", "seed", "weights", "restarts", "limit"]);
  const { clusters, seed, restarts = 8, limit = 100 } = options;
  const given = checkedPoints(where, points, options.weights);
  checkInteger(where, "clusters", clusters, 1);
  checkSeed(where, seed);
  checkInteger(where, "restarts", restarts, 1);
  checkInteger(where, "limit", limit, 1);
  let best: Clusters | undefined;
  for (let start = 0; start < restarts; start++) {
    const state = startOf(where, given, clusters, [randomStream(seed, "clusters"), start], few);
    const found = lloyd(given, state, limit, seed);
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  return best!;
}

function checkedPoints(where: string, points: unknown, weights: unknown): Points {
  checkTensor(where, "points", points, 2);
  const [n, d] = points.shape as [number, number];
  if (n < 1 || d < 1) refuse(where, `points has shape ${shapeText(points.shape)}, axes of at least 1 are needed`);
  checkFinite(where, "points", points.data);
  if (weights === undefined) return { n, d, x: points.data, w: new Float64Array(n).fill(1) };
  const w = Float64Array.from(weights as ArrayLike<number>);
  if (w.length !== n) refuse(where, `weights is ${describe(weights)}, one number for each of ${n} points is needed`);
  const wrong = w.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong >= 0) refuse(where, `weights[${wrong}] is ${w[wrong]}, finite numbers of at least 0 are needed`);
  return { n, d, x: points.data, w };
}

/** The squared distance of point `i` to centre `c`, or a number that is not below `most`, found out early. */
function squaredDistance({ d, x }: Points, i: number, centres: Float64Array, c: number, most: number): number {
  let sum = 0;
  for (let t = 0, p = i * d, q = c * d; t < d && sum < most; ) {
    for (const end = Math.min(t + 16, d); t < end; t++, p++, q++) sum += (x[p]! - centres[q]!) ** 2;
  }
  return sum;
}

/** Centres by k-means++: the draw of centre `c` is element `c` of the start's row. */
function startOf(
  where: string,
  points: Points,
  clusters: number,
  [source, row]: [RandomStream, number],
  few: Few,
): State {
  const { n, d, x, w } = points;
  const centres = new Float64Array(clusters * d);
  const distances = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const shares = Float64Array.from(w);
  for (let c = 0; c < clusters; c++) {
    const total = shares.reduce((sum, share) => sum + share, 0);
    if (total === 0) refuse(where, few(clusters, c));
    if (total === Number.POSITIVE_INFINITY) refuse(where, "points lie too far apart: their squared distances overflow");
    const chosen = chooseShare(shares, uniformAt(source, row, c) * total);
    centres.set(x.subarray(chosen * d, (chosen + 1) * d), c * d);
    for (let i = 0; i < n; i++) {
      distances[i] = Math.min(distances[i]!, squaredDistance(points, i, centres, c, distances[i]!));
      shares[i] = w[i]! * distances[i]!;
    }
  }
  return { centres, labels: new Int32Array(n).fill(-1), distances };
}

/** The index at which the running sum of shares exceeds `mark`; where rounding leaves none, the last share above 0. */
function chooseShare(shares: Float64Array, mark: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < shares.length; i++) {
    if (shares[i] === 0) continue;
    sum += shares[i]!;
    last = i;
    if (sum > mark) break;
  }
  return last;
}

/** Lloyd's passes from a start. */
function lloyd(points: Points, state: State, limit: number, seed: number): Clusters {
  const inertias: number[] = [];
  let stopped: Clusters["stopped"] = "limit";
  while (stopped === "limit" && inertias.length < limit) {
    // The centres follow the labels, so that a pass that changes none finds the means in place.
    if (inertias.length > 0) moveCentres(points, state);
    const before = state.labels.slice();
    takeNearest(points, state);
    fillEmpty(points, state);
    inertias.push(state.distances.reduce((sum, square, i) => sum + points.w[i]! * square, 0));
    if (before.every((label, i) => label === state.labels[i])) stopped = "settled";
  }
  const { centres, labels } = inOrder(points, state);
  return {
    kind: "clusters",
    centres: tensor(centres, [centres.length / points.d, points.d]),
    labels,
    inertia: inertias.at(-1)!,
    inertias: Float64Array.from(inertias),
    iterations: inertias.length,
    stopped,
    seed,
  };
}

/** Gives each point the nearest centre. */
function takeNearest(points: Points, { centres, labels, distances }: State): void {
  const clusters = centres.length / points.d;
  for (let i = 0; i < points.n; i++) {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < clusters; c++) {
      const square = squaredDistance(points, i, centres, c, least);
      if (square < least) [nearest, least] = [c, square];
    }
    labels[i] = nearest;
    distances[i] = least;
  }
}

/**
 * Gives each cluster without weight the point that costs most, and in turn the cluster that this one leaves without. Each turn
 * leaves a costly point less, and while a cluster is empty there is one: otherwise each other cluster would hold one distinct
 * point, and a start has met as many as there are clusters.
 */
function fillEmpty({ n, d, x, w }: Points, { centres, labels, distances }: State): void {
  const members = new Int32Array(centres.length / d);
  for (let i = 0; i < n; i++) if (w[i]! > 0) members[labels[i]!]!++;
  for (let c = members.indexOf(0); c >= 0; c = members.indexOf(0)) {
    let [chosen, most] = [-1, -1];
    for (let i = 0; i < n; i++) {
      const cost = w[i]! * distances[i]!;
      if (cost > most) [chosen, most] = [i, cost];
    }
    members[labels[chosen]!]!--;
    members[c] = 1;
    labels[chosen] = c;
    distances[chosen] = 0;
    centres.set(x.subarray(chosen * d, (chosen + 1) * d), c * d);
  }
}

/** Moves each centre to the weighted mean of its points. */
function moveCentres({ n, d, x, w }: Points, { centres, labels }: State): void {
  const weights = new Float64Array(centres.length / d);
  centres.fill(0);
  for (let i = 0; i < n; i++) {
    const c = labels[i]!;
    weights[c]! += w[i]!;
    for (let t = 0; t < d; t++) centres[c * d + t]! += w[i]! * x[i * d + t]!;
  }
  for (let c = 0; c < weights.length; c++) for (let t = 0; t < d; t++) centres[c * d + t]! /= weights[c]!;
}

/** The clusters numbered in the order of their first points, so that a partition has one name. */
function inOrder({ d }: Points, state: State): Pick<State, "centres" | "labels"> {
  const order = [...new Set(state.labels)];
  const centres = new Float64Array(state.centres.length);
  order.forEach((c, at) => {
    centres.set(state.centres.subarray(c * d, (c + 1) * d), at * d);
  });
  return { centres, labels: state.labels.map((label) => order.indexOf(label)) };
}
