import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { sizeOf, type Tensor } from "../../src/tensor/tensor.js";
import { cases, dot, noise, optionsOf, worst } from "./cases.js";
import { type Case, outputSpace, sumProducts } from "./oracle.js";

const outputShape = (c: Case) => [
  ...c.input.slice(0, c.input.length === c.kernel.length ? 1 : 0),
  c.kernel[0]!,
  ...outputSpace(c),
];

/** Arrays of a case, and what the library and the oracle make of them. */
function arraysOf(c: Case, seed: number, type: "float32" | "float64") {
  return {
    V: noise(c.input, seed, type),
    K: noise(c.kernel, seed + 1, type),
    G: noise(outputShape(c), seed + 2, type),
  };
}

type Algorithm = "direct" | "gemm" | "auto";

/** The three operations and, for each, the oracle's sums and their magnitudes. */
function threeOf(c: Case, { V, K, G }: { V: Tensor; K: Tensor; G: Tensor }, algorithm: Algorithm) {
  const options = { ...optionsOf(c), algorithm };
  const [v, k, g] = [V.data, K.data, G.data];
  return [
    {
      got: conv(V, K, options),
      shape: outputShape(c),
      ...sumProducts(c, sizeOf(outputShape(c)), (p) => [p.z, k[p.k]! * v[p.v]!]),
    },
    {
      got: convKernelGradient(G, V, { ...options, kernelShape: c.kernel }),
      shape: c.kernel,
      ...sumProducts(c, sizeOf(c.kernel), (p) => [p.k, g[p.z]! * v[p.v]!]),
    },
    {
      got: convInputGradient(K, G, { ...options, inputShape: c.input }),
      shape: c.input,
      ...sumProducts(c, sizeOf(c.input), (p) => [p.v, k[p.k]! * g[p.z]!]),
    },
  ];
}

