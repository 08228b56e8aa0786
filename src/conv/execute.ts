/** One door to every algorithm of the three operations. */
import type { Tensor } from "../tensor/tensor.js";
import { directConv, directInputGradient, directKernelGradient } from "./direct.js";
import { fftApplies, fftConv, fftInputGradient, fftKernelGradient } from "./fft-conv.js";
import { longestOfOne, longestOfTwo } from "./fft-tiling.js";
import { fitsArena, gemmConv, gemmInputGradient, gemmKernelGradient } from "./gemm.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import type { Algorithm } from "./options.js";
import { separableForward, separableInputGradient } from "./separable-algorithm.js";
import { winogradApplies, winogradConv, winogradInputGradient, winogradKernelGradient } from "./winograd-conv.js";

type Numbers = Tensor["data"];

/** The algorithms that work in float32 alone. */
export type Float32Algorithm = Exclude<Algorithm, "auto" | "direct">;

type Run = (g: Geometry, A: Float32Array, B: Float32Array, result: Float32Array) => void;

interface Entry {
  readonly applies: (g: Geometry) => boolean;
  /** what it cannot do without, as a refusal says it */
  readonly needs: string;
  readonly run: Readonly<Partial<Record<Operation, Run>>>;
}

const direct = {
  forward: directConv,
  kernelGradient: directKernelGradient,
  inputGradient: directInputGradient,
} as const;

/** The float32 algorithms, each with what it cannot do. */
export const float32Algorithms: Readonly<Record<Float32Algorithm, Entry>> = {
  gemm: {
    applies: fitsArena,
    needs: "images of at most 1 GiB",
    run: { forward: gemmConv, kernelGradient: gemmKernelGradient, inputGradient: gemmInputGradient },
  },
  winograd: {
    applies: winogradApplies,
    needs: "one or two dimensions, stride and dilation 1 and 2 to 5 taps along each",
    run: { forward: winogradConv, kernelGradient: winogradKernelGradient, inputGradient: winogradInputGradient },
  },
  fft: {
    applies: fftApplies,
    needs: `one or two dimensions, stride and dilation 1, kernels of at most ${longestOfTwo} taps along each (${longestOfOne} along one) and 1 GiB of spectra`,
    run: { forward: fftConv, kernelGradient: fftKernelGradient, inputGradient: fftInputGradient },
  },
  separable: {
    // Whether it pays depends on the kernels: see `separableRefusal`.
    applies: () => true,
    needs: "kernels of rank 1",
    run: { forward: separableForward, inputGradient: separableInputGradient },
  },
};

/**
 * An operation and an algorithm that applies to it, with its arrays: A is V forward, G for the kernel gradient and K for the input
 * gradient; B is K, V and G; the result is Z, dK and dV, zeros at first. All have one type.
 */
export type Execution = [
  operation: Operation,
  algorithm: "direct" | Float32Algorithm,
  g: Geometry,
  A: Numbers,
  B: Numbers,
  result: Numbers,
];

/** Runs an operation by an algorithm. */
export function execute(...[operation, algorithm, g, A, B, result]: Execution): void {
  if (algorithm === "direct") direct[operation](g, A, B, result);
  else {
    const run = float32Algorithms[algorithm].run[operation];
    if (!run) throw new Error(`${algorithm} has no ${operation}`);
    run(g, A as Float32Array, B as Float32Array, result as Float32Array);
  }
}

/** Whether an algorithm sets every number of its result, whatever it held: the others add to zeros. */
export function setsEveryNumber(operation: Operation, algorithm: Execution[1]): boolean {
  return algorithm !== "separable" && (algorithm !== "gemm" || operation !== "inputGradient");
}
