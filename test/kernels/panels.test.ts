import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { plainArena } from "../../src/kernels/arena.js";
import { panelModule } from "../../src/kernels/panel-kernels.js";
import {
  fusedDigest,
  fusedPanels,
  kernelBuild,
  type Panels,
  panelDigest,
  panels,
  plainPanels,
  wasmPanels,
} from "../../src/kernels/panels.js";
import { instantiate } from "../../src/kernels/webassembly.js";

const wasm = wasmPanels();
if (!wasm) throw new Error("this engine has no WebAssembly SIMD: the kernels cannot be tested on it");
const both = [wasm, plainPanels()] as const;
/** Undefined where the engine has no relaxed SIMD: Node 20. */
const fused = fusedPanels();

/** Numbers that no sum of a few holds exactly, from a small generator. */
function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

const bytes = 1 << 18;
const filling = noise(bytes / 4, 1);

/** Runs the same calls in WebAssembly and in the twin, on the same arena, and returns both arenas afterwards. */
function inBoth(prepare: (integers: Int32Array) => void, run: (k: Panels) => void): Float32Array[] {
  return both.map((k) => {
    k.arena.reserve(bytes);
    k.arena.floats.set(filling);
    prepare(k.arena.integers);
    run(k);
    return k.arena.floats.slice(0, bytes / 4);
  });
}

