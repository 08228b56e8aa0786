/** The module of the matrix product and of what packs its operands, as bytes. All addresses and offsets are in bytes. */
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
import { f32, f32x4, i32, i32x4, i64x2, v128 } from "./instructions.js";

/** The tile of the product: 4 rows by 8 columns, eight accumulators of four columns each. */
export const tileRows = 4;
export const tileColumns = 8;

type I = Local<"i32">;
type V = Expr<"v128">;

const sixteenZeros = new Uint8Array(16);
const lanes = [0, 1, 2, 3, 4, 5, 6, 7] as const;

function advance(pointer: Local<"i32">, by: Expr<"i32"> | number): Statement {
  return pointer.set(i32.add(pointer, by));
}

/**
 * C = A·B (keep 0) or C += A·B (keep 1) over one block of depth. A lies in panels of 4 rows, `[rows][depth][4]`, B in panels of
 * 8 columns, `[columns][depth][8]`, C row-major with `pitch` bytes a row. Column panel j takes the row panels below
 * `2(j + 1) + skew`: skew 0 leaves out the tiles below the diagonal, a large one none.
 *
 * The inner loop is not unrolled: the compiler moves the loads of a block before its arithmetic, and with 8 accumulators, 6
 * loads and one product all 15 registers are taken. Unrolled twice it spills and runs at two thirds of the speed.
 */
const multiplyPanels = defineFunction(
  "multiplyPanels",
  {
    A: "i32",
    B: "i32",
    C: "i32",
    rows: "i32",
    columns: "i32",
    depth: "i32",
    pitch: "i32",
    keep: "i32",
    skew: "i32",
  },
  (f, { A, B, C, rows, columns, depth, pitch, keep, skew }) => {
    const sums = f.locals("v128", 8);
    const [left, right, a] = [f.local("v128"), f.local("v128"), f.local("v128")];
    const [pa, pb, pc, end, count] = f.locals("i32", 5) as [I, I, I, I, I];
    const tile = [
      left.set(v128.load(pb)),
      right.set(v128.load(pb, 16)),
      ...[0, 1, 2, 3].flatMap((row) => [
        a.set(v128.load32Splat(pa, 4 * row)),
        sums[2 * row]!.set(f32x4.add(sums[2 * row]!, f32x4.mul(a, left))),
        sums[2 * row + 1]!.set(f32x4.add(sums[2 * row + 1]!, f32x4.mul(a, right))),
      ]),
      advance(pa, 16),
      advance(pb, 32),
    ];
    const eachRow = (write: (half: number, sum: Expr<"v128">) => Statement) =>
      [0, 1, 2, 3].flatMap((row) => [write(0, sums[2 * row]!), write(16, sums[2 * row + 1]!), advance(pc, pitch)]);
    return [
      skew.set(i32.add(skew, 2)),
      doWhile(
        [
          pa.set(A),
          pc.set(C),
          count.set(rows),
          when(i32.ltS(skew, rows), [count.set(skew)]),
          doWhile(
            [
              ...sums.map((sum) => sum.set(v128.const(sixteenZeros))),
              pb.set(B),
              end.set(i32.add(pa, i32.shl(depth, 4))),
              doWhile(tile, i32.ltU(pa, end)),
              when(
                keep,
                eachRow((half, sum) => v128.store(pc, f32x4.add(v128.load(pc, half), sum), half)),
                eachRow((half, sum) => v128.store(pc, sum, half)),
              ),
            ],
            count.tee(i32.sub(count, 1)),
          ),
          B.set(pb),
          advance(C, 32),
          advance(skew, 2),
        ],
        columns.tee(i32.sub(columns, 1)),
      ),
    ];
  },
);

/** Whether eight offsets follow each other without a gap, so that a vector reads them. */
function contiguous(at: readonly Local<"i32">[]): Expr<"i32"> {
  return at
    .slice(1)
    .map((lane, i) => i32.eq(i32.sub(lane, at[i]!), 4))
    .reduce((all, next) => i32.and(all, next));
}

