import type { WasmMemory } from "./webassembly.js";

/** The one block of memory that kernels work in. It grows and is never given back: fresh pages cost more than the work on them. */
export interface Arena {
  /** the memory as float32 and as int32; read them anew after `reserve`, which may replace both */
  readonly floats: Float32Array;
  readonly integers: Int32Array;
  /** makes room for `bytes` bytes in all */
  readonly reserve: (bytes: number) => void;
}

const page = 65536;

/**
 * Pages of the memory at first, 64 MiB: as much as most calls need, and taken from the machine only where it is touched. A memory
 * that grows leaves its old views empty, and once an engine has seen that it checks every access to every array: plain loops
 * then take half as long again.
 */
export const firstPages = 1024;

/** An arena in the memory of a WebAssembly instance. */
export function wasmArena(memory: WasmMemory): Arena {
  let floats = new Float32Array(memory.buffer);
  let integers = new Int32Array(memory.buffer);
  return {
    get floats() {
      return floats;
    },
    get integers() {
      return integers;
    },
    reserve(bytes) {
      const lacking = Math.ceil((bytes - memory.buffer.byteLength) / page);
      if (lacking <= 0) return;
      memory.grow(lacking);
      floats = new Float32Array(memory.buffer);
      integers = new Int32Array(memory.buffer);
    },
  };
}

/** An arena in plain memory, for the TypeScript twins. */
export function plainArena(): Arena {
  let buffer = new ArrayBuffer(page);
  let floats = new Float32Array(buffer);
  let integers = new Int32Array(buffer);
  return {
    get floats() {
      return floats;
    },
    get integers() {
      return integers;
    },
    reserve(bytes) {
      if (bytes <= buffer.byteLength) return;
      const larger = new ArrayBuffer(Math.ceil(bytes / page) * page);
      new Uint8Array(larger).set(new Uint8Array(buffer));
      buffer = larger;
      floats = new Float32Array(buffer);
      integers = new Int32Array(buffer);
    },
  };
}
