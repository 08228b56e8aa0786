/** The module of the FFT convolution, as bytes; `fft-functions.ts` tells what each kernel does. */
import {
  assemble,
  defineFunction,
  doWhile,
  type Expr,
  type Local,
  type WasmFunction,
  when,
  whileTrue,
} from "./assembler.js";
import { advance, splat, times } from "./fft-emit.js";
import { passes, transform } from "./fft-passes.js";
import { stage, unstage } from "./fft-windows.js";
import { f32x4, i32, i32x4, v128 } from "./instructions.js";

type I = Local<"i32">;
type V = Expr<"v128">;

const clear = defineFunction(
  "clear",
  { into: "i32", pitch: "i32", rows: "i32", width: "i32" },
  (f, { into, pitch, rows, width }) => {
    const [to, left] = f.locals("i32", 2) as [I, I];
    return [
      whileTrue(rows, [
        to.set(into),
        left.set(width),
        whileTrue(left, [
          v128.store(to, splat(0)),
          v128.store(to, splat(0), 16),
          advance(to, 32),
          left.set(i32.sub(left, 1)),
        ]),
        advance(into, pitch),
        rows.set(i32.sub(rows, 1)),
      ]),
    ];
  },
);

const unpack = defineFunction(
  "unpack",
  { row: "i32", opposite: "i32", columns: "i32", width: "i32", into: "i32", planeStride: "i32", factor: "f32" },
  (f, { row, opposite, columns, width, into, planeStride, factor }) => {
    const [by, re, im, reOpposite, imOpposite] = f.locals("v128", 5);
    const [from, to] = f.locals("i32", 2) as [I, I];
    const pairs = (real: V, imaginary: V) =>
      [0, 2].flatMap((lane) => {
        const both = f.local("v128");
        const one = (half: number) => [v128.store64Lane(to, both, half), advance(to, planeStride)];
        return [
          both.set(f32x4.mul(i32x4.shuffle(real, imaginary, [lane, lane + 4, lane + 1, lane + 5]), by!)),
          ...one(0),
          ...one(1),
        ];
      });
    return [
      by!.set(f32x4.splat(factor)),
      times(width, [
        from.set(i32.add(opposite, i32.load(columns))),
        re!.set(v128.load(row)),
        im!.set(v128.load(row, 16)),
        reOpposite!.set(v128.load(from)),
        imOpposite!.set(v128.load(from, 16)),
        to.set(into),
        ...pairs(f32x4.add(re!, reOpposite!), f32x4.sub(im!, imOpposite!)),
        ...pairs(f32x4.add(im!, imOpposite!), f32x4.sub(reOpposite!, re!)),
        advance(row, 32),
        advance(columns, 4),
        advance(into, 8),
      ]),
    ];
  },
);

/** One or two products at a time: three would take more than the 15 registers, with the loads of one step of the sum. */
function multiplyStrip(outputs: 1 | 2): WasmFunction {
  const parameters = {
    A: "i32",
    strideA: "i32",
    B: "i32",
    strideB: "i32",
    nextB: "i32",
    out: "i32",
    nextOut: "i32",
    depth: "i32",
    rows: "i32",
    pitch: "i32",
    pitchB: "i32",
    columns: "i32",
    keep: "i32",
  } as const;
  return defineFunction(`multiply${outputs}`, parameters, (f, p) => {
    const sums = Array.from({ length: outputs }, () => ({ re: f.local("v128"), im: f.local("v128") }));
    const [pa, pb, po, d, column] = f.locals("i32", 5) as [I, I, I, I, I];
    const [a, ai, b, bi] = f.locals("v128", 4);
    const at = (pointer: I, output: number, next: I) => (output === 0 ? pointer : i32.add(pointer, next));
    const term = sums.flatMap(({ re, im }, output) => [
      b!.set(v128.load32Splat(at(pb, output, p.nextB))),
      bi!.set(v128.load32Splat(at(pb, output, p.nextB), 4)),
      re.set(f32x4.sub(f32x4.add(re, f32x4.mul(a!, b!)), f32x4.mul(ai!, bi!))),
      im.set(f32x4.add(f32x4.add(im, f32x4.mul(a!, bi!)), f32x4.mul(ai!, b!))),
    ]);
    return [
      times(p.rows, [
        column.set(i32.const(0)),
        doWhile(
          [
            po.set(i32.add(p.out, i32.shl(column, 5))),
            when(
              p.keep,
              sums.flatMap(({ re, im }, output) => [
                im.set(v128.load(at(po, output, p.nextOut))),
                re.set(v128.load(at(po, output, p.nextOut), 16)),
              ]),
              sums.flatMap(({ re, im }) => [re.set(splat(0)), im.set(splat(0))]),
            ),
            pa.set(i32.add(p.A, i32.shl(column, 5))),
            pb.set(i32.add(p.B, i32.shl(column, 3))),
            d.set(p.depth),
            times(d, [
              a!.set(v128.load(pa)),
              ai!.set(v128.load(pa, 16)),
              ...term,
              advance(pa, p.strideA),
              advance(pb, p.strideB),
            ]),
            ...sums.flatMap(({ re, im }, output) => [
              v128.store(at(po, output, p.nextOut), im),
              v128.store(at(po, output, p.nextOut), re, 16),
            ]),
            column.set(i32.add(column, 1)),
          ],
          i32.ltU(column, p.columns),
        ),
        advance(p.A, p.pitch),
        advance(p.B, p.pitchB),
        advance(p.out, p.pitch),
      ]),
    ];
  });
}

/** The bytes of the module. */
export function fftModule(): Uint8Array {
  return assemble({
    memory: { pages: 1 },
    functions: [...passes, transform, stage, unstage, clear, unpack, multiplyStrip(1), multiplyStrip(2)],
  });
}
