import { assemble, defineFunction, doWhile, type Expr } from "./assembler.js";
import { i32, i32x4, v128 } from "./instructions.js";
import { instantiate, type WasmMemory } from "./webassembly.js";

/** Numbers that are looked at together: 16 KiB stay in the nearest cache beside what they are copied from. */
const block = 4096;

/** Numbers below which the plain loop is as fast. */
const few = 512;

/**
 * The bytes of `scan(bytes)`: 0 if the first `bytes` of the memory, a multiple of 64 of at least 64, are finite float32. NaN and
 * infinities have all bits of the exponent set; compared as integers, numbers below the normal ones cost no more than others.
 */
export function finiteModule(): Uint8Array {
  const exponent = () => i32x4.splat(i32.const(0x7f800000));
  const scan = defineFunction("scan", { bytes: "i32" }, (f, { bytes }) => {
    const found = f.locals("v128", 4);
    const full = (offset: number): Expr<"v128"> => i32x4.eq(v128.and(v128.load(bytes, offset), exponent()), exponent());
    const body = [
      doWhile(
        [bytes.set(i32.sub(bytes, 64)), ...found.map((lanes, i) => lanes.set(v128.or(lanes, full(16 * i))))],
        bytes,
      ),
    ];
    const [a, b, c, d] = found;
    return { body, value: v128.anyTrue(v128.or(v128.or(a, b), v128.or(c, d))) };
  });
  return assemble({ memory: { pages: 1 }, functions: [scan] });
}

interface Scanner {
  readonly memory: WasmMemory;
  readonly scan: (bytes: number) => number;
}

/** A product by 0 keeps NaN and infinities apart from numbers, so the sum is looked at once. */
function plainScan(data: Float32Array | Float64Array, from: number): boolean {
  let [a, b] = [0, 0];
  let i = from;
  for (; i + 8 <= data.length; i += 8) {
    a += data[i] * 0 + data[i + 1] * 0 + (data[i + 2] * 0 + data[i + 3] * 0);
    b += data[i + 4] * 0 + data[i + 5] * 0 + (data[i + 6] * 0 + data[i + 7] * 0);
  }
  for (; i < data.length; i++) a += data[i] * 0;
  return a + b === 0;
}

/** The kernel and the page that it reads, made at the first long array; null where the engine has no WASM SIMD. */
let scanner: { readonly page: Float32Array; readonly scan: Scanner["scan"] } | null | undefined;

function compileScanner(): typeof scanner {
  const wasm = instantiate<Scanner>(finiteModule());
  return wasm ? { page: new Float32Array(wasm.memory.buffer), scan: wasm.scan } : null;
}

/** Whether no number is NaN or infinite. */
export function allFinite(data: Float32Array | Float64Array): boolean {
  if (data.length < few || !(data instanceof Float32Array)) return plainScan(data, 0);
  if (scanner === undefined) scanner = compileScanner();
  if (!scanner) return plainScan(data, 0);
  const whole = data.length - (data.length % 16);
  for (let from = 0; from < whole; from += block) {
    const to = Math.min(whole, from + block);
    scanner.page.set(data.subarray(from, to));
    if (scanner.scan(4 * (to - from)) !== 0) return false;
  }
  return plainScan(data, whole);
}
