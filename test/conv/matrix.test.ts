import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient } from "../../src/conv/conv.js";
import { convMatrix } from "../../src/conv/matrix.js";
import { matrixCounts } from "../../src/conv/matrix-counts.js";
import { denseMatrix, multiplySparse, multiplySparseTransposed } from "../../src/conv/matrix-product.js";
import { sizeOf, type Tensor, zeros } from "../../src/tensor/tensor.js";
import { cases, noise, optionsOf, worst } from "./cases.js";
import { type Case, eachProduct, outputSpace, sumProducts } from "./oracle.js";

/** A case of one image. */
const oneImage = cases.map((c): Case => ({ ...c, input: c.input.slice(1 - c.kernel.length) }));

const outputShape = (c: Case) => [c.kernel[0], ...outputSpace(c)];

/** The rows of a matrix written out. */
function rowsOf(kernel: Tensor, inputShape: readonly number[], options = {}): number[][] {
  const { shape, data } = denseMatrix(convMatrix(kernel, inputShape, options));
  return Array.from({ length: shape[0] }, (_, r) => [...data.slice(r * shape[1], (r + 1) * shape[1])]);
}

/** The block of rows and columns that belong to row i of the output and row j of the image. */
function blockOf(rows: number[][], [i, height]: [number, number], [j, width]: [number, number]): number[][] {
  return rows.slice(i * height, (i + 1) * height).map((row) => row.slice(j * width, (j + 1) * width));
}

function isToeplitz(rows: number[][]): boolean {
  return rows.every((row, i) => row.every((value, j) => i === 0 || j === 0 || value === rows[i - 1][j - 1]));
}

function isCirculant(rows: number[][]): boolean {
  const n = rows.length;
  return rows.every((row, i) => row.length === n && row.every((value, j) => value === rows[(i + 1) % n][(j + 1) % n]));
}

