import { checkShare, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";

/** Which of many tests are discoveries. */
export interface FalseDiscovery {
  readonly level: number;
  /** [tests], 1 where the test is a discovery at the level */
  readonly discovered: Uint8Array;
  readonly discoveries: number;
  /** [tests], the smallest level at which each would be one */
  readonly adjusted: Float64Array;
}

/**
 * Benjamini and Hochberg's step-up: with `p_(1) <= … <= p_(m)` the tests of the k smallest p are discoveries, k the largest with
 * `p_(k) <= k·level/m`.
 *
 * Among the discoveries the expected share of false ones is at most `level`, for independent tests and for those that depend
 * positively.
 *
 * @param pValues from 0 to 1
 * @param level default .05
 * @throws InputError if there is none, or a number is out of range
 * @see Benjamini & Hochberg 1995, J R Stat Soc B 57:289; Benjamini & Yekutieli 2001, Ann Stat 29:1165, for dependence
 */
export function falseDiscovery(pValues: ArrayLike<number>, level = 0.05): FalseDiscovery {
  const where = "falseDiscovery";
  const m = pValues?.length;
  if (typeof m !== "number") refuse(where, `pValues is ${describe(pValues)}, a list of numbers is needed`);
  if (m === 0) refuse(where, "pValues is empty, at least one test is needed");
  for (let i = 0; i < m; i++) {
    if (!(pValues[i] >= 0 && pValues[i] <= 1))
      refuse(where, `pValues[${i}] is ${pValues[i]}, a number from 0 to 1 is needed`);
  }
  checkShare(where, "level", level);
  const order = Uint32Array.from({ length: m }, (_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Float64Array(m);
  let least = 1;
  for (let rank = m; rank >= 1; rank--) {
    const at = order[rank - 1];
    least = Math.min(least, (pValues[at] * m) / rank);
    adjusted[at] = least;
  }
  const discovered = Uint8Array.from(adjusted, (p) => (p <= level ? 1 : 0));
  return { level, discovered, discoveries: discovered.reduce((sum, one) => sum + one, 0), adjusted };
}
