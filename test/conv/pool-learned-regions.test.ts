import { describe, expect, it } from "vitest";
import { conv } from "../../src/conv/conv.js";
import { poolRegions } from "../../src/conv/pool-learned.js";
import { learnPoolingRegions, type PoolingRegionsOptions } from "../../src/conv/pool-learned-regions.js";
import { quadraturePair, renderGabor } from "../../src/math/gabor.js";
import { InputError } from "../../src/tensor/errors.js";
import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";

/** Responses of which those with one label share a signal, beside noise of a tenth of it; the signals are independent. */
function together(labels: readonly number[], shape: readonly number[], samples: number): Tensor {
  const signals = noise([samples, Math.max(...labels) + 1], 1, "float64");
  const each = noise([samples, labels.length], 2, "float64");
  const data = Float64Array.from({ length: samples * labels.length }, (_, at) => {
    const [sample, item] = [Math.floor(at / labels.length), at % labels.length];
    return signals.data[sample * signals.shape[1]! + labels[item]!]! + 0.1 * each.data[at]!;
  });
  return tensor(data, [samples, ...shape]);
}

const labelsOf = ({ labels }: { labels: ArrayLike<number> }) => Array.from(labels);

describe("learnPoolingRegions", () => {
  it("finds the places, channels or units that fire together, whatever their form and their scale", () => {
    const truth = [0, 1, 1, 2, 0, 2, 2, 1, 0, 0, 2, 1];
    const over = { places: [1, 3, 4], channels: [12], units: [2, 6] } as const;
    for (const [name, shape] of Object.entries(over) as [keyof typeof over, readonly number[]][]) {
      const responses = together(truth, shape, 60);
      const scaled = { ...responses, data: responses.data.map((v, i) => 3 + v * (1 + (i % 12))) };
      for (const given of [responses, scaled]) {
        const found = learnPoolingRegions(given, { regions: 3, seed: 1, over: name });
        expect(labelsOf(found)).toEqual(truth);
        expect([found.silent, found.clustering.stopped]).toEqual([0, "settled"]);
        expect(sizeOf(found.shape)).toBe(12);
      }
    }
  });

  it("has places about each channel's own mean: what all places share says nothing of them", () => {
    const truth = [0, 1, 0, 1, 1, 0];
    const one = together(truth, [1, 6], 40);
    const data = Float64Array.from({ length: 2 * one.data.length }, (_, at) => {
      const [image, channel, place] = [Math.floor(at / 12), Math.floor(at / 6) % 2, at % 6];
      return 1000 * channel + one.data[image * 6 + place]!;
    });
    const responses = tensor(data, [40, 2, 6]);
    const found = learnPoolingRegions(responses, { regions: 2, seed: 1 });
    expect(labelsOf(found)).toEqual(truth);
    // Two groups of correlation .99 within: little of each point's unit length is left.
    expect(found.clustering.inertia / 6).toBeLessThan(0.02);
  });

  it("by energy finds the phases of quadrature pairs, which do not correlate; their l2 pool is a complex cell", () => {
    const grid = { height: 15, width: 15 };
    const kernels = [0, 1, 2].flatMap((orientation) => {
      const gabor = { amplitude: 1, betaX: 0.03, betaY: 0.03, frequency: 1.2, phase: 0, x0: 0, y0: 0 };
      return quadraturePair({ ...gabor, tau: (orientation * Math.PI) / 3 }).map((one) => renderGabor(one, grid));
    });
    // The pairs' phases stand one after the other, then all of one phase: 0 1 2 0 1 2.
    const order = [0, 2, 4, 1, 3, 5];
    const K = tensor(Float64Array.from(order.flatMap((i) => [...kernels[i]!.data])), [6, 1, 15, 15]);
    const grating = (tau: number, phase: number) =>
      Float64Array.from({ length: 225 }, (_, at) => {
        const [x, y] = [(at % 15) - 7, 7 - Math.floor(at / 15)];
        return Math.cos(1.2 * (x * Math.cos(tau) + y * Math.sin(tau)) + phase);
      });
    const draws = noise([200, 2], 3, "float64").data;
    const images = Array.from({ length: 200 }, (_, n) => grating(Math.PI * draws[2 * n]!, Math.PI * draws[2 * n + 1]!));
    const respond = (list: readonly Float64Array[]) =>
      conv(tensor(Float64Array.from(list.flatMap((image) => [...image])), [list.length, 1, 15, 15]), K);
    const energy = learnPoolingRegions(respond(images), { regions: 3, seed: 1, over: "channels", by: "energy" });
    expect(labelsOf(energy)).toEqual([0, 1, 2, 0, 1, 2]);
    const linear = learnPoolingRegions(respond(images), { regions: 3, seed: 1, over: "channels" });
    expect(labelsOf(linear)).not.toEqual([0, 1, 2, 0, 1, 2]);
    const phases = Array.from({ length: 16 }, (_, n) => grating(0, (n * Math.PI) / 8));
    const drive = Array.from(poolRegions(respond(phases), energy, { kind: "l2" }).data).filter((_, i) => i % 3 === 0);
    expect(Math.max(...drive) / Math.min(...drive)).toBeLessThan(1.05);
    const simple = Array.from(respond(phases).data).filter((_, i) => i % 6 === 0);
    expect(Math.min(...simple)).toBeLessThan(-0.9 * Math.max(...simple));
  });

  it("by location lays regions of neighbouring places, small where much is found, for each image its own", () => {
    const spots = (...at: [number, number][]) => {
      const data = new Float64Array(400).fill(1e-5);
      for (const [y, x] of at) data[y * 20 + x] = -1;
      return tensor(data, [1, 1, 20, 20]);
    };
    const options = { regions: 3, seed: 1, by: "location" } as const;
    const left = learnPoolingRegions(spots([2, 2], [2, 5], [15, 15]), options);
    const at = (y: number, x: number) => left.labels[y * 20 + x];
    expect(new Set([at(2, 2), at(2, 5), at(15, 15)]).size).toBe(3);
    const sizes = [0, 1, 2].map((region) => labelsOf(left).filter((label) => label === region).length);
    expect(Math.max(...sizes)).toBe(sizes[at(15, 15)!]);
    // Straight borders: where both ends of a row belong to one region, so does what lies between.
    for (let y = 0; y < 20; y++) {
      const row = labelsOf(left).slice(20 * y, 20 * y + 20);
      for (const region of [0, 1, 2]) {
        const inside = row.slice(row.indexOf(region), row.lastIndexOf(region) + 1);
        expect(inside.every((label) => label === region)).toBe(true);
      }
    }
    expect(labelsOf(learnPoolingRegions(spots([17, 2], [17, 5], [2, 15]), options))).not.toEqual(labelsOf(left));
  });

  it("leaves what never responds differently in no region, and counts it", () => {
    const responses = together([0, 1, 0, 1], [1, 4], 30);
    const data = Float64Array.from({ length: 180 }, (_, at) => {
      const [image, place] = [Math.floor(at / 6), at % 6];
      return place === 0 || place === 3 ? 0.1 : responses.data[image * 4 + place - (place > 3 ? 2 : 1)]!;
    });
    const found = learnPoolingRegions(tensor(data, [30, 1, 6]), { regions: 2, seed: 1 });
    expect(labelsOf(found)).toEqual([-1, 0, 1, -1, 0, 1]);
    expect(found.silent).toBe(2);
  });

  it("gives regions that stay what they are on their way through JSON", () => {
    const responses = noise([20, 2, 3, 3], 4);
    const regions = learnPoolingRegions(responses, { regions: 3, seed: 1 });
    const read = JSON.parse(JSON.stringify(regions));
    expect(read).toEqual(regions);
    expect(poolRegions(responses, read, { kind: "max" })).toEqual(poolRegions(responses, regions, { kind: "max" }));
  });

  it("gives the same regions for the same seed, and better ones for more starts", () => {
    const responses = noise([20, 3, 6, 6], 4);
    const options = { regions: 5, seed: 3, over: "units", restarts: 2 } as const;
    expect(learnPoolingRegions(responses, options)).toEqual(learnPoolingRegions(responses, options));
    expect(labelsOf(learnPoolingRegions(responses, { ...options, seed: 4 }))).not.toEqual(
      labelsOf(learnPoolingRegions(responses, options)),
    );
    const inertia = (restarts: number) => learnPoolingRegions(responses, { ...options, restarts }).clustering.inertia;
    expect(inertia(20)).toBeLessThan(inertia(1));
  });
});

