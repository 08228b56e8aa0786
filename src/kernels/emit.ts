/** What the kernels are written with, beyond single instructions. */
import { doWhile, type Expr, type Local, type Statement } from "./assembler.js";
import { f32x4, i32, i32x4, i64x2, v128 } from "./instructions.js";

type I = Local<"i32">;
type V = Expr<"v128">;

/** The parameters of a kernel that takes integers alone: addresses, strides and counts. */
export function integers<const Name extends string>(...names: readonly Name[]): Readonly<Record<Name, "i32">> {
  return Object.fromEntries(names.map((name) => [name, "i32"])) as Record<Name, "i32">;
}

/** Moves a pointer. */
export function advance(pointer: I, by: Expr<"i32"> | number): Statement {
  return pointer.set(i32.add(pointer, by));
}

/** Repeats the body `count` times, at least once; `count` runs down to 0. */
export function times(count: I, body: readonly Statement[]): Statement {
  return doWhile(body, count.tee(i32.sub(count, 1)));
}

/** The same number four times. */
export function splat(value: number): V {
  return v128.const(new Uint8Array(new Float32Array(4).fill(value).buffer));
}

/** `a·b + sum`, rounded once where multiply-adds are fused. */
export function multiplyAdd(fused: boolean, a: V, b: V, sum: V): V {
  return fused ? f32x4.relaxedMadd(a, b, sum) : f32x4.add(sum, f32x4.mul(a, b));
}

/** Four vectors with their rows and columns exchanged: the columns, once the statements have filled four scratch locals. */
export function transposed(rows: readonly V[], scratch: readonly Local<"v128">[]): { body: Statement[]; columns: V[] } {
  const [r0, r1, r2, r3] = rows as [V, V, V, V];
  const [s0, s1, s2, s3] = scratch as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  return {
    body: [
      s0.set(i32x4.shuffle(r0, r1, [0, 4, 1, 5])),
      s1.set(i32x4.shuffle(r2, r3, [0, 4, 1, 5])),
      s2.set(i32x4.shuffle(r0, r1, [2, 6, 3, 7])),
      s3.set(i32x4.shuffle(r2, r3, [2, 6, 3, 7])),
    ],
    columns: [
      i64x2.shuffle(s0, s1, [0, 2]),
      i64x2.shuffle(s0, s1, [1, 3]),
      i64x2.shuffle(s2, s3, [0, 2]),
      i64x2.shuffle(s2, s3, [1, 3]),
    ],
  };
}
