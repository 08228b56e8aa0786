/**
 * The products of float64 matrices packed in panels of 4, and what solves with them, as bytes of a module. All addresses and
 * offsets are in bytes.
 */
import { firstPages } from "./arena.js";
import {
  assemble,
  defineFunction,
  doWhile,
  type Expr,
  type FunctionBuilder,
  type Local,
  type Statement,
  unsigned,
  when,
} from "./assembler.js";
import { updateAndMultiply } from "./double-reduction.js";
import { advance, integers, splat } from "./emit.js";
import { f64x2, i32, v128 } from "./instructions.js";

type I = Local<"i32">;
type V = Local<"v128">;

/** The tile of the product: 4 rows by 4 columns, eight accumulators of two columns each. Both operands lie in panels of 4. */
export const doubleTile = 4;

/** The bytes of one step of a panel. */
const stepBytes = 8 * doubleTile;

const each = [0, 1, 2, 3] as const;

/** `a·b + c` of two doubles, rounded once or twice as the engine likes (relaxed SIMD). */
function relaxedMadd(a: V, b: V, c: V): Expr<"v128"> {
  return { type: "v128", code: [a.code, b.code, c.code, 0xfd, ...unsigned(0x107)] };
}

/**
 * One tile over the steps from `pa` up to `end`, and from `pb`, which it leaves behind the last step: the statements, and the
 * sums by rows. Without a step the sums are 0.
 *
 * As in single precision the inner loop is not unrolled: 8 accumulators, 2 columns, a row's number and one product fill the
 * registers.
 */
function tileOf(f: FunctionBuilder, fused: boolean, { pa, pb, end }: { pa: I; pb: I; end: I }) {
  const sums = f.locals("v128", 2 * doubleTile);
  const [left, right, a] = [f.local("v128"), f.local("v128"), f.local("v128")];
  const multiplyAdd = (sum: V, b: V) => (fused ? relaxedMadd(a, b, sum) : f64x2.add(sum, f64x2.mul(a, b)));
  const rows = each.map((row) => [sums[2 * row]!, sums[2 * row + 1]!] as const);
  const step = [
    left.set(v128.load(pb)),
    right.set(v128.load(pb, 16)),
    ...rows.flatMap(([s, t], row) => [
      a.set(v128.load64Splat(pa, 8 * row)),
      s.set(multiplyAdd(s, left)),
      t.set(multiplyAdd(t, right)),
    ]),
    advance(pa, stepBytes),
    advance(pb, stepBytes),
  ];
  const run = [...sums.map((sum) => sum.set(splat(0))), when(i32.ltU(pa, end), [doWhile(step, i32.ltU(pa, end))])];
  return { run, rows };
}

/** The first of `count` panels that are not skipped: `max(0, index - skew)`. */
function firstOf(into: I, index: I, skew: I): Statement[] {
  return [into.set(i32.sub(index, skew)), when(i32.ltS(into, 0), [into.set(i32.const(0))])];
}

/**
 * C = A·B. A lies in panels of 4 rows, `[rows][depth][4]`, B in panels of 4 columns, `[columns][depth][4]`, C row-major with
 * `pitch` bytes a row. Column panel j takes the row panels from `j - skew` on: with rows that start `skew` panels below the
 * first column only the tiles on or below the diagonal are made; a large skew leaves out none.
 */
function multiplyDoubles(fused: boolean) {
  const parameters = integers("A", "B", "C", "rows", "columns", "depth", "pitch", "skew");
  return defineFunction("multiplyDoubles", parameters, (f, { A, B, C, rows, columns, depth, pitch, skew }) => {
    const [pa, pb, pc, end, row, column] = f.locals("i32", 6) as [I, I, I, I, I, I];
    const panelBytes = i32.mul(depth, stepBytes);
    const tile = tileOf(f, fused, { pa, pb, end });
    const down = [
      pb.set(B),
      end.set(i32.add(pa, panelBytes)),
      ...tile.run,
      ...tile.rows.flatMap(([left, right]) => [
        v128.store(pc, left),
        v128.store(pc, right, 16),
        pc.set(i32.add(pc, pitch)),
      ]),
      advance(row, 1),
    ];
    const across = [
      ...firstOf(row, column, skew),
      pa.set(i32.add(A, i32.mul(row, panelBytes))),
      pc.set(i32.add(C, i32.mul(i32.mul(row, doubleTile), pitch))),
      when(i32.ltS(row, rows), [doWhile(down, i32.ltS(row, rows))]),
      advance(B, panelBytes),
      advance(C, stepBytes),
      advance(column, 1),
    ];
    return [doWhile(across, i32.ltS(column, columns))];
  });
}

/**
 * Solves `X·Lᵀ = P` in place for `panels` panels of 4 rows, `[panels][depth][4]`: step s of a row is
 * `x_s = (p_s - Σ_{k<s} x_k·L_sk)/L_ss`. L lies in panels of 4 rows of the same depth. Panel p starts at step `4·(p - skew)`,
 * where it lies on a diagonal and what is before is 0, and ends at step `4·steps`.
 */
function solveDoubles(fused: boolean) {
  const parameters = integers("P", "L", "panels", "steps", "depth", "skew");
  return defineFunction("solveDoubles", parameters, (f, { P, L, panels, steps, depth, skew }) => {
    const [pa, pb, end, panel, first, step, row] = f.locals("i32", 7) as [I, I, I, I, I, I, I];
    const [x, factor] = [f.locals("v128", 2 * doubleTile), f.local("v128")];
    const tile = tileOf(f, fused, { pa, pb, end });
    const panelBytes = i32.mul(depth, stepBytes);
    // pa and pb are at the tile of the diagonal and at what is solved for: column c of the tile holds 4 rows of L.
    const solveColumn = (c: number) =>
      [0, 1].flatMap((half) => {
        const at = x[2 * c + half]!;
        return [
          at.set(f64x2.sub(v128.load(pb, stepBytes * c + 16 * half), tile.rows[c]![half]!)),
          ...each
            .slice(0, c)
            .flatMap((k) => [
              factor.set(v128.load64Splat(pa, stepBytes * k + 8 * c)),
              at.set(f64x2.sub(at, f64x2.mul(factor, x[2 * k + half]!))),
            ]),
          at.set(f64x2.div(at, v128.load64Splat(pa, stepBytes * c + 8 * c))),
          v128.store(pb, at, stepBytes * c + 16 * half),
        ];
      });
    const along = [
      pa.set(i32.add(row, i32.mul(first, doubleTile * stepBytes))),
      end.set(i32.add(row, i32.mul(step, doubleTile * stepBytes))),
      pb.set(i32.add(P, i32.mul(first, doubleTile * stepBytes))),
      ...tile.run,
      ...each.flatMap(solveColumn),
      row.set(i32.add(row, panelBytes)),
      advance(step, 1),
    ];
    const down = [
      ...firstOf(first, panel, skew),
      step.set(first),
      row.set(i32.add(L, i32.mul(first, panelBytes))),
      when(i32.ltS(step, steps), [doWhile(along, i32.ltS(step, steps))]),
      P.set(i32.add(P, panelBytes)),
      advance(panel, 1),
    ];
    return [doWhile(down, i32.ltS(panel, panels))];
  });
}

/**
 * The bytes of the module, which works in an imported memory; with `fused` the sums of products are made by instructions of
 * relaxed SIMD.
 */
export function doubleModule(fused = false): Uint8Array {
  return assemble({
    memory: { pages: firstPages, imported: true },
    functions: [multiplyDoubles(fused), solveDoubles(fused), updateAndMultiply],
  });
}
