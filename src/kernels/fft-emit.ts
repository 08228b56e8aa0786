/** What the kernels of the FFT convolution are written with. */
import { doWhile, type Expr, type Local, type Statement } from "./assembler.js";
import { i32, v128 } from "./instructions.js";

type I = Local<"i32">;

/** Moves a pointer. */
export function advance(pointer: I, by: Expr<"i32"> | number): Statement {
  return pointer.set(i32.add(pointer, by));
}

/** Repeats the body `count` times, at least once; `count` runs down to 0. */
export function times(count: I, body: readonly Statement[]): Statement {
  return doWhile(body, count.tee(i32.sub(count, 1)));
}

/** The same number four times. */
export function splat(value: number): Expr<"v128"> {
  return v128.const(new Uint8Array(new Float32Array(4).fill(value).buffer));
}
