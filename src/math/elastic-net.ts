/** A least-squares problem by its sums: the Gram matrix `[n, n]` and the products with the target, `[n]`. */
export interface NormalEquations {
  readonly gram: Float64Array;
  readonly cross: Float64Array;
}

/** Weights at one penalty. */
export interface ElasticNet {
  readonly weights: Float64Array;
  /** false where the sweeps ran out */
  readonly converged: boolean;
}

const mostSweeps = 1000;

/**
 * The elastic net by coordinate descent: the least of `½·wᵀGw - rᵀw + λ·(a·Σ|w| + ½·(1 - a)·Σw²)`.
 *
 * Sweeps go over the weights that are not 0 until they settle, then over all; it ends when a sweep over all changes nothing by
 * more than the tolerance.
 *
 * @param penalty λ
 * @param mixing a, from 0 (ridge) to 1 (lasso)
 * @param start [n], not changed
 * @param tolerance the largest change of a weight, relative to the largest weight
 * @see Friedman, Hastie & Tibshirani 2010
 */
export function elasticNet(
  { gram, cross }: NormalEquations,
  penalty: number,
  mixing: number,
  start: Float64Array,
  tolerance = 1e-5,
): ElasticNet {
  const n = cross.length;
  const weights = start.slice();
  const rest = cross.slice();
  for (let j = 0; j < n; j++) if (weights[j] !== 0) takeOff(rest, gram, j, weights[j]!);
  const threshold = penalty * mixing;
  const sweep = (all: boolean): boolean => {
    let [change, most] = [0, 0];
    for (let j = 0; j < n; j++) {
      const old = weights[j]!;
      if (!all && old === 0) continue;
      const own = gram[j * n + j]!;
      const pull = rest[j]! + own * old;
      const shrunk = Math.sign(pull) * Math.max(0, Math.abs(pull) - threshold);
      const scale = own + penalty * (1 - mixing);
      const next = scale > 0 ? shrunk / scale : 0;
      if (next !== old) {
        weights[j] = next;
        takeOff(rest, gram, j, next - old);
        change = Math.max(change, Math.abs(next - old));
      }
      most = Math.max(most, Math.abs(next));
    }
    return change <= tolerance * most;
  };
  for (let sweeps = 0; sweeps < mostSweeps; sweeps++) {
    if (sweep(true)) return { weights, converged: true };
    while (sweeps < mostSweeps && !sweep(false)) sweeps++;
  }
  return { weights, converged: false };
}

/** `rest -= by·G_j` */
function takeOff(rest: Float64Array, gram: Float64Array, j: number, by: number): void {
  const n = rest.length;
  for (let i = 0; i < n; i++) rest[i]! -= by * gram[j * n + i]!;
}
