/** What Winograd's filters of any size share: the products at the points, and the way of images to their phases and back. */
import {
  assemble,
  defineFunction,
  doWhile,
  type Expr,
  type Local,
  type Statement,
  when,
  whileTrue,
} from "./assembler.js";
import { f32x4, i32, v128 } from "./instructions.js";
import { type Lines, lines } from "./winograd-lines.js";
import { multiplyAdd } from "./winograd-shallow.js";

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

const sixteenZeros = new Uint8Array(16);

function advance(pointer: I, by: Expr<"i32"> | number): Statement {
  return pointer.set(i32.add(pointer, by));
}

const parameters = {
  A: "i32",
  B: "i32",
  C: "i32",
  points: "i32",
  strideA: "i32",
  strideB: "i32",
  strideC: "i32",
  rows: "i32",
  panels: "i32",
  depth: "i32",
  pitch: "i32",
  keep: "i32",
} as const;

function multiplyAtPoints(fused: boolean) {
  return defineFunction("multiplyAtPoints", parameters, (f, p) => {
    const sums = f.locals("v128", 8);
    const [left, right, a] = f.locals("v128", 3) as [V, V, V];
    const [pa, pb, pc, start, top, end, count, panel] = f.locals("i32", 8) as [I, I, I, I, I, I, I, I];
    // Eight sums, two columns, one row and a product fill the registers: the loop over the depth is not unrolled.
    const tile = (rows: readonly number[]) => {
      const step = [
        left.set(v128.load(pb)),
        right.set(v128.load(pb, 16)),
        ...rows.flatMap((row) => [
          a.set(v128.load32Splat(pa, 4 * row)),
          sums[2 * row]!.set(multiplyAdd(fused, a, left, sums[2 * row]!)),
          sums[2 * row + 1]!.set(multiplyAdd(fused, a, right, sums[2 * row + 1]!)),
        ]),
        advance(pa, 16),
        advance(pb, 32),
      ];
      const write = (value: (sum: V, half: number) => Expr<"v128">) =>
        rows.flatMap((row) => [
          ...[0, 1].map((half) => v128.store(pc, value(sums[2 * row + half]!, 16 * half), 16 * half)),
          advance(pc, p.pitch),
        ]);
      return [
        ...sums.slice(0, 2 * rows.length).map((sum) => sum.set(v128.const(sixteenZeros))),
        pb.set(start),
        end.set(i32.add(pa, i32.shl(p.depth, 4))),
        doWhile(step, i32.ltU(pa, end)),
        when(
          p.keep,
          write((sum, half) => f32x4.add(v128.load(pc, half), sum)),
          write((sum) => sum),
        ),
      ];
    };
    const rest = [[0, 1, 2], [0, 1], [0]].map((rows) => when(i32.eq(count, rows.length), tile(rows)));
    const eachPanel = [
      pa.set(p.A),
      pc.set(top),
      count.set(p.rows),
      whileTrue(i32.geU(count, 4), [...tile([0, 1, 2, 3]), count.set(i32.sub(count, 4))]),
      ...rest,
      advance(start, i32.shl(p.depth, 5)),
      advance(top, 32),
    ];
    return [
      doWhile(
        [
          start.set(p.B),
          top.set(p.C),
          panel.set(p.panels),
          doWhile(eachPanel, panel.tee(i32.sub(panel, 1))),
          advance(p.A, p.strideA),
          advance(p.B, p.strideB),
          advance(p.C, p.strideC),
        ],
        p.points.tee(i32.sub(p.points, 1)),
      ),
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
