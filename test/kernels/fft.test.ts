import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FftKernels, plainFft, wasmFft } from "../../src/kernels/fft.js";
import { planImage } from "../../src/kernels/fft-image.js";
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
      "8b38ccf8ebd992e947e56967803fc0fd0013d9e782534c39a5694594cbf6d804",
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
            k[name](at, up ? -1024 : 1024, left ? -32 : 32, 0, 152, 76, rows, width);
          });
        }
      }),
      { numRuns: 40, seed: 1 },
    );
    const [fast] = inBoth((k) => {
      k.arena.integers.set(Array(8).fill(131072), 0);
      k.arena.floats.set([1e-39, 2, -1e-31, -3, 1e-32], 131072 / 4);
      k.stage(65536, 0, 32, 0, 0, 0, 1, 5);
    });
    expect([0, 1, 2, 3, 4].map((x) => fast![65536 / 4 + 8 * x])).toEqual([0, 2, 0, -3, 0]);
  });

  it("trim, of windows in both directions, and it writes to the columns beyond alone", () => {
    const margins = [0, 0, 2, 0, 0, 3, 1, 1, 0, 0, 4, 1, 0, 5, 0, 0];
    for (const [at, pitch, step] of [
      [65536, 1024, 32],
      [65536 + 2 * 1024 + 4 * 32, -1024, -32],
    ] as const) {
      const run = (k: FftKernels) => {
        k.arena.integers.set(margins, 0);
        k.trim(at, pitch, step, 0, 3, 5);
      };
      expectSame(run);
      const [fast] = inBoth(run);
      for (let lane = 0; lane < 8; lane++) {
        const row = Array.from({ length: 5 }, (_, x) => fast![(at + pitch + x * step) / 4 + lane] === 0);
        expect(row).toEqual(row.map((_, x) => x < margins[2 * lane]! || x >= 5 - margins[2 * lane + 1]!));
      }
    }
  });

  it("the products, kept or not", () => {
    for (const count of [1, 6]) {
      for (const keep of [0, 1]) {
        for (const depth of [1, 5]) {
          const rest = [8192, 131072, 4096, 1024, 262144, 8192, depth, count, keep] as const;
          expectSame((k) => k.multiply1(65536, ...rest));
          expectSame((k) => k.multiply2(65536, ...rest));
        }
      }
    }
  });
});

describe("the kernels of whole planes agree with their plain twins bit for bit", () => {
  const sizes = [
    { ny: 6, nx: 10, strip: 5, rowBlock: 4 },
    { ny: 16, nx: 8, strip: 2, rowBlock: 16 },
    { ny: 1, nx: 30, strip: 30, rowBlock: 3 },
  ];
  const [plan, plane, other, spectra] = [64, 1 << 16, 1 << 17, 1 << 18];

  function withPlan(size: (typeof sizes)[number], run: (k: FftKernels) => void): (k: FftKernels) => void {
    return (k) => {
      const { image, record } = planImage(size, plan);
      k.arena.integers.set(image, plan >> 2);
      for (let lane = 0; lane < 8; lane++) {
        k.arena.integers[(record.table >> 2) + lane] = 0x60000 + 4096 * lane;
        k.arena.integers[(record.targets >> 2) + lane] = 0x70000 + 4096 * lane;
        k.arena.integers.set([lane % 2, lane % 3], (record.margins >> 2) + 2 * lane);
      }
      run(k);
    };
  }

  it.each(sizes)("rows and columns, in windows either way: $ny x $nx", (size) => {
    const { ny, nx } = size;
    const [rows, width] = [Math.ceil(ny / 2), nx - 3];
    for (const [down, right] of [
      [1, 1],
      [-1, 1],
      [1, -1],
      [-1, -1],
    ] as const) {
      const window = [ny > 1 ? 1 : 0, rows, 2, width, 4 * nx, down, right] as const;
      expectSame(withPlan(size, (k) => k.forwardRows(plan, plane, ...window)));
      expectSame(withPlan(size, (k) => k.backwardRows(plan, plane, ...window)));
    }
    expectSame(withPlan(size, (k) => k.forwardColumns(plan, plane)));
    expectSame(withPlan(size, (k) => k.backwardColumns(plan, plane)));
  });

  it.each(sizes)("the parts of a spectrum, and products of planes: $ny x $nx", (size) => {
    expectSame(withPlan(size, (k) => k.unpack(plan, plane, spectra, 8192, 0.25)));
    for (const depth of [1, 3]) {
      for (const outputs of [1, 2, 3]) {
        const planes = [plan, plane, 8192, spectra, 3 * 1024, 1024, other, 16384, depth] as const;
        if (outputs < 3) expectSame(withPlan(size, (k) => k.product(...planes, outputs)));
        for (const keep of [0, 1]) expectSame(withPlan(size, (k) => k.accumulate(...planes, outputs, keep)));
      }
    }
  });

  it.each(sizes)("and bring the windows back that they took, times the length: $ny x $nx", (size) => {
    const { ny, nx } = size;
    const image = (k: FftKernels, lane: number, cell: number) => k.arena.floats[0x60000 / 4 + 1024 * lane + cell]!;
    for (const k of both) {
      k.arena.reserve(bytes);
      k.arena.floats.set(filling);
      const { margins } = planImage(size, plan).record;
      withPlan(size, () => k.arena.integers.fill(0, margins >> 2, (margins >> 2) + 16))(k);
      k.forwardRows(plan, plane, 0, ny, 0, nx, 4 * nx, 1, 1);
      k.forwardColumns(plan, plane);
      k.arena.floats.fill(0, spectra >> 2, (spectra >> 2) + 2 * ny * nx);
      for (let i = 0; i < ny * nx; i++) k.arena.floats[(spectra >> 2) + 2 * i] = 1 / (ny * nx);
      k.product(plan, plane, 0, spectra, 0, 0, other, 0, 1, 1);
      k.backwardRows(plan, other, 0, ny, 0, nx, 4 * nx, 1, 1);
      for (let lane = 0; lane < 8; lane++) {
        for (let cell = 0; cell < ny * nx; cell++)
          expect(k.arena.floats[0x70000 / 4 + 1024 * lane + cell]).toBeCloseTo(image(k, lane, cell), 5);
      }
    }
  });
});
