/** The kernels that take spectra apart, multiply them and add the products up. */
import { call, defineFunction, type Expr, type Local, type WasmFunction, when, whileTrue } from "./assembler.js";
import { advance, integers, splat, times } from "./emit.js";
import { stripPasses } from "./fft-planes.js";
import { field } from "./fft-record.js";
import { f32x4, i32, i32x4, v128 } from "./instructions.js";

type I = Local<"i32">;
type V = Expr<"v128">;

const unpack = defineFunction(
  "unpack",
  { plan: "i32", plane: "i32", into: "i32", planeStride: "i32", factor: "f32" },
  (f, { plan, plane, into, planeStride, factor }) => {
    const [by, re, im, reOpposite, imOpposite] = f.locals("v128", 5);
    const [strips, rows, left, columns, opposites, opposite, from, to, at] = f.locals("i32", 9) as I[] as [
      I,
      I,
      I,
      I,
      I,
      I,
      I,
      I,
      I,
    ];
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
      at.set(plane),
      strips.set(field(plan, "strips")),
      columns.set(field(plan, "oppositeColumns")),
      times(strips, [
        rows.set(field(plan, "ny")),
        opposites.set(field(plan, "oppositeRows")),
        times(rows, [
          opposite.set(i32.add(plane, i32.load(opposites))),
          left.set(field(plan, "strip")),
          times(left, [
            from.set(i32.add(opposite, i32.load(columns))),
            re!.set(v128.load(at)),
            im!.set(v128.load(at, 16)),
            reOpposite!.set(v128.load(from)),
            imOpposite!.set(v128.load(from, 16)),
            to.set(into),
            ...pairs(f32x4.add(re!, reOpposite!), f32x4.sub(im!, imOpposite!)),
            ...pairs(f32x4.add(im!, imOpposite!), f32x4.sub(reOpposite!, re!)),
            advance(at, 32),
            advance(columns, 4),
            advance(into, 8),
          ]),
          advance(columns, i32.sub(0, i32.shl(field(plan, "strip"), 2))),
          advance(opposites, 4),
        ]),
        advance(columns, i32.shl(field(plan, "strip"), 2)),
      ]),
    ];
  },
);

/** The spectra of a product: see `Spectra` in `fft-functions.ts`. */
const spectra = ["A", "strideA", "B", "strideB", "nextB", "out", "nextOut", "depth"] as const;

/** One or two products at a time: three would take more than the 15 registers, with the loads of one step of the sum. */
function multiply(outputs: 1 | 2): WasmFunction {
  return defineFunction(`multiply${outputs}`, integers(...spectra, "count", "keep"), (f, p) => {
    const sums = Array.from({ length: outputs }, () => ({ re: f.local("v128"), im: f.local("v128") }));
    const [pa, pb, d] = f.locals("i32", 3) as [I, I, I];
    const [a, ai, b, bi] = f.locals("v128", 4);
    const at = (pointer: I, output: number, next: I) => (output === 0 ? pointer : i32.add(pointer, next));
    const factors = (from: I, output: number) => [
      b!.set(v128.load32Splat(at(from, output, p.nextB))),
      bi!.set(v128.load32Splat(at(from, output, p.nextB), 4)),
    ];
    const term = sums.flatMap(({ re, im }, output) => [
      ...factors(pb, output),
      re.set(f32x4.sub(f32x4.add(re, f32x4.mul(a!, b!)), f32x4.mul(ai!, bi!))),
      im.set(f32x4.add(f32x4.add(im, f32x4.mul(a!, bi!)), f32x4.mul(ai!, b!))),
    ]);
    const store = sums.flatMap(({ re, im }, output) => [
      v128.store(at(p.out, output, p.nextOut), im),
      v128.store(at(p.out, output, p.nextOut), re, 16),
    ]);
    const next = [advance(p.A, 32), advance(p.B, 8), advance(p.out, 32)];
    const single = [
      a!.set(v128.load(p.A)),
      ai!.set(v128.load(p.A, 16)),
      ...sums.flatMap(({ re, im }, output) => [
        ...factors(p.B, output),
        re.set(f32x4.sub(f32x4.mul(a!, b!), f32x4.mul(ai!, bi!))),
        im.set(f32x4.add(f32x4.mul(a!, bi!), f32x4.mul(ai!, b!))),
      ]),
    ];
    return [
      when(
        i32.gtU(p.depth, i32.eqz(p.keep)),
        [
          times(p.count, [
            when(
              p.keep,
              sums.flatMap(({ re, im }, output) => [
                im.set(v128.load(at(p.out, output, p.nextOut))),
                re.set(v128.load(at(p.out, output, p.nextOut), 16)),
              ]),
              sums.flatMap(({ re, im }) => [re.set(splat(-0)), im.set(splat(-0))]),
            ),
            pa.set(p.A),
            pb.set(p.B),
            d.set(p.depth),
            times(d, [
              a!.set(v128.load(pa)),
              ai!.set(v128.load(pa, 16)),
              ...term,
              advance(pa, p.strideA),
              advance(pb, p.strideB),
            ]),
            ...store,
            ...next,
          ]),
        ],
        [times(p.count, [...single, ...store, ...next])],
      ),
    ];
  });
}

const multiply1 = multiply(1);
const multiply2 = multiply(2);

const planeParameters = integers("plan", ...spectra, "outputs");

/** The strips of a product, and what is done to each; the addresses move on with them. */
const product = defineFunction("product", planeParameters, (f, p) => {
  const [strips, count] = f.locals("i32", 2) as [I, I];
  const rest = [p.A, p.strideA, p.B, p.strideB, p.nextB, p.out, p.nextOut, p.depth, count, i32.const(0)];
  return [
    count.set(i32.mul(field(p.plan, "ny"), field(p.plan, "strip"))),
    strips.set(field(p.plan, "strips")),
    times(strips, [
      when(
        i32.eq(p.outputs, 2),
        [call(multiply2, rest), stripPasses(p.plan, i32.add(p.out, p.nextOut), true)],
        [call(multiply1, rest)],
      ),
      stripPasses(p.plan, p.out, true),
      advance(p.A, i32.shl(count, 5)),
      advance(p.B, i32.shl(count, 3)),
      advance(p.out, i32.shl(count, 5)),
    ]),
  ];
});

const accumulate = defineFunction("accumulate", { ...planeParameters, keep: "i32" }, (f, p) => {
  const [strips, count, d, at, output, b, out] = f.locals("i32", 7) as I[] as [I, I, I, I, I, I, I];
  const rest = [p.A, p.strideA, b, p.strideB, p.nextB, out, p.nextOut, p.depth, count, p.keep];
  return [
    count.set(i32.mul(field(p.plan, "ny"), field(p.plan, "strip"))),
    strips.set(field(p.plan, "strips")),
    times(strips, [
      d.set(p.depth),
      at.set(p.A),
      times(d, [stripPasses(p.plan, at, false), advance(at, p.strideA)]),
      output.set(p.outputs),
      b.set(p.B),
      out.set(p.out),
      whileTrue(i32.gtU(output, 1), [
        call(multiply2, rest),
        advance(b, i32.shl(p.nextB, 1)),
        advance(out, i32.shl(p.nextOut, 1)),
        output.set(i32.sub(output, 2)),
      ]),
      when(output, [call(multiply1, rest)]),
      advance(p.A, i32.shl(count, 5)),
      advance(p.B, i32.shl(count, 3)),
      advance(p.out, i32.shl(count, 5)),
    ]),
  ];
});

/** The kernels of this file. */
export const productKernels = [unpack, multiply1, multiply2, product, accumulate];