/** The first place where two arrays differ, -1 for none. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

function table(integers: Int32Array, address: number, offsets: readonly number[]): void {
  integers.set(
    offsets.map((offset) => 4 * offset),
    address / 4,
  );
}

describe("the module of the packed product", () => {
  it.each([
    [
      "without fused multiply-adds",
      false,
      panelDigest,
      "7b3314a7a0d76d88fe808ab2c404f8bb4706c8eedb473ece0599da4086e19de7",
    ],
    ["with them", true, fusedDigest, "61aa39dbcf85670de1a9150ebfeebbfaba90bc7a5b2906e6f2ff9a6c4b62478e"],
  ])("has the bytes that its digest names, %s", (_, fused, short, long) => {
    const digest = createHash("sha256").update(panelModule(fused)).digest("hex");
    expect(digest).toBe(long);
    expect(digest.slice(0, 12)).toBe(short);
  });

  it("is the same bytes each time it is assembled", () => {
    expect(panelModule(false)).toEqual(panelModule(false));
  });
});

describe("the kernels and their plain twins agree bit for bit", () => {
  it("multiplyPanels, kept or not, whole or on and above the diagonal", () => {
    const size = fc.record({
      rows: fc.integer({ min: 1, max: 5 }),
      columns: fc.integer({ min: 1, max: 4 }),
      depth: fc.integer({ min: 1, max: 40 }),
      keep: fc.integer({ min: 0, max: 1 }),
      skew: fc.constantFrom(0, 1, 2, 1 << 28),
    });
    fc.assert(
      fc.property(size, ({ rows, columns, depth, keep, skew }) => {
        const run = (k: Panels) =>
          k.multiplyPanels(0, 65536, 131072, rows, columns, depth, 32 * columns + 16, keep, skew);
        const [fast, slow] = inBoth(() => undefined, run);
        expect(firstDifference(fast!, slow!)).toBe(-1);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("gather4 and gather8, from lanes or steps that follow each other and from any", () => {
    const lanes = fc.oneof(
      fc.integer({ min: 0, max: 999 }).map((start) => Array.from({ length: 16 }, (_, i) => start + i)),
      fc
        .tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 15 }))
        .map(([start, a, b]) => Array.from({ length: 16 }, (_, i) => start + i + (i < a ? 0 : 7) - (i < b ? 0 : 2))),
      fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 16, maxLength: 16 }),
    );
    const run = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 9 }));
    const steps = fc
      .array(run, { minLength: 1, maxLength: 6 })
      .map((runs) => runs.flatMap(([start, length]) => Array.from({ length }, (_, i) => start + i)));
    fc.assert(
      fc.property(lanes, steps, fc.constantFrom("gather4" as const, "gather8" as const), (at, from, name) => {
        const [fast, slow] = inBoth(
          (integers) => {
            table(integers, 0, at);
            table(integers, 4096, from);
          },
          (k) => k[name](131072, 65536, 0, 4096, 2, from.length),
        );
        expect(firstDifference(fast!, slow!)).toBe(-1);
      }),
      { numRuns: 120, seed: 2 },
    );
  });

  it("multiplyInto, to places that follow each other and to any, stored or added", () => {
    const lanes = fc.oneof(
      fc.integer({ min: 1, max: 27 }).map((count) => Array.from({ length: count }, (_, i) => i + 3)),
      fc
        .tuple(fc.integer({ min: 1, max: 27 }), fc.integer({ min: 1, max: 26 }))
        .map(([count, turn]) => Array.from({ length: count }, (_, i) => (i < turn ? i : i + 9))),
      fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 27 }),
    );
    const steps = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 13 });
    const depth = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(lanes, steps, depth, fc.constantFrom(0, 1), (at, by, deep, add) => {
        const [fast, slow] = inBoth(
          (integers) => {
            table(
              integers,
              0,
              at.map((lane) => 32768 + lane),
            );
            table(integers, 4096, by);
          },
          (k) => k.multiplyInto(65536, 196608, by.length, at.length, deep, 0, 4096, add, 8192),
        );
        fast!.fill(0, 2048, 2080);
        slow!.fill(0, 2048, 2080);
        expect(firstDifference(fast!, slow!)).toBe(-1);
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it("packWeighted, of frames in any order", () => {
    const frames = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 3 }), (places, groups) => {
        const [fast, slow] = inBoth(
          (integers) =>
            table(
              integers,
              0,
              places.map((t) => 16384 + 37 * t),
            ),
          (k) => k.packWeighted(0, 4096, groups, places.length, 131072, 196608),
        );
        expect(firstDifference(fast!, slow!)).toBe(-1);
      }),
      { numRuns: 60, seed: 4 },
    );
  });
});

describe("multiplyPanels", () => {
  it("is the sum of products: panels of A by panels of B, row-major in C", () => {
    const [rows, columns, depth, pitch] = [2, 2, 33, 80];
    wasm.arena.reserve(bytes);
    const F = wasm.arena.floats;
    F.set(filling);
    wasm.multiplyPanels(0, 65536, 131072, rows, columns, depth, pitch, 0, 1 << 28);
    for (let i = 0; i < 4 * rows; i++) {
      for (let j = 0; j < 8 * columns; j++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const a = F[((i >> 2) * depth + k) * 4 + (i & 3)]!;
          sum += a * F[16384 + ((j >> 3) * depth + k) * 8 + (j & 7)]!;
        }
        // 33 products below 1/4, each rounded once and each added once: far below (33 + 1)·2⁻²⁴ of 33/4.
        expect(Math.abs(F[32768 + (i * pitch) / 4 + j]! - sum)).toBeLessThan((34 * 33) / 4 / 2 ** 24);
      }
    }
  });

  it("leaves the tiles below the diagonal alone with skew 0", () => {
    wasm.arena.reserve(bytes);
    const F = wasm.arena.floats;
    F.fill(1, 0, 32768).fill(-1, 32768, 32768 + 16 * 16);
    wasm.multiplyPanels(0, 65536, 131072, 4, 2, 5, 64, 0, 0);
    const tile = (i: number, j: number) => F[32768 + 4 * i * 16 + 8 * j];
    expect([0, 1, 2, 3].map((i) => tile(i, 0))).toEqual([5, 5, -1, -1]);
    expect([0, 1, 2, 3].map((i) => tile(i, 1))).toEqual([5, 5, 5, 5]);
  });
});

describe.skipIf(!fused)("the kernels with fused multiply-adds", () => {
  it("round once a step: as sums in double precision that are rounded to single after each", () => {
    const k = fused!;
    const [rows, columns, depth] = [4, 8, 40];
    k.arena.reserve(bytes);
    const F = k.arena.floats;
    F.set(filling);
    k.multiplyPanels(0, 65536, 131072, 1, 1, depth, 32, 0, 1 << 28);
    let twice = 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        // The product of two singles is exact in double precision, so only a sum that falls on a tie is rounded otherwise: one in 2²⁹.
        let [once, other] = [0, 0];
        for (let k = 0; k < depth; k++) {
          const product = F[4 * k + i]! * F[16384 + 8 * k + j]!;
          once = Math.fround(once + product);
          other = Math.fround(other + Math.fround(product));
        }
        expect(F[32768 + 8 * i + j]).toBe(once);
        if (once !== other) twice++;
      }
    }
    expect(twice).toBeGreaterThan(16);
  });

  it("multiplyInto sums as multiplyPanels does", () => {
    const k = fused!;
    k.arena.reserve(bytes);
    k.arena.floats.set(filling);
    const lanes = Array.from({ length: 13 }, (_, i) => 49152 + i);
    const steps = Array.from({ length: 7 }, (_, i) => 16 * i);
    table(k.arena.integers, 1024, lanes);
    table(k.arena.integers, 2048, steps);
    k.multiplyPanels(65536, 98304, 131072, 2, 2, 33, 64, 0, 1 << 28);
    k.multiplyInto(65536, 98304, 7, 13, 33, 1024, 2048, 0, 4096);
    const F = k.arena.floats;
    for (let i = 0; i < 7; i++)
      expect(F.slice(49152 + 16 * i, 49165 + 16 * i)).toEqual(F.slice(32768 + 16 * i, 32781 + 16 * i));
  });
});

describe("the choice of kernels", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is WebAssembly where it runs, made once", () => {
    expect(panels().simd).toBe(true);
    expect(panels()).toBe(panels());
    expect(panels().fused).toBe(fused !== undefined);
    expect(kernelBuild()).toBe(fused ? `wasm-fma-${fusedDigest}` : `wasm-simd-${panelDigest}`);
  });

  it("is nothing where the engine has no WebAssembly or does not know an instruction", () => {
    vi.stubGlobal("WebAssembly", undefined);
    expect(wasmPanels()).toBeUndefined();
    vi.stubGlobal("WebAssembly", { validate: () => false });
    expect(wasmPanels()).toBeUndefined();
    expect(fusedPanels()).toBeUndefined();
    expect(instantiate(panelModule(false))).toBeUndefined();
  });

  it("takes fused multiply-adds only where the engine rounds them once", () => {
    const { WebAssembly: real } = globalThis as unknown as {
      WebAssembly: { Module: new (bytes: Uint8Array) => object };
    };
    // An engine that takes the instruction and rounds twice: it runs the other build under its name.
    const isFused = (bytes: Uint8Array) => String(bytes) === String(panelModule(true));
    const Module = new Proxy(real.Module, {
      construct: (target, [bytes]) => new target(isFused(bytes) ? panelModule(false) : bytes),
    });
    vi.stubGlobal("WebAssembly", Object.assign(Object.create(real), { Module, validate: () => true }));
    expect(fusedPanels()).toBeUndefined();
    expect(wasmPanels()?.fused).toBe(false);
    vi.unstubAllGlobals();
    expect(fusedPanels()?.fused).toBe(fused ? true : undefined);
  });

  it("falls back on the twins, and says so in the build's name", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    vi.resetModules();
    const fresh = await import("../../src/kernels/panels.js");
    expect(fresh.panels().simd).toBe(false);
    expect(fresh.kernelBuild()).toBe(`plain-${panelDigest}`);
  });
});

describe("an arena", () => {
  it.each([
    ["of WebAssembly", () => wasmPanels()!.arena],
    ["of plain memory", plainArena],
  ])("%s grows to what is reserved, keeps what it holds, and never shrinks", (_, make) => {
    const arena = make();
    arena.floats[3] = 1.5;
    const more = arena.floats.byteLength + 200_000;
    arena.reserve(more);
    expect(arena.floats.byteLength).toBeGreaterThanOrEqual(more);
    expect(arena.floats[3]).toBe(1.5);
    const before = arena.floats;
    arena.reserve(100);
    expect(arena.floats).toBe(before);
    arena.floats[4] = 1;
    expect(arena.integers[4]).toBe(0x3f800000);
  });
});
