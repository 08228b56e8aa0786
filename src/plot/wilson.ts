/** The 97.5 % point of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % interval of a share: `(p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)`, which holds its level at
 * small counts and at 0 and all, where `p ± z·√(p(1-p)/n)` has no width.
 *
 * @param count how many of `total`, 0 to total
 * @returns the ends, 0 to 1
 *
 * Source: Wilson 1927 (J Am Stat Assoc 22:209).
 */
export function wilsonInterval(count: number, total: number): readonly [low: number, high: number] {
  const p = count / total;
  const middle = p + (z * z) / (2 * total);
  const half = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}