describe("convMatrix", () => {
  it("has the entries of the definition, and none elsewhere, for random geometries", () => {
    fc.assert(
      fc.property(oneImage, fc.integer(), (c, seed) => {
        const K = noise(c.kernel, seed, "float64");
        const matrix = convMatrix(K, c.input, optionsOf(c));
        const wanted = new Map<string, number>();
        eachProduct(c, (p) => wanted.set(`${p.z},${p.v}`, (wanted.get(`${p.z},${p.v}`) ?? 0) + K.data[p.k]));
        expect(matrix.size).toEqual([sizeOf(outputShape(c)), sizeOf(c.input)]);
        expect(matrix.values.length).toBe(wanted.size);
        let off = 0;
        let ordered = true;
        for (let column = 0; column < matrix.size[1]; column++) {
          for (let e = matrix.ptr[column]; e < matrix.ptr[column + 1]; e++) {
            ordered &&= e === matrix.ptr[column] || matrix.index[e] > matrix.index[e - 1];
            const value = wanted.get(`${matrix.index[e]},${column}`) ?? Number.POSITIVE_INFINITY;
            off = Math.max(off, Math.abs(matrix.values[e] - value));
          }
        }
        expect(ordered).toBe(true);
        expect(off).toBeLessThan(1e-13);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("multiplied with an image is its convolution, and transposed, with a gradient, the input gradient", () => {
    fc.assert(
      fc.property(oneImage, fc.integer(), (c, seed) => {
        const [V, K] = [noise(c.input, seed, "float64"), noise(c.kernel, seed + 1, "float64")];
        const G = noise(outputShape(c), seed + 2, "float64");
        const options = optionsOf(c);
        const matrix = convMatrix(K, c.input, options);
        const forward = sumProducts(c, sizeOf(outputShape(c)), (p) => [p.z, K.data[p.k] * V.data[p.v]]);
        const backward = sumProducts(c, sizeOf(c.input), (p) => [p.v, K.data[p.k] * G.data[p.z]]);
        const product = multiplySparse(matrix, V.data);
        const transposed = multiplySparseTransposed(matrix, G.data);
        expect(worst(product, conv(V, K, options).data, forward.magnitudes)).toBeLessThan(1e-13);
        const gradient = convInputGradient(K, G, { ...options, inputShape: c.input });
        expect(worst(transposed, gradient.data, backward.magnitudes)).toBeLessThan(1e-13);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it("of one dimension is a Toeplitz matrix: each row the one above, shifted by a place", () => {
    const K = noise([1, 1, 4], 1, "float64");
    for (const padding of ["valid", "same", "full", [[1, 3]]] as const)
      for (const dilation of [1, 2])
        for (const flip of [false, true]) expect(isToeplitz(rowsOf(K, [1, 9], { padding, dilation, flip }))).toBe(true);
    expect(rowsOf(zeros([1, 1, 2], "float64"), [1, 3])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const [a, b] = [2, 3];
    expect(rowsOf({ kind: "tensor", shape: [1, 1, 2], data: Float64Array.of(a, b) }, [1, 3])).toEqual([
      [a, b, 0],
      [0, a, b],
    ]);
    // A stride of 2 shifts by two columns a row, and padding that repeats the edge breaks the diagonals: neither is Toeplitz.
    const strided = rowsOf(K, [1, 9], { stride: 2 });
    expect(isToeplitz(strided)).toBe(false);
    for (let j = 2; j < 9; j++) expect(strided[1][j]).toBe(strided[0][j - 2]);
    expect(isToeplitz(rowsOf(K, [1, 9], { padding: "same", boundary: "edge" }))).toBe(false);
  });

  it("is circulant with wrap-around, and the Fourier modes are its eigenvectors, their values the kernel's spectrum", () => {
    const m = 8;
    const K = noise([1, 1, 3], 3, "float64");
    const options = { padding: "same", boundary: "wrap" } as const;
    const rows = rowsOf(K, [1, m], options);
    expect(isCirculant(rows)).toBe(true);
    expect(isCirculant(rowsOf(K, [1, m], { padding: "same" }))).toBe(false);
    const matrix = convMatrix(K, [1, m], options);
    for (let u = 0; u < m; u++) {
      const angle = (j: number) => (2 * Math.PI * u * j) / m;
      const cosine = multiplySparse(
        matrix,
        Array.from({ length: m }, (_, j) => Math.cos(angle(j))),
      );
      // Σ_n K(n) e^{i·angle(j + n - 1)} = e^{i·angle(j)} Σ_n K(n) e^{i·angle(n - 1)}, its real part.
      for (let j = 0; j < m; j++) {
        const wanted = [0, 1, 2].reduce((sum, n) => sum + K.data[n] * Math.cos(angle(j + n - 1)), 0);
        expect(cosine[j]).toBeCloseTo(wanted, 13);
      }
    }
  });

  it("of two dimensions is doubly blocked Toeplitz, with wrap-around doubly blocked circulant", () => {
    const [H, W] = [5, 6];
    const K = noise([1, 1, 3, 2], 4, "float64");
    const shapes = { valid: [3, 5], same: [5, 6], full: [7, 7] } as const;
    for (const padding of ["valid", "same", "full"] as const) {
      const rows = rowsOf(K, [1, H, W], { padding });
      const [h, w] = shapes[padding];
      for (let i = 0; i < h; i++) {
        for (let j = 0; j < H; j++) {
          const block = blockOf(rows, [i, w], [j, W]);
          expect(isToeplitz(block)).toBe(true);
          if (i > 0 && j > 0) expect(block).toEqual(blockOf(rows, [i - 1, w], [j - 1, W]));
        }
      }
    }
    const rows = rowsOf(K, [1, H, W], { padding: "same", boundary: "wrap" });
    for (let i = 0; i < H; i++) {
      for (let j = 0; j < H; j++) {
        const block = blockOf(rows, [i, W], [j, W]);
        expect(isCirculant(block)).toBe(true);
        expect(block).toEqual(blockOf(rows, [(i + 1) % H, W], [(j + 1) % H, W]));
      }
    }
  });

  it("of many channels is a block of that kind for each pair, and 0 where groups or a table keep them apart", () => {
    const [H, W] = [4, 5];
    const places = 3 * 4;
    const cells = H * W;
    const pairBlock = (rows: number[][], o: number, i: number) => blockOf(rows, [o, places], [i, cells]);
    const one = (K: Tensor, at: number) =>
      rowsOf({ ...K, shape: [1, 1, 2, 2], data: K.data.slice(4 * at, 4 * at + 4) }, [1, H, W]);
    const K = noise([3, 2, 2, 2], 5, "float64");
    const table = [
      [true, false],
      [true, true],
      [false, true],
    ];
    const none = Array.from({ length: places }, () => Array(cells).fill(0));
    const dense = rowsOf(K, [2, H, W]);
    const masked = rowsOf(K, [2, H, W], { connections: table });
    for (let o = 0; o < 3; o++) {
      for (let i = 0; i < 2; i++) {
        expect(pairBlock(dense, o, i)).toEqual(one(K, 2 * o + i));
        expect(pairBlock(masked, o, i)).toEqual(table[o][i] ? one(K, 2 * o + i) : none);
      }
    }
    const grouped = noise([4, 1, 2, 2], 6, "float64");
    const rows = rowsOf(grouped, [2, H, W], { groups: 2 });
    for (let o = 0; o < 4; o++)
      for (let i = 0; i < 2; i++)
        expect(pairBlock(rows, o, i)).toEqual(i === Math.floor(o / 2) ? one(grouped, o) : none);
  });

  it("has the form that mathjs reads: plain lists, with an entry for a weight of 0", () => {
    const matrix = convMatrix({ kind: "tensor", shape: [1, 1, 2], data: Float32Array.of(5, 0) }, [1, 3]);
    expect(matrix).toEqual({
      kind: "sparse-matrix",
      size: [2, 3],
      values: [5, 0, 5, 0],
      index: [0, 0, 1, 1],
      ptr: [0, 1, 3, 4],
    });
    expect([matrix.size, matrix.values, matrix.index, matrix.ptr].every(Array.isArray)).toBe(true);
  });

  it("sums weights that a repeating padding lays on one cell", () => {
    const K: Tensor = { kind: "tensor", shape: [1, 1, 3], data: Float64Array.of(1, 10, 100) };
    expect(rowsOf(K, [1, 2], { padding: "same", boundary: "edge" })).toEqual([
      [11, 100],
      [1, 110],
    ]);
    expect(rowsOf(K, [1, 1], { padding: "same", boundary: "wrap" })).toEqual([[111]]);
  });
});

describe("matrixCounts", () => {
  it("counts the entries of the matrix and the products and weights of the definition, for random geometries", () => {
    fc.assert(
      fc.property(oneImage, (c) => {
        const counts = matrixCounts(c.kernel, c.input, optionsOf(c));
        const matrix = convMatrix(noise(c.kernel, 1), c.input, optionsOf(c));
        const seen = c.connections ? c.connections.flat().filter(Boolean).length : c.kernel[0] * c.kernel[1];
        const taps = sizeOf(c.kernel.slice(2));
        const [m, n] = [sizeOf(c.input), sizeOf(outputShape(c))];
        expect(counts).toEqual({
          kind: "matrix-counts",
          inputs: m,
          outputs: n,
          connectionsPerOutput: (seen * taps) / c.kernel[0],
          entries: matrix.values.length,
          density: matrix.values.length / (m * n),
          multiplications: {
            dense: m * n,
            convolution: seen * taps * sizeOf(outputSpace(c)),
            sparseMatrix: matrix.values.length,
          },
          parameters: { dense: m * n, unshared: seen * taps * sizeOf(outputSpace(c)), convolution: seen * taps },
        });
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it("has the chapter's edge detector: 319 by 280 products of two weights, against eight thousand million", () => {
    // An image of 320 by 280 and a kernel of two taps: 319·280·3 = 267,960 operations, of which two a place are products.
    const counts = matrixCounts([1, 1, 1, 2], [1, 280, 320]);
    expect(counts.outputs).toBe(319 * 280);
    expect(counts.multiplications).toEqual({
      dense: 320 * 280 * 319 * 280,
      convolution: 2 * 319 * 280,
      sparseMatrix: 2 * 319 * 280,
    });
    expect(counts.multiplications.dense).toBeGreaterThan(8e9);
    expect(counts.parameters).toEqual({ dense: 320 * 280 * 319 * 280, unshared: 2 * 319 * 280, convolution: 2 });
  });

  it("has fewer weights, connections and products for a layer restricted in its channels", () => {
    const whole = matrixCounts([8, 8, 3, 3], [8, 10, 10]);
    const groups = matrixCounts([8, 2, 3, 3], [8, 10, 10], { groups: 4 });
    const table = Array.from({ length: 8 }, (_, o) => Array.from({ length: 8 }, (_, i) => i <= o));
    const restricted = matrixCounts([8, 8, 3, 3], [8, 10, 10], { connections: table });
    expect(groups.parameters.convolution * 4).toBe(whole.parameters.convolution);
    expect(groups.multiplications.convolution * 4).toBe(whole.multiplications.convolution);
    expect(groups.entries * 4).toBe(whole.entries);
    expect(restricted.parameters.convolution).toBe(36 * 9);
    expect(restricted.connectionsPerOutput).toBe((36 * 9) / 8);
  });
});
