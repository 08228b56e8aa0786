/** The module of the matrix product and of what packs its operands, as bytes. All addresses and offsets are in bytes. */
import { firstPages } from "./arena.js";
import {
  assemble,
  defineFunction,
  doWhile,
  type FunctionBuilder,
  type Local,
  type Statement,
  when,
  whileTrue,
} from "./assembler.js";
import { advance, integers, splat, times } from "./emit.js";
import { f32, f32x4, i32, i32x4, v128 } from "./instructions.js";
import { fourNumbers, gather, packWeighted } from "./panel-gather.js";
import { productTile, tileColumns, tileRows } from "./panel-tile.js";

type I = Local<"i32">;
type V = Local<"v128">;

export { tileColumns, tileRows };

/**
 * One tile over `depth` steps from `pa` and `pb`, which it leaves behind the panels: the statements, and the sums by rows.
 *
 * The inner loop is not unrolled: the compiler moves the loads of a block before its arithmetic, and with 8 accumulators, 6
 * loads and one product all 15 registers are taken. Unrolled twice it spills and runs at two thirds of the speed. Fused
 * multiply-adds save the product; 6 rows are then 7 % faster where the compiler does not move loads and 30 % slower where it does.
 */
function tileOf(f: FunctionBuilder, fused: boolean, { pa, pb, end, depth }: { pa: I; pb: I; end: I; depth: I }) {
  const { sums, eachRow, step } = productTile(f, fused);
  const run = [
    ...sums.map((sum) => sum.set(splat(0))),
    end.set(i32.add(pa, i32.mul(depth, 4 * tileRows))),
    doWhile(step(pa, pb), i32.ltU(pa, end)),
  ];
  return { run, eachRow };
}

/**
 * C = A·B (keep 0) or C += A·B (keep 1) over one block of depth. A lies in panels of 4 rows, `[rows][depth][4]`, B in panels of
 * 8 columns, `[columns][depth][8]`, C row-major with `pitch` bytes a row. Column panel j takes the row panels below
 * `2(j + 1) + skew`: skew 0 leaves out the tiles below the diagonal, a large one none.
 */
function multiplyPanels(fused: boolean) {
  return defineFunction(
    "multiplyPanels",
    integers("A", "B", "C", "rows", "columns", "depth", "pitch", "keep", "skew"),
    (f, { A, B, C, rows, columns, depth, pitch, keep, skew }) => {
      const [pa, pb, pc, end, count] = f.locals("i32", 5) as [I, I, I, I, I];
      const tile = tileOf(f, fused, { pa, pb, end, depth });
      const write = (put: (half: number, sum: V) => Statement) =>
        tile.eachRow.flatMap(([left, right]) => [put(0, left), put(16, right), advance(pc, pitch)]);
      return [
        skew.set(i32.add(skew, 2)),
        times(columns, [
          pa.set(A),
          pc.set(C),
          count.set(rows),
          when(i32.ltS(skew, rows), [count.set(skew)]),
          times(count, [
            pb.set(B),
            ...tile.run,
            when(
              keep,
              write((half, sum) => v128.store(pc, f32x4.add(v128.load(pc, half), sum), half)),
              write((half, sum) => v128.store(pc, sum, half)),
            ),
          ]),
          B.set(pb),
          advance(C, 32),
          advance(skew, 2),
        ]),
      ];
    },
  );
}

/**
 * The product of panels, each entry (i, j) of which is stored at `laneTable[j] + stepTable[i]` or, with `add` 1, added to what is
 * there. A lies in panels of 4 rows, B in panels of 8 columns; `rows` and `columns` count numbers: what fills up the
 * last panels is computed and left. Four columns whose places follow each other are written as a vector; a tile with others goes
 * through `scratch`, 128 bytes. No two columns of one row share a place.
 */
