import { checkChoice, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Padding } from "./options.js";

/** What becomes of the cells of a window, see `pool`. */
export type PoolKind = "max" | "average" | "l2" | "lp" | "weighted";

/** The kinds that know no place within their window. */
export type RegionKind = Exclude<PoolKind, "weighted">;

/** The options of `pool` and of its gradient. Lists have one entry a space dimension. */
export interface PoolOptions {
  readonly kind: PoolKind;
  /** cells of a window; a list says how many space dimensions there are, a number means two */
  readonly size: number | readonly number[];
  /** cells between neighbouring windows; default `size` */
  readonly stride?: number | readonly number[];
  /** as in `conv`: `valid` (default), `same`, `full`, a number for all sides, or pairs of before and after */
  readonly padding?: Padding;
  /** cells between neighbouring taps of a window; default 1 */
  readonly dilation?: number | readonly number[];
  /** `lp` only, and needed there: the power, at least 1 */
  readonly p?: number;
  /**
   * `weighted` only, and needed there: one weight a tap, of shape `size`, or the weight as a function of the distance from the
   * window's centre, in cells; at least 0
   */
  readonly weights?: Tensor | ((distance: number) => number);
  /** true: a last window may run beyond the padded input; default false */
  readonly ceil?: boolean;
  /** `average` and `weighted` only: true divides by the declared padding too; default false: by the real cells alone */
  readonly countPadding?: boolean;
}

/** What is done in each window: `l2` is the power 2. */
export type Rule =
  | { readonly kind: "max" }
  | { readonly kind: "average"; readonly countPadding: boolean }
  | { readonly kind: "power"; readonly p: number }
  | { readonly kind: "weighted"; readonly weights: Float64Array; readonly sums: Float64Array };

/** The kinds that an option is for, where it is not for all. */
const onlyFor: Readonly<Record<string, readonly PoolKind[]>> = {
  p: ["lp"],
  weights: ["weighted"],
  countPadding: ["average", "weighted"],
};

/** Throws unless the options are known, the kind is one of `kinds`, and each option given is one for this kind. */
export function checkPoolOptions<K extends PoolKind>(
  where: string,
  options: { readonly kind: K },
  kinds: readonly K[],
  known: readonly string[],
): void {
  if (typeof options !== "object" || options === null)
    refuse(where, `options is ${describe(options)}, a record with ${known.join(", ")} is needed`);
  checkOptions(where, options, known);
  const { kind } = options;
  checkChoice(where, "kind", kind, kinds);
  for (const [name, value] of Object.entries(options)) {
    const wanted = onlyFor[name];
    if (value === undefined || wanted === undefined || wanted.includes(kind)) continue;
    refuse(
      where,
      `option "${name}" does not apply to kind "${kind}", it is for ${wanted.map((k) => `"${k}"`).join(" and ")}`,
    );
  }
}

/** The value of an option that is true or false, by default false. */
export function flagOption(where: string, name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value !== "boolean") refuse(where, `${name} is ${describe(value)}, true or false is needed`);
  return value;
}

/** The rule of a kind that knows no place within its window. */
export function regionRule(
  where: string,
  { kind, p, countPadding }: { readonly kind: RegionKind; readonly p?: number; readonly countPadding?: boolean },
): Rule {
  if (kind === "max") return { kind };
  if (kind === "average") return { kind, countPadding: flagOption(where, "countPadding", countPadding) };
  if (kind === "l2") return { kind: "power", p: 2 };
  if (typeof p !== "number" || !Number.isFinite(p) || p < 1)
    refuse(where, `p is ${describe(p)}, a finite number of at least 1 is needed`);
  return { kind: "power", p };
}