describe("conv, its kernel gradient g and its input gradient h", () => {
  // Summed in float64 and rounded once: half a unit in the last place of float32, of the sum and so of its magnitudes.
  it.each([
    ["direct", "float32", 1.01 * 2 ** -24, 300],
    // At most 256 additions of rounded products in a run, and a few of runs: see depthBlock.
    ["gemm", "float32", 260 * 2 ** -24, 400],
    ["auto", "float32", 260 * 2 ** -24, 100],
    ["auto", "float64", 1e-13, 300],
  ] as const)("agree with the nested loops of their definitions: %s, %s", (algorithm, type, bound, numRuns) => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        for (const { got, shape, sums, magnitudes } of threeOf(c, arraysOf(c, seed, type), algorithm)) {
          expect(got.shape).toEqual(shape);
          expect(got.data).toBeInstanceOf(type === "float64" ? Float64Array : Float32Array);
          expect(worst(got.data, sums, magnitudes)).toBeLessThanOrEqual(bound);
        }
      }),
      { numRuns, seed: 1 },
    );
  });

  it("are adjoint: <conv(V, K), G> = <V, h(K, G)> = <K, g(G, V)>", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        const { V, K, G } = arraysOf(c, seed, "float64");
        const left = dot(conv(V, K, optionsOf(c)), G);
        const byInput = dot(V, convInputGradient(K, G, { ...optionsOf(c), inputShape: c.input }));
        const byKernel = dot(K, convKernelGradient(G, V, { ...optionsOf(c), kernelShape: c.kernel }));
        const size = sumProducts(c, 1, (p) => [0, K.data[p.k]! * V.data[p.v]! * G.data[p.z]!]).magnitudes[0]!;
        expect(Math.abs(left - byInput)).toBeLessThanOrEqual(1e-13 * size);
        expect(Math.abs(left - byKernel)).toBeLessThanOrEqual(1e-13 * size);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it("have the gradients that central differences of a curved loss show", () => {
    // Loss = Σ sin(Z): its gradient in Z is cos(Z), and a step of 1e-5 leaves an error of 1e-10 of the third derivative.
    const loss = (V: Tensor, K: Tensor, c: Case) =>
      Array.from(conv(V, K, optionsOf(c)).data, Math.sin).reduce((a, b) => a + b);
    fc.assert(
      fc.property(cases, fc.integer(), fc.nat(), (c, seed, pick) => {
        const { V, K } = arraysOf(c, seed, "float64");
        const Z = conv(V, K, optionsOf(c));
        const G: Tensor = { ...Z, data: Float64Array.from(Z.data, Math.cos) };
        const dK = convKernelGradient(G, V, { ...optionsOf(c), kernelShape: c.kernel });
        const dV = convInputGradient(K, G, { ...optionsOf(c), inputShape: c.input });
        for (const [array, gradient] of [
          [V, dV],
          [K, dK],
        ] as const) {
          const i = pick % array.data.length;
          const at = array.data[i]!;
          array.data[i] = at + 1e-5;
          const up = loss(V, K, c);
          array.data[i] = at - 1e-5;
          const down = loss(V, K, c);
          array.data[i] = at;
          const scale = Z.data.length + 1;
          expect(Math.abs((up - down) / 2e-5 - gradient.data[i]!)).toBeLessThan(1e-7 * scale);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe("conv", () => {
  it("is the cross-correlation, and with flip the textbook's convolution", () => {
    const V = { kind: "tensor", shape: [1, 5], data: Float64Array.of(0, 0, 1, 0, 0) } as const;
    const K = { kind: "tensor", shape: [1, 1, 3], data: Float64Array.of(1, 2, 3) } as const;
    expect([...conv(V, K).data]).toEqual([3, 2, 1]);
    expect([...conv(V, K, { flip: true }).data]).toEqual([1, 2, 3]);
  });

  it("commutes in its full, flipped form", () => {
    const a = noise([1, 6, 4], 1, "float64");
    const b = noise([1, 3, 5], 2, "float64");
    const asKernel = (x: Tensor): Tensor => ({ ...x, shape: [1, ...x.shape] });
    const ab = conv(a, asKernel(b), { padding: "full", flip: true });
    const ba = conv(b, asKernel(a), { padding: "full", flip: true });
    expect(ab.shape).toEqual([1, 8, 8]);
    expect(
      worst(
        ab.data,
        ba.data,
        ab.data.map(() => 1),
      ),
    ).toBeLessThan(1e-14);
  });

  it("has outputs of m - k + 1, m and m + k - 1 cells under valid, same and full", () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(sizes, sizes, ([k, more], [l, extra]) => {
        const [m, n] = [k + more, l + extra];
        const shape = (padding: "valid" | "same" | "full") =>
          conv(noise([1, m, n], 1), noise([1, 1, k, l], 2), { padding }).shape.slice(1);
        expect(shape("valid")).toEqual([m - k + 1, n - l + 1]);
        expect(shape("same")).toEqual([m, n]);
        expect(shape("full")).toEqual([m + k - 1, n + l - 1]);
      }),
      { numRuns: 50, seed: 4 },
    );
  });

  it("puts the smaller half of same's padding before: the promised total, for every stride and dilation", () => {
    const axis = fc.record({
      m: fc.integer({ min: 1, max: 20 }),
      k: fc.integer({ min: 1, max: 6 }),
      s: fc.integer({ min: 1, max: 5 }),
      d: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(axis, ({ m, k, s, d }) => {
        const total = Math.max(0, (Math.ceil(m / s) - 1) * s + d * (k - 1) + 1 - m);
        const before = Math.floor(total / 2);
        const [V, K] = [noise([2, m], 1, "float64"), noise([3, 2, k], 2, "float64")];
        const same = conv(V, K, { padding: "same", stride: s, dilation: d });
        expect(same.shape).toEqual([3, Math.ceil(m / s)]);
        expect(same).toEqual(conv(V, K, { padding: [[before, total - before]], stride: s, dilation: d }));
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it("takes one number for both sides of each dimension, as padding, stride and dilation", () => {
    const [V, K] = [noise([2, 9, 8], 1), noise([3, 2, 2, 3], 2)];
    const pairs = [
      [2, 2],
      [2, 2],
    ] as const;
    expect(conv(V, K, { padding: 2, stride: 3, dilation: 2 })).toEqual(
      conv(V, K, { padding: pairs, stride: [3, 3], dilation: [2, 2] }),
    );
  });

  it("takes any boundary with valid, where it has nothing to do", () => {
    const [V, K] = [noise([2, 9, 8], 1), noise([3, 2, 2, 3], 2)];
    for (const boundary of ["wrap", "edge", "reflect", "symmetric"] as const)
      expect(conv(V, K, { boundary })).toEqual(conv(V, K));
  });

  it("pads as numpy.pad does, also wider than the image", () => {
    // np.pad([1, 2, 3], (4, 5), mode): reflect does not repeat the edge, symmetric does.
    const V: Tensor = { kind: "tensor", shape: [1, 3], data: Float64Array.of(1, 2, 3) };
    const K: Tensor = { kind: "tensor", shape: [1, 1, 1], data: Float64Array.of(1) };
    const padded = (boundary: "zero" | "wrap" | "edge" | "reflect" | "symmetric") =>
      [...conv(V, K, { padding: [[4, 5]], boundary }).data].join("");
    expect(padded("zero")).toBe("000012300000");
    expect(padded("edge")).toBe("111112333333");
    expect(padded("wrap")).toBe("312312312312");
    expect(padded("reflect")).toBe("123212321232");
    expect(padded("symmetric")).toBe("332112332112");
  });

  it("sees only the inputs of its group", () => {
    const [V, K] = [noise([4, 5, 5], 1), noise([6, 2, 3, 3], 2)];
    const part = (x: Tensor, from: number, shape: number[]): Tensor => ({
      kind: "tensor",
      shape,
      data: x.data.slice(from * sizeOf(shape), (from + 1) * sizeOf(shape)),
    });
    const grouped = conv(V, K, { groups: 2, algorithm: "direct" });
    const halves = [0, 1].map((i) => conv(part(V, i, [2, 5, 5]), part(K, i, [3, 2, 3, 3]), { algorithm: "direct" }));
    expect([...grouped.data]).toEqual(halves.flatMap((half) => [...half.data]));
  });

  it("neither reads nor trains a masked kernel", () => {
    const connections = [
      [true, false],
      [false, true],
      [false, false],
    ];
    const [V, K] = [noise([2, 6, 6], 1), noise([3, 2, 3, 3], 2)];
    const other: Tensor = { ...K, data: K.data.map((w, i) => (connections.flat()[Math.floor(i / 9)] ? w : 1e6)) };
    for (const algorithm of ["direct", "gemm"] as const) {
      const Z = conv(V, K, { connections, algorithm });
      expect(conv(V, other, { connections, algorithm })).toEqual(Z);
      const dK = convKernelGradient(Z, V, { connections, algorithm, kernelShape: K.shape });
      connections.flat().forEach((sees, pair) => {
        expect(dK.data.slice(9 * pair, 9 * pair + 9).some((w) => w !== 0)).toBe(sees && pair < 4);
      });
    }
  });

  it("adds one bias a map or one a place, to every image", () => {
    for (const V of [noise([2, 5, 5], 1), noise([3, 2, 5, 5], 1)]) {
      const K = noise([4, 2, 3, 2], 2);
      const Z = conv(V, K);
      const perMap = noise([4], 3);
      const perPlace = noise([4, 3, 4], 4);
      const add = (bias: (i: number) => number) => Z.data.map((z, i) => z + bias(i % 48));
      expect(conv(V, K, { bias: perMap }).data).toEqual(add((i) => perMap.data[Math.floor(i / 12)]!));
      expect(conv(V, K, { bias: perPlace }).data).toEqual(add((i) => perPlace.data[i]!));
    }
  });

  it("changes none of its arguments and gives the same bits each time", () => {
    const [V, K] = [noise([3, 2, 12, 12], 1), noise([8, 2, 3, 3], 2)];
    const [v, k] = [V.data.slice(), K.data.slice()];
    const first = conv(V, K, { padding: "same" });
    expect(conv(V, K, { padding: "same" })).toEqual(first);
    expect([V.data, K.data]).toEqual([v, k]);
  });
});

describe("the input gradient", () => {
  it("gives 0 to cells that no window touches, and tells input sizes apart that share an output size", () => {
    const [K, G] = [noise([2, 1, 2, 2], 1), noise([2, 2, 2], 2)];
    const small = convInputGradient(K, G, { stride: 3, inputShape: [1, 5, 5] });
    const large = convInputGradient(K, G, { stride: 3, inputShape: [1, 7, 6] });
    const at = (x: Tensor, r: number, c: number) => x.data[r * x.shape[2]! + c]!;
    for (let r = 0; r < 7; r++) {
      for (let c = 0; c < 6; c++) {
        if (r < 5 && c < 5) expect(at(large, r, c)).toBe(at(small, r, c));
        if (r === 2 || r >= 5 || c === 2 || c >= 5) expect(Object.is(at(large, r, c), 0)).toBe(true);
      }
    }
  });
});
