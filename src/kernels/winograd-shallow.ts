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

/** The products at each point over a short depth: the first step sets the sums that the others add to. */
export const multiplyPoints = defineFunction(
  "multiplyPoints",
  { A: "i32", B: "i32", C: "i32", points: "i32", depth: "i32" },
  (f, { A, B, C, points, depth }) => {
    const sums = f.locals("v128", 8);
    const [left, right, a] = [f.local("v128"), f.local("v128"), f.local("v128")];
    const end = f.local("i32");
    const step = (first: boolean) => {
      const add = (sum: Local<"v128">, product: Expr<"v128">) => sum.set(first ? product : f32x4.add(sum, product));
      return [
        left.set(v128.load(B)),
        right.set(v128.load(B, 16)),
        ...[0, 1, 2, 3].flatMap((row) => [
          a.set(v128.load32Splat(A, 4 * row)),
          add(sums[2 * row]!, f32x4.mul(a, left)),
          add(sums[2 * row + 1]!, f32x4.mul(a, right)),
        ]),
        advance(A, 16),
        advance(B, 32),
      ];
    };
    return [
      doWhile(
        [
          end.set(i32.add(A, i32.shl(depth, 4))),
          ...step(true),
          whileTrue(i32.ltU(A, end), step(false)),
          ...sums.map((sum, i) => v128.store(C, sum, 16 * i)),
          advance(C, 128),
        ],
        points.tee(i32.sub(points, 1)),
      ),
    ];
  },
);

/** `shallowOutput` and `shallowInput`, over a transform of the same module. */
export function shallow(name: string, points: number, transform: WasmFunction) {
  return defineFunction(
    name,
    {
      A: "i32",
      B: "i32",
      C: "i32",
      depth: "i32",
      lanes: "i32",
      stepTable: "i32",
      rows: "i32",
      pitch: "i32",
      scratch: "i32",
    },
    (f, { A, B, C, depth, lanes, stepTable, rows, pitch, scratch }) => {
      const count = f.local("i32");
      const half = (offset: number) =>
        call(transform, [
          i32.add(C, offset),
          i32.const(128),
          i32.const(32),
          i32.add(lanes, offset),
          stepTable,
          count,
          pitch,
          scratch,
        ]);
      return [
        doWhile(
          [
            count.set(rows),
            when(i32.gtU(count, 4), [count.set(i32.const(4))]),
            call(multiplyPoints, [A, B, C, i32.const(points), depth]),
            half(0),
            half(16),
            advance(A, i32.mul(depth, 16 * points)),
            advance(stepTable, 16),
          ],
          rows.tee(i32.sub(rows, count)),
        ),
      ];
    },
  );
}
