import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv } from "../../src/conv/conv.js";
import { type LayerCountsRequest, type LayerKind, layerCounts } from "../../src/conv/layer-counts.js";
import { matrixCounts } from "../../src/conv/matrix-counts.js";
import { InputError } from "../../src/tensor/errors.js";
import { zeros } from "../../src/tensor/tensor.js";
import { cases, optionsOf } from "./cases.js";
import { type Case, outputSpace } from "./oracle.js";

/** Every index of a shape. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Walks over every product of every output and puts down which weight and which bias it uses. */
function enumerated(c: Case, kind: LayerKind, tile: readonly number[]) {
  const [O, I] = c.kernel;
  const weights = new Set<string>();
  const biases = new Set<string>();
  let multiplications = 0;
  const places = indices(outputSpace(c));
  // Kernels of tiles wider than the output are there, though no place uses them.
  const owners = { dense: places, unshared: places, tiled: indices(tile), restricted: [[]], shared: [[]] }[kind];
  for (let o = 0; o < O; o++) {
    for (const owner of owners) biases.add(`${o}:${owner}`);
    const group = Math.floor((o * c.groups) / O);
    const channels =
      kind === "dense"
        ? indices(c.input)
        : Array.from({ length: I }, (_, l) => [l]).filter(([l]) => c.connections?.[o][group * I + l] ?? true);
    const taps = kind === "dense" ? [[]] : indices(c.kernel.slice(2));
    for (const channel of channels) {
      for (const tap of taps) {
        for (const owner of owners) weights.add(`${o}:${owner}:${channel}:${tap}`);
        multiplications += places.length;
      }
    }
  }
  return { parameters: { weights: weights.size, biases: biases.size }, multiplications };
}

const small = cases.map((c): Case => ({ ...c, input: c.input.slice(c.input.length - c.kernel.length + 1) }));

