/** The place of the least value on a line. */
export interface LineMinimum {
  readonly x: number;
  readonly value: number;
  /** whether it lies at an end of the interval, beyond which the function may fall further */
  readonly atEnd: boolean;
}

const golden = (Math.sqrt(5) - 1) / 2;

/**
 * The least value of a function on an interval: the best of equally spaced points, then golden sections between its neighbours.
 * A value that is not finite counts as too large.
 *
 * @param points at least 3
 * @param tolerance the width of the last interval
 * @see Brent 1973, Algorithms for minimization without derivatives, chapter 5
 */
export function minimiseOnLine(
  f: (x: number) => number,
  low: number,
  high: number,
  points: number,
  tolerance: number,
): LineMinimum {
  const usable = (x: number): number => {
    const value = f(x);
    return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
  };
  const places = Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
  const values = places.map(usable);
  const best = values.indexOf(Math.min(...values));
  let [a, b] = [places[Math.max(0, best - 1)]!, places[Math.min(points - 1, best + 1)]!];
  let [p, q] = [b - golden * (b - a), a + golden * (b - a)];
  let [fp, fq] = [usable(p), usable(q)];
  while (b - a > tolerance) {
    if (fp <= fq) {
      [b, q, fq] = [q, p, fp];
      p = b - golden * (b - a);
      fp = usable(p);
    } else {
      [a, p, fp] = [p, q, fq];
      q = a + golden * (b - a);
      fq = usable(q);
    }
  }
  const [x, value] = fp <= fq ? [p, fp] : [q, fq];
  return { x, value, atEnd: x - low <= 2 * tolerance || high - x <= 2 * tolerance };
}
