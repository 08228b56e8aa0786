/** The kernels of the transforms: one for each radix and way of twiddling, and the one that runs them. */
import {
  call,
  defineFunction,
  type Expr,
  type FunctionBuilder,
  type Local,
  type Statement,
  type WasmFunction,
  when,
  whileTrue,
} from "./assembler.js";
import { advance, integers, splat, times } from "./emit.js";
import {
  type Arithmetic,
  butterfly,
  type Complex,
  constantsOf,
  multiply,
  type Radix,
  radices,
} from "./fft-butterflies.js";
import { type Pass, recordIntegers } from "./fft-plan.js";
import { f32x4, i32, v128 } from "./instructions.js";

type I = Local<"i32">;
type V = Expr<"v128">;

/** An arithmetic whose operations are statements, each into a local of its own; `at` points at the inputs. */
function emitting(
  f: FunctionBuilder,
  at: readonly I[],
  constants: readonly V[],
  statements: Statement[],
): Arithmetic<V> & { readonly load: (q: number) => Complex<V> } {
  const keep = (value: V) => {
    const local = f.local("v128");
    statements.push(local.set(value));
    return local;
  };
  const load = (q: number) => ({ re: keep(v128.load(at[q]!)), im: keep(v128.load(at[q]!, 16)) });
  return {
    add: (a, b) => keep(f32x4.add(a, b)),
    sub: (a, b) => keep(f32x4.sub(a, b)),
    mul: (a, b) => keep(f32x4.mul(a, b)),
    constants,
    load,
    park(q, { re, im }) {
      statements.push(v128.store(at[q]!, re), v128.store(at[q]!, im, 16));
      return () => load(q);
    },
  };
}

const passParameters = integers(
  "base",
  "outer",
  "outerStride",
  "steps",
  "stepStride",
  "stride",
  "blocks",
  "blockStride",
  "table",
  "lines",
  "lineStride",
);

/**
 * The butterflies of a pass. Each output is stored before the twiddles of the next are loaded: the compiler moves loads up to
 * the last store before them, and all twiddles at once would fill the registers twice over.
 */
function pass(radix: Radix, twiddled: Pass["twiddled"]): WasmFunction {
  return defineFunction(`pass${radix}${twiddled}`, passParameters, (f, p) => {
    const at = f.locals("i32", radix);
    const [step, block, line, steps, blocks, lines] = f.locals("i32", 6) as [I, I, I, I, I, I];
    const constants = f.locals("v128", constantsOf(radix).length);
    const body: Statement[] = [
      at[0]!.set(line),
      ...at.slice(1).map((pointer, q) => pointer.set(i32.add(at[q]!, p.stride))),
    ];
    const o = emitting(f, at, constants, body);
    const skipped = twiddled === "none" ? radix : twiddled === "some" ? 1 : 0;
    for (const [q, output] of butterfly<V>(radix, o, o.load)) {
      let value = output;
      if (q >= skipped) {
        const place = 8 * (q - skipped);
        const twiddle = { re: f.local("v128"), im: f.local("v128") };
        body.push(twiddle.re.set(v128.load32Splat(p.table, place)));
        body.push(twiddle.im.set(v128.load32Splat(p.table, place + 4)));
        value = multiply<V>(o, output, twiddle);
      }
      body.push(v128.store(at[q]!, value.re), v128.store(at[q]!, value.im, 16));
    }
    body.push(advance(line, p.lineStride));
    return [
      ...constants.map((local, i) => local.set(splat(constantsOf(radix)[i]!))),
      times(p.outer, [
        step.set(p.base),
        steps.set(p.steps),
        times(steps, [
          block.set(step),
          blocks.set(p.blocks),
          times(blocks, [line.set(block), lines.set(p.lines), times(lines, body), advance(block, p.blockStride)]),
          advance(step, p.stepStride),
          ...(twiddled === "none" ? [] : [advance(p.table, 8 * (radix - skipped))]),
        ]),
        advance(p.base, p.outerStride),
      ]),
    ];
  });
}

/** The kernels of all passes, in the order of `kernelOf`. */
export const passes = radices.flatMap((radix) =>
  (["none", "some", "all"] as const).map((twiddled) => pass(radix, twiddled)),
);

/** Runs the passes that records tell. */
export const transform = defineFunction(
  "transform",
  integers("records", "count", "base", "lines", "lineStride"),
  (f, { records, count, base, lines, lineStride }) => {
    const kernel = f.local("i32");
    const field = (at: number) => i32.load(records, 4 * at);
    const fields = [2, 3, 4, 5, 6, 7, 8, 9].map(field);
    const run = passes.map((callee, number) =>
      when(i32.eq(kernel, number), [call(callee, [i32.add(base, field(1)), ...fields, lines, lineStride])]),
    );
    const next = [advance(records, 4 * recordIntegers), count.set(i32.sub(count, 1))];
    return [whileTrue(count, [kernel.set(field(0)), ...run, ...next])];
  },
);
