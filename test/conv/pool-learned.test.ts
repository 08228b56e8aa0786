import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poolChannels } from "../../src/conv/maxout.js";
import { pool, poolGradient } from "../../src/conv/pool.js";
import {
  type PooledOver,
  type PoolingRegions,
  type PoolRegionsOptions,
  poolRegions,
  poolRegionsGradient,
} from "../../src/conv/pool-learned.js";
import { InputError } from "../../src/tensor/errors.js";
import { sizeOf, tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";
import { expectAdjoint, expectSlope, itRefusesArrays, kinds, type Pooling, powerOf, summaries } from "./region-laws.js";

interface Case {
  readonly batch: number;
  readonly channels: number;
  readonly space: readonly number[];
  readonly regions: PoolingRegions;
}

const shapeFor = (over: PooledOver, channels: number, space: readonly number[]) =>
  over === "places" ? space : over === "channels" ? [channels] : [channels, ...space];

/** Random labels, some of them -1, of which each region has one. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    over: fc.constantFrom<PooledOver>("places", "channels", "units"),
    batch: fc.integer({ min: 0, max: 2 }),
    channels: fc.integer({ min: 1, max: 4 }),
    space: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    wanted: fc.integer({ min: 1, max: 4 }),
    draws: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 256, maxLength: 256 }),
  })
  .map(({ over, batch, channels, space, wanted, draws }) => {
    const axes = over === "places" && space.length === 0 ? [3] : space;
    const shape = shapeFor(over, channels, axes);
    const items = sizeOf(shape);
    const count = Math.min(wanted, items);
    const labels = draws.slice(0, items).map((draw) => Math.min(draw, count - 1));
    for (let r = 0; r < count; r++) labels[(r * 7 + items - 1 - r * 6) % items] = r;
    const regions: PoolingRegions = {
      kind: "pooling-regions",
      over,
      space: axes.length,
      shape,
      regions: count,
      labels,
    };
    return { batch, channels, space: axes, regions };
  });

const inputOf = ({ batch, channels, space }: Case, seed: number) =>
  noise([...(batch ? [batch] : []), channels, ...space], seed, "float64");

/** The shape of the output and, for each of its numbers, where its region's members lie. */
function oracle({ batch, channels, space, regions }: Case): { shape: number[]; members: number[][] } {
  const places = sizeOf(space);
  const { over, labels, regions: count } = regions;
  const lead = batch ? [batch] : [];
  const shape = {
    places: [...lead, channels, count],
    channels: [...lead, count, ...space],
    units: [...lead, count],
  }[over];
  const members: number[][] = Array.from({ length: sizeOf(shape) }, () => []);
  for (let b = 0; b < (batch || 1); b++) {
    for (let c = 0; c < channels; c++) {
      for (let place = 0; place < places; place++) {
        const label = labels[{ places: place, channels: c, units: c * places + place }[over]]!;
        if (label < 0) continue;
        const z = {
          places: (b * channels + c) * count + label,
          channels: (b * count + label) * places + place,
          units: b * count + label,
        }[over];
        members[z]!.push((b * channels + c) * places + place);
      }
    }
  }
  return { shape, members };
}

const pooling = (regions: PoolingRegions, options: PoolRegionsOptions): Pooling => ({
  pool: (V) => poolRegions(V, regions, options),
  gradient: (G, V) => poolRegionsGradient(G, V, regions, options),
});

describe("poolRegions", () => {
  it.each(kinds)("summarises the members of each region of places, channels or units: %s", (kind) => {
    fc.assert(
      fc.property(cases, fc.nat(), (c, seed) => {
        const V = inputOf(c, seed);
        const { shape, members } = oracle(c);
        const Z = poolRegions(V, c.regions, { kind, ...powerOf(kind) });
        expect(Z.shape).toEqual(shape);
        members.forEach((cells, z) => {
          expect(Z.data[z]).toBeCloseTo(summaries[kind](cells.map((cell) => V.data[cell]!)), 13);
        });
      }),
      { seed: 8, numRuns: 150 },
    );
  });

  it.each(kinds)("is pool, and its gradient pool's, where the regions are its windows: %s", (kind) => {
    const labels = Array.from({ length: 48 }, (_, i) => 2 * Math.floor(i / 24) + (Math.floor((i % 8) / 4) % 2));
    const quarters = { kind: "pooling-regions", over: "places", space: 2, shape: [6, 8], regions: 4, labels } as const;
    for (const type of ["float32", "float64"] as const) {
      const V = noise([2, 3, 6, 8], 3, type);
      const Z = pool(V, { kind, size: [3, 4], ...powerOf(kind) });
      const G = noise([2, 3, 2, 2], 4, type);
      const flat = poolRegions(V, quarters, { kind, ...powerOf(kind) });
      expect(flat.shape).toEqual([2, 3, 4]);
      const off = Math.max(...flat.data.map((z, i) => Math.abs(z - Z.data[i]!)));
      expect(off).toBeLessThan(type === "float32" ? 1e-6 : 1e-14);
      const dV = poolRegionsGradient({ ...G, shape: [2, 3, 4] }, V, quarters, { kind, ...powerOf(kind) });
      const wanted = poolGradient(G, V, { kind, size: [3, 4], ...powerOf(kind) });
      expect(dV.shape).toEqual(V.shape);
      expect(Math.max(...dV.data.map((z, i) => Math.abs(z - wanted.data[i]!)))).toBeLessThan(1e-6);
      expect(dV.data.constructor).toBe(V.data.constructor);
    }
  });

  it("is poolChannels where the regions are runs of channels", () => {
    const V = noise([2, 6, 3, 3], 5);
    const runs = {
      kind: "pooling-regions",
      over: "channels",
      space: 2,
      shape: [6],
      regions: 2,
      labels: [0, 0, 0, 1, 1, 1],
    } as const;
    expect(poolRegions(V, runs, { kind: "max" })).toEqual(poolChannels(V, { kind: "max", size: 3 }));
  });

  it("does not see members change places within their region", () => {
    const labels = [0, 1, 0, 1, -1, 0];
    const regions = { kind: "pooling-regions", over: "places", space: 1, shape: [6], regions: 2, labels } as const;
    const [before, after] = [tensor([1, 2, 3, 4, 9, 6], [1, 6]), tensor([6, 4, 1, 2, -9, 3], [1, 6])];
    for (const kind of kinds) {
      const options = { kind, ...powerOf(kind) };
      expect(poolRegions(after, regions, options)).toEqual(poolRegions(before, regions, options));
    }
  });
});

describe("poolRegionsGradient", () => {
  it.each(kinds)("is the slope that central differences see: %s", (kind) => {
    fc.assert(
      fc.property(cases, fc.nat(), (c, seed) => {
        expectSlope(pooling(c.regions, { kind, ...powerOf(kind) }), inputOf(c, seed), seed);
      }),
      { seed: 9, numRuns: 150 },
    );
  });

  it("is the adjoint of the average: <pool V, G> = <V, gradient of G>", () => {
    fc.assert(
      fc.property(cases, fc.nat(), (c, seed) => {
        expectAdjoint(pooling(c.regions, { kind: "average" }), inputOf(c, seed), seed + 1, 12);
      }),
      { seed: 10, numRuns: 100 },
    );
  });

  it("goes to the first of tied maxima in row-major order, and not to a member of no region", () => {
    const labels = [1, -1, 0, 1, 0, 1];
    const regions = { kind: "pooling-regions", over: "places", space: 2, shape: [2, 3], regions: 2, labels } as const;
    const V = tensor([7, 9, 5, 7, 5, 2], [1, 2, 3]);
    const dV = poolRegionsGradient(tensor([1, 2], [1, 2]), V, regions, { kind: "max" });
    expect(dV).toEqual(tensor([2, 0, 1, 0, 0, 0], [1, 2, 3]));
  });
});

describe("poolRegions refuses", () => {
  const V = noise([2, 3, 2, 2], 1);
  const places = { kind: "pooling-regions", over: "places", space: 2, shape: [2, 2], regions: 2, labels: [0, 1, 1, 0] };
  it.each<[unknown, object, string]>([
    [3, {}, "regions is 3, a record of pooling regions is needed"],
    [V, {}, "regions is a tensor of shape [2, 3, 2, 2], a record of pooling regions is needed"],
    [{ ...places, over: "rows" }, {}, 'regions.over is "rows", one of "places", "channels", "units" is needed'],
    [{ ...places, space: 0 }, {}, "regions.space is 0, a whole number from 1 to 3 is needed"],
    [{ ...places, regions: 0 }, {}, "regions.regions is 0, a whole number of at least 1 is needed"],
    [{ ...places, shape: 4 }, {}, "regions.shape is 4, a list with the length of every axis is needed"],
    [{ ...places, shape: [4] }, {}, "regions.shape is [4], places of 2 space dimensions have 2 axes"],
    [{ ...places, labels: [0, 1] }, {}, "regions.labels is a list of 2, one for each of 4 places is needed"],
    [{ ...places, labels: undefined }, {}, "regions.labels is undefined, one for each of 4 places is needed"],
    [{ ...places, labels: [0, 1, 2, 0] }, {}, "regions.labels[2] is 2, a whole number from -1 to 1 is needed"],
    [{ ...places, labels: [0, -1, 0, 0] }, {}, "region 1 has no member, at least one is needed"],
    [
      { ...places, space: 1, shape: [4] },
      {},
      "input has shape [2, 3, 2, 2], regions of 1 space dimensions needs 2 axes, or 3 with batch",
    ],
    [{ ...places, shape: [1, 4] }, {}, "input has shape [2, 3, 2, 2], the regions are of places of shape [1, 4]"],
    [
      { ...places, over: "channels", shape: [4] },
      {},
      "input has shape [2, 3, 2, 2], the regions are of channels of shape [4]",
    ],
    [places, { size: 2 }, 'option "size" is not known, it takes kind, p'],
    [places, { kind: "weighted" }, 'kind is "weighted", one of "max", "average", "l2", "lp" is needed'],
    [places, { p: 2 }, 'option "p" does not apply to kind "max", it is for "lp"'],
    [places, { kind: "lp" }, "p is undefined, a finite number of at least 1 is needed"],
  ])("what does not fit (%#)", (regions, options, message) => {
    const call = () => poolRegions(V, regions as PoolingRegions, { kind: "max", ...options } as PoolRegionsOptions);
    expect(call).toThrow(InputError);
    expect(call).toThrow(new InputError(`poolRegions: ${message}`));
  });

  itRefusesArrays("poolRegions", pooling(places as unknown as PoolingRegions, { kind: "max" }), V);
});
