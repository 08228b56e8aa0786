/** The kernels that work on whole planes, strip by strip and a few rows at a time; `fft-record.ts` tells how planes lie. */
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
import { transform } from "./fft-passes.js";
import { field } from "./fft-record.js";
import { stage, trim, unstage } from "./fft-windows.js";
import { i32, v128 } from "./instructions.js";

type I = Local<"i32">;

/** Bytes of so many complex numbers. */
const bytes = (numbers: Expr<"i32">) => i32.shl(numbers, 5);

const clear = defineFunction("clear", integers("into", "pitch", "rows", "width"), (f, { into, pitch, rows, width }) => {
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
});

/** Copies rows between the scratch and the strips; `plane` is the address of the first of them in the first strip. */
function exchange(direction: "scatter" | "gather"): WasmFunction {
  return defineFunction(direction, integers("plan", "plane", "rows"), (f, { plan, plane, rows }) => {
    const [strips, width, pitch, stride, line, at, from, row, left] = f.locals("i32", 9) as I[] as [
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
    const [re, im] = f.locals("v128", 2) as [Local<"v128">, Local<"v128">];
    const [source, target] = direction === "scatter" ? [from, at] : [at, from];
    return [
      strips.set(field(plan, "strips")),
      width.set(field(plan, "strip")),
      pitch.set(bytes(field(plan, "nx"))),
      stride.set(bytes(i32.mul(field(plan, "ny"), width))),
      line.set(field(plan, "scratch")),
      times(strips, [
        at.set(plane),
        from.set(line),
        row.set(rows),
        times(row, [
          left.set(width),
          times(left, [
            re.set(v128.load(source)),
            im.set(v128.load(source, 16)),
            v128.store(target, re),
            v128.store(target, im, 16),
            advance(source, 32),
            advance(target, 32),
          ]),
          advance(from, i32.sub(pitch, bytes(width))),
        ]),
        advance(line, bytes(width)),
        advance(plane, stride),
      ]),
    ];
  });
}

const scatter = exchange("scatter");
const gather = exchange("gather");

const windowParameters = integers("plan", "plane", "top", "rows", "left", "width", "rowPitch", "down", "right");

/** The blocks of rows of a window; the body finds where the window lies in the scratch and its first row in the planes. */
function eachBlock(
  f: FunctionBuilder,
  p: { readonly [K in keyof typeof windowParameters]: I },
  table: "table" | "targets",
  body: (block: { count: I; pitch: I; window: readonly Expr<"i32">[]; at: Expr<"i32"> }) => readonly Statement[],
): Statement[] {
  const [row, count, pitch] = f.locals("i32", 3) as [I, I, I];
  const scratch = field(p.plan, "scratch");
  const first = i32.add(
    i32.add(scratch, bytes(p.left)),
    i32.add(
      i32.mul(i32.ltS(p.down, 0), i32.mul(i32.sub(count, 1), pitch)),
      i32.mul(i32.ltS(p.right, 0), bytes(i32.sub(p.width, 1))),
    ),
  );
  const ahead = i32.add(
    i32.mul(i32.gtS(p.down, 0), row),
    i32.mul(i32.ltS(p.down, 0), i32.sub(i32.sub(p.rows, row), count)),
  );
  const window = [
    first,
    i32.mul(p.down, pitch),
    i32.shl(p.right, 5),
    field(p.plan, table),
    i32.mul(ahead, p.rowPitch),
    p.rowPitch,
    count,
    p.width,
  ];
  const at = i32.add(p.plane, bytes(i32.mul(i32.add(p.top, row), field(p.plan, "strip"))));
  return [
    pitch.set(bytes(field(p.plan, "nx"))),
    whileTrue(i32.ltU(row, p.rows), [
      count.set(i32.sub(p.rows, row)),
      when(i32.gtU(count, field(p.plan, "block")), [count.set(field(p.plan, "block"))]),
      ...body({ count, pitch, window, at }),
      advance(row, count),
    ]),
  ];
}

const forwardRows = defineFunction("forwardRows", windowParameters, (f, p) => {
  const [strips, strip, pitch, below] = f.locals("i32", 4) as [I, I, I, I];
  const scratch = field(p.plan, "scratch");
  const beyond = i32.add(p.left, p.width);
  return [
    strips.set(field(p.plan, "strips")),
    strip.set(p.plane),
    pitch.set(bytes(field(p.plan, "strip"))),
    below.set(i32.sub(i32.sub(field(p.plan, "ny"), p.top), p.rows)),
    times(strips, [
      call(clear, [strip, pitch, p.top, field(p.plan, "strip")]),
      advance(strip, i32.mul(i32.add(p.top, p.rows), pitch)),
      call(clear, [strip, pitch, below, field(p.plan, "strip")]),
      advance(strip, i32.mul(below, pitch)),
    ]),
    ...eachBlock(f, p, "table", ({ count, pitch, window, at }) => [
      call(clear, [scratch, pitch, count, p.left]),
      call(clear, [i32.add(scratch, bytes(beyond)), pitch, count, i32.sub(field(p.plan, "nx"), beyond)]),
      call(stage, window),
      call(trim, [window[0]!, window[1]!, window[2]!, field(p.plan, "margins"), count, p.width]),
      call(transform, [field(p.plan, "rows"), field(p.plan, "rowPasses"), scratch, count, pitch]),
      call(scatter, [p.plan, at, count]),
    ]),
  ];
});

const backwardRows = defineFunction("backwardRows", windowParameters, (f, p) =>
  eachBlock(f, p, "targets", ({ count, pitch, window, at }) => [
    call(gather, [p.plan, at, count]),
    call(transform, [
      field(p.plan, "rowsBack"),
      field(p.plan, "rowBackPasses"),
      field(p.plan, "scratch"),
      count,
      pitch,
    ]),
    call(unstage, window),
  ]),
);

/** The passes along the columns of one strip. */
export function stripPasses(plan: I, strip: Expr<"i32">, back: boolean): Statement {
  const [records, count] = back
    ? [field(plan, "columnsBack"), field(plan, "columnBackPasses")]
    : [field(plan, "columns"), field(plan, "columnPasses")];
  return call(transform, [records, count, strip, field(plan, "strip"), i32.const(32)]);
}

/** The passes along all columns of a plane. */
function columnPasses(name: string, back: boolean): WasmFunction {
  return defineFunction(name, integers("plan", "plane"), (f, { plan, plane }) => {
    const strips = f.local("i32");
    return [
      strips.set(field(plan, "strips")),
      times(strips, [
        stripPasses(plan, plane, back),
        advance(plane, bytes(i32.mul(field(plan, "ny"), field(plan, "strip")))),
      ]),
    ];
  });
}

const forwardColumns = columnPasses("forwardColumns", false);
const backwardColumns = columnPasses("backwardColumns", true);

/** The kernels of this file, called by others first. */
export const planeKernels = [clear, scatter, gather, forwardRows, backwardRows, forwardColumns, backwardColumns];