/** Writes four vectors with their rows and columns exchanged: vector i of the result goes to `into + i·stride`. */
function storeTransposed(
  rows: readonly V[],
  scratch: readonly Local<"v128">[],
  into: I,
  offset: number,
  stride: number,
) {
  const [r0, r1, r2, r3] = rows as [V, V, V, V];
  const [s0, s1, s2, s3] = scratch as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  const pairs: [V, V, readonly [number, number]][] = [
    [s0, s1, [0, 2]],
    [s0, s1, [1, 3]],
    [s2, s3, [0, 2]],
    [s2, s3, [1, 3]],
  ];
  return [
    s0.set(i32x4.shuffle(r0, r1, [0, 4, 1, 5])),
    s1.set(i32x4.shuffle(r2, r3, [0, 4, 1, 5])),
    s2.set(i32x4.shuffle(r0, r1, [2, 6, 3, 7])),
    s3.set(i32x4.shuffle(r2, r3, [2, 6, 3, 7])),
    ...pairs.map(([x, y, lanes], i) => v128.store(into, i64x2.shuffle(x, y, lanes), offset + i * stride)),
  ];
}

/**
 * Panels of `width` lanes: into[panel][step][lane] = source[lane's offset + step's offset], from two tables of offsets. Lanes
 * that follow each other are copied as vectors; else four steps that do are, and are transposed.
 */
function gather(name: string, width: 4 | 8) {
  return defineFunction(
    name,
    { into: "i32", source: "i32", laneTable: "i32", stepTable: "i32", panels: "i32", depth: "i32" },
    (f, { into, source, laneTable, stepTable, panels, depth }) => {
      const at = f.locals("i32", width);
      const [step, end, from] = f.locals("i32", 3) as [I, I, I];
      const [rows, scratch] = [f.locals("v128", 4), f.locals("v128", 4)];
      const next = [advance(into, 4 * width), advance(step, 4)];
      const vectors = Array.from({ length: width / 4 }, (_, i) => v128.store(into, v128.load(from, 16 * i), 16 * i));
      const singles = (offset: number) =>
        at.map((lane, i) => f32.store(into, f32.load(i32.add(lane, from)), offset + 4 * i));
      const follow = i32x4.eq(
        i32x4.sub(v128.load(step), i32x4.splat(from)),
        v128.const(new Uint8Array(Int32Array.of(0, 4, 8, 12).buffer)),
      );
      const quads = Array.from({ length: width / 4 }, (_, q) => [
        ...rows.map((row, i) => row.set(v128.load(i32.add(at[4 * q + i]!, from)))),
        ...storeTransposed(rows, scratch, into, 16 * q, 4 * width),
      ]).flat();
      const fourSingles = [0, 1, 2, 3].flatMap((i) => [from.set(i32.load(step, 4 * i)), ...singles(4 * width * i)]);
      return [
        end.set(i32.add(stepTable, i32.shl(depth, 2))),
        doWhile(
          [
            ...at.map((lane, i) => lane.set(i32.add(source, i32.load(laneTable, 4 * i)))),
            step.set(stepTable),
            when(
              contiguous(at),
              [doWhile([from.set(i32.add(at[0]!, i32.load(step))), ...vectors, ...next], i32.ltU(step, end))],
              [
                whileTrue(i32.leU(i32.add(step, 16), end), [
                  from.set(i32.load(step)),
                  when(i32x4.allTrue(follow), quads, fourSingles),
                  advance(into, 16 * width),
                  advance(step, 16),
                ]),
                whileTrue(i32.ltU(step, end), [from.set(i32.load(step)), ...singles(0), ...next]),
              ],
            ),
            advance(laneTable, 4 * width),
          ],
          panels.tee(i32.sub(panels, 1)),
        ),
      ];
    },
  );
}

/**
 * The adjoint of a gather: into[lane's offset + step's offset] += C[step][lane] for a row-major C of `steps` rows, with `pitch`
 * bytes a row and `lanes` columns. No two lanes of one step share a place.
 */
