/** Errors against float64: of all numbers, or of some where the direct sum would take minutes. */
import { tensor } from "../../src/tensor/tensor.js";
import { relativeError } from "../harness.js";
import { runPass } from "./ours.js";
import { type Arrays, operationsOf, outputShape, type Pass, paddingOf, type Shape } from "./shapes.js";

type Numbers = Float32Array | Float64Array;

/** An error, of the largest number of the result, and how many numbers it was measured on. */
export interface Measured {
  readonly error: number;
  readonly checked: number;
}

interface Sums {
  readonly shape: Shape;
  readonly V: Numbers;
  readonly K: Numbers;
  readonly G: Numbers;
  /** pixels of the output along each side */
  readonly places: number;
  readonly pad: number;
}

/** The sum over all taps of one place, of the input's pixel times the kernel's weight. */
function forwardAt({ shape: s, V, K, places, pad }: Sums, at: number): number {
  const [x, y] = [at % places, Math.floor(at / places) % places];
  const plane = Math.floor(at / places ** 2);
  const [o, n] = [plane % s.outChannels, Math.floor(plane / s.outChannels)];
  let sum = 0;
  for (let c = 0; c < s.inChannels; c++) {
    for (let m = 0; m < s.kernel; m++) {
      const row = y * s.stride + m - pad;
      if (row < 0 || row >= s.size) continue;
      const [v, k] = [
        ((n * s.inChannels + c) * s.size + row) * s.size,
        ((o * s.inChannels + c) * s.kernel + m) * s.kernel,
      ];
      for (let l = 0; l < s.kernel; l++) {
        const column = x * s.stride + l - pad;
        if (column >= 0 && column < s.size) sum += V[v + column]! * K[k + l]!;
      }
    }
  }
  return sum;
}

/** The sum over all images and places of one weight. */
function kernelGradientAt({ shape: s, V, G, places, pad }: Sums, at: number): number {
  const [l, m] = [at % s.kernel, Math.floor(at / s.kernel) % s.kernel];
  const pair = Math.floor(at / s.kernel ** 2);
  const [c, o] = [pair % s.inChannels, Math.floor(pair / s.inChannels)];
  let sum = 0;
  for (let n = 0; n < s.batch; n++) {
    for (let y = 0; y < places; y++) {
      const row = y * s.stride + m - pad;
      if (row < 0 || row >= s.size) continue;
      const [v, g] = [
        ((n * s.inChannels + c) * s.size + row) * s.size,
        ((n * s.outChannels + o) * places + y) * places,
      ];
      for (let x = 0; x < places; x++) {
        const column = x * s.stride + l - pad;
        if (column >= 0 && column < s.size) sum += G[g + x]! * V[v + column]!;
      }
    }
  }
  return sum;
}

/** The sum over all outputs whose window reads one pixel. */
function inputGradientAt({ shape: s, K, G, places, pad }: Sums, at: number): number {
  const [column, row] = [at % s.size, Math.floor(at / s.size) % s.size];
  const plane = Math.floor(at / s.size ** 2);
  const [c, n] = [plane % s.inChannels, Math.floor(plane / s.inChannels)];
  let sum = 0;
  for (let o = 0; o < s.outChannels; o++) {
    for (let m = 0; m < s.kernel; m++) {
      const y = (row + pad - m) / s.stride;
      if (y < 0 || y >= places || !Number.isInteger(y)) continue;
      const [k, g] = [
        ((o * s.inChannels + c) * s.kernel + m) * s.kernel,
        ((n * s.outChannels + o) * places + y) * places,
      ];
      for (let l = 0; l < s.kernel; l++) {
        const x = (column + pad - l) / s.stride;
        if (x >= 0 && x < places && Number.isInteger(x)) sum += K[k + l]! * G[g + x]!;
      }
    }
  }
  return sum;
}

const sumAt = { f: forwardAt, g: kernelGradientAt, h: inputGradientAt } as const;

/** Numbers that are looked at: a weight's gradient takes a sum over every place of every image. */
const sampled: Readonly<Record<Pass, number>> = { f: 2000, g: 40, h: 500 };

/** The error on numbers spread over the result, corners included. */
function sampledError(shape: Shape, pass: Pass, { V, K, G }: Arrays, got: Numbers): Measured {
  const sums: Sums = {
    shape,
    V: V.data,
    K: K.data,
    G: G.data,
    places: outputShape(shape).at(-1)!,
    pad: paddingOf(shape),
  };
  let [off, largest] = [0, 0];
  for (const value of got) largest = Math.max(largest, Math.abs(value));
  const checked = sampled[pass];
  for (let i = 0; i < checked; i++) {
    // An odd share of the golden ratio visits all parts evenly.
    const at = Math.floor(((i * 0.6180339887498949) % 1) * got.length);
    off = Math.max(off, Math.abs(got[at]! - sumAt[pass](sums, at)));
  }
  return { error: off / largest, checked };
}

/** Above this many operations the direct sum is taken of some numbers alone. */
const most = 1e10;

/** What measures the error of a result of this pass; the sums are made once. */
export function errorMeter(shape: Shape, pass: Pass, arrays: Arrays): (got: Numbers) => Measured {
  if (operationsOf(shape) > most) return (got) => sampledError(shape, pass, arrays, got);
  const wide = (array: keyof Arrays) => tensor(Float64Array.from(arrays[array].data), arrays[array].shape);
  const exact = runPass(shape, pass, { V: wide("V"), K: wide("K"), G: wide("G") }, { algorithm: "direct" }).data;
  return (got) => ({ error: relativeError(got, exact), checked: exact.length });
}
