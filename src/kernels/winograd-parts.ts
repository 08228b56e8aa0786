/** What Winograd's filters of any size share: the products at the points, and the way of images to their phases and back. */
import { assemble, defineFunction, doWhile, type Expr, type Local, when, whileTrue } from "./assembler.js";
import { advance, integers, splat, times } from "./emit.js";
import { f32x4, i32, v128 } from "./instructions.js";
import { productTile } from "./panel-tile.js";
import { type Lines, lines } from "./winograd-lines.js";

/** Functions for every filter; addresses and offsets are in bytes. */
export interface WinogradParts {
  /**
   * `C = A·B`, or with `keep` 1 `C += A·B`, at each of `points` points: A in panels of 4 rows `[panel][depth][4]`, B in `panels`
   * panels of 8 columns `[panel][depth][8]`, C row-major with `pitch` bytes a row; a last panel of A of fewer rows is multiplied
   * as such.
   */
  readonly multiplyAtPoints: (
    A: number,
    B: number,
    C: number,
    points: number,
    strideA: number,
    strideB: number,
    strideC: number,
    rows: number,
    panels: number,
    depth: number,
    pitch: number,
    keep: number,
  ) => void;
  readonly spread: Lines;
  readonly fold: Lines;
}

type I = Local<"i32">;
type V = Local<"v128">;

const parameters = integers(
  "A",
  "B",
  "C",
  "points",
  "strideA",
  "strideB",
  "strideC",
  "rows",
  "panels",
  "depth",
  "pitch",
  "keep",
);

function multiplyAtPoints(fused: boolean) {
  return defineFunction("multiplyAtPoints", parameters, (f, p) => {
    const { sums, eachRow, step } = productTile(f, fused);
    const [pa, pb, pc, start, top, end, count, panel] = f.locals("i32", 8) as [I, I, I, I, I, I, I, I];
    // Eight sums, two columns, one row and a product fill the registers: the loop over the depth is not unrolled.
    const tile = (rows: number) => {
      const write = (value: (sum: V, half: number) => Expr<"v128">) =>
        eachRow
          .slice(0, rows)
          .flatMap((row) => [
            ...row.map((sum, half) => v128.store(pc, value(sum, 16 * half), 16 * half)),
            advance(pc, p.pitch),
          ]);
      return [
        ...sums.slice(0, 2 * rows).map((sum) => sum.set(splat(0))),
        pb.set(start),
        end.set(i32.add(pa, i32.shl(p.depth, 4))),
        doWhile(step(pa, pb, rows), i32.ltU(pa, end)),
        when(
          p.keep,
          write((sum, half) => f32x4.add(v128.load(pc, half), sum)),
          write((sum) => sum),
        ),
      ];
    };
    const rest = [3, 2, 1].map((rows) => when(i32.eq(count, rows), tile(rows)));
    const eachPanel = [
      pa.set(p.A),
      pc.set(top),
      count.set(p.rows),
      whileTrue(i32.geU(count, 4), [...tile(4), count.set(i32.sub(count, 4))]),
      ...rest,
      advance(start, i32.shl(p.depth, 5)),
      advance(top, 32),
    ];
    return [
      times(p.points, [
        start.set(p.B),
        top.set(p.C),
        panel.set(p.panels),
        times(panel, eachPanel),
        advance(p.A, p.strideA),
        advance(p.B, p.strideB),
        advance(p.C, p.strideC),
      ]),
    ];
  });
}

/** The bytes of their module, which works in the memory `env.memory`; with `fused` its products are. */
export function winogradPartsModule(fused = false): Uint8Array {
  return assemble({
    memory: { pages: 1, imported: true },
    functions: [multiplyAtPoints(fused), lines("spread"), lines("fold")],
  });
}
