import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { convMatrix } from "../../src/conv/matrix.js";
import { denseMatrix } from "../../src/conv/matrix-product.js";
import type { ConvOptions } from "../../src/conv/options.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";
import { apart, gather, ones, swapped, valueAt } from "./laws-tensors.js";

const small = (min: number, max: number) => fc.integer({ min, max });

describe("The border", () => {
  /** To how many outputs each cell of a line contributes: the input gradient of ones by a kernel of ones. */
  const reached = (m: number, k: number, padding: "valid" | "same" | "full") => {
    const V = ones([1, m]);
    const kernel = ones([1, 1, k]);
    const G = ones(conv(V, kernel, { padding }).shape);
    return [...convInputGradient(kernel, G, { padding, inputShape: [1, m] }).data];
  };

  it("has cells that reach fewer outputs under valid and same, and as many as all others under full", () => {
    expect(reached(7, 3, "valid")).toEqual([1, 2, 3, 3, 3, 2, 1]);
    expect(reached(7, 3, "same")).toEqual([2, 3, 3, 3, 3, 3, 2]);
    expect(reached(7, 3, "full")).toEqual([3, 3, 3, 3, 3, 3, 3]);
    expect(reached(4, 4, "valid")).toEqual([1, 1, 1, 1]);
    fc.assert(
      fc.property(small(1, 9), small(0, 20), (k, more) => {
        const m = k + more;
        const cells = Array.from({ length: m }, (_, i) => i);
        const places = {
          valid: [0, m - k],
          same: [-Math.floor((k - 1) / 2), m - 1 - Math.floor((k - 1) / 2)],
          full: [1 - k, m - 1],
        };
        for (const padding of ["valid", "same", "full"] as const) {
          // Windows start at the cells from first to last; cell i lies in those that start at i - k + 1 to i.
          const [first, last] = places[padding];
          const wanted = cells.map((i) => Math.min(i, last) - Math.max(i - k + 1, first) + 1);
          expect(reached(m, k, padding)).toEqual(wanted);
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it("in two dimensions multiplies: a corner reaches one output where the middle reaches k²", () => {
    const counts = convInputGradient(ones([1, 1, 3, 3]), ones([1, 4, 4]), { inputShape: [1, 6, 6] });
    const line = reached(6, 3, "valid");
    expect([...counts.data]).toEqual(line.flatMap((a) => line.map((b) => a * b)));
    expect([valueAt(counts, [0, 0, 0]), valueAt(counts, [0, 2, 2])]).toEqual([1, 9]);
  });

  it("takes k - 1 from a valid stack with each layer, until it is one place and takes no further one", () => {
    const K = noise([1, 1, 6, 6], 33, "float64");
    let V = noise([1, 16, 16], 34, "float64");
    const sizes = [];
    while (V.shape[1] > 1) {
      V = conv(V, K);
      sizes.push(V.shape[1]);
    }
    expect(sizes).toEqual([11, 6, 1]);
    expect(() => conv(V, K)).toThrow(
      new InputError("conv: kernel spans 6 cells along space axis 0, the padded input has 1"),
    );
    let padded = noise([1, 16, 16], 34, "float64");
    for (let layer = 0; layer < 9; layer++) padded = conv(padded, K, { padding: "same" });
    expect(padded.shape).toEqual([1, 16, 16]);
  });

  it("leaves at one place a dense layer: no weight is used twice, and the matrix is the kernel", () => {
    const K = noise([3, 2, 4, 5], 35, "float64");
    const matrix = denseMatrix(convMatrix(K, [2, 4, 5]));
    expect(matrix.shape).toEqual([3, 40]);
    expect([...matrix.data]).toEqual([...K.data]);
  });
});

describe("The gradients", () => {
  const axis = fc.record({ k: small(1, 3), s: small(1, 3), d: small(1, 2), places: small(1, 4), more: small(0, 2) });
  const geometries = fc.record({
    axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
    channels: fc.tuple(small(1, 3), small(1, 3), small(1, 3)),
  });

  it("in the kernel are a convolution of the image by the output's gradient: dilated by the stride, strided by the dilation", () => {
    fc.assert(
      fc.property(geometries, fc.integer(), ({ axes, channels: [batch, I, O] }, seed) => {
        const options = { stride: axes.map(({ s }) => s), dilation: axes.map(({ d }) => d) } satisfies ConvOptions;
        // Rows that no window reads are left over where the stride does not divide the input.
        const space = axes.map(
          ({ k, s, d, places, more }) => (places - 1) * s + d * (k - 1) + 1 + Math.min(more, s - 1),
        );
        const V = noise([batch, I, ...space], seed, "float64");
        const G = noise([batch, O, ...axes.map(({ places }) => places)], seed + 1, "float64");
        const kernelShape = [O, I, ...axes.map(({ k }) => k)];
        const g = convKernelGradient(G, V, { ...options, kernelShape });
        const asConv = swapped(conv(swapped(V), swapped(G), { stride: options.dilation, dilation: options.stride }));
        expect(
          apart(
            g,
            gather(asConv, kernelShape, (index) => index),
          ),
        ).toBeLessThan(1e-12);
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it("in the kernel are a plain convolution at stride 1", () => {
    const V = noise([4, 2, 9, 8], 36, "float64");
    const G = noise([4, 3, 7, 5], 37, "float64");
    const g = convKernelGradient(G, V, { kernelShape: [3, 2, 3, 4] });
    expect(apart(g, swapped(conv(swapped(V), swapped(G))))).toBeLessThan(1e-12);
  });

  it("in the input are, at stride 1, the full flipped convolution by the kernels with their channels swapped", () => {
    const K = noise([3, 2, 3, 4], 38, "float64");
    const G = noise([4, 3, 7, 5], 39, "float64");
    const h = convInputGradient(K, G, { inputShape: [4, 2, 9, 8] });
    expect(apart(h, conv(G, swapped(K), { padding: "full", flip: true }))).toBeLessThan(1e-12);
  });
});

describe("One kernel", () => {
  it("takes images of several sizes, by a different doubly blocked matrix of the same weights for each", () => {
    const K = tensor(Float64Array.of(1, 2, 3, 4, 5, 6), [1, 1, 2, 3]);
    const sizes = [
      [2, 3],
      [4, 5],
      [5, 4],
      [7, 3],
    ];
    const seen = new Set<string>();
    for (const [H, W] of sizes) {
      const V = noise([1, H, W], H + W, "float64");
      const matrix = convMatrix(K, [1, H, W]);
      const { shape, data } = denseMatrix(matrix);
      const Z = conv(V, K);
      expect(Z.shape).toEqual([1, H - 1, W - 2]);
      expect(shape).toEqual([(H - 1) * (W - 2), H * W]);
      seen.add(JSON.stringify(matrix));
      for (let r = 0; r < shape[0]; r++) {
        const row = [...data.slice(r * shape[1], (r + 1) * shape[1])];
        expect(row.filter((weight) => weight !== 0)).toEqual([1, 2, 3, 4, 5, 6]);
        expect(row.reduce((sum, weight, c) => sum + weight * V.data[c], 0)).toBeCloseTo(Z.data[r], 12);
      }
    }
    expect(seen.size).toBe(sizes.length);
    // 4 x 5 and 5 x 4 have as many cells, and still another matrix: where a row ends is another column.
    const [wide, tall] = [convMatrix(K, [1, 4, 5]), convMatrix(K, [1, 5, 4])];
    expect(wide.size[1]).toBe(tall.size[1]);
    expect(wide.ptr).not.toEqual(tall.ptr);
  });

  it("gives outputs of several sizes, and one output size comes of several input sizes once there is a stride", () => {
    const K = zeros([1, 1, 3]);
    const outputs = [3, 4, 5, 6, 7].map((m) => conv(zeros([1, m]), K, { stride: 2 }).shape[1]);
    expect(outputs).toEqual([1, 1, 2, 2, 3]);
    const G = ones([1, 2]);
    for (const m of [5, 6])
      expect(convInputGradient(ones([1, 1, 3]), G, { stride: 2, inputShape: [1, m] }).shape).toEqual([1, m]);
    expect(() => convInputGradient(ones([1, 1, 3]), G, { stride: 2, inputShape: [1, 7] })).toThrow(
      new InputError(
        "convInputGradient: outputGradient has shape [1, 2], inputs of shape [1, 7] and kernels of shape [1, 1, 3] give [1, 3]",
      ),
    );
  });
});
