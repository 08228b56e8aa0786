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
    forward: { call: 0, product: 4.2, visit: 0, cell: 5.5 },
    kernelGradient: { call: 0, product: 4, visit: 23, cell: 6 },
    inputGradient: { call: 0, product: 4.5, visit: 8.7, cell: 5.3 },
  },
  gemm: {
    forward: {
      call: 2400,
      run: 4200,
      block: 3000,
      product: 0.046,
      packed: 0.091,
      gathered: 0.17,
      rows: 0.3,
      stored: 0.034,
      scattered: 0,
      padded: 3.2,
      staged: 0.25,
      table: 6.9,
    },
    kernelGradient: {
      call: 3500,
      run: 5700,
      block: 690,
      product: 0.047,
      packed: 0.093,
      gathered: 0.16,
      rows: 0.07,
      stored: 4.3,
      scattered: 0,
      padded: 3.3,
      staged: 0.21,
      table: 6.7,
    },
    inputGradient: {
      call: 5700,
      run: 3600,
      block: 4200,
      product: 0.042,
      packed: 0,
      gathered: 0,
      rows: 5.9,
      stored: 0.072,
      scattered: 0.39,
      padded: 3.7,
      staged: 0.32,
      table: 5.5,
    },
  },
  winograd: {
    forward: {
      call: 19000,
      run: 3000,
      product: 0.044,
      kernel: 0.47,
      tile: 0,
      shallow: 9,
      line: 0,
      number: 0.43,
      shallowNumber: 0.092,
      lineNumber: 0.5,
      weight: 4,
      padded: 0.78,
      staged: 0.36,
    },
    kernelGradient: {
      call: 22000,
      run: 1700,
      product: 0.011,
      kernel: 0.93,
      tile: 0,
      shallow: 3.7,
      line: 0,
      number: 0.64,
      shallowNumber: 0.33,
      lineNumber: 0.68,
      weight: 8.5,
      padded: 0.66,
      staged: 0.21,
    },
    inputGradient: {
      call: 24000,
      run: 1600,
      product: 0.033,
      kernel: 0.11,
      tile: 0,
      shallow: 3.6,
      line: 0,
      number: 0.13,
      shallowNumber: 0.15,
      lineNumber: 0.37,
      weight: 14,
      padded: 1.5,
      staged: 0.72,
    },
  },
  fft: {
    forward: { call: 0, group: 29000, eight: 1600, tiling: 0.45, padded: 4.3, staged: 2 },
    kernelGradient: { call: 930, group: 27000, eight: 1800, tiling: 0.94, padded: 0, staged: 0.6 },
    inputGradient: { call: 0, group: 38000, eight: 1300, tiling: 1.2, padded: 0.17, staged: 0.66 },
  },
  separable: {
    forward: { call: 15000, pass: 22000, group: 4600, product: 0.33, packed: 0.12, padded: 2.4, number: 0.29 },
    kernelGradient: {},
    inputGradient: { call: 22000, pass: 25000, group: 5000, product: 0.2, packed: 0, padded: 1, number: 2.2 },
  },
};
