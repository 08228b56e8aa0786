/** `algorithm: "separable"`: the factors of a kernel that is given whole, and the passes forward and back to the input. */

import { tensor } from "../tensor/tensor.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { seenKernels } from "./seen-kernels.js";
import { adjointGeometry, foldPadding, startOf } from "./separable-adjoint.js";
import { defaultTolerance, factorsOf } from "./separable-factors.js";
import { type Factors, separablePasses, swapMiddle } from "./separable-passes.js";
import { runPass } from "./separable-phases.js";

function spaceOf(g: Geometry): number {
  return g.kernelShape.length - 2;
}

/** The taps of the space dimensions alone. */
function tapsOf(g: Geometry): number[] {
  return g.axes.slice(-spaceOf(g)).map((axis) => axis.kernel);
}

let known: { readonly K: Float32Array; readonly taps: string; readonly factors: Factors } | undefined;

/** The factors of a stack to rounding. Those of the last one are kept, for `execute` asks again after the choice. */
export function separableFactors(g: Geometry, K: Float32Array): Factors {
  const seen = seenKernels(g, K);
  const taps = tapsOf(g).join();
  if (known?.taps === taps && known.K.length === seen.length && known.K.every((value, i) => value === seen[i]))
    return known.factors;
  const stack = tensor(seen, [g.groups * g.outChannels, g.inChannels, ...tapsOf(g)]);
  const limits = { tolerance: defaultTolerance(stack), terms: Number.POSITIVE_INFINITY };
  const { rank, factors } = factorsOf(stack, spaceOf(g), limits);
  known = { K: seen.slice(), taps, factors: { rank, factors: factors.map(({ data }) => data) } };
  return known.factors;
}

/** Why an operation cannot go by separable passes, or undefined where it can. */
export function separableRefusal(operation: Operation, g: Geometry, K: Float32Array | undefined): string | undefined {
  if (operation === "kernelGradient" || K === undefined)
    return "has no gradient with respect to the kernels, which is not separable where they are";
  const { rank } = separableFactors(g, K);
  return rank <= 1 ? undefined : `is given with kernels of rank ${rank}, rank 1 is needed; separableConv adds up terms`;
}

/**
 * Whether every kernel is the outer product of one vector a dimension, as far as float32 can tell. Such a kernel is known by the
 * lines through its largest weight p: `K(m, n)·p = K(m, n_p)·K(m_p, n)`. Most other kernels are known by their first weights.
 */
export function looksSeparable(g: Geometry, K: Float32Array): boolean {
  const lengths = g.axes.map((axis) => axis.kernel);
  const steps = [lengths[1]! * lengths[2]!, lengths[2]!, 1];
  for (let start = 0; start < K.length; start += g.taps) {
    let peak = 0;
    for (let t = 1; t < g.taps; t++) if (Math.abs(K[start + t]!) > Math.abs(K[start + peak]!)) peak = t;
    const p = K[start + peak]!;
    if (p === 0) continue;
    const at = steps.map((step, axis) => Math.floor(peak / step) % lengths[axis]!);
    for (let t = 0; t < g.taps; t++) {
      let product = p;
      for (let axis = 0; axis < 3; axis++) {
        const along = Math.floor(t / steps[axis]!) % lengths[axis]!;
        product *= K[start + peak + (along - at[axis]!) * steps[axis]!]! / p;
      }
      if (Math.abs(product - K[start + t]!) > 1e-6 * Math.abs(p)) return false;
    }
  }
  return true;
}

/** `Z = c(K, V)`. */
export function separableForward(g: Geometry, V: Float32Array, K: Float32Array, Z: Float32Array): void {
  const factors = separableFactors(g, K);
  if (factors.rank > 0) separablePasses(g, V, factors, Z, runPass);
}

/** `dV = h(K, G)`, which is a convolution of G with the kernels turned round: of the same rank, by passes of its own. */
export function separableInputGradient(g: Geometry, K: Float32Array, G: Float32Array, dV: Float32Array): void {
  const { rank, factors } = separableFactors(g, K);
  if (rank === 0) return;
  const adjoint = adjointGeometry(g);
  const turned = factors.map((factor) =>
    swapMiddle(
      factor,
      g.groups,
      g.outChannels,
      g.inChannels,
      factor.length / (g.groups * g.outChannels * g.inChannels),
    ),
  );
  const kernel = { rank, factors: turned };
  if (g.axes.every((axis) => startOf(axis) !== undefined)) {
    separablePasses(adjoint, G, kernel, dV, runPass);
    return;
  }
  const padded = new Float32Array(g.batch * g.groups * g.inChannels * adjoint.places);
  separablePasses(adjoint, G, kernel, padded, runPass);
  foldPadding(g, adjoint, padded, dV);
}
