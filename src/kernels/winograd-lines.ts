/** The way of images to their phases, line by line, and back. */
import {
  branchIf,
  defineFunction,
  doWhile,
  type Expr,
  type Local,
  loop,
  type Statement,
  when,
  whileTrue,
} from "./assembler.js";
import { f32, f32x4, i32, i32x4, i64x2, v128 } from "./instructions.js";

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

function advance(pointer: I, by: Expr<"i32"> | number): Statement {
  return pointer.set(i32.add(pointer, by));
}

const lineParameters = {
  from: "i32",
  to: "i32",
  fromPlane: "i32",
  toPlane: "i32",
  planes: "i32",
  rowTable: "i32",
  rows: "i32",
  cellTable: "i32",
  length: "i32",
  phases: "i32",
  phaseStride: "i32",
  head: "i32",
  quads: "i32",
  step: "i32",
} as const;

/** Four vectors with rows and columns exchanged, in place. */
function exchange(r: readonly V[], s: readonly V[]): Statement[] {
  const [r0, r1, r2, r3] = r as [V, V, V, V];
  const [s0, s1, s2, s3] = s as [V, V, V, V];
  return [
    s0.set(i32x4.shuffle(r0, r1, [0, 4, 1, 5])),
    s1.set(i32x4.shuffle(r2, r3, [0, 4, 1, 5])),
    s2.set(i32x4.shuffle(r0, r1, [2, 6, 3, 7])),
    s3.set(i32x4.shuffle(r2, r3, [2, 6, 3, 7])),
    r0.set(i64x2.shuffle(s0, s1, [0, 2])),
    r1.set(i64x2.shuffle(s0, s1, [1, 3])),
    r2.set(i64x2.shuffle(s2, s3, [0, 2])),
    r3.set(i64x2.shuffle(s2, s3, [1, 3])),
  ];
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
    const singles = (first: Expr<"i32">, end: Expr<"i32">) => [
      phase.set(i32.const(0)),
      cell.set(i32.add(p.cellTable, i32.shl(first, 2))),
      at.set(i32.add(staged, i32.shl(first, 2))),
      loop((again) => [
        last.set(i32.add(at, i32.shl(i32.sub(end, first), 2))),
        e.set(cell),
        whileTrue(i32.ltU(at, last), [entry.set(i32.load(e)), single, advance(at, 4), advance(e, 4)]),
        at.set(i32.sub(i32.add(at, p.phaseStride), i32.shl(i32.sub(end, first), 2))),
        advance(cell, bytes),
        phase.set(i32.add(phase, 1)),
        branchIf(again, i32.ltU(phase, p.phases)),
      ]),
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
      loop((again) => [
        last.set(i32.add(at, bytes)),
        whileTrue(i32.ltU(at, last), [f32.store(at, f32.const(0)), advance(at, 4)]),
        at.set(i32.sub(i32.add(at, p.phaseStride), bytes)),
        phase.set(i32.add(phase, 1)),
        branchIf(again, i32.ltU(phase, p.phases)),
      ]),
    ];
    return [
      bytes.set(i32.shl(p.length, 2)),
      doWhile(
        [
          staged.set(p.to),
          row.set(p.rowTable),
          rows.set(p.rows),
          doWhile(
            [
              entry.set(i32.load(row)),
              when(i32.geS(entry, 0), [image.set(i32.add(p.from, entry)), ...line], adds ? [] : zeros),
              advance(staged, bytes),
              advance(row, 4),
            ],
            rows.tee(i32.sub(rows, 1)),
          ),
          advance(p.from, p.fromPlane),
          advance(p.to, p.toPlane),
        ],
        p.planes.tee(i32.sub(p.planes, 1)),
      ),
    ];
  });
}
