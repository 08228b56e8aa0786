import { assemble } from "../../src/kernels/assembler.js";
import { instantiate } from "../../src/kernels/webassembly.js";

type Numeric = Record<string, (...args: number[]) => number>;

/** The exports of a module of these functions, with one page of memory. */
export function exportsOf(functions: Parameters<typeof assemble>[0]["functions"]) {
  const exports = instantiate<{ memory: { buffer: ArrayBuffer } }>(assemble({ memory: { pages: 1 }, functions }));
  if (!exports) throw new Error("the module does not validate");
  return exports as unknown as Numeric & { memory: { buffer: ArrayBuffer } };
}
