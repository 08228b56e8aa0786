import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directConv, directInputGradient, directKernelGradient } from "../../src/conv/direct.js";
import { type Geometry, geometryOf } from "../../src/conv/geometry.js";
import type { GeometryOptions } from "../../src/conv/options.js";
import {
  winogradApplies,
  winogradConv,
  winogradCost,
  winogradInputGradient,
  winogradKernelGradient,
  winogradRun,
} from "../../src/conv/winograd-conv.js";
import { cutAxis } from "../../src/conv/winograd-plan.js";
import { type Panels, panels, plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { dot, noise } from "./cases.js";

const floats = (shape: readonly number[], seed: number) => noise(shape, seed).data as Float32Array;
const geometry = (input: readonly number[], kernel: readonly number[], options: GeometryOptions = {}) =>
  geometryOf("test", input, kernel, options);

interface Three<T> {
  readonly f: T;
  readonly g: T;
  readonly h: T;
}

function winograd(g: Geometry, seed: number, k: Panels = panels()): Three<Float32Array> {
  const [V, K, G] = [floats(g.inputShape, seed), floats(g.kernelShape, seed + 1), floats(g.outputShape, seed + 2)];
  const three = { f: new Float32Array(G.length), g: new Float32Array(K.length), h: new Float32Array(V.length) };
  winogradConv(g, V, K, three.f, k);
  winogradKernelGradient(g, G, V, three.g, k);
  winogradInputGradient(g, K, G, three.h, k);
  return three;
}

function direct(g: Geometry, seed: number): Three<Float64Array> {
  const [V, K, G] = [floats(g.inputShape, seed), floats(g.kernelShape, seed + 1), floats(g.outputShape, seed + 2)];
  const three = { f: new Float64Array(G.length), g: new Float64Array(K.length), h: new Float64Array(V.length) };
  directConv(g, V, K, three.f);
  directKernelGradient(g, G, V, three.g);
  directInputGradient(g, K, G, three.h);
  return three;
}

/** The largest difference, of the largest number. */
function apart(a: Float32Array, b: Float64Array): number {
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) / largest;
}

function expectClose(g: Geometry, seed: number, k?: Panels): void {
  const [fast, exact] = [winograd(g, seed, k), direct(g, seed)];
  expect(apart(fast.f, exact.f)).toBeLessThan(1e-5);
  expect(apart(fast.h, exact.h)).toBeLessThan(1e-5);
  expect(apart(fast.g, exact.g)).toBeLessThan(5e-5);
}

