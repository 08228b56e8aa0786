/** What a law predicts for a sample, as numbers of standard errors. */

/** The normal distribution function: Marsaglia's series about 0 (2004), beyond 6 by its limits. */
export function normalBelow(x: number): number {
  if (Math.abs(x) > 7) return x > 0 ? 1 : 0;
  let [sum, term] = [x, x];
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - Math.log(2 * Math.PI) / 2);
}

/** `√n · D` of Kolmogorov and Smirnov; above 1.95 with probability .001 */
export function kolmogorov(values: ArrayLike<number>, below: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let most = 0;
  sorted.forEach((x, i) => {
    const p = below(x);
    most = Math.max(most, p - i / n, (i + 1) / n - p);
  });
  return Math.sqrt(n) * most;
}

/** Standard errors between the mean of `of(value)` and the expected one, given the variance of one element. */
export function meanError(
  values: ArrayLike<number>,
  mean: number,
  variance: number,
  of: (value: number) => number = (value) => value,
): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += of(values[i]) - mean;
  return sum / Math.sqrt(values.length * variance);
}

/** χ² of counts against expected counts as a standard normal, by Wilson and Hilferty's cube root (1931). */
export function chiSquaredError(counts: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i] - expected[i]) ** 2 / expected[i];
  const spread = 2 / (9 * (counts.length - 1));
  return (Math.cbrt(sum / (counts.length - 1)) - 1 + spread) / Math.sqrt(spread);
}

/** Standard errors of the correlation of two samples of mean 0 and variance 1, and of that of their squares. */
export function correlationErrors(a: ArrayLike<number>, b: ArrayLike<number>): { plain: number; squares: number } {
  let [plain, squares] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    plain += a[i] * b[i];
    squares += ((a[i] * a[i] - 1) * (b[i] * b[i] - 1)) / 2;
  }
  return { plain: plain / Math.sqrt(a.length), squares: squares / Math.sqrt(a.length) };
}
