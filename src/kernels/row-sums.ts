import { type Arena, plainArena, wasmArena } from "./arena.js";
import { lineNumbers, rowSumsModule } from "./row-sums-wasm.js";
import { instantiate, type WasmMemory } from "./webassembly.js";

interface RowKernel {
  readonly arena: Arena;
  /** see `row-sums-wasm.ts`; there is an item and a line */
  readonly addRows: (items: number, end: number, into: number, lines: number) => void;
}

export interface RowSumsSize {
  /** how many are in hand at a time */
  readonly rows: number;
  /** numbers of a row */
  readonly length: number;
  readonly sums: number;
}

/** Weighted sums of rows, in float32, of which some are in hand at a time. */
export interface RowSums {
  /** [rows, length], written by the caller */
  readonly rows: Float32Array;
  /** Picks a row for the next `add`, at most once. */
  readonly pick: (row: number, weight: number) => void;
  /**
   * `sum += Σ weight·row` over the rows that were picked since the last call: they are summed in the order of picking, then added. The
   * bits are the same in every build.
   */
  readonly add: (sum: number) => void;
  /** `[sums, length]`, a copy */
  readonly totals: () => Float32Array;
}

const round = Math.fround;

/** The kernel in plain TypeScript, bit for bit: it runs where WebAssembly has no SIMD. */
export function plainRowKernel(): RowKernel {
  const arena = plainArena();
  const addRows: RowKernel["addRows"] = (items, end, into, lines) => {
    const { floats: F, integers: I } = arena;
    for (let i = 0; i < lineNumbers * lines; i++) {
      let sum = 0;
      for (let item = items >> 2; item < end >> 2; item += 2)
        sum = round(sum + round(F[item + 1] * F[(I[item] >> 2) + i]));
      F[(into >> 2) + i] = round(F[(into >> 2) + i] + sum);
    }
  };
  return { arena, addRows };
}

/** The compiled kernel, or undefined where the engine has no WASM SIMD. */
export function wasmRowKernel(): RowKernel | undefined {
  const wasm = instantiate<{ readonly memory: WasmMemory; readonly addRows: RowKernel["addRows"] }>(rowSumsModule());
  return wasm && { arena: wasmArena(wasm.memory), addRows: wasm.addRows };
}

/** Kernels that nobody works in: a reader of frames may itself sum rows, and needs another memory for it. */
const idle: RowKernel[] = [];

/**
 * Hands sums of nothing to `use`, with room for rows. They are good until it returns.
 *
 * @returns what `use` returns
 */
export function withRowSums<T>(size: RowSumsSize, use: (sums: RowSums) => T): T {
  const k = idle.pop() ?? wasmRowKernel() ?? plainRowKernel();
  try {
    return use(rowSumsIn(k, size));
  } finally {
    idle.push(k);
  }
}

/** Sums of nothing in the memory of a kernel. */
export function rowSumsIn(k: RowKernel, { rows, length, sums }: RowSumsSize): RowSums {
  const lines = Math.ceil(length / lineNumbers);
  // A line more than a row has keeps the sums from sharing the same sets of the cache.
  const pitch = lineNumbers * (lines + 1);
  const items = sums * pitch;
  const first = items + 2 * rows;
  // What is read past the last row is summed into the end of a line, and not looked at.
  k.arena.reserve(4 * (first + rows * length + lineNumbers));
  const { floats: F, integers: I } = k.arena;
  F.fill(0, 0, items);
  let item = items;
  const pick: RowSums["pick"] = (row, weight) => {
    I[item++] = 4 * (first + row * length);
    F[item++] = weight;
  };
  const add: RowSums["add"] = (sum) => {
    if (item > items) k.addRows(4 * items, 4 * item, 4 * sum * pitch, lines);
    item = items;
  };
  const totals = () => {
    const all = new Float32Array(sums * length);
    for (let s = 0; s < sums; s++) all.set(F.subarray(s * pitch, s * pitch + length), s * length);
    return all;
  };
  return { rows: F.subarray(first, first + rows * length), pick, add, totals };
}