/** Geometries to which the filters apply, a few of which they do not fit for lack of taps. */
const geometries = fc
  .record({
    batch: fc.integer({ min: 1, max: 9 }),
    groups: fc.constantFrom(1, 1, 2),
    inChannels: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 17, max: 40 })),
    outChannels: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 17, max: 40 })),
    sizes: fc.tuple(fc.integer({ min: 5, max: 16 }), fc.integer({ min: 5, max: 16 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    stride: fc.constantFrom(1, 1, 1, 2, 3),
    padding: fc.constantFrom(
      "valid" as const,
      "same" as const,
      "full" as const,
      [
        [1, 0],
        [3, 2],
      ] as const,
    ),
    boundary: fc.constantFrom("zero" as const, "zero" as const, "wrap" as const, "reflect" as const),
    flip: fc.boolean(),
    flat: fc.boolean(),
  })
  .map(({ batch, groups, inChannels, outChannels, sizes, kernel, flat, ...options }) => {
    const space = flat ? 1 : 2;
    const padding = flat && typeof options.padding !== "string" ? 2 : options.padding;
    return geometry(
      [batch, groups * inChannels, ...sizes.slice(-space)],
      [groups * outChannels, inChannels, ...kernel.slice(-space)],
      { ...options, padding, groups },
    );
  });

describe("Winograd's filters", () => {
  it("agree with the nested loops over random geometries", () => {
    fc.assert(
      fc.property(geometries, fc.integer({ min: 1, max: 1000 }), (g, seed) => {
        fc.pre(winogradApplies(g));
        expectClose(g, seed);
      }),
      { numRuns: 250, seed: 1 },
    );
  });

  it.each([
    ["deep layers", [4, 64, 16, 16], [64, 64, 3, 3], {}],
    ["many channels", [1, 600, 8, 8], [16, 600, 3, 3], { padding: 1 }],
    ["few channels and large kernels", [6, 3, 32, 32], [64, 3, 5, 5], { padding: "same" }],
    ["stride 4 in 16 phases", [4, 3, 64, 64], [32, 3, 11, 11], { stride: 4 }],
    ["more images than are staged at once", [70, 40, 24, 24], [4, 40, 2, 2], {}],
    ["kernels of one row", [3, 5, 12, 13], [7, 5, 1, 4], {}],
  ] as const)("keep within 1e-5 of the largest output, and 5e-5 for kernels: %s", (_, input, kernel, options) => {
    expectClose(geometry(input, kernel, options), 5);
  });

  it.each([2, 3, 4, 5])("keep within these bounds at every size of tile for %i taps, over 64 channels", (r) => {
    // So few places are one tile.
    for (let places = 2; places <= Math.min(6, 9 - r); places++)
      expectClose(geometry([32, 64, places + r - 1, places + r - 1], [16, 64, r, r]), places);
  });

  it("keep within these bounds over a thousand channels, and with smaller tiles over more", () => {
    expectClose(geometry([1, 1024, 8, 8], [8, 1024, 3, 3]), 7);
    const g = geometry([1, 1025, 10, 10], [8, 1025, 3, 3]);
    expectClose(g, 7);
    expect(winogradCost(g).products).toBe(12 * 12 * 8 * 1025);
  });

  it("respect tables of connections, in the outputs and in both gradients", () => {
    const connections = Array.from({ length: 6 }, (_, o) => Array.from({ length: 5 }, (_, i) => (o + 2 * i) % 3 > 0));
    const g = geometry([3, 5, 9, 10], [6, 5, 3, 3], { connections, padding: "same" });
    expectClose(g, 3);
    expect(winograd(g, 3).g.slice(0, 9)).toEqual(new Float32Array(9));
  });

  it("are adjoint: <c(K, V), G> = <K, g(G, V)> = <V, h(K, G)>", () => {
    fc.assert(
      fc.property(geometries, fc.integer({ min: 1, max: 1000 }), (g, seed) => {
        fc.pre(winogradApplies(g));
        const three = winograd(g, seed);
        const [V, K, G] = [noise(g.inputShape, seed), noise(g.kernelShape, seed + 1), noise(g.outputShape, seed + 2)];
        const inner = (a: Float32Array, b: typeof V) => dot({ ...b, data: a }, b);
        const scale = Math.sqrt(dot(V, V) * dot(K, K) * dot(G, G));
        expect(Math.abs(inner(three.f, G) - inner(three.g, K)) / scale).toBeLessThan(1e-5);
        expect(Math.abs(inner(three.f, G) - inner(three.h, V)) / scale).toBeLessThan(1e-5);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it("give the same bits of outputs and of gradients of inputs, however the batch is split", () => {
    fc.assert(
      fc.property(geometries, fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 4 }), (g, seed, part) => {
        fc.pre(winogradApplies(g) && g.batch > part);
        const whole = winograd(g, seed);
        const [V, K, G] = [
          floats(g.inputShape, seed),
          floats(g.kernelShape, seed + 1),
          floats(g.outputShape, seed + 2),
        ];
        for (let first = 0; first < g.batch; first += part) {
          const batch = Math.min(part, g.batch - first);
          const slice = (of: Float32Array) =>
            of.slice((first * of.length) / g.batch, ((first + batch) * of.length) / g.batch);
          const some = { ...g, batch };
          const [Z, dV] = [slice(G), slice(V).fill(0)];
          winogradConv(some, slice(V), K, Z);
          winogradInputGradient(some, K, slice(G), dV);
          expect(Z).toEqual(slice(whole.f));
          expect(dV).toEqual(slice(whole.h));
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it("name the images that a run takes, the same for any batch", () => {
    const g = geometry([128, 64, 16, 16], [64, 64, 3, 3]);
    expect(winogradRun(g)).toBe(32);
    expect(winogradRun({ ...g, batch: 3 })).toBe(32);
    expect(winogradRun(geometry([64, 3, 32, 32], [64, 3, 5, 5], { padding: "same" }))).toBe(1);
  });

  it("tell apart geometries that differ in their boundary alone", () => {
    for (const boundary of ["zero", "wrap", "edge", "reflect", "symmetric"] as const)
      expectClose(geometry([2, 2, 9, 9], [3, 2, 4, 4], { padding: "full", boundary }), 4);
  });

  it("give the same bits in WebAssembly and in plain TypeScript", () => {
    const [unfused, plain] = [wasmPanels()!, plainPanels()];
    for (const [input, kernel, options] of [
      [[3, 3, 12, 13], [5, 3, 3, 5], { padding: "same" }],
      [[2, 18, 10, 10], [17, 18, 3, 3], {}],
      [[5, 2, 21, 21], [4, 2, 7, 7], { stride: 2 }],
      [[2, 2, 23, 40], [4, 2, 9, 11], { stride: [3, 5], padding: "same" }],
      [[2, 1, 30, 30], [2, 1, 8, 8], { stride: 4, padding: "full", boundary: "wrap" }],
    ] as const) {
      const g = geometry(input, kernel, options);
      expect(winograd(g, 9, unfused)).toEqual(winograd(g, 9, plain));
    }
  });

  it("count their products: 400 for a plane of 14 x 14 places and 3 x 3 taps, where the sum has 1764", () => {
    const g = geometry([2, 7, 16, 16], [5, 7, 3, 3]);
    expect(winogradCost(g).products).toBe(2 * 7 * 5 * 400);
    expect(winogradCost(g).transforms).toBeGreaterThan(6 * 2 * 400 * 12);
  });
});

describe("where Winograd's filters apply", () => {
  const applies = (input: readonly number[], kernel: readonly number[], options?: GeometryOptions) =>
    winogradApplies(geometry(input, kernel, options));

  it("is for 2 to 5 taps a phase, without dilation, in one and two dimensions", () => {
    expect(applies([1, 1, 9, 9], [1, 1, 5, 5])).toBe(true);
    expect(applies([1, 1, 9, 9], [1, 1, 6, 5])).toBe(false);
    expect(applies([1, 1, 9, 9], [1, 1, 6, 5], { stride: 2 })).toBe(true);
    expect(applies([1, 1, 9, 9], [1, 1, 1, 1])).toBe(false);
    expect(applies([1, 1, 9, 9], [1, 1, 3, 3], { stride: 3 })).toBe(false);
    expect(applies([1, 1, 9, 9], [1, 1, 3, 3], { dilation: 2 })).toBe(false);
    expect(applies([1, 1, 9], [1, 1, 3])).toBe(true);
    expect(applies([1, 1, 9, 9, 9], [1, 1, 3, 3, 3])).toBe(false);
  });

  it("is not where the arena cannot hold what one image and its kernels need", () => {
    expect(applies([1, 4096, 9, 9], [4096, 4096, 3, 3])).toBe(false);
  });

  it("is told to a caller that did not ask", () => {
    const g = geometry([1, 1, 9, 9], [1, 1, 1, 1]);
    expect(() => winogradConv(g, new Float32Array(81), new Float32Array(1), new Float32Array(81))).toThrow(
      "winograd: the geometry does not fit, winogradApplies tells",
    );
  });
});

describe("the cutting of an axis", () => {
  it("takes uneven tiles where they save products", () => {
    expect(cutAxis(14, 3).map(({ m, starts }) => [m, starts])).toEqual([
      [6, [0]],
      [4, [6, 10]],
    ]);
    expect(cutAxis(32, 5).map(({ m, starts }) => [m, starts.length])).toEqual([[4, 8]]);
  });

  it("covers every place once, with no tile of more than 8 products", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 5 }), (places, r) => {
        const covered = cutAxis(places, r).flatMap(({ m, starts }) =>
          starts.flatMap((start) => Array.from({ length: m }, (_, i) => start + i)),
        );
        expect(covered.sort((a, b) => a - b)).toEqual(Array.from({ length: places }, (_, i) => i));
        for (const { m } of cutAxis(places, r)) expect(m + r - 1).toBeLessThanOrEqual(8);
      }),
    );
  });
});
