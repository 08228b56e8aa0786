/** The tile of every float32 product: 4 rows by 8 columns, of panels whose steps over the depth lie one after the other. */
import type { FunctionBuilder, Local, Statement } from "./assembler.js";
import { advance, multiplyAdd } from "./emit.js";
import { f32x4, v128 } from "./instructions.js";

type V = Local<"v128">;

export const tileRows = 4;
export const tileColumns = 8;

/**
 * The sums of a tile, two of four columns for each row, and one step over the depth. A step reads at `pa` and `pb`, moves both
 * on and adds to the first `rows` rows, or where it is the `first` sets them.
 */
export function productTile(f: FunctionBuilder, fused: boolean) {
  const sums = f.locals("v128", 2 * tileRows);
  const [left, right, a] = f.locals("v128", 3) as [V, V, V];
  const eachRow = Array.from({ length: tileRows }, (_, row) => [sums[2 * row]!, sums[2 * row + 1]!] as const);
  const step = (pa: Local<"i32">, pb: Local<"i32">, rows = tileRows, first = false): Statement[] => {
    const add = (sum: V, b: V) => sum.set(first ? f32x4.mul(a, b) : multiplyAdd(fused, a, b, sum));
    return [
      left.set(v128.load(pb)),
      right.set(v128.load(pb, 16)),
      ...eachRow
        .slice(0, rows)
        .flatMap(([s, t], row) => [a.set(v128.load32Splat(pa, 4 * row)), add(s, left), add(t, right)]),
      advance(pa, 4 * tileRows),
      advance(pb, 4 * tileColumns),
    ];
  };
  return { sums, eachRow, step };
}
