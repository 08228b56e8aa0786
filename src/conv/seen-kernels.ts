import type { Geometry } from "./geometry.js";

/** Sets to 0 the kernels of pairs that do not see each other. */
export function clearUnseen(g: Geometry, kernels: Float32Array | Float64Array): void {
  g.connections?.forEach((sees, pair) => {
    if (!sees) kernels.fill(0, pair * g.taps, (pair + 1) * g.taps);
  });
}

/** The kernels, in a copy those of pairs that do not see each other 0; as they are where all do. */
export function seenKernels(g: Geometry, K: Float32Array): Float32Array {
  if (!g.connections) return K;
  const seen = K.slice();
  clearUnseen(g, seen);
  return seen;
}