describe("layerCounts", () => {
  it("counts what an enumeration of every product counts", () => {
    const seen = new Set<LayerKind>();
    fc.assert(
      fc.property(small, fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }), (c, three) => {
        const tile = three.slice(0, c.kernel.length - 2);
        const restricted = c.groups > 1 || c.connections !== undefined;
        for (const kind of ["dense", "unshared", "tiled", restricted ? "restricted" : "shared"] as const) {
          seen.add(kind);
          const counts = layerCounts({
            inputShape: c.input,
            kernelShape: c.kernel,
            options: optionsOf(c),
            kind,
            ...(kind === "tiled" ? { tile } : {}),
          });
          expect(counts).toEqual({ kind: "layer-counts", layer: kind, ...enumerated(c, kind, tile) });
        }
      }),
      { numRuns: 100, seed: 1 },
    );
    expect(seen.size).toBe(5);
  });

  it("counts as many as the shapes have numbers where nothing is masked", () => {
    const [inputShape, kernelShape] = [
      [3, 32, 32],
      [64, 3, 5, 5],
    ];
    const of = (kind: LayerKind, more: Partial<LayerCountsRequest> = {}) =>
      layerCounts({ inputShape, kernelShape, kind, ...more });
    const places = conv(zeros(inputShape), zeros(kernelShape)).data.length / 64;
    expect(places).toBe(28 * 28);
    expect(of("shared").parameters).toEqual({ weights: 4800, biases: 64 });
    expect(of("tiled", { tile: [2, 3] }).parameters).toEqual({ weights: 4800 * 6, biases: 64 * 6 });
    expect(of("unshared").parameters).toEqual({ weights: 4800 * places, biases: 64 * places });
    expect(of("dense").parameters).toEqual({ weights: 3 * 1024 * 64 * places, biases: 64 * places });
    expect(of("dense").multiplications).toBe(3 * 1024 * 64 * places);
    for (const counts of [of("shared"), of("tiled", { tile: [2, 3] }), of("unshared")])
      expect(counts.multiplications).toBe(4800 * places);
  });

  it("finds a layer of g groups to have 1/g of the weights and multiplications of one that sees all channels", () => {
    const inputShape = [12, 9, 9];
    const all = layerCounts({ inputShape, kernelShape: [24, 12, 3, 3], kind: "shared" });
    for (const groups of [2, 3, 4, 6, 12]) {
      const kernelShape = [24, 12 / groups, 3, 3];
      const part = layerCounts({ inputShape, kernelShape, options: { groups }, kind: "restricted" });
      expect(part.parameters.weights * groups).toBe(all.parameters.weights);
      expect(part.multiplications * groups).toBe(all.multiplications);
      expect(part.parameters.biases).toBe(24);
    }
  });

  it("lies between one kernel and a kernel a place for tiles of 1 and of the output's width", () => {
    const shapes = { inputShape: [2, 7, 8], kernelShape: [5, 2, 3, 4] };
    const { layer: _, ...shared } = layerCounts({ ...shapes, kind: "shared" });
    const { layer: __, ...unshared } = layerCounts({ ...shapes, kind: "unshared" });
    expect(layerCounts({ ...shapes, kind: "tiled", tile: [1, 1] })).toMatchObject(shared);
    expect(layerCounts({ ...shapes, kind: "tiled", tile: [5, 5] })).toMatchObject(unshared);
  });

  it("agrees with the counts of the matrix of the same convolution", () => {
    const [inputShape, kernelShape, options] = [[4, 9, 9], [6, 2, 3, 3], { groups: 2, padding: "same" as const }];
    const matrix = matrixCounts(kernelShape, inputShape, options);
    const of = (kind: LayerKind) => layerCounts({ inputShape, kernelShape, options, kind });
    expect(of("dense").multiplications).toBe(matrix.multiplications.dense);
    expect(of("restricted").multiplications).toBe(matrix.multiplications.convolution);
    expect(of("restricted").parameters.weights).toBe(matrix.parameters.convolution);
    expect(of("unshared").parameters.weights).toBe(matrix.parameters.unshared);
  });

  const request = { inputShape: [4, 6, 6], kernelShape: [8, 4, 3, 3], kind: "shared" };
  it.each([
    [undefined, "layerCounts: the request is undefined, a record is needed"],
    [
      { ...request, bias: 1 },
      'layerCounts: option "bias" is not known, it takes inputShape, kernelShape, options, kind, tile',
    ],
    [
      { ...request, kind: "sparse" },
      'layerCounts: kind is "sparse", one of "dense", "unshared", "tiled", "restricted", "shared" is needed',
    ],
    [{ ...request, kernelShape: 3 }, "layerCounts: kernelShape is 3, a list with the length of every axis is needed"],
    [
      { ...request, inputShape: undefined },
      "layerCounts: inputShape is undefined, a list with the length of every axis is needed",
    ],
    [
      { ...request, inputShape: [2, 4, 6, 6] },
      "layerCounts: inputShape is [2, 4, 6, 6], a shape without batch is needed",
    ],
    [{ ...request, kernelShape: [8, 3, 3, 3] }, "layerCounts: kernel has 3 input channels, input has 4"],
    [
      { ...request, kernelShape: [8, 4, 0, 3] },
      "layerCounts: kernel has shape [8, 4, 0, 3], axes of at least 1 are needed",
    ],
    [
      { ...request, options: { algorithm: "auto" } },
      'layerCounts: option "algorithm" is not known, it takes stride, padding, boundary, dilation, groups, connections, flip',
    ],
    [
      { ...request, kernelShape: [8, 2, 3, 3], options: { groups: 2 } },
      'layerCounts: kind "shared" is given with groups 2, such a layer is of kind "restricted"',
    ],
    [
      { ...request, options: { connections: Array(8).fill([true, true, false, true]) } },
      'layerCounts: kind "shared" is given with connections, such a layer is of kind "restricted"',
    ],
    [
      { ...request, kind: "restricted" },
      'layerCounts: kind "restricted" is given without groups or connections, groups above 1 or connections are needed',
    ],
    [{ ...request, tile: [2, 2] }, 'layerCounts: tile is a list of 2, kind "shared" takes none'],
    [{ ...request, kind: "tiled" }, "layerCounts: tile is undefined, a list of 2 is needed"],
    [{ ...request, kind: "tiled", tile: [2] }, "layerCounts: tile has 1 entries, the kernel has 2 space dimensions"],
    [{ ...request, kind: "tiled", tile: [2, 0] }, "layerCounts: tile[1] is 0, a whole number of at least 1 is needed"],
    [
      { ...request, kind: "tiled", tile: Array(2) },
      "layerCounts: tile[0] is undefined, a whole number of at least 1 is needed",
    ],
  ])("refuses what does not fit (%#)", (given, message) => {
    expect(() => layerCounts(given as never)).toThrow(new InputError(message));
  });
});
