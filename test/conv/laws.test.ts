import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv } from "../../src/conv/conv.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";
import { apart, gather, halved, shifted, turned, valueAt } from "./laws-tensors.js";

const small = (min: number, max: number) => fc.integer({ min, max });

/** 1 to 3 lengths of input and kernel, the kernel no longer than the input. */
const spaces = fc.array(
  small(1, 4).chain((k) => fc.record({ k: fc.constant(k), m: small(k, 7) })),
  { minLength: 1, maxLength: 3 },
);

describe("Convolution and what is done to the image", () => {
  it("commutes with shifts: a shifted image gives the shifted output, for any shift around the border", () => {
    fc.assert(
      fc.property(spaces, fc.array(small(-9, 9), { minLength: 3, maxLength: 3 }), fc.boolean(), (axes, by, flip) => {
        const V = noise([2, ...axes.map(({ m }) => m)], 1, "float64");
        const K = noise([3, 2, ...axes.map(({ k }) => k)], 2, "float64");
        const options = { padding: "same", boundary: "wrap", flip } as const;
        const shift = by.slice(0, axes.length);
        expect(apart(conv(shifted(V, shift), K, options), shifted(conv(V, K, options), shift))).toBeLessThan(1e-13);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("with a stride commutes with shifts by a multiple of it, which move the output by as many places, and not with others", () => {
    const V = noise([1, 12, 12], 3, "float64");
    const K = noise([1, 1, 3, 3], 4, "float64");
    const options = {
      padding: [
        [1, 1],
        [1, 1],
      ],
      stride: 3,
      boundary: "wrap",
    } as const;
    const Z = conv(V, K, options);
    expect(apart(conv(shifted(V, [6, -3]), K, options), shifted(Z, [2, -1]))).toBeLessThan(1e-13);
    for (const by of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ])
      expect(apart(conv(shifted(V, [1, 0]), K, options), shifted(Z, by))).toBeGreaterThan(0.1);
  });

  it("without padding commutes with a shift away from the border that it moves across", () => {
    const V = noise([1, 10, 9], 5, "float64");
    const K = noise([1, 1, 3, 2], 6, "float64");
    const crop = (Z: Tensor) => gather(Z, [1, 6, 5], ([c, i, j]) => [c, i + 2, j + 3]);
    expect(apart(crop(conv(shifted(V, [2, 3]), K)), crop(shifted(conv(V, K), [2, 3])))).toBeLessThan(1e-13);
  });

  it("does not commute with a quarter turn, unless the kernel is turned along", () => {
    const V = noise([2, 6, 7], 7, "float64");
    const K = noise([3, 2, 3, 3], 8, "float64");
    const turnedOutput = turned(conv(V, K));
    expect(apart(conv(turned(V), K), turnedOutput)).toBeGreaterThan(0.1);
    expect(apart(conv(turned(V), turned(K)), turnedOutput)).toBeLessThan(1e-13);
    const round = tensor(Float64Array.of(1, 2, 1, 2, 4, 2, 1, 2, 1), [1, 1, 3, 3]);
    const one = noise([1, 6, 7], 9, "float64");
    expect(apart(conv(turned(one), round), turned(conv(one, round)))).toBeLessThan(1e-13);
  });

  it("does not commute with a change of scale, unless the kernel is spread along", () => {
    const V = noise([1, 13, 13], 10, "float64");
    const K = noise([1, 1, 3, 3], 11, "float64");
    const options = { padding: "same" } as const;
    const scaledOutput = halved(conv(V, K, options));
    expect(apart(conv(halved(V), K, options), scaledOutput)).toBeGreaterThan(0.1);
    expect(apart(conv(halved(V), K, options), halved(conv(V, K, { ...options, dilation: 2 })))).toBeLessThan(1e-13);
  });
});

describe("Convolutions one after the other", () => {
  const asKernel = (V: Tensor): Tensor => ({ ...V, shape: [1, ...V.shape] });
  const full = { padding: "full", flip: true } as const;

  it("of one channel commute in the full, flipped form, in 1 to 3 dimensions, and without the flip give the mirror image", () => {
    fc.assert(
      fc.property(spaces, (axes) => {
        const V = noise([1, ...axes.map(({ m }) => m)], 12, "float64");
        const K = noise([1, ...axes.map(({ k }) => k)], 13, "float64");
        expect(apart(conv(V, asKernel(K), full), conv(K, asKernel(V), full))).toBeLessThan(1e-13);
        const correlated = conv(K, asKernel(V), { padding: "full" });
        const mirrored = gather(correlated, correlated.shape, (index) =>
          index.map((i, axis) => correlated.shape[axis] - 1 - i),
        );
        expect(apart(conv(V, asKernel(K), { padding: "full" }), mirrored)).toBeLessThan(1e-13);
      }),
      { numRuns: 100, seed: 2 },
    );
    const [V, K] = [noise([1, 5], 14, "float64"), noise([1, 3], 15, "float64")];
    expect(apart(conv(V, asKernel(K), { padding: "full" }), conv(K, asKernel(V), { padding: "full" }))).toBeGreaterThan(
      0.1,
    );
  });

  it("of one channel can be taken in any order and put together first", () => {
    const V = noise([1, 8, 7], 16, "float64");
    const [K, L] = [noise([1, 1, 3, 2], 17, "float64"), noise([1, 1, 2, 3], 18, "float64")];
    const KL = conv(conv(V, K, full), L, full);
    expect(apart(KL, conv(conv(V, L, full), K, full))).toBeLessThan(1e-13);
    expect(apart(KL, conv(V, asKernel(conv({ ...K, shape: [1, 3, 2] }, L, full)), full))).toBeLessThan(1e-13);
  });

  it("of many channels cannot be taken in the other order where the counts of channels differ", () => {
    const V = noise([2, 6, 6], 19, "float64");
    const [K, L] = [noise([3, 2, 3, 3], 20, "float64"), noise([4, 3, 3, 3], 21, "float64")];
    expect(conv(conv(V, K), L).shape).toEqual([4, 2, 2]);
    expect(() => conv(V, L)).toThrow(new InputError("conv: kernel has 3 input channels, input has 2"));
    // Outputs as many as inputs at both ends are not enough: the orders then give maps of different channels.
    const [M, N] = [noise([3, 2, 3, 3], 22, "float64"), noise([2, 3, 3, 3], 23, "float64")];
    expect(conv(conv(V, M), N).shape).toEqual([2, 2, 2]);
    expect(() => conv(V, N)).toThrow(InputError);
  });

  it("of equally many channels do not commute in general: kernels of one tap are matrices, and these do not", () => {
    const V = tensor(Float64Array.of(1, 0), [2, 1]);
    const K = tensor(Float64Array.of(0, 1, 0, 0), [2, 2, 1]);
    const L = tensor(Float64Array.of(0, 0, 1, 0), [2, 2, 1]);
    expect([...conv(conv(V, K), L).data]).toEqual([0, 0]);
    expect([...conv(conv(V, L), K).data]).toEqual([1, 0]);
    const [A, B] = [noise([3, 3, 3, 3], 24, "float64"), noise([3, 3, 3, 3], 25, "float64")];
    const image = noise([3, 7, 7], 26, "float64");
    expect(apart(conv(conv(image, A, full), B, full), conv(conv(image, B, full), A, full))).toBeGreaterThan(0.1);
  });

  it("of equally many channels commute where the kernels are diagonal in the channels", () => {
    const diagonal = (seed: number) => {
      const K = noise([3, 3, 3, 2], seed, "float64");
      return gather({ ...K, data: K.data.map((x, at) => (at % 24 < 6 ? x : 0)) }, K.shape, (index) => index);
    };
    const V = noise([3, 6, 5], 27, "float64");
    const [K, L] = [diagonal(28), diagonal(29)];
    for (let o = 0; o < 3; o++) for (let i = 0; i < 3; i++) expect(valueAt(K, [o, i, 1, 1]) !== 0).toBe(o === i);
    expect(apart(conv(conv(V, K, full), L, full), conv(conv(V, L, full), K, full))).toBeLessThan(1e-13);
  });

  it("cannot change places once a function that is not linear stands between them", () => {
    const rectified = (Z: Tensor): Tensor => ({ ...Z, data: Z.data.map((x) => Math.max(0, x)) });
    const V = noise([1, 8, 8], 30, "float64");
    const [K, L] = [noise([1, 1, 3, 3], 31, "float64"), noise([1, 1, 3, 3], 32, "float64")];
    const ordered = conv(rectified(conv(V, K, full)), L, full);
    expect(apart(ordered, conv(rectified(conv(V, L, full)), K, full))).toBeGreaterThan(0.1);
    expect(apart(ordered, rectified(conv(conv(V, K, full), L, full)))).toBeGreaterThan(0.1);
  });
});
