import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pool, poolGradient } from "../../src/conv/pool.js";
import type { PoolOptions } from "../../src/conv/pool-options.js";
import { tensor } from "../../src/tensor/tensor.js";
import { noise, worst } from "./cases.js";
import { type KindOptions, outputOf, type PoolCase, poolByDefinition, poolCases } from "./pool-oracle.js";
import { expectAdjoint, expectSlope, type Pooling } from "./region-laws.js";

const geometry = ({ size, stride, dilation, padding, ceil }: PoolCase) => ({ size, stride, dilation, padding, ceil });

const kinds: [string, (c: PoolCase, seed: number) => KindOptions][] = [
  ["max", () => ({ kind: "max" })],
  ["average", () => ({ kind: "average" })],
  ["average, countPadding", () => ({ kind: "average", countPadding: true })],
  ["l2", () => ({ kind: "l2" })],
  ["lp, p = 1", () => ({ kind: "lp", p: 1 })],
  ["lp, p = 1.5", () => ({ kind: "lp", p: 1.5 })],
  ["lp, p = 3", () => ({ kind: "lp", p: 3 })],
  ["lp, p = 7.25", () => ({ kind: "lp", p: 7.25 })],
  ["weighted", (c, seed) => ({ kind: "weighted", weights: weightsOf(c, seed) })],
  ["weighted, countPadding", (c, seed) => ({ kind: "weighted", weights: weightsOf(c, seed), countPadding: true })],
];

/** Weights in quarters, so that their sums are exact and a sum of 0 is one. */
function weightsOf(c: PoolCase, seed: number): Float64Array {
  const numbers = noise([c.size.reduce((a, b) => a * b, 1)], seed, "float64").data;
  return Float64Array.from(numbers, (x) => Math.max(0, Math.round(3 * (x + 0.8))) / 4);
}

function optionsFor(c: PoolCase, k: KindOptions, type: "float32" | "float64"): PoolOptions {
  const weights = k.kind === "weighted" ? { weights: tensor(k.weights, c.size, type) } : {};
  return { ...geometry(c), ...k, ...weights } as PoolOptions;
}

/** Arrays of a case; every second input has values in halves, with ties and zeros. */
function arraysOf(c: PoolCase, seed: number, type: "float32" | "float64") {
  const V = noise(c.input, seed, type);
  if (seed % 2 === 0) V.data.set(V.data.map((x) => Math.round(2 * x) / 2 + 0));
  return { V, G: noise(outputOf(c), seed + 1, type) };
}

const pooling = (options: PoolOptions): Pooling => ({
  pool: (V) => pool(V, options),
  gradient: (G, V) => poolGradient(G, V, options),
});

describe("pool and poolGradient", () => {
  // float32 is summed in float64 and rounded once: half a unit in the last place.
  const bounds = [
    ["float32", 1.01 * 2 ** -24, 80],
    ["float64", 1e-13, 120],
  ] as const;
  const rows = kinds.flatMap(([name, kind]) => bounds.map((bound) => [name, ...bound, kind] as const));

  it.each(rows)("agree with the nested loops of their definitions: %s, %s", (_, type, bound, numRuns, kind) => {
    fc.assert(
      fc.property(poolCases, fc.nat(), (c, seed) => {
        const { V, G } = arraysOf(c, seed, type);
        const k = kind(c, seed);
        const options = optionsFor(c, k, type);
        const wanted = poolByDefinition(c, k, V.data, G.data);
        if (wanted.output.some(Number.isNaN)) {
          expect(() => pool(V, options)).toThrow(/no cell of the input|add up to 0/);
          return;
        }
        const Z = pool(V, options);
        expect(Z.shape).toEqual(outputOf(c));
        expect(Z.data.constructor).toBe(V.data.constructor);
        const empty = wanted.output.map((z, i) => (z === Number.NEGATIVE_INFINITY && Z.data[i] === z ? 1 : 0));
        const finite = (values: ArrayLike<number>) => Float64Array.from(values, (z, i) => (empty[i] ? 0 : z));
        // an average's terms are at most 1 in magnitude and its weights add up to at most 1
        const scale = finite(wanted.output).map((z) =>
          k.kind === "average" || k.kind === "weighted" ? 1 : Math.abs(z),
        );
        expect(worst(finite(Z.data), finite(wanted.output), scale)).toBeLessThanOrEqual(bound);
        const dV = poolGradient(G, V, options);
        expect(dV.shape).toEqual(c.input);
        expect(dV.data.constructor).toBe(V.data.constructor);
        expect(worst(dV.data, wanted.gradient, wanted.magnitudes)).toBeLessThanOrEqual(bound);
      }),
      { seed: 8, numRuns },
    );
  });

  it.each(kinds)("have slopes that are central differences in float64: %s", (_, kind) => {
    fc.assert(
      fc.property(poolCases, fc.nat(), (c, seed) => {
        const V = noise(c.input, seed, "float64");
        const G = noise(outputOf(c), seed + 1, "float64");
        const k = kind(c, seed);
        const options = optionsFor(c, k, "float64");
        // a window in the padding alone, whose maximum is minus infinity or whose average is refused, has no difference
        fc.pre(poolByDefinition(c, k, V.data, G.data).output.every(Number.isFinite));
        expectSlope(pooling(options), V, seed);
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  it.each(kinds.filter(([name]) => /^(average|weighted)/.test(name)))("are adjoint where linear: %s", (_, kind) => {
    fc.assert(
      fc.property(poolCases, fc.nat(), (c, seed) => {
        const V = noise(c.input, seed, "float64");
        const G = noise(outputOf(c), seed + 1, "float64");
        const k = kind(c, seed);
        fc.pre(poolByDefinition(c, k, V.data, G.data).output.every(Number.isFinite));
        expectAdjoint(pooling(optionsFor(c, k, "float64")), V, seed + 1, 11);
      }),
      { seed: 10, numRuns: 60 },
    );
  });
});
