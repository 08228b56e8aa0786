/**
 * What one of each count of cost.ts takes, in nanoseconds of one machine: only their ratios matter. `npx tsx bench/conv-auto.ts
 * --fit` times every algorithm on random convolutions of all kinds and on layers as networks have them, finds the coefficients that miss those times by the least
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
    forward: { call: 2700, product: 2.8, visit: 91, cell: 19 },
    kernelGradient: { call: 5900, product: 3.7, visit: 29, cell: 23 },
    inputGradient: { call: 850, product: 4, visit: 50, cell: 8.5 },
  },
  gemm: {
    forward: {
      call: 4900,
      run: 3800,
      block: 1700,
      product: 0.037,
      packed: 0.19,
      gathered: 0.28,
      rows: 1.8,
      stored: 0.13,
      scattered: 0,
      padded: 2.1,
      staged: 0.22,
      table: 7.6,
    },
    kernelGradient: {
      call: 3600,
      run: 6000,
      block: 270,
      product: 0.038,
      packed: 0.27,
      gathered: 0.26,
      rows: 0.37,
      stored: 5.5,
      scattered: 0,
      padded: 2.3,
      staged: 0.15,
      table: 7.8,
    },
    inputGradient: {
      call: 4800,
      run: 5700,
      block: 510,
      product: 0.031,
      packed: 0.11,
      gathered: 0,
      rows: 8.3,
      stored: 0.17,
      scattered: 0.47,
      padded: 2.6,
      staged: 0.35,
      table: 8.3,
    },
  },
  winograd: {
    forward: {
      call: 21000,
      run: 1300,
      product: 0.04,
      kernel: 0.51,
      tile: 15,
      shallow: 0,
      line: 0.86,
      number: 0.17,
      shallowNumber: 0.24,
      lineNumber: 0.19,
      weight: 2.7,
      padded: 0.99,
      staged: 0.5,
    },
    kernelGradient: {
      call: 17000,
      run: 2300,
      product: 0.02,
      kernel: 1.4,
      tile: 33,
      shallow: 2.8,
      line: 0.91,
      number: 0,
      shallowNumber: 0.26,
      lineNumber: 0.4,
      weight: 2.5,
      padded: 1.1,
      staged: 0.2,
    },
    inputGradient: {
      call: 21000,
      run: 11,
      product: 0.04,
      kernel: 0.93,
      tile: 0,
      shallow: 12,
      line: 1.2,
      number: 0,
      shallowNumber: 0.031,
      lineNumber: 0,
      weight: 0,
      padded: 1.4,
      staged: 1,
    },
  },
  fft: {
    forward: { call: 0, group: 34000, eight: 2000, tiling: 0.78, padded: 1.8, staged: 0.84 },
    kernelGradient: { call: 12000, group: 12000, eight: 1800, tiling: 1.2, padded: 0.064, staged: 0 },
    inputGradient: { call: 0, group: 24000, eight: 1600, tiling: 1.4, padded: 0.71, staged: 0.075 },
  },
  separable: {
    forward: { call: 59000, pass: 0, group: 9200, product: 0.11, packed: 1.3, padded: 0, number: 0.093 },
    kernelGradient: {},
    inputGradient: { call: 0, pass: 40000, group: 6600, product: 0.071, packed: 0.075, padded: 0, number: 2.1 },
  },
};
