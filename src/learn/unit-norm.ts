import type { Tensor } from "../tensor/tensor.js";

/** Scales each kernel of a stack, the first axis, to unit norm, in place. A kernel of zeros stays as it is. */
export function normalizeKernels(kernels: Tensor): void {
  const { data, shape } = kernels;
  const size = data.length / shape[0];
  for (let start = 0; start < data.length; start += size) {
    let power = 0;
    for (let i = start; i < start + size; i++) power += data[i] * data[i];
    if (power === 0) continue;
    const scale = 1 / Math.sqrt(power);
    for (let i = start; i < start + size; i++) data[i] *= scale;
  }
}

/** Takes the mean off each kernel of a stack, the first axis, in place: it no longer answers to an even grey. */
export function balanceKernels(kernels: Tensor): void {
  const { data, shape } = kernels;
  const size = data.length / shape[0];
  for (let start = 0; start < data.length; start += size) {
    let mean = 0;
    for (let i = start; i < start + size; i++) mean += data[i] / size;
    for (let i = start; i < start + size; i++) data[i] -= mean;
  }
}
