import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { biasGradient } from "../../src/conv/bias.js";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { tiledConv, tiledConvInputGradient, tiledConvKernelGradient } from "../../src/conv/tiled.js";
import { tileByTile, tiledSharing, tileInnermost, tilingOf } from "../../src/conv/tiled-kernels.js";
import { partsOf, productConv, productInputGradient, productKernelGradient } from "../../src/conv/tiled-product.js";
import { unsharedConv, unsharedConvInputGradient, unsharedConvKernelGradient } from "../../src/conv/unshared.js";
import { sizeOf, type Tensor, zeros } from "../../src/tensor/tensor.js";
import { cases, dot, noise, optionsOf, worst } from "./cases.js";
import { type Case, outputSpace, sumProducts } from "./oracle.js";
import {
  expectAdjoint,
  expectDifferences,
  expectSums,
  type Layer,
  outputShape,
  plain,
  vector,
} from "./unshared-laws.js";

/** The tile of a place, axis by axis from the last: `j mod t`. */
function tileAt(place: number, space: readonly number[], tile: readonly number[]): number {
  let [at, step] = [0, 1];
  for (let axis = space.length - 1; axis >= 0; axis--) {
    at += ((place % space[axis]) % tile[axis]) * step;
    step *= tile[axis];
    place = Math.floor(place / space[axis]);
  }
  return at;
}

/** `K(i, l, m, n, j mod t, k mod t)`: the kernel's index, then the tile's. */
function tiledLayer(c: Case, tile: readonly number[]): Layer {
  const space = outputSpace(c);
  const weightShape = [...c.kernel, ...tile];
  return {
    c,
    weightShape,
    weightAt: ({ k, z }) => k * sizeOf(tile) + tileAt(z % sizeOf(space), space, tile),
    conv: (V, K) => tiledConv(V, K, optionsOf(c)),
    kernelGradient: (G, V) => tiledConvKernelGradient(G, V, { ...optionsOf(c), kernelShape: weightShape }),
    inputGradient: (K, G) => tiledConvInputGradient(K, G, { ...optionsOf(c), inputShape: c.input }),
  };
}

/** Tiles of 1 to 4 places along each axis, some wider than the output. */
const tiledCases = fc
  .tuple(cases, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }))
  .map(([c, tile]) => tiledLayer(c, tile.slice(0, c.kernel.length - 2)));

/** The packed products, whatever the size of the call. */
function asProducts(layer: Layer): Layer {
  const { c, weightShape } = layer;
  const tiling = tilingOf("test", c.input, ["kernels", weightShape], optionsOf(c));
  const parts = partsOf(tiling, tiledSharing(tiling));
  const float32 = (x: Tensor) => x.data as Float32Array;
  const filled = (shape: readonly number[], fill: (into: Float32Array) => void) => {
    const to = zeros(shape);
    fill(float32(to));
    return to;
  };
  const sorted = (K: Tensor) => tileByTile(float32(K), tiling.tiles);
  return {
    ...layer,
    conv: (V, K) => filled(outputShape(c), (Z) => productConv(tiling.g, parts, float32(V), sorted(K), Z)),
    kernelGradient: (G, V) =>
      filled(weightShape, (dK) => {
        const own = new Float32Array(dK.length);
        productKernelGradient(tiling.g, parts, float32(G), float32(V), own);
        tileInnermost(own, tiling.tiles, dK);
      }),
    inputGradient: (K, G) => filled(c.input, (dV) => productInputGradient(tiling.g, parts, sorted(K), float32(G), dV)),
  };
}

// At most 256 additions of rounded products in a run, and a few of runs, as in conv.
const productBound = 260 * 2 ** -24;

const one = (tensor: Tensor, axes: number): Tensor => ({ ...tensor, shape: [...tensor.shape, ...Array(axes).fill(1)] });

