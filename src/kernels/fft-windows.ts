/** The kernels between planes of real numbers and complex numbers of eight planes. */
import {
  defineFunction,
  type Expr,
  type FunctionBuilder,
  type Local,
  type Statement,
  when,
  whileTrue,
} from "./assembler.js";
import { advance, integers, splat, times, transposed } from "./emit.js";
import { f32x4, i32, v128 } from "./instructions.js";

type I = Local<"i32">;
type V = Expr<"v128">;

const windowParameters = integers("complex", "pitch", "step", "table", "offset", "rowPitch", "rows", "width");

type Window = { readonly [K in keyof typeof windowParameters]: I };

/** Rows of a window: fours of cells by vectors, the last four again with some done before, narrow ones by single numbers. `at` points at each plane, `to` at a number. */
function eachWindow(
  f: FunctionBuilder,
  { complex, pitch, step, table, offset, rowPitch, rows, width }: Window,
  body: (at: readonly I[], to: I) => { four: readonly Statement[]; one: readonly Statement[] },
): Statement[] {
  const at = f.locals("i32", 8);
  const [to, left] = f.locals("i32", 2) as [I, I];
  const { four, one } = body(at, to);
  return [
    times(rows, [
      ...at.map((pointer, lane) => pointer.set(i32.add(i32.load(table, 4 * lane), offset))),
      to.set(complex),
      left.set(i32.shrU(width, 2)),
      whileTrue(left, [...four, ...at.map((pointer) => advance(pointer, 16)), left.set(i32.sub(left, 1))]),
      left.set(i32.and(width, 3)),
      when(
        i32.and(i32.gtU(left, 0), i32.gtU(width, 3)),
        [
          left.set(i32.sub(4, left)),
          ...at.map((pointer) => advance(pointer, i32.mul(left, -4))),
          to.set(i32.sub(to, i32.mul(left, step))),
          ...four,
        ],
        [
          whileTrue(left, [
            ...one,
            ...at.map((pointer) => advance(pointer, 4)),
            advance(to, step),
            left.set(i32.sub(left, 1)),
          ]),
        ],
      ),
      advance(complex, pitch),
      advance(offset, rowPitch),
    ]),
  ];
}

/** From planes to complex numbers. */
export const stage = defineFunction("stage", windowParameters, (f, p) => {
  const least = f.local("v128");
  const loaded = f.locals("v128", 8);
  // A number below the bound becomes 0 by a mask of its bits.
  const flushed = (value: V) => v128.andnot(value, f32x4.lt(f32x4.abs(value), least));
  const body = eachWindow(f, p, (at, to) => ({
    four: [
      ...[0, 1].flatMap((half) => {
        const rows = loaded.slice(4 * half, 4 * half + 4);
        const { body, columns } = transposed(rows, f.locals("v128", 4));
        return [
          ...rows.flatMap((row, i) => [row.set(v128.load(at[4 * half + i]!)), row.set(flushed(row))]),
          ...body,
          ...columns.flatMap((column) => [v128.store(to, column, 16 * half), advance(to, p.step)]),
          ...(half === 0 ? [to.set(i32.sub(to, i32.shl(p.step, 2)))] : []),
        ];
      }),
    ],
    one: at.flatMap((pointer, lane) => [
      loaded[0]!.set(v128.load32Zero(pointer)),
      v128.store32Lane(to, flushed(loaded[0]!), 0, 4 * lane),
    ]),
  }));
  return [least.set(splat(2 ** -100)), ...body];
});

/** Writes zeros to the columns of a window that lie beyond a plane, for each lane that has some. */
export const trim = defineFunction(
  "trim",
  integers("complex", "pitch", "step", "margins", "rows", "width"),
  (f, { complex, pitch, step, margins, rows, width }) => {
    const [at, row, left, lane] = f.locals("i32", 4) as [I, I, I, I];
    const [side, count] = f.locals("i32", 2) as [I, I];
    const columns = (first: Expr<"i32">) =>
      when(count, [
        side.set(i32.add(complex, first)),
        row.set(rows),
        times(row, [
          at.set(side),
          left.set(count),
          times(left, [i32.store(at, i32.const(0)), advance(at, step)]),
          advance(side, pitch),
        ]),
      ]);
    return [
      lane.set(i32.const(8)),
      times(lane, [
        count.set(i32.load(margins)),
        columns(i32.const(0)),
        count.set(i32.load(margins, 4)),
        columns(i32.mul(i32.sub(width, count), step)),
        advance(complex, 4),
        advance(margins, 8),
      ]),
    ];
  },
);

/** From complex numbers to planes. */
export const unstage = defineFunction("unstage", windowParameters, (f, p) => {
  const loaded = f.locals("v128", 4);
  return eachWindow(f, p, (at, from) => ({
    four: [0, 1].flatMap((half) => {
      const { body, columns } = transposed(loaded, f.locals("v128", 4));
      return [
        ...loaded.flatMap((row) => [row.set(v128.load(from, 16 - 16 * half)), advance(from, p.step)]),
        ...body,
        ...columns.map((column, i) => v128.store(at[4 * half + i]!, column)),
        ...(half === 0 ? [from.set(i32.sub(from, i32.shl(p.step, 2)))] : []),
      ];
    }),
    one: at.map((pointer, lane) => i32.store(pointer, i32.load(from, 4 * ((lane + 4) % 8)))),
  }));
});
