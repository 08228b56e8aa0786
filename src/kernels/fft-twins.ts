/** The kernels of `fft-kernels.ts` in plain TypeScript, argument for argument and bit for bit. */
import type { Arena } from "./arena.js";
import {
  type Arithmetic,
  butterfly,
  type Complex,
  constantsOf,
  multiply,
  type Radix,
  radices,
} from "./fft-butterflies.js";
import type { FftFunctions } from "./fft-functions.js";
import { recordIntegers } from "./fft-plan.js";
import { type LineKernels, planeTwins } from "./fft-plane-twins.js";

const round = Math.fround;

function rounding(constants: readonly number[]): Arithmetic<number> {
  return {
    add: (a, b) => round(a + b),
    sub: (a, b) => round(a - b),
    mul: (a, b) => round(a * b),
    constants: constants.map(round),
    park: (_, value) => () => value,
  };
}

const arithmetics = new Map(radices.map((radix) => [radix, rounding(constantsOf(radix))]));

/** One butterfly of eight planes at `at`; `table` is -1 without twiddles. All in elements. */
function butterflies(F: Float32Array, radix: Radix, at: number, stride: number, table: number, skipped: number): void {
  const o = arithmetics.get(radix)!;
  for (let lane = at; lane < at + 4; lane++) {
    const x: Complex<number>[] = [];
    for (let q = 0; q < radix; q++) x.push({ re: F[lane + q * stride]!, im: F[lane + q * stride + 4]! });
    for (const [q, output] of butterfly(radix, o, (input) => x[input]!)) {
      const to = lane + q * stride;
      const twiddle = table + 2 * (q - skipped);
      const value = q < skipped ? output : multiply(o, output, { re: F[twiddle]!, im: F[twiddle + 1]! });
      F[to] = value.re;
      F[to + 4] = value.im;
    }
  }
}

function runPass(F: Float32Array, I: Int32Array, record: number, base: number, lines: number, lineStride: number) {
  const kernel = I[record]!;
  const [start, outer, outerStride, steps, stepStride, stride, blocks, blockStride, address] = I.subarray(
    record + 1,
    record + recordIntegers,
  ) as unknown as [number, number, number, number, number, number, number, number, number];
  const radix = radices[Math.floor(kernel / 3)]!;
  const skipped = [radix, 1, 0][kernel % 3]!;
  let table = address >> 2;
  for (let o = 0; o < outer; o++) {
    for (let s = 0; s < steps; s++, table += 2 * (radix - skipped)) {
      for (let b = 0; b < blocks; b++) {
        const at = base + start + o * outerStride + s * stepStride + b * blockStride;
        for (let line = 0; line < lines; line++)
          butterflies(F, radix, (at + line * lineStride) >> 2, stride >> 2, table, skipped);
      }
    }
  }
}

/** Calls `visit` with the element of each cell of a window in its plane and among the complex numbers (lane 0). */
function eachCell(
  window: {
    complex: number;
    pitch: number;
    step: number;
    offset: number;
    rowPitch: number;
    rows: number;
    width: number;
  },
  visit: (offset: number, number: number) => void,
): void {
  for (let row = 0; row < window.rows; row++) {
    for (let x = 0; x < window.width; x++)
      visit(
        (window.offset + row * window.rowPitch + 4 * x) >> 2,
        (window.complex + row * window.pitch + x * window.step) >> 2,
      );
  }
}

function multiplyTwin(arena: Arena, outputs: number): FftFunctions["multiply1"] {
  return (A, strideA, B, strideB, nextB, out, nextOut, depth, count, keep) => {
    const F = arena.floats;
    const one = (a: number, b: number, to: number) => {
      let [im, re] = keep ? [F[to]!, F[to + 4]!] : [-0, -0];
      for (let d = 0; d < depth; d++, a += strideA >> 2, b += strideB >> 2) {
        const [ar, ai, br, bi] = [F[a]!, F[a + 4]!, F[b]!, F[b + 1]!];
        re = round(round(re + round(ar * br)) - round(ai * bi));
        im = round(round(im + round(ar * bi)) + round(ai * br));
      }
      F[to] = im;
      F[to + 4] = re;
    };
    for (let number = 0; number < count; number++) {
      for (let output = 0; output < outputs; output++) {
        for (let lane = 0; lane < 4; lane++) {
          const at = 8 * number + lane;
          one((A >> 2) + at, ((B + output * nextB) >> 2) + 2 * number, ((out + output * nextOut) >> 2) + at);
        }
      }
    }
  };
}

/** The twins, working on `arena`. */
export function fftTwins(arena: Arena): FftFunctions {
  const lines: LineKernels = {
    transform(records, passes, base, lines, lineStride) {
      const { floats, integers } = arena;
      for (let i = 0; i < passes; i++)
        runPass(floats, integers, (records >> 2) + i * recordIntegers, base, lines, lineStride);
    },
    stage(complex, pitch, step, table, offset, rowPitch, rows, width) {
      const { floats: F, integers: I } = arena;
      eachCell({ complex, pitch, step, offset, rowPitch, rows, width }, (cell, number) => {
        for (let lane = 0; lane < 8; lane++) {
          const value = F[(I[(table >> 2) + lane]! >> 2) + cell]!;
          F[number + lane] = Math.abs(value) < 2 ** -100 ? 0 : value;
        }
      });
    },
    unstage(complex, pitch, step, table, offset, rowPitch, rows, width) {
      const { floats: F, integers: I } = arena;
      eachCell({ complex, pitch, step, offset, rowPitch, rows, width }, (cell, number) => {
        for (let lane = 0; lane < 8; lane++) F[(I[(table >> 2) + lane]! >> 2) + cell] = F[number + ((lane + 4) % 8)]!;
      });
    },
    trim(complex, pitch, step, margins, rows, width) {
      const { floats: F, integers: I } = arena;
      for (let lane = 0; lane < 8; lane++) {
        const [before, after] = [I[(margins >> 2) + 2 * lane]!, I[(margins >> 2) + 2 * lane + 1]!];
        for (let row = 0; row < rows; row++) {
          for (let x = 0; x < width; x++)
            if (x < before || x >= width - after) F[((complex + row * pitch + x * step) >> 2) + lane] = 0;
        }
      }
    },
    multiply1: multiplyTwin(arena, 1),
    multiply2: multiplyTwin(arena, 2),
  };
  return { ...lines, ...planeTwins(arena, lines) };
}
