/** One part of a convolution, on arrays of the whole. */
import { execute } from "./execute.js";
import { fftConv, fftInputGradient, fftKernelGradient } from "./fft-conv.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import type { CutAlgorithm, Part } from "./threaded-cuts.js";
import { copyRuns, countOf, gathered, packed, sliceGeometry, sliceSpans } from "./threaded-slices.js";

/** A convolution in parts. */
export interface PartsTask {
  readonly operation: Operation;
  readonly algorithm: CutAlgorithm;
  readonly g: Geometry;
  readonly parts: readonly Part[];
}

/** The operations by FFT, which can be asked for some eights of rows. */
const fft = { forward: fftConv, kernelGradient: fftKernelGradient, inputGradient: fftInputGradient } as const;

/**
 * Runs a part on whole arrays.
 *
 * @param partial takes the result where it is to be added to others; algorithms whose parts are added set every number of it
 */
export function runPart(
  task: PartsTask,
  part: number,
  [A, B, result]: readonly [Float32Array, Float32Array, Float32Array],
  partial: Float32Array | undefined,
): void {
  const { operation, algorithm, g, parts } = task;
  const { slice, eights } = parts[part]!;
  if (eights) {
    fft[operation](g, A, B, result, undefined, eights);
    return;
  }
  const [a, b, r] = sliceSpans(operation, g, slice);
  // A result in one run is written where it belongs, any other is copied there.
  const direct = r.times === 1 ? result.subarray(r.from, r.from + r.size) : undefined;
  const into = partial ?? direct ?? new Float32Array(countOf(r));
  execute(operation, algorithm, sliceGeometry(g, slice), gathered(A, a), gathered(B, b), into);
  if (!partial && !direct) copyRuns(into, packed(r, 0), result, r);
}