describe("learnPoolingRegions refuses", () => {
  const responses = noise([4, 2, 3], 1);
  it.each<[unknown, object | undefined, string]>([
    [responses, undefined, "options is undefined, a record with regions and seed is needed"],
    [responses, { size: 2 }, 'option "size" is not known, it takes regions, seed, over, by, restarts'],
    [3, {}, "responses is 3, a tensor is needed"],
    [tensor([1], [1]), {}, "responses has shape [1], [images, channels, ...space] of at least 1 is needed"],
    [noise([2, 0, 3], 1), {}, "responses has shape [2, 0, 3], [images, channels, ...space] of at least 1 is needed"],
    [tensor([0, Number.NaN], [1, 1, 2]), {}, "responses[1] is NaN, finite numbers are needed"],
    [responses, { regions: 0 }, "regions is 0, a whole number of at least 1 is needed"],
    [responses, { seed: 0.5 }, "seed is 0.5, a whole number of at least 0 is needed"],
    [responses, { restarts: 0 }, "restarts is 0, a whole number of at least 1 is needed"],
    [responses, { over: "rows" }, 'over is "rows", one of "places", "channels", "units" is needed'],
    [responses, { by: "size" }, 'by is "size", one of "correlation", "energy", "location" is needed'],
    [responses, { by: "location", over: "units" }, 'by "location" is given with over "units", only places have one'],
    [noise([4, 2], 1), {}, 'responses has shape [4, 2], over "places" needs at least 1 space axis'],
    [responses, { regions: 4 }, "regions is 4, the responses of 3 of 3 places vary"],
    [
      noise([1, 2, 3], 1),
      {},
      'regions is 2, the responses of 0 of 3 places vary: of one image by: "location" makes regions',
    ],
    [tensor([1, 1, 2, 2, 4, 4], [3, 1, 2]), {}, "regions is 2, 1 places respond differently from each other"],
    [tensor([0, 2, 0], [1, 1, 3]), { by: "location" }, "regions is 2, 1 places respond at all"],
  ])("what does not fit (%#)", (given, options, message) => {
    const wanted = (options && { regions: 2, seed: 1, ...options }) as PoolingRegionsOptions;
    expect(() => learnPoolingRegions(given as Tensor, wanted)).toThrow(
      new InputError(`learnPoolingRegions: ${message}`),
    );
  });
});
