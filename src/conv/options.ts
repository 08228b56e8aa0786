import type { Tensor } from "../tensor/tensor.js";

/** What lies in the padding, by its name in numpy.pad; `zero` is the constant 0. */
export type Boundary = "zero" | "wrap" | "edge" | "reflect" | "symmetric";

/** How much padding there is, see `ConvOptions`. */
export type Padding = "valid" | "same" | "full" | number | readonly (readonly [before: number, after: number])[];

/**
 * The ways to compute a convolution:
 * - `direct` sums nested loops in float64.
 * - `gemm` is a packed float32 matrix product.
 * - `winograd` needs fewer products for kernels of 2 to 5 taps along each of one or two dimensions, at stride and dilation 1, off
 *   by up to 1e-5 of the largest output (5e-5 for the gradient of the kernels); numbers near 1e38 overflow.
 * - `fft` multiplies spectra, at stride and dilation 1, for kernels of up to 65,536 taps in one dimension or 640 along each of two,
 *   as far as 1 GiB holds the spectra; off by some 1e-6 of the largest output. Numbers below 2⁻¹⁰⁰ are taken for 0, and those
 *   near 1e38 overflow.
 * - `separable` makes one pass a dimension for kernels of rank 1, which it finds by their singular values; it has no gradient of
 *   the kernels. `separableConv` adds up the terms of a higher rank.
 * - `auto` takes `direct` for float64 and for calls of less than two thousand products, else whichever a cost model, fitted by
 *   bench/conv-auto.ts, says is fastest for the shapes and options; a stride it may split into phases, which Winograd's filters
 *   then take. `winograd` it takes only where some exact outputs say that the sums do not cancel, so that its error stays below
 *   2e-5 of the largest output (5e-5 for the gradient of the kernels). It measures no time: the same shapes and numbers always go
 *   the same way.
 *
 * The bounds hold where sums do not cancel. Where all outputs are small beside what is summed (kernels of sum 0 on an image with a
 * large mean), a float32 algorithm is off by as much beside what is summed, and so by more beside the largest output.
 */
export type Algorithm = "auto" | "direct" | "gemm" | "winograd" | "fft" | "separable";

/** The options of `conv` and of its two gradients. Lists have one entry a space dimension. */
export interface ConvOptions {
  /** cells between neighbouring windows; default 1 */
  readonly stride?: number | readonly number[];
  /**
   * `valid` (default): none; `same`: outputs `⌈m/s⌉`, the smaller half before; `full`: `d·(k - 1)` on each side; a number:
   * that many cells on each side of each dimension; pairs: before and after, for each dimension
   */
  readonly padding?: Padding;
  /** what lies in the padding; default `zero` */
  readonly boundary?: Boundary;
  /** cells between neighbouring taps of the kernel; default 1 */
  readonly dilation?: number | readonly number[];
  /** channel groups: outputs of group i see the inputs of group i alone; default 1 */
  readonly groups?: number;
  /** `[outChannels][inChannels]`: which inputs an output may see; not together with groups above 1 */
  readonly connections?: readonly (readonly boolean[])[];
  /** true: the textbook's convolution, with the kernel reversed in space; default false: cross-correlation */
  readonly flip?: boolean;
  /** added to the output: `[outChannels]`, or one for each place: the output's shape without batch */
  readonly bias?: Tensor;
  /** default `auto`; another is refused where it cannot do what the options ask */
  readonly algorithm?: Algorithm;
  /**
   * where the result is written, of its shape and type, and what then comes back; its memory must not be an operand's, and after an
   * error it may hold anything. Default: a
   * new tensor, whose memory, touched for the first time, can cost more than the convolution
   */
  readonly into?: Tensor;
}

/** The options that say where windows lie and what they see. */
export type GeometryOptions = Omit<ConvOptions, "bias" | "algorithm" | "into">;

/** The names of the options of a geometry, for `checkOptions`. */
export const geometryOptions = ["stride", "padding", "boundary", "dilation", "groups", "connections", "flip"] as const;

/** The values that `boundary` takes. */
export const boundaries: readonly Boundary[] = ["zero", "wrap", "edge", "reflect", "symmetric"];

/** The values that `algorithm` takes. */
export const algorithms: readonly Algorithm[] = ["auto", "direct", "gemm", "winograd", "fft", "separable"];
