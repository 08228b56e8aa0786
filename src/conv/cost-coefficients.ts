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
    forward: { call: 9700, product: 2.7, visit: 42, cell: 27 },
    kernelGradient: { call: 12000, product: 3.4, visit: 22, cell: 30 },
    inputGradient: { call: 0, product: 3, visit: 100, cell: 44 },
  },
  gemm: {
    forward: {
      call: 4800,
      run: 4600,
      block: 1200,
      product: 0.036,
      packed: 0.18,
      gathered: 0.29,
      rows: 1.6,
      stored: 0.13,
      scattered: 0,
      padded: 1.9,
      staged: 0.21,
      table: 7.5,
    },
    kernelGradient: {
      call: 2100,
      run: 6200,
      block: 300,
      product: 0.036,
      packed: 0.21,
      gathered: 0.25,
      rows: 0.44,
      stored: 6.5,
      scattered: 0,
      padded: 1.9,
      staged: 0.17,
      table: 7,
    },
    inputGradient: {
      call: 3700,
      run: 5900,
      block: 250,
      product: 0.028,
      packed: 0.08,
      gathered: 0,
      rows: 7.7,
      stored: 0.16,
      scattered: 0.52,
      padded: 2.8,
      staged: 0.42,
      table: 8.2,
    },
  },
  winograd: {
    forward: {
      call: 18000,
      run: 1400,
      product: 0.039,
      kernel: 0.36,
      tile: 15,
      shallow: 0,
      line: 0,
      number: 0.15,
      shallowNumber: 0.25,
      lineNumber: 0.4,
      weight: 3.5,
      padded: 0.77,
      staged: 0.38,
    },
    kernelGradient: {
      call: 15000,
      run: 2100,
      product: 0.021,
      kernel: 1,
      tile: 31,
      shallow: 8.2,
      line: 0.77,
      number: 0,
      shallowNumber: 0.17,
      lineNumber: 0.45,
      weight: 6,
      padded: 0.98,
      staged: 0.19,
    },
    inputGradient: {
      call: 17000,
      run: 410,
      product: 0.038,
      kernel: 0.75,
      tile: 0,
      shallow: 1.1,
      line: 1.5,
      number: 0,
      shallowNumber: 0.21,
      lineNumber: 0,
      weight: 1.3,
      padded: 1.5,
      staged: 1,
    },
  },
  fft: {
    forward: { call: 0, group: 36000, eight: 1500, tiling: 0.95, padded: 3.2, staged: 0.44 },
    kernelGradient: { call: 1900, group: 16000, eight: 2000, tiling: 1, padded: 0.2, staged: 0 },
    inputGradient: { call: 0, group: 19000, eight: 1900, tiling: 1, padded: 1.6, staged: 0.5 },
  },
  separable: {
    forward: { call: 29000, pass: 0, group: 9900, product: 0.13, packed: 0.74, padded: 0.42, number: 0.54 },
    kernelGradient: {},
    inputGradient: { call: 0, pass: 34000, group: 7200, product: 0.056, packed: 0.74, padded: 0, number: 1.4 },
  },
};
