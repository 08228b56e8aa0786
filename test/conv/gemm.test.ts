import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { fitsArena, gemmConv, gemmInputGradient, gemmKernelGradient } from "../../src/conv/gemm.js";
import { geometryOf } from "../../src/conv/geometry.js";
import { panels, plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";
import { cases, noise, optionsOf, worst } from "./cases.js";

const floats = (value: Tensor) => value.data as Float32Array;

/** The largest difference, relative to the largest number of `b`. */
function relative(a: Tensor, b: Tensor): number {
  const largest = Array.from(b.data, Math.abs).reduce((x, y) => Math.max(x, y));
  return worst(
    a.data,
    b.data,
    Array.from(b.data, () => largest),
  );
}

/** The three operations by both algorithms, and how far they are apart. */
function apart(V: Tensor, K: Tensor, options: Parameters<typeof conv>[2]): number[] {
  const three = (algorithm: "direct" | "gemm") => {
    const Z = conv(V, K, { ...options, algorithm });
    const G = noise(Z.shape, 3);
    const rest = { ...options, algorithm };
    return [
      Z,
      convKernelGradient(G, V, { ...rest, kernelShape: K.shape }),
      convInputGradient(K, G, { ...rest, inputShape: V.shape }),
    ] as const;
  };
  const [fast, slow] = [three("gemm"), three("direct")];
  return [0, 1, 2].map((i) => relative(fast[i]!, slow[i]!));
}

describe("the convolution as a packed product", () => {
  it.each([
    ["patches of an autoencoder", [28, 1, 33, 33], [48, 1, 11, 11], { stride: 11 }],
    ["a deep layer", [4, 64, 16, 16], [64, 64, 3, 3], {}],
    ["a strided first layer", [2, 3, 64, 64], [96, 3, 11, 11], { stride: 4 }],
    ["same padding", [8, 3, 32, 32], [64, 3, 5, 5], { padding: "same" }],
    ["groups", [4, 32, 10, 10], [64, 8, 3, 3], { groups: 4, padding: 1 }],
    ["more outputs than a block of rows", [1, 3, 9, 9], [600, 3, 3, 3], {}],
    ["movies", [2, 2, 6, 12, 12], [8, 2, 3, 5, 5], { boundary: "wrap", padding: "same" }],
  ] as const)("is off by less than 2e-6 of the largest number: %s", (_, input, kernel, options) => {
    for (const off of apart(noise(input, 1), noise(kernel, 2), options)) expect(off).toBeLessThan(2e-6);
  });

  it("works on batches that need several slabs", () => {
    const [V, K] = [noise([3, 1, 900, 901], 1), noise([3, 1, 7, 9], 2)];
    for (const options of [{ stride: 97 }, { stride: 97, padding: 3 }])
      for (const off of apart(V, K, options)) expect(off).toBeLessThan(2e-6);
  });

  it("stages a large batch in parts, so that its memory does not grow with the batch", () => {
    const bytes = [1, 3].map((batch) => {
      const g = geometryOf("test", [batch, 1, 900, 901], [1, 1, 2, 2], { stride: 300 });
      const k = plainPanels();
      gemmConv(
        g,
        new Float32Array(sizeOf(g.inputShape)),
        new Float32Array(4),
        new Float32Array(sizeOf(g.outputShape)),
        k,
      );
      return k.arena.floats.byteLength;
    });
    expect(bytes[1]).toBe(bytes[0]);
  });

  it("is the same bits as its plain twin", () => {
    const [plain, wasm] = [plainPanels(), wasmPanels()!];
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        const g = geometryOf("test", c.input, c.kernel, optionsOf(c));
        const [V, K, G] = [c.input, c.kernel, g.outputShape].map((shape, i) => floats(noise(shape, seed + i)));
        const three = [plain, wasm].map((k) => {
          const into = [g.outputShape, g.kernelShape, g.inputShape].map((shape) => new Float32Array(sizeOf(shape)));
          gemmConv(g, V!, K!, into[0]!, k);
          gemmKernelGradient(g, G!, V!, into[1]!, k);
          gemmInputGradient(g, K!, G!, into[2]!, k);
          return into;
        });
        expect(three[0]).toEqual(three[1]);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("gives an image the same bits whatever images follow it", () => {
    const K = noise([5, 2, 3, 4], 2);
    for (const options of [{ padding: "same" }, { stride: 2 }, { boundary: "wrap", padding: "full" }] as const) {
      const [five, three] = [5, 3].map((batch) => {
        const shape = [batch, 2, 13, 11];
        const V = tensor(noise([5, 2, 13, 11], 1).data.slice(0, sizeOf(shape)), shape);
        const Z = conv(V, K, { ...options, algorithm: "gemm" });
        return [Z, convInputGradient(K, Z, { ...options, algorithm: "gemm", inputShape: V.shape })];
      });
      three!.forEach(({ data }, i) => {
        expect(five![i]!.data.slice(0, data.length)).toEqual(data);
      });
    }
  });

  it("does not see what an earlier call left in the arena", () => {
    const [V, K] = [noise([3, 2, 13, 11], 1), noise([5, 2, 3, 4], 2)];
    const run = () => {
      const Z = conv(V, K, { padding: "full", stride: 2, algorithm: "gemm" });
      const options = { padding: "full", stride: 2, algorithm: "gemm" } as const;
      return [
        Z,
        convKernelGradient(Z, V, { ...options, kernelShape: K.shape }),
        convInputGradient(K, Z, { ...options, inputShape: V.shape }),
      ];
    };
    const before = run();
    panels().arena.floats.fill(Number.NaN);
    expect(run()).toEqual(before);
  });

  it("takes no more memory after ten thousand calls than after one", () => {
    const [V, K] = [noise([2, 3, 9, 9], 1), noise([8, 3, 3, 3], 2)];
    const call = () => {
      const Z = conv(V, K, { algorithm: "gemm" });
      convKernelGradient(Z, V, { algorithm: "gemm", kernelShape: K.shape });
      convInputGradient(K, Z, { algorithm: "gemm", inputShape: V.shape });
    };
    call();
    const bytes = panels().arena.floats.byteLength;
    for (let i = 0; i < 10_000; i++) call();
    expect(panels().arena.floats.byteLength).toBe(bytes);
  });

  it("leaves images of more than a GiB to the loops", () => {
    const geometry = (m: number) => geometryOf("test", [64, m, m], [1, 64, 1, 1], { stride: m });
    expect(fitsArena(geometry(2040))).toBe(true);
    expect(fitsArena(geometry(2060))).toBe(false);
  });
});
