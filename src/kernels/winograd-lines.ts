/** The way of images to their phases, line by line, and back. */
import { branchIf, defineFunction, type Expr, type Local, loop, type Statement, when, whileTrue } from "./assembler.js";
import { advance, integers, times, transposed } from "./emit.js";
import { f32, f32x4, i32, v128 } from "./instructions.js";

/**
 * `spread` takes the lines of `planes` planes of images to up to four phases: cell e of phase p of row i is
 * `from + rowTable[i] + cellTable[p·length + e]`, or 0 where an entry is negative, and goes to
 * `to + p·phaseStride + 4·(i·length + e)`. `fold` is its adjoint: it adds to the images. The cells from `head` on, `quads` times
 * four of them, lie `step` bytes apart, those of the phases next to each other.
 */
export type Lines = (
  from: number,
  to: number,
  fromPlane: number,
  toPlane: number,
  planes: number,
  rowTable: number,
  rows: number,
  cellTable: number,
  length: number,
  phases: number,
  phaseStride: number,
  head: number,
  quads: number,
  step: number,
) => void;

type I = Local<"i32">;
type V = Local<"v128">;

const lineParameters = integers(
  "from",
  "to",
  "fromPlane",
  "toPlane",
  "planes",
  "rowTable",
  "rows",
  "cellTable",
  "length",
  "phases",
  "phaseStride",
  "head",
  "quads",
  "step",
);

/** Four vectors with rows and columns exchanged, in place. */
function exchange(rows: readonly V[], scratch: readonly V[]): Statement[] {
  const { body, columns } = transposed(rows, scratch);
  return [...body, ...columns.map((column, i) => rows[i]!.set(column))];
}

const four = [0, 1, 2, 3] as const;

/** `spread` or `fold`. */
export function lines(name: "spread" | "fold") {
  const adds = name === "fold";
  return defineFunction(name, lineParameters, (f, p) => {
    const [image, staged, at, cell, row, rows, phase, e, last, entry, source] = f.locals("i32", 11) as [
      ...[I, I, I, I, I, I, I, I],
      ...[I, I, I],
    ];
    const [vectors, scratch, images] = [f.locals("v128", 4), f.locals("v128", 4), f.locals("i32", 4)];
    const bytes = f.local("i32");
    // Single cells of the line at `staged`, from `e` to `last`, phase by phase.
    const single = adds
      ? when(i32.geS(entry, 0), [
          source.set(i32.add(image, entry)),
          f32.store(source, f32.add(f32.load(source), f32.load(at))),
        ])
      : when(i32.geS(entry, 0), [f32.store(at, f32.load(i32.add(image, entry)))], [f32.store(at, f32.const(0))]);
    // Each phase of `width` bytes from `at` on; `run` goes over them.
    const eachPhase = (width: Expr<"i32">, run: readonly Statement[], next: readonly Statement[]) =>
      loop((again) => [
        last.set(i32.add(at, width)),
        ...run,
        at.set(i32.sub(i32.add(at, p.phaseStride), width)),
        ...next,
        advance(phase, 1),
        branchIf(again, i32.ltU(phase, p.phases)),
      ]);
    const singles = (first: Expr<"i32">, end: Expr<"i32">) => [
      phase.set(i32.const(0)),
      cell.set(i32.add(p.cellTable, i32.shl(first, 2))),
      at.set(i32.add(staged, i32.shl(first, 2))),
      eachPhase(
        i32.shl(i32.sub(end, first), 2),
        [e.set(cell), whileTrue(i32.ltU(at, last), [entry.set(i32.load(e)), single, advance(at, 4), advance(e, 4)])],
        [advance(cell, bytes)],
      ),
    ];
    const start = [
      at.set(i32.add(staged, i32.shl(p.head, 2))),
      last.set(i32.add(at, i32.shl(p.quads, 4))),
      source.set(i32.add(image, i32.load(i32.add(p.cellTable, i32.shl(p.head, 2))))),
    ];
    const nextPhases = images.map((to, i) => to.set(i === 0 ? at : i32.add(images[i - 1]!, p.phaseStride)));
    const store = (i: number): Statement[] =>
      i === 4
        ? []
        : i === 0
          ? [v128.store(images[0]!, vectors[0]!), ...store(1)]
          : [when(i32.gtU(p.phases, i), [v128.store(images[i]!, vectors[i]!), ...store(i + 1)])];
    const quad = adds
      ? [
          ...nextPhases,
          ...four.map((i) => vectors[i]!.set(v128.load(images[i]!))),
          ...exchange(vectors, scratch),
          ...four.flatMap((i) => [
            v128.store(source, f32x4.add(v128.load(source), vectors[i]!)),
            advance(source, p.step),
          ]),
        ]
      : [
          ...four.flatMap((i) => [vectors[i]!.set(v128.load(source)), advance(source, p.step)]),
          ...exchange(vectors, scratch),
          ...nextPhases,
          ...store(0),
        ];
    const vector = [
      adds ? v128.store(source, f32x4.add(v128.load(source), v128.load(at))) : v128.store(at, v128.load(source)),
      advance(source, 16),
    ];
    const eachQuad = (body: readonly Statement[]) => [
      ...start,
      whileTrue(i32.ltU(at, last), [...body, advance(at, 16)]),
    ];
    const line = [
      ...singles(i32.const(0), p.head),
      when(i32.eq(p.step, 4), eachQuad(vector), eachQuad(quad)),
      ...singles(i32.add(p.head, i32.shl(p.quads, 2)), p.length),
    ];
    const zeros = [
      phase.set(i32.const(0)),
      at.set(staged),
      eachPhase(bytes, [whileTrue(i32.ltU(at, last), [f32.store(at, f32.const(0)), advance(at, 4)])], []),
    ];
    return [
      bytes.set(i32.shl(p.length, 2)),
      times(p.planes, [
        staged.set(p.to),
        row.set(p.rowTable),
        rows.set(p.rows),
        times(rows, [
          entry.set(i32.load(row)),
          when(i32.geS(entry, 0), [image.set(i32.add(p.from, entry)), ...line], adds ? [] : zeros),
          advance(staged, bytes),
          advance(row, 4),
        ]),
        advance(p.from, p.fromPlane),
        advance(p.to, p.toPlane),
      ]),
    ];
  });
}
