import { type Clusters, clustersOf } from "../math/k-means.js";
import { checkSeed } from "../math/random-streams.js";
import { checkChoice, checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor } from "../tensor/tensor.js";
import { checkArray } from "./arrays.js";
import { overs, type PooledOver, type PoolingRegions } from "./pool-learned.js";
import { locations, type MemberPoints, profiles } from "./pool-learned-profiles.js";

/** What makes members of a region alike, see `learnPoolingRegions`. */
export type Likeness = "correlation" | "energy" | "location";

/** Regions with what they were learned by. */
export interface LearnedPoolingRegions extends PoolingRegions {
  readonly by: Likeness;
  /** places, channels or units whose response never changes: they are in no region */
  readonly silent: number;
  /** how k-means ended */
  readonly clustering: Pick<Clusters, "inertia" | "iterations" | "stopped" | "seed">;
}

/** The options of `learnPoolingRegions`. */
export interface PoolingRegionsOptions {
  readonly regions: number;
  readonly seed: number;
  /** default `places` */
  readonly over?: PooledOver;
  /** default `correlation` */
  readonly by?: Likeness;
  /** starts of k-means that are tried; default 8 */
  readonly restarts?: number;
}

const likenesses: readonly Likeness[] = ["correlation", "energy", "location"];

function checkLearning(where: string, responses: Tensor, options: PoolingRegionsOptions) {
  if (typeof options !== "object" || options === null)
    refuse(where, `options is ${describe(options)}, a record with regions and seed is needed`);
  checkOptions(where, options, ["regions", "seed", "over", "by", "restarts"]);
  const { regions, seed, over = "places", by = "correlation", restarts = 8 } = options;
  checkArray(where, "responses", responses);
  const { shape } = responses;
  if (shape.length < 2 || shape.length > 5 || shape.some((length) => length < 1))
    refuse(where, `responses has shape ${shapeText(shape)}, [images, channels, ...space] of at least 1 is needed`);
  checkInteger(where, "regions", regions, 1);
  checkSeed(where, seed);
  checkChoice(where, "over", over, overs);
  checkChoice(where, "by", by, likenesses);
  checkInteger(where, "restarts", restarts, 1);
  if (by === "location" && over !== "places")
    refuse(where, `by "location" is given with over "${over}", only places have one`);
  if (over === "places" && shape.length === 2)
    refuse(where, `responses has shape ${shapeText(shape)}, over "places" needs at least 1 space axis`);
  return { regions, seed, over, by, restarts };
}

/**
 * Learns regions to pool over by k-means on where and when detectors fire: members of one region respond alike, so that their
 * pool is invariant to what turns one into another, whatever that is.
 *
 * - `by: "correlation"`: members fire together. Each place, channel or unit is the list of its responses, less their mean (of
 *   places: each channel's) and over their length, so that `|a - b|² = 2 (1 - correlation)`.
 * - `by: "energy"`: as before, of squared responses, for detectors that respond to one thing with either sign, such as the two
 *   phases of a quadrature pair.
 * - `by: "location"`: regions of neighbouring places, small where much is found: the places themselves are clustered, weighted by
 *   their responses' magnitudes, and a place joins the nearest cluster. Of one image these are the regions of that image; of many,
 *   one structure for all.
 *
 * @param responses `[images, channels, ...space]`, 0 to 3 space dimensions
 * @param options how many regions, seed, and what is clustered by what, see `PoolingRegionsOptions`
 * @returns the regions, for `poolRegions`; numbered in the order of their first members
 * @throws InputError if shapes or options do not fit, a number is NaN or infinite, or fewer than `regions` differ
 * @see the chapter on convolutional networks, section on pooling; Coates & Ng 2011, "Selecting receptive fields in deep networks";
 * Boureau et al. 2011, "Ask the locals"; Jia et al. 2012, "Beyond spatial pyramids"
 */
export function learnPoolingRegions(responses: Tensor, options: PoolingRegionsOptions): LearnedPoolingRegions {
  const where = "learnPoolingRegions";
  const { over, by, ...wanted } = checkLearning(where, responses, options);
  const [images, channels, ...space] = responses.shape as [number, number, ...number[]];
  const shape = over === "places" ? space : over === "channels" ? [channels] : [channels, ...space];
  const { points, members, weights }: MemberPoints =
    by === "location" ? locations(responses) : profiles(responses, over, by === "energy");
  const all = new Int32Array(sizeOf(shape)).fill(-1);
  if (members.length < wanted.regions) {
    const hint = images === 1 && over === "places" ? ': of one image by: "location" makes regions' : "";
    const varying = `the responses of ${members.length} of ${all.length} ${over} vary`;
    refuse(where, `regions is ${wanted.regions}, ${varying}${hint}`);
  }
  const { regions: clusters, ...rest } = wanted;
  const differ = by === "location" ? "respond at all" : "respond differently from each other";
  const few = (_: number, distinct: number) => `regions is ${clusters}, ${distinct} ${over} ${differ}`;
  const { labels, inertia, iterations, stopped, seed } = clustersOf(
    where,
    points,
    { clusters, ...rest, ...(weights ? { weights } : {}) },
    few,
  );
  members.forEach((member, i) => {
    all[member] = labels[i]!;
  });
  return {
    kind: "pooling-regions",
    over,
    space: space.length,
    shape,
    regions: wanted.regions,
    labels: Array.from(all),
    by,
    silent: all.length - members.length,
    clustering: { inertia, iterations, stopped, seed },
  };
}
