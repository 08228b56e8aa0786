import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv } from "../../src/conv/conv.js";
import { type PoolChannelsOptions, poolChannels, poolChannelsGradient } from "../../src/conv/maxout.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";
import { expectSlope, itRefusesArrays, kinds, type Pooling, powerOf, summaries } from "./region-laws.js";

interface Case {
  readonly batch: number;
  readonly channels: number;
  readonly space: readonly number[];
  readonly options: PoolChannelsOptions;
}

/** Pools that end with the last channel. */
const cases = (kind: PoolChannelsOptions["kind"]): fc.Arbitrary<Case> => {
  const small = fc.integer({ min: 1, max: 3 });
  const space = fc.array(small, { maxLength: 3 });
  return fc
    .record({ batch: fc.integer({ min: 0, max: 2 }), size: small, stride: small, dilation: small, pools: small, space })
    .map(({ batch, size, stride, dilation, pools, space }) => ({
      batch,
      channels: dilation * (size - 1) + 1 + stride * (pools - 1),
      space,
      options: { kind, size, stride, dilation, space: space.length, ...powerOf(kind) },
    }));
};

function inputOf({ batch, channels, space }: Case, seed: number): Tensor {
  return noise([...(batch ? [batch] : []), channels, ...space], seed, "float64");
}

const pooling = (options: PoolChannelsOptions): Pooling => ({
  pool: (V) => poolChannels(V, options),
  gradient: (G, V) => poolChannelsGradient(G, V, options),
});

describe("poolChannels", () => {
  it.each(kinds)("summarises the channels of each pool at each place: %s", (kind) => {
    fc.assert(
      fc.property(cases(kind), fc.nat(), (c, seed) => {
        const V = inputOf(c, seed);
        const { size, stride = size, dilation = 1 } = c.options;
        const cells = c.space.reduce((a, b) => a * b, 1);
        const pools = (c.channels - dilation * (size - 1) - 1) / stride + 1;
        const Z = poolChannels(V, c.options);
        expect(Z.shape).toEqual([...(c.batch ? [c.batch] : []), pools, ...c.space]);
        for (let z = 0; z < Z.data.length; z++) {
          const [cell, pool, image] = [z % cells, Math.floor(z / cells) % pools, Math.floor(z / cells / pools)];
          const channel = (t: number) => image * c.channels + pool * stride + t * dilation;
          const values = Array.from({ length: size }, (_, t) => V.data[channel(t) * cells + cell]!);
          expect(Z.data[z]).toBeCloseTo(summaries[kind](values), 13);
        }
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it("pools neighbouring channels by default, of two space dimensions, and those C / size apart with a dilation", () => {
    const V = tensor([0, 1, 5, 2, 3, 4, 2, 9], [4, 1, 2]);
    expect(poolChannels(V, { kind: "max", size: 2 })).toEqual(tensor([5, 2, 3, 9], [2, 1, 2]));
    const apart = poolChannels(V, { kind: "max", size: 2, dilation: 2, stride: 1 });
    expect(apart).toEqual(tensor([3, 4, 5, 9], [2, 1, 2]));
  });

  it("over kernels rotated by quarter turns makes maps that turn with the image, which no single kernel's does", () => {
    const turn = (V: Tensor): Tensor => {
      const side = V.shape.at(-1)!;
      const at = (i: number) => {
        const [plane, y, x] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side];
        return V.data[(plane * side + x) * side + side - 1 - y]!;
      };
      return { ...V, data: V.data.map((_, i) => at(i)) };
    };
    const first = noise([1, 1, 5, 5], 1, "float64");
    const versions = [first, turn(first), turn(turn(first)), turn(turn(turn(first)))];
    const kernels = tensor(Float64Array.from(versions.flatMap(({ data }) => [...data])), [4, 1, 5, 5]);
    const image = noise([1, 12, 12], 2, "float64");
    const maxout = (V: Tensor, K: Tensor, size: number) => poolChannels(conv(V, K), { kind: "max", size });
    const off = (K: Tensor, size: number) => {
      const [turned, plain] = [maxout(turn(image), K, size), turn(maxout(image, K, size))];
      return Math.max(...turned.data.map((z, i) => Math.abs(z - plain.data[i]!)));
    };
    expect(off(kernels, 4)).toBeLessThan(1e-12);
    expect(off(first, 1)).toBeGreaterThan(1);
    // and the largest response anywhere does not change at all
    expect(Math.max(...maxout(turn(image), kernels, 4).data)).toBeCloseTo(
      Math.max(...maxout(image, kernels, 4).data),
      12,
    );
  });
});

describe("poolChannelsGradient", () => {
  it.each(kinds)("is the slope that central differences see: %s", (kind) => {
    fc.assert(
      fc.property(cases(kind), fc.nat(), (c, seed) => {
        expectSlope(pooling(c.options), inputOf(c, seed), seed);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it("goes to the first of tied channels, and not to one between pools", () => {
    const V = tensor([7, 7, 9, 1, 2], [5]);
    const options = { kind: "max", size: 2, stride: 3, space: 0 } as const;
    const dV = poolChannelsGradient(tensor([1, 2], [2]), V, options);
    expect(dV).toEqual(tensor([1, 0, 0, 0, 2], [5]));
  });
});

describe("poolChannels refuses", () => {
  const V = noise([2, 6, 4, 4], 1);
  it.each<[object, string]>([
    [
      { kind: "max", size: 2, padding: 1 },
      'option "padding" is not known, it takes kind, size, stride, dilation, p, space',
    ],
    [{ kind: "weighted", size: 2 }, 'kind is "weighted", one of "max", "average", "l2", "lp" is needed'],
    [{ kind: "max", size: 2, p: 1 }, 'option "p" does not apply to kind "max", it is for "lp"'],
    [{ kind: "lp", size: 2 }, "p is undefined, a finite number of at least 1 is needed"],
    [{ kind: "max" }, "size is undefined, a whole number of at least 1 is needed"],
    [{ kind: "max", size: [2] }, "size is a list of 1, a whole number of at least 1 is needed"],
    [{ kind: "max", size: 2, stride: 0 }, "stride is 0, a whole number of at least 1 is needed"],
    [{ kind: "max", size: 2, dilation: 0 }, "dilation is 0, a whole number of at least 1 is needed"],
    [{ kind: "max", size: 2, space: 4 }, "space is 4, a whole number from 0 to 3 is needed"],
    [{ kind: "max", size: 2, space: 1 }, "input has shape [2, 6, 4, 4], space 1 needs 2 axes, or 3 with batch"],
    [{ kind: "max", size: 3, dilation: 3 }, "size spans 7 channels, the input has 6"],
    [{ kind: "max", size: 4 }, "pools of 4 channels, one every 4, do not end with the last of 6 channels"],
  ])("options that do not fit (%#)", (options, message) => {
    expect(() => poolChannels(V, options as never)).toThrow(InputError);
    expect(() => poolChannels(V, options as never)).toThrow(new InputError(`poolChannels: ${message}`));
  });

  itRefusesArrays("poolChannels", pooling({ kind: "max", size: 2 }), V);
});
