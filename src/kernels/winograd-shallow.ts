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
import { advance, integers, multiplyAdd, times } from "./emit.js";
import { f32x4, i32, v128 } from "./instructions.js";
import { productTile } from "./panel-tile.js";

type I = Local<"i32">;
type V = Local<"v128">;

/**
 * The products at each point over a short depth: the first step sets the sums that the others add to. Up to four steps stay in
 * registers as a whole, row by row: every row is stored before the next is read, since the compiler moves loads to the front.
 */
export function multiplyPoints(fused: boolean): WasmFunction {
  const parameters = integers("A", "B", "C", "points", "depth");
  return defineFunction("multiplyPoints", parameters, (f, { A, B, C, points, depth }) => {
    const { sums, step } = productTile(f, fused);
    const [columns, row] = [f.locals("v128", 8), f.locals("v128", 4)];
    const end = f.local("i32");
    const eachPoint = (body: readonly Statement[]) => times(points, [...body, advance(C, 128)]);
    const inLoop = [
      end.set(i32.add(A, i32.shl(depth, 4))),
      ...step(A, B, 4, true),
      whileTrue(i32.ltU(A, end), step(A, B)),
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

/** The sum over k of `row[k]` times half `half` of column vector k, in this order. */
function dot(fused: boolean, [first, ...others]: readonly V[], columns: readonly V[], half: number): Expr<"v128"> {
  return others.reduce(
    (sum, value, k) => multiplyAdd(fused, value, columns[2 * k + 2 + half]!, sum),
    f32x4.mul(first!, columns[half]!),
  );
}

const parameters = integers("A", "B", "C", "depth", "lanes", "panels", "stepTable", "rows", "pitch", "scratch");

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
      times(panel, onePanel),
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
