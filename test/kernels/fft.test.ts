import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FftKernels, plainFft, wasmFft } from "../../src/kernels/fft.js";
import { fftModule } from "../../src/kernels/fft-kernels.js";
import { fftPlan, type Pass, passBytes, radicesOf, writePasses } from "../../src/kernels/fft-plan.js";

const wasm = wasmFft();
if (!wasm) throw new Error("this engine has no WebAssembly SIMD: the kernels cannot be tested on it");
const both = [wasm, plainFft()] as const;

const bytes = 1 << 20;

function noise(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

const filling = noise(bytes / 4);

/** Runs the same calls in WebAssembly and in the twin, on the same arena, and returns both arenas afterwards. */
function inBoth(run: (k: FftKernels) => void): Float32Array[] {
  return both.map((k) => {
    k.arena.reserve(bytes);
    k.arena.floats.set(filling);
    run(k);
    return k.arena.floats.slice(0, bytes / 4);
  });
}

function expectSame(run: (k: FftKernels) => void): void {
  const [fast, slow] = inBoth(run);
  let first = -1;
  for (let i = 0; i < fast!.length && first < 0; i++) if (!Object.is(fast![i], slow![i])) first = i;
  expect(first).toBe(-1);
}

const lengths = Array.from({ length: 128 }, (_, i) => i + 1).filter((length) => radicesOf(length));

/** The sum over j of x(j) exp(-2πi·j·k/n), of the eight numbers at `address`, lane by lane, in float64. */
function sumOf(x: Float32Array, address: number, order: (at: number) => number, n: number, k: number, lane: number) {
  let [re, im] = [0, 0];
  for (let at = 0; at < n; at++) {
    const angle = (-2 * Math.PI * ((order(at) * k) % n)) / n;
    const [a, b] = [x[address / 4 + 8 * at + lane]!, x[address / 4 + 8 * at + lane + 4]!];
    re += a * Math.cos(angle) - b * Math.sin(angle);
    im += a * Math.sin(angle) + b * Math.cos(angle);
  }
  return [re, im];
}

function transformOnce(k: FftKernels, passes: readonly Pass[], lines: number): void {
  expect(passBytes(passes)).toBeLessThan(1 << 18);
  writePasses(k.arena, 0, passes, 32);
  k.transform(0, passes.length, 1 << 19, lines, 32 * 128);
}

describe("the module of the FFT convolution", () => {
  it("has the bytes that its digest names", () => {
    expect(createHash("sha256").update(fftModule()).digest("hex")).toBe(
      "c2cc8ea0feedee469a0e78e4698bd8bd7c18662469926f35bbbf84d3d35321b0",
    );
  });
});

describe("the plan of a transform", () => {
  it("takes the lengths whose prime factors are 2, 3 and 5", () => {
    expect(radicesOf(7)).toBeUndefined();
    expect(radicesOf(22)).toBeUndefined();
    for (const length of lengths) expect(radicesOf(length)!.reduce((x, y) => x * y, 1)).toBe(length);
    expect(() => fftPlan(14)).toThrow("fftPlan: 14 has a prime factor above 5");
  });

  it("is the sum that defines the transform, forward and back, for every length", () => {
    for (const n of lengths) {
      const { forward, backward, frequencies } = fftPlan(n);
      expect([...frequencies].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      const straight = (at: number) => at;
      const sorted = (at: number) => frequencies[at]!;
      for (const [passes, from, to] of [
        [forward, straight, sorted],
        [backward, sorted, straight],
      ] as const) {
        const got = inBoth((k) => transformOnce(k, passes, 1))[0]!;
        for (let at = 0; at < n; at += Math.max(1, n >> 3)) {
          const [re, im] = sumOf(filling, 1 << 19, from, n, to(at), at % 4);
          const place = (1 << 17) + 8 * at + (at % 4);
          expect(Math.abs(got[place]! - re!)).toBeLessThan(1e-5);
          expect(Math.abs(got[place + 4]! - im!)).toBeLessThan(1e-5);
        }
      }
    }
  });
});

describe("the kernels and their plain twins agree bit for bit", () => {
  it("transform, for every length, both ways, of several lines", () => {
    for (const n of lengths) {
      expectSame((k) => transformOnce(k, fftPlan(n).forward, 3));
      expectSame((k) => transformOnce(k, fftPlan(n).backward, 2));
    }
  });

  it("stage and unstage, of any width, in both directions, and denormals become zero", () => {
    const window = fc.record({
      rows: fc.integer({ min: 1, max: 4 }),
      width: fc.integer({ min: 1, max: 11 }),
      up: fc.boolean(),
      left: fc.boolean(),
    });
    fc.assert(
      fc.property(window, ({ rows, width, up, left }) => {
        const at = 65536 + (up ? 1024 * (rows - 1) : 0) + (left ? 32 * (width - 1) : 0);
        for (const name of ["stage", "unstage"] as const) {
          expectSame((k) => {
            k.arena.integers.set(
              Array.from({ length: 8 }, (_, lane) => 131072 + 2052 * lane),
              0,
            );
            k.arena.floats.fill(1e-39, 131072 / 4 + 3, 131072 / 4 + 5);
            k[name](at, up ? -1024 : 1024, left ? -32 : 32, 0, 76, rows, width);
          });
        }
      }),
      { numRuns: 40, seed: 1 },
    );
    const [fast] = inBoth((k) => {
      k.arena.integers.set(Array(8).fill(131072), 0);
      k.arena.floats.set([1e-39, 2, -1e-31, -3, 1e-32], 131072 / 4);
      k.stage(65536, 0, 32, 0, 0, 1, 5);
    });
    expect([0, 1, 2, 3, 4].map((x) => fast![65536 / 4 + 8 * x])).toEqual([0, 2, 0, -3, 0]);
  });

  it("clear, unpack and the products, kept or not", () => {
    for (const width of [1, 3, 8]) {
      expectSame((k) => k.clear(65536, 512, 3, width));
      expectSame((k) => {
        k.arena.integers.set(
          Array.from({ length: width }, (_, x) => 32 * (width - 1 - x)),
          0,
        );
        k.unpack(65536, 66048, 0, width, 131072, 1024, 0.25);
      });
      for (const keep of [0, 1]) {
        for (const depth of [1, 5]) {
          const rest = [8192, 131072, 4096, 1024, 262144, 8192, depth, 3, 512, 96, width, keep] as const;
          expectSame((k) => k.multiply1(65536, ...rest));
          expectSame((k) => k.multiply2(65536, ...rest));
        }
      }
    }
  });
});
