import { type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { type Kept, separableTerms } from "./separable-terms.js";

/** One-dimensional factors of a kernel or of each kernel of a stack: `K = Σ_r f_1(r) ⊗ … ⊗ f_d(r)`. */
export interface Separation {
  readonly kind: "separation";
  /** terms of the sum; of a stack, those of the kernel that needs most */
  readonly rank: number;
  /** one a space dimension: `[rank, taps]`, of a stack `[outChannels, inChannels, rank, taps]`, 0 beyond a kernel's own rank */
  readonly factors: readonly Tensor[];
  /** the largest of ‖K - Σ‖ / ‖K‖ over the kernels, before the factors are rounded to the kernel's type */
  readonly residual: number;
}

/** When a sum of terms is taken for the kernel. */
export interface SeparationLimits {
  /** what a sum may miss, over the kernel's norm */
  readonly tolerance: number;
  /** the most terms that are kept, whatever they miss */
  readonly terms: number;
}

/** What rounding leaves of a rank of 1: a kernel rounded once is off by 2^-24 or 2^-53, one of several steps by a few times that. */
export function defaultTolerance(kernel: Tensor): number {
  return typeOf(kernel) === "float64" ? 1e-12 : 1e-6;
}

/** The separable terms of each kernel of a stack, in the order of the stack. */
export function termsOf({ data, shape }: Tensor, space: number, { tolerance, terms }: SeparationLimits): Kept[] {
  const taps = shape.slice(-space);
  const size = taps.reduce((product, length) => product * length, 1);
  return Array.from({ length: data.length / size }, (_, i) =>
    separableTerms(Float64Array.from(data.subarray(i * size, (i + 1) * size)), taps, tolerance, terms),
  );
}

/**
 * The factors of a kernel or stack whose last `space` axes are taps; trusts its arguments. Each factor takes the d-th root of
 * its term's weight, so that none is far from the size of the others.
 */
export function factorsOf(kernel: Tensor, space: number, limits: SeparationLimits): Separation {
  const kept = termsOf(kernel, space, limits);
  const rank = Math.max(0, ...kept.map(({ terms }) => terms.length));
  const stack = kernel.shape.slice(0, -space);
  const factors = kernel.shape.slice(-space).map((taps, axis) => {
    const factor = zeros([...stack, rank, taps], typeOf(kernel));
    kept.forEach(({ terms }, i) => {
      terms.forEach(({ weight, vectors }, r) => {
        const root = weight ** (1 / space);
        vectors[axis].forEach((value, tap) => {
          factor.data[(i * rank + r) * taps + tap] = root * value;
        });
      });
    });
    return factor;
  });
  return { kind: "separation", rank, factors, residual: Math.max(0, ...kept.map(({ residual }) => residual)) };
}