describe("the tiled convolution and its two gradients", () => {
  it.each([
    ["float32", productBound],
    ["float64", 1e-13],
  ] as const)("agree with the nested loops of equation 9.10: %s", (type, bound) => {
    fc.assert(
      fc.property(tiledCases, fc.integer(), (layer, seed) => expectSums(layer, seed, type, bound)),
      { numRuns: 150, seed: 1 },
    );
  });

  it("agree with them as packed products, one a tile", () => {
    fc.assert(
      fc.property(tiledCases, fc.integer(), (layer, seed) =>
        expectSums(asProducts(layer), seed, "float32", productBound),
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it("are float64 sums rounded once for small calls, and products for the rest", () => {
    const c = (maps: number): Case => ({ ...plain, input: [3, 8, 8], kernel: [maps, 3, 5, 5] });
    // Half a unit in the last place of float32.
    expectSums(tiledLayer(c(4), [2, 2]), 3, "float32", 1.01 * 2 ** -24);
    const large = tiledLayer(c(64), [2, 2]);
    const [V, K] = [noise(large.c.input, 1), noise(large.weightShape, 2)];
    expect(large.conv(V, K)).toEqual(asProducts(large).conv(V, K));
    expectSums(large, 3, "float32", productBound);
  });

  it.each([
    ["float32", productBound],
    ["float64", 1e-13],
  ] as const)("agree with them over more windows than are worked on at once: %s", (type, bound) => {
    const padding = [
      [1, 1],
      [0, 2],
    ] as const;
    const c: Case = { ...plain, input: [3, 2, 40, 37], kernel: [3, 2, 3, 3], padding };
    expectSums(tiledLayer(c, [2, 3]), 5, type, bound);
  });

  it("are adjoint: <conv(V, K), G> = <V, h(K, G)> = <K, g(G, V)>", () => {
    fc.assert(fc.property(tiledCases, fc.integer(), expectAdjoint), { numRuns: 200, seed: 2 });
  });

  it("have the gradients that central differences of a curved loss show", () => {
    fc.assert(fc.property(tiledCases, fc.integer(), fc.nat(), expectDifferences), { numRuns: 150, seed: 3 });
  });

  it("are those of conv for t = 1", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        const [V, K] = [noise(c.input, seed, "float64"), noise(c.kernel, seed + 1, "float64")];
        const G = noise(outputShape(c), seed + 2, "float64");
        const space = c.kernel.length - 2;
        const options = optionsOf(c);
        const tiled = tiledLayer(c, Array(space).fill(1));
        const same = (got: Tensor, wanted: Tensor, term: Parameters<typeof sumProducts>[2]) => {
          const { magnitudes } = sumProducts(c, wanted.data.length, term);
          expect(worst(got.data, wanted.data, magnitudes)).toBeLessThan(1e-13);
        };
        same(tiled.conv(V, one(K, space)), conv(V, K, options), (p) => [p.z, K.data[p.k] * V.data[p.v]]);
        same(tiled.kernelGradient(G, V), convKernelGradient(G, V, { ...options, kernelShape: c.kernel }), (p) => [
          p.k,
          G.data[p.z] * V.data[p.v],
        ]);
        const h = convInputGradient(K, G, { ...options, inputShape: c.input });
        same(tiled.inputGradient(one(K, space), G), h, (p) => [p.v, K.data[p.k] * G.data[p.z]]);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  it("are those of the unshared convolution for t = the output's width", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        const space = outputSpace(c);
        const places = sizeOf(space);
        const [V, K] = [noise(c.input, seed, "float64"), noise([...c.kernel, ...space], seed + 1, "float64")];
        const G = noise(outputShape(c), seed + 2, "float64");
        const options = optionsOf(c);
        const perOutput = sizeOf(c.kernel.slice(1));
        const weights = (from: Tensor) => {
          const to = noise([c.kernel[0], ...space, ...c.kernel.slice(1)], 0, "float64");
          from.data.forEach((weight, i) => {
            const [k, place] = [Math.floor(i / places), i % places];
            to.data[(Math.floor(k / perOutput) * places + place) * perOutput + (k % perOutput)] = weight;
          });
          return to;
        };
        const tiled = tiledLayer(c, space);
        const W = weights(K);
        const near = (a: Tensor, b: Tensor) =>
          a.data.forEach((x, i) => {
            expect(Math.abs(x - b.data[i])).toBeLessThanOrEqual(1e-12);
          });
        near(tiled.conv(V, K), unsharedConv(V, W, options));
        near(tiled.inputGradient(K, G), unsharedConvInputGradient(W, G, { ...options, inputShape: c.input }));
        near(
          weights(tiled.kernelGradient(G, V)),
          unsharedConvKernelGradient(G, V, { ...options, kernelShape: W.shape }),
        );
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});

describe("tiledConv", () => {
  it("cycles through its kernels: place j uses tile j mod t", () => {
    const V = vector([1, 2, 3, 4, 5], [1, 5]);
    expect([...tiledConv(V, vector([1, 10], [1, 1, 1, 2])).data]).toEqual([1, 20, 3, 40, 5]);
    expect([...tiledConv(V, vector([1, 10, 100], [1, 1, 1, 3])).data]).toEqual([1, 20, 300, 4, 50]);
    const rows = tiledConv(vector([1, 1, 1, 1, 1, 1], [1, 2, 3]), vector([1, 2, 3, 4], [1, 1, 1, 1, 2, 2]));
    expect([...rows.data]).toEqual([1, 2, 1, 3, 4, 3]);
  });

  it("is t convolutions of stride t, woven together", () => {
    const [V, K] = [noise([2, 17], 1, "float64"), noise([3, 2, 4, 3], 2, "float64")];
    const Z = tiledConv(V, K);
    for (let tile = 0; tile < 3; tile++) {
      const part = (x: Tensor, shape: number[], keep: (i: number) => boolean) => ({
        ...x,
        shape,
        data: x.data.filter((_, i) => keep(i)),
      });
      const shifted = part(V, [2, 17 - tile], (i) => i % 17 >= tile);
      const each = conv(
        shifted,
        part(K, [3, 2, 4], (i) => i % 3 === tile),
        { stride: 3 },
      );
      const length = each.shape[1];
      each.data.forEach((z, i) => {
        expect(Z.data[Math.floor(i / length) * 14 + (i % length) * 3 + tile]).toBeCloseTo(z, 13);
      });
    }
  });

  it("leaves tiles wider than the output unused, and untrained", () => {
    const V = noise([1, 4], 1);
    const K = noise([1, 1, 2, 5], 2);
    const G = noise([1, 3], 3);
    const other: Tensor = { ...K, data: K.data.map((w, i) => (i % 5 < 3 ? w : 1e6)) };
    expect(tiledConv(V, other)).toEqual(tiledConv(V, K));
    const dK = tiledConvKernelGradient(G, V, { kernelShape: K.shape });
    expect(dK.data.every((w, i) => (w !== 0) === i % 5 < 3)).toBe(true);
  });

  it("adds one bias a tile, one a map or one a place, to every image", () => {
    for (const V of [noise([2, 5, 5], 1), noise([3, 2, 5, 5], 1)]) {
      const K = noise([4, 2, 3, 2, 2, 3], 2);
      const Z = tiledConv(V, K);
      const add = (bias: (o: number, row: number, column: number) => number) =>
        Z.data.map((z, i) => z + bias(Math.floor(i / 12) % 4, Math.floor(i / 4) % 3, i % 4));
      const [perTile, perMap, perPlace] = [noise([4, 2, 3], 3), noise([4], 4), noise([4, 3, 4], 5)];
      expect(tiledConv(V, K, { bias: perTile }).data).toEqual(
        add((o, row, column) => perTile.data[6 * o + 3 * (row % 2) + (column % 3)]),
      );
      expect(tiledConv(V, K, { bias: perMap }).data).toEqual(add((o) => perMap.data[o]));
      expect(tiledConv(V, K, { bias: perPlace }).data).toEqual(
        add((o, row, column) => perPlace.data[12 * o + 4 * row + column]),
      );
    }
  });

  it("has the bias gradient that is the adjoint of adding one bias a tile", () => {
    fc.assert(
      fc.property(tiledCases, fc.integer(), ({ c, weightShape }, seed) => {
        const shape = [c.kernel[0], ...weightShape.slice(c.kernel.length)];
        const bias = noise(shape, seed, "float64");
        const zero = { ...noise(c.input, 0, "float64") };
        zero.data.fill(0);
        const K = noise(weightShape, seed, "float64");
        const added = tiledConv(zero, K, { ...optionsOf(c), bias });
        const G = noise(added.shape, seed + 1, "float64");
        const gradient = biasGradient(G, shape, { tiled: true });
        expect(gradient.shape).toEqual(shape);
        expect(dot(gradient, bias)).toBeCloseTo(dot(G, added), 10);
      }),
      { numRuns: 50, seed: 6 },
    );
  });

  it("changes none of its arguments and gives the same bits each time", () => {
    const [V, K] = [noise([3, 2, 6, 6], 1), noise([4, 2, 3, 3, 2, 2], 2)];
    const [v, k] = [V.data.slice(), K.data.slice()];
    const first = tiledConv(V, K, { padding: "same" });
    expect(tiledConv(V, K, { padding: "same" })).toEqual(first);
    expect([V.data, K.data]).toEqual([v, k]);
  });
});
