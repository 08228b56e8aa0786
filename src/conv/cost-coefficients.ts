/**
 * What one of each count of cost.ts takes, in nanoseconds of one machine: only their ratios matter. `npx tsx bench/conv-auto.ts
 * --fit` times every algorithm on random convolutions of all kinds, finds the coefficients that miss those times by the least
 * squares of the logarithms of their ratios, none below 0, and prints them for this file, with the median and the ninth decile of
 * what they miss.
 */
import type { Operation } from "./operation.js";
import type { Algorithm } from "./options.js";

/** The algorithms that have a cost. */
export type Costed = Exclude<Algorithm, "auto">;

/** Counts, or what one of each takes, by name. */
export type Counts = Readonly<Record<string, number>>;

/** What one of each count takes. */
export const coefficients: Readonly<Record<Costed, Readonly<Record<Operation, Counts>>>> = {
  direct: {
    forward: { call: 4100, product: 3.2, visit: 74, cell: 25 },
    kernelGradient: { call: 0, product: 4.1, visit: 57, cell: 7.6 },
    inputGradient: { call: 0, product: 3.9, visit: 59, cell: 18 },
  },
  gemm: {
    forward: {
      call: 3600,
      run: 4300,
      block: 1800,
      product: 0.044,
      packed: 0.14,
      gathered: 0.2,
      rows: 0.59,
      stored: 0,
      scattered: 0,
      padded: 3,
      staged: 0.32,
      table: 6.7,
    },
    kernelGradient: {
      call: 3900,
      run: 5500,
      block: 590,
      product: 0.045,
      packed: 0.12,
      gathered: 0.18,
      rows: 0.013,
      stored: 4.2,
      scattered: 0,
      padded: 3.1,
      staged: 0.29,
      table: 6.1,
    },
    inputGradient: {
      call: 4900,
      run: 5200,
      block: 1600,
      product: 0.037,
      packed: 0,
      gathered: 0,
      rows: 6,
      stored: 0.12,
      scattered: 0.52,
      padded: 3.6,
      staged: 0.43,
      table: 6.5,
    },
  },
  winograd: {
    forward: {
      call: 18000,
      run: 1000,
      product: 0.04,
      kernel: 0.19,
      tile: 6.1,
      shallow: 0,
      line: 0,
      number: 0.24,
      shallowNumber: 0.17,
      lineNumber: 0.35,
      weight: 3.8,
      padded: 1.2,
      staged: 0.69,
    },
    kernelGradient: {
      call: 15000,
      run: 1800,
      product: 0.027,
      kernel: 0,
      tile: 25,
      shallow: 0,
      line: 0,
      number: 0.014,
      shallowNumber: 0.29,
      lineNumber: 0.59,
      weight: 14,
      padded: 1.1,
      staged: 0.41,
    },
    inputGradient: {
      call: 15000,
      run: 700,
      product: 0.031,
      kernel: 0.8,
      tile: 0,
      shallow: 5.7,
      line: 2.3,
      number: 0.006,
      shallowNumber: 0.097,
      lineNumber: 0,
      weight: 2.3,
      padded: 1.6,
      staged: 1,
    },
  },
  fft: {
    forward: { call: 0, group: 31000, eight: 2000, tiling: 0.55, padded: 1.6, staged: 1.7 },
    kernelGradient: { call: 8000, group: 18000, eight: 2000, tiling: 0.84, padded: 0.28, staged: 0.57 },
    inputGradient: { call: 5800, group: 24000, eight: 1600, tiling: 0.75, padded: 2, staged: 1.2 },
  },
  separable: {
    forward: { call: 0, pass: 34000, group: 5600, product: 0.21, packed: 0.53, padded: 2.2, number: 0.63 },
    kernelGradient: {},
    inputGradient: { call: 0, pass: 45000, group: 5800, product: 0.23, packed: 0, padded: 0, number: 2.3 },
  },
};
