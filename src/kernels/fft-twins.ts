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

const round = Math.fround;

function rounding(constants: readonly number[]): Arithmetic<number> {
  return {
    add: (a, b) => round(a + b),
    sub: (a, b) => round(a - b),
    mul: (a, b) => round(a * b),
    constants: constants.map(round),
  };
}

const arithmetics = new Map(radices.map((radix) => [radix, rounding(constantsOf(radix))]));

/** One butterfly of eight planes at `at`; `table` is -1 without twiddles. All in elements. */
function butterflies(F: Float32Array, radix: Radix, at: number, stride: number, table: number, skipped: number): void {
  const o = arithmetics.get(radix)!;
  for (let lane = at; lane < at + 4; lane++) {
    const x: Complex<number>[] = [];
    for (let q = 0; q < radix; q++) x.push({ re: F[lane + q * stride]!, im: F[lane + q * stride + 4]! });
    butterfly(radix, o, x).forEach((output, q) => {
      const to = lane + q * stride;
      const twiddle = table + 2 * (q - skipped);
      const value = q < skipped ? output : multiply(o, output, { re: F[twiddle]!, im: F[twiddle + 1]! });
      F[to] = value.re;
      F[to + 4] = value.im;
    });
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
  window: { complex: number; pitch: number; step: number; rowPitch: number; rows: number; width: number },
  visit: (offset: number, number: number) => void,
): void {
  for (let row = 0; row < window.rows; row++) {
    for (let x = 0; x < window.width; x++)
      visit((row * window.rowPitch + 4 * x) >> 2, (window.complex + row * window.pitch + x * window.step) >> 2);
  }
}

function multiplyTwin(arena: Arena, outputs: number): FftFunctions["multiply1"] {
  return (A, strideA, B, strideB, nextB, out, nextOut, depth, rows, pitch, pitchB, columns, keep) => {
    const F = arena.floats;
    const one = (a: number, b: number, to: number) => {
      let [im, re] = keep ? [F[to]!, F[to + 4]!] : [0, 0];
      for (let d = 0; d < depth; d++, a += strideA >> 2, b += strideB >> 2) {
        const [ar, ai, br, bi] = [F[a]!, F[a + 4]!, F[b]!, F[b + 1]!];
        re = round(round(re + round(ar * br)) - round(ai * bi));
        im = round(round(im + round(ar * bi)) + round(ai * br));
      }
      F[to] = im;
      F[to + 4] = re;
    };
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let output = 0; output < outputs; output++) {
          const b = (B + row * pitchB + 8 * column + output * nextB) >> 2;
          const number = (row * pitch + 32 * column) >> 2;
          for (let lane = 0; lane < 4; lane++)
            one((A >> 2) + number + lane, b, ((out + output * nextOut) >> 2) + number + lane);
        }
      }
    }
  };
}

/** The twins, working on `arena`. */
export function fftTwins(arena: Arena): FftFunctions {
  return {
    transform(records, passes, base, lines, lineStride) {
      const { floats, integers } = arena;
      for (let i = 0; i < passes; i++)
        runPass(floats, integers, (records >> 2) + i * recordIntegers, base, lines, lineStride);
    },
    stage(complex, pitch, step, table, rowPitch, rows, width) {
      const { floats: F, integers: I } = arena;
      eachCell({ complex, pitch, step, rowPitch, rows, width }, (offset, number) => {
        for (let lane = 0; lane < 8; lane++) {
          const value = F[(I[(table >> 2) + lane]! >> 2) + offset]!;
          F[number + lane] = Math.abs(value) >= 2 ** -100 ? value : 0;
        }
      });
    },
    unstage(complex, pitch, step, table, rowPitch, rows, width) {
      const { floats: F, integers: I } = arena;
      eachCell({ complex, pitch, step, rowPitch, rows, width }, (offset, number) => {
        for (let lane = 0; lane < 8; lane++) F[(I[(table >> 2) + lane]! >> 2) + offset] = F[number + ((lane + 4) % 8)]!;
      });
    },
    clear(into, pitch, rows, width) {
      for (let row = 0; row < rows; row++) {
        const start = (into + row * pitch) >> 2;
        arena.floats.fill(0, start, start + 8 * width);
      }
    },
    unpack(row, opposite, columns, width, into, planeStride, factor) {
      const { floats: F, integers: I } = arena;
      const by = round(factor);
      for (let x = 0; x < width; x++) {
        const a = (row >> 2) + 8 * x;
        const b = (opposite + I[(columns >> 2) + x]!) >> 2;
        for (let lane = 0; lane < 4; lane++) {
          const [re, im, reOpposite, imOpposite] = [F[a + lane]!, F[a + lane + 4]!, F[b + lane]!, F[b + lane + 4]!];
          const to = (into + 8 * x + lane * planeStride) >> 2;
          const other = to + planeStride;
          F[to] = round(round(re + reOpposite) * by);
          F[to + 1] = round(round(im - imOpposite) * by);
          F[other] = round(round(im + imOpposite) * by);
          F[other + 1] = round(round(reOpposite - re) * by);
        }
      }
    },
    multiply1: multiplyTwin(arena, 1),
    multiply2: multiplyTwin(arena, 2),
  };
}
