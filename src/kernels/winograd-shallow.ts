/** Products of a short depth, taken back at once; what each function does is told in `winograd-functions.ts`. */
import {
  call,
  defineFunction,
  doWhile,
  type Expr,
  type Local,
  type Statement,
  type WasmFunction,
  when,
  whileTrue,
} from "./assembler.js";
import { f32x4, i32, v128 } from "./instructions.js";

function advance(pointer: Local<"i32">, by: Expr<"i32"> | number): Statement {
  return pointer.set(i32.add(pointer, by));
}

type I = Local<"i32">;
type V = Local<"v128">;

/**
 * The products at each point over a short depth: the first step sets the sums that the others add to. Up to four steps stay in
 * registers as a whole, row by row: every row is stored before the next is read, since the compiler moves loads to the front.
 */
export function multiplyPoints(fused: boolean): WasmFunction {
  const parameters = { A: "i32", B: "i32", C: "i32", points: "i32", depth: "i32" } as const;
  return defineFunction("multiplyPoints", parameters, (f, { A, B, C, points, depth }) => {
    const sums = f.locals("v128", 8);
    const [left, right, a] = [f.local("v128"), f.local("v128"), f.local("v128")];
    const [columns, row] = [f.locals("v128", 8), f.locals("v128", 4)];
    const end = f.local("i32");
    const step = (first: boolean) => {
      const add = (sum: V, b: V) => sum.set(first ? f32x4.mul(a, b) : multiplyAdd(fused, a, b, sum));
      return [
        left.set(v128.load(B)),
        right.set(v128.load(B, 16)),
        ...[0, 1, 2, 3].flatMap((i) => [
          a.set(v128.load32Splat(A, 4 * i)),
          add(sums[2 * i]!, left),
          add(sums[2 * i + 1]!, right),
        ]),
        advance(A, 16),
        advance(B, 32),
      ];
    };
    const eachPoint = (body: readonly Statement[]) =>
      doWhile([...body, advance(C, 128)], points.tee(i32.sub(points, 1)));
    const inLoop = [
      end.set(i32.add(A, i32.shl(depth, 4))),
      ...step(true),
      whileTrue(i32.ltU(A, end), step(false)),
      ...sums.map((sum, i) => v128.store(C, sum, 16 * i)),
    ];
    const inRegisters = (steps: number) => [
      ...columns.slice(0, 2 * steps).map((column, i) => column.set(v128.load(B, 16 * i))),
      ...[0, 1, 2, 3].flatMap((i) => [
        ...row.slice(0, steps).map((value, k) => value.set(v128.load32Splat(A, 16 * k + 4 * i))),
        v128.store(C, dot(fused, row.slice(0, steps), columns, 0), 32 * i),
        v128.store(C, dot(fused, row.slice(0, steps), columns, 1), 32 * i + 16),
      ]),
      advance(A, 16 * steps),
      advance(B, 32 * steps),
    ];
    const byDepth = (steps: number): Statement =>
      steps > 4 ? eachPoint(inLoop) : when(i32.eq(depth, steps), [eachPoint(inRegisters(steps))], [byDepth(steps + 1)]);
    return [byDepth(1)];
  });
}

/** `a·b + sum`, rounded once where multiply-adds are fused. */
export function multiplyAdd(fused: boolean, a: V, b: V, sum: Expr<"v128">): Expr<"v128"> {
  return fused ? f32x4.relaxedMadd(a, b, sum) : f32x4.add(sum, f32x4.mul(a, b));
}

/** The sum over k of `row[k]` times half `half` of column vector k, in this order. */
function dot(fused: boolean, [first, ...others]: readonly V[], columns: readonly V[], half: number): Expr<"v128"> {
  return others.reduce(
    (sum, value, k) => multiplyAdd(fused, value, columns[2 * k + 2 + half]!, sum),
    f32x4.mul(first!, columns[half]!),
  );
}

const parameters = {
  A: "i32",
  B: "i32",
  C: "i32",
  depth: "i32",
  lanes: "i32",
  panels: "i32",
  stepTable: "i32",
  rows: "i32",
  pitch: "i32",
  scratch: "i32",
} as const;

/** `shallowOutput` and `shallowInput`, over a transform of the same module; two panels at a time share what is read of A. */
export function shallow(name: string, points: number, products: WasmFunction, transform: WasmFunction) {
  return defineFunction(name, parameters, (f, p) => {
    const [a, b, step, left, count] = f.locals("i32", 5) as [I, I, I, I, I];
    const [pair, panel, lanes] = f.locals("i32", 3) as [I, I, I];
    const panelBytes = i32.mul(p.depth, 32 * points);
    const onePanel = [
      call(products, [a, b, p.C, i32.const(points), p.depth]),
      call(transform, [
        ...[p.C, i32.const(128), i32.const(32)],
        ...[lanes, i32.const(2), step, count, p.pitch, p.scratch],
      ]),
      advance(b, panelBytes),
      advance(lanes, 32),
    ];
    const fourRows = [
      count.set(left),
      when(i32.gtU(count, 4), [count.set(i32.const(4))]),
      b.set(p.B),
      lanes.set(p.lanes),
      panel.set(pair),
      doWhile(onePanel, panel.tee(i32.sub(panel, 1))),
      advance(a, i32.mul(p.depth, 16 * points)),
      advance(step, 16),
    ];
    return [
      doWhile(
        [
          pair.set(p.panels),
          when(i32.gtU(pair, 2), [pair.set(i32.const(2))]),
          a.set(p.A),
          step.set(p.stepTable),
          left.set(p.rows),
          doWhile(fourRows, left.tee(i32.sub(left, count))),
          p.B.set(b),
          p.lanes.set(lanes),
        ],
        p.panels.tee(i32.sub(p.panels, pair)),
      ),
    ];
  });
}
