import { conv, convKernelGradient } from "../../conv/conv.js";
import { type ElementType, type Tensor, tensor } from "../../tensor/tensor.js";
import { laidOut } from "../accumulators/moments-accumulator-windows.js";
import { type OutputNonlinearity, poissonLoss } from "./quadratic-output.js";
import type { Windows } from "./quadratic-windows.js";

/** What a subunit does to what it sees: `max(0, z)²`, `z²` or `max(0, z)`. */
export type SubunitNonlinearity = "rectified-squared" | "squared" | "rectified";

export const subunitNonlinearities: readonly SubunitNonlinearity[] = ["rectified-squared", "squared", "rectified"];

/** By which power the subunit's output grows with its filter. */
export function degreeOf(nonlinearity: SubunitNonlinearity): number {
  return nonlinearity === "rectified" ? 1 : 2;
}

/** The layout of the model: which numbers are which. */
export interface SubunitShape {
  readonly height: number;
  readonly width: number;
  /** [filters, lags, kernel height, kernel width] */
  readonly kernel: readonly [number, number, number, number];
  /** [filters, places down, places across] */
  readonly places: readonly [number, number, number];
  readonly stride: number;
  readonly nonlinearity: SubunitNonlinearity;
}

/** The parameters: a, then the filters `[c, lags, h, w]`, then the weights of the places `[c, down, across]`. */
export interface SubunitParameters {
  readonly constant: number;
  readonly kernel: Float64Array;
  readonly weights: Float64Array;
}

export function packed({ constant, kernel, weights }: SubunitParameters): Float64Array {
  return Float64Array.from([constant, ...kernel, ...weights]);
}

export function unpacked(x: Float64Array, shape: SubunitShape): SubunitParameters {
  const kernels = size(shape.kernel);
  return { constant: x[0], kernel: x.slice(1, 1 + kernels), weights: x.slice(1 + kernels) };
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Windows that are convolved at once, some 2 MiB of them: set by their size alone, so that a recording's length changes no sum. */
function blockOf({ lags, pixels }: Windows): number {
  return Math.max(16, Math.floor(2 ** 19 / (lags * pixels)));
}

/** Windows `from` … as a batch of images whose channels are the lags, `[count, lags, height, width]`. */
function imagesOf(windows: Windows, { height, width }: SubunitShape, from: number, count: number, type: ElementType) {
  const { lags, pixels, frames } = windows;
  const data = laidOut(frames.subarray(from * pixels, (from + count + lags - 1) * pixels), count, lags, pixels);
  return tensor(type === "float64" ? Float64Array.from(data) : data, [count, lags, height, width]);
}

/** The subunits' input `Z = c(K, x)` for a batch, `[count, filters, down, across]`. */
function seen(images: Tensor, kernel: Float64Array, shape: SubunitShape): Tensor {
  const type = images.data instanceof Float64Array ? "float64" : "float32";
  return conv(images, tensor(kernel, shape.kernel, type), { stride: shape.stride });
}

/** Fills `out` with g(z), and `slopes` with g'(z). */
function rectify(
  z: ArrayLike<number>,
  nonlinearity: SubunitNonlinearity,
  out: Float64Array,
  slopes: Float64Array,
): void {
  for (let i = 0; i < z.length; i++) {
    const value = nonlinearity === "squared" ? z[i] : Math.max(0, z[i]);
    out[i] = nonlinearity === "rectified" ? value : value * value;
    slopes[i] = nonlinearity === "rectified" ? (value > 0 ? 1 : 0) : 2 * value;
  }
}

/** The drive of every window: `q = a + Σ_c Σ_p v(c, p)·g(Z(c, p))`. */
export function subunitDrives(windows: Windows, shape: SubunitShape, parameters: SubunitParameters): Float64Array {
  const drives = new Float64Array(windows.bins);
  const n = size(shape.places);
  const block = blockOf(windows);
  for (let from = 0; from < windows.bins; from += block) {
    const count = Math.min(block, windows.bins - from);
    const { data } = seen(imagesOf(windows, shape, from, count, "float32"), parameters.kernel, shape);
    const outputs = new Float64Array(data.length);
    rectify(data, shape.nonlinearity, outputs, new Float64Array(data.length));
    for (let i = 0; i < count; i++) drives[from + i] = drive(outputs, i * n, parameters);
  }
  return drives;
}

function drive(outputs: Float64Array, at: number, { constant, weights }: SubunitParameters): number {
  let q = constant;
  for (let p = 0; p < weights.length; p++) q += weights[p] * outputs[at + p];
  return q;
}

/**
 * The negative Poisson log-likelihood a spike, nats, less what no parameter changes, and its gradient. With the slopes r of each
 * window: `∂a = Σ r`, `∂v = Σ r·g(Z)`, and for the filters the conv core's `g(∂Z, x)` with `∂Z = r·v·g'(Z)`.
 *
 * @param type float32 for speed; float64 to check the gradient
 */
export function subunitLoss(
  windows: Windows,
  shape: SubunitShape,
  output: OutputNonlinearity,
  x: Float64Array,
  gradient: Float64Array,
  type: ElementType = "float32",
): number {
  const parameters = unpacked(x, shape);
  const { weights, kernel } = parameters;
  const n = weights.length;
  const ofKernel = new Float64Array(kernel.length);
  const ofWeights = new Float64Array(n);
  let [loss, ofConstant] = [0, 0];
  const block = blockOf(windows);
  for (let from = 0; from < windows.bins; from += block) {
    const count = Math.min(block, windows.bins - from);
    const images = imagesOf(windows, shape, from, count, type);
    const Z = seen(images, kernel, shape);
    const outputs = new Float64Array(Z.data.length);
    const G = new Float64Array(Z.data.length);
    rectify(Z.data, shape.nonlinearity, outputs, G);
    const drives = Float64Array.from({ length: count }, (_, i) => drive(outputs, i * n, parameters));
    const slopes = new Float64Array(count);
    loss += poissonLoss(output, drives, windows.counts.subarray(from, from + count), slopes);
    if (!Number.isFinite(loss)) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      ofConstant += slopes[i];
      for (let p = 0; p < n; p++) {
        ofWeights[p] += slopes[i] * outputs[i * n + p];
        G[i * n + p] *= slopes[i] * weights[p];
      }
    }
    if (!G.every((value) => Math.abs(value) < 3e38)) return Number.POSITIVE_INFINITY;
    const part = convKernelGradient(tensor(G, Z.shape, type), images, {
      kernelShape: shape.kernel,
      stride: shape.stride,
    });
    for (let i = 0; i < ofKernel.length; i++) ofKernel[i] += part.data[i];
  }
  gradient.set(packed({ constant: ofConstant, kernel: ofKernel, weights: ofWeights }).map((g) => g / windows.spikes));
  return loss / windows.spikes;
}