const scatterAdd = defineFunction(
  "scatterAdd",
  { C: "i32", pitch: "i32", into: "i32", laneTable: "i32", stepTable: "i32", lanes: "i32", steps: "i32" },
  (f, { C, pitch, into, laneTable, stepTable, lanes: count, steps }) => {
    const at = f.locals("i32", 8);
    const [step, end, from, to] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const next = [advance(from, pitch), advance(step, 4)];
    const vectors = [0, 16].map((o) => v128.store(to, f32x4.add(v128.load(to, o), v128.load(from, o)), o));
    const addOne = (place: Local<"i32">, lane: number) =>
      f32.store(place, f32.add(f32.load(place), f32.load(from, 4 * lane)));
    const start = [step.set(stepTable), from.set(C)];
    return [
      end.set(i32.add(stepTable, i32.shl(steps, 2))),
      whileTrue(i32.geU(count, 8), [
        ...at.map((lane, i) => lane.set(i32.add(into, i32.load(laneTable, 4 * i)))),
        ...start,
        when(
          contiguous(at),
          [doWhile([to.set(i32.add(at[0]!, i32.load(step))), ...vectors, ...next], i32.ltU(step, end))],
          [
            doWhile(
              [...lanes.flatMap((i) => [to.set(i32.add(at[i]!, i32.load(step))), addOne(to, i)]), ...next],
              i32.ltU(step, end),
            ),
          ],
        ),
        advance(laneTable, 32),
        advance(C, 32),
        count.set(i32.sub(count, 8)),
      ]),
      whileTrue(count, [
        ...start,
        at[0]!.set(i32.add(into, i32.load(laneTable))),
        doWhile([to.set(i32.add(at[0]!, i32.load(step))), addOne(to, 0), ...next], i32.ltU(step, end)),
        advance(laneTable, 4),
        advance(C, 4),
        count.set(i32.sub(count, 1)),
      ]),
    ];
  },
);

/**
 * Both operands of Σ w x xᵀ: A in panels of 4 with w·x, B in panels of 8 with x, from frames that start at the addresses in
 * `places`; numbers beyond a frame's end, up to the next sixteen, are packed and mean nothing. Sixteen numbers, one cache
 * line, at a time: all panels at once would write to streams that share the same sets of the cache.
 */
const packWeighted = defineFunction(
  "packWeighted",
  { places: "i32", weights: "i32", groups: "i32", frames: "i32", A: "i32", B: "i32" },
  (f, { places, weights, groups, frames, A, B }) => {
    const [from, place, weight, end, column] = f.locals("i32", 5) as [I, I, I, I, I];
    const a = f.locals("i32", 4);
    const b = f.locals("i32", 2);
    const [x, w] = [f.local("v128"), f.local("v128")];
    return [
      end.set(i32.add(weights, i32.shl(frames, 2))),
      doWhile(
        [
          place.set(places),
          weight.set(weights),
          ...a.map((to, i) => to.set(i32.add(A, i32.mul(frames, 16 * i)))),
          ...b.map((to, i) => to.set(i32.add(B, i32.mul(frames, 32 * i)))),
          doWhile(
            [
              w.set(v128.load32Splat(weight)),
              from.set(i32.add(column, i32.load(place))),
              ...[0, 1, 2, 3].flatMap((i) => [
                x.set(v128.load(from, 16 * i)),
                v128.store(a[i]!, f32x4.mul(w, x)),
                v128.store(b[i >> 1]!, x, 16 * (i & 1)),
              ]),
              ...a.map((to) => advance(to, 16)),
              ...b.map((to) => advance(to, 32)),
              advance(place, 4),
              advance(weight, 4),
            ],
            i32.ltU(weight, end),
          ),
          advance(column, 64),
          A.set(a[3]!),
          B.set(b[1]!),
        ],
        groups.tee(i32.sub(groups, 1)),
      ),
    ];
  },
);

/** The bytes of the module. */
export function panelModule(): Uint8Array {
  return assemble({
    memory: { pages: 1 },
    functions: [multiplyPanels, gather("gather4", 4), gather("gather8", 8), scatterAdd, packWeighted],
  });
}