function multiplyInto(fused: boolean) {
  return defineFunction(
    "multiplyInto",
    integers("A", "B", "rows", "columns", "depth", "laneTable", "stepTable", "add", "scratch"),
    (f, { A, B, rows, columns, depth, laneTable, stepTable, add, scratch }) => {
      const [pa, pb, end, count, step] = f.locals("i32", 5) as [I, I, I, I, I];
      const [to, from, place, lane, last] = f.locals("i32", 5) as [I, I, I, I, I];
      const [wide, first] = [f.locals("i32", 2), f.locals("i32", 2)];
      const offsets = f.local("v128");
      const tile = tileOf(f, fused, { pa, pb, end, depth });
      const look = [0, 1].flatMap((half) => [
        offsets.set(i32x4.sub(v128.load(laneTable, 16 * half), fourNumbers)),
        first[half]!.set(i32x4.extractLane(offsets, 0)),
        wide[half]!.set(
          i32.and(i32x4.allTrue(i32x4.eq(offsets, i32x4.splat(first[half]!))), i32.geS(columns, 4 * half + 4)),
        ),
      ]);
      const direct = (put: (sum: V) => Statement) =>
        tile.eachRow.flatMap((sums, row) => [
          from.set(i32.load(step, 4 * row)),
          ...sums.flatMap((sum, half) => [to.set(i32.add(first[half]!, from)), put(sum)]),
        ]);
      const single = (at: I, i: number, sum: boolean) => [
        to.set(i32.add(i32.load(lane, 4 * i), at)),
        f32.store(to, sum ? f32.add(f32.load(to), f32.load(from, 4 * i)) : f32.load(from, 4 * i)),
      ];
      const halfRow = (half: number, sum: boolean) =>
        when(
          wide[half]!,
          [
            to.set(i32.add(first[half]!, place)),
            v128.store(to, sum ? f32x4.add(v128.load(to), v128.load(pb, 16 * half)) : v128.load(pb, 16 * half)),
          ],
          [
            lane.set(i32.add(laneTable, 16 * half)),
            from.set(i32.add(pb, 16 * half)),
            when(
              i32.geS(columns, 4 * half + 4),
              [0, 1, 2, 3].flatMap((i) => single(place, i, sum)),
              [
                last.set(i32.add(laneTable, i32.shl(columns, 2))),
                whileTrue(i32.ltS(lane, last), [...single(place, 0, sum), advance(from, 4), advance(lane, 4)]),
              ],
            ),
          ],
        );
      const rowsOfScratch = (sum: boolean) =>
        doWhile(
          [place.set(i32.load(step)), halfRow(0, sum), halfRow(1, sum), advance(pb, 32), advance(step, 4)],
          i32.ltU(step, end),
        );
      const throughScratch = [
        ...tile.eachRow.flatMap((sums, row) => sums.map((sum, half) => v128.store(scratch, sum, 32 * row + 16 * half))),
        pb.set(scratch),
        end.set(i32.add(step, 4 * tileRows)),
        when(i32.ltS(count, tileRows), [end.set(i32.add(step, i32.shl(count, 2)))]),
        when(add, [rowsOfScratch(true)], [rowsOfScratch(false)]),
      ];
      return [
        doWhile(
          [
            ...look,
            pa.set(A),
            step.set(stepTable),
            count.set(rows),
            doWhile(
              [
                pb.set(B),
                ...tile.run,
                when(
                  i32.and(i32.and(wide[0]!, wide[1]!), i32.geS(count, tileRows)),
                  [
                    when(
                      add,
                      direct((sum) => v128.store(to, f32x4.add(v128.load(to), sum))),
                      direct((sum) => v128.store(to, sum)),
                    ),
                    advance(step, 4 * tileRows),
                  ],
                  throughScratch,
                ),
                count.set(i32.sub(count, tileRows)),
              ],
              i32.gtS(count, 0),
            ),
            B.set(i32.add(B, i32.shl(depth, 5))),
            advance(laneTable, 32),
            columns.set(i32.sub(columns, 8)),
          ],
          i32.gtS(columns, 0),
        ),
      ];
    },
  );
}

/** The bytes of the module; with `fused` its multiply-adds are instructions of relaxed SIMD. */
export function panelModule(fused = false): Uint8Array {
  return assemble({
    memory: { pages: firstPages },
    functions: [multiplyPanels(fused), multiplyInto(fused), gather("gather4", 4), gather("gather8", 8), packWeighted],
  });
}
