import { sizeOf, type Tensor, tensor } from "../tensor/tensor.js";
import type { PooledOver } from "./pool-learned.js";

/** What k-means is given: a point for each place, channel or unit that takes part, and which one it is. */
export interface MemberPoints {
  /** `[members, numbers]`, float64 */
  readonly points: Tensor;
  /** ascending */
  readonly members: Int32Array;
  readonly weights?: Float64Array;
}

/**
 * The responses of each place, channel or unit as a vector of length 1, whose products with others are correlations. What never
 * responds differently has none and is left out.
 */
export function profiles({ shape, data }: Tensor, over: PooledOver, energy: boolean): MemberPoints {
  const [images, channels, ...space] = shape as [number, number, ...number[]];
  const places = sizeOf(space);
  const [outer, items, inner] = {
    places: [images * channels, places, 1],
    channels: [images, channels, places],
    units: [images, channels * places, 1],
  }[over] as [number, number, number];
  // Channels differ in what their responses are about, which says nothing of places: each has a mean of its own.
  const groups = over === "places" ? channels : 1;
  const members: number[] = [];
  const points = new Float64Array(data.length);
  const numbers = outer * inner;
  for (let item = 0; item < items; item++) {
    const profile = points.subarray(members.length * numbers, (members.length + 1) * numbers);
    for (let o = 0; o < outer; o++) {
      const at = (o * items + item) * inner;
      for (let i = 0; i < inner; i++) profile[o * inner + i] = energy ? data[at + i]! ** 2 : data[at + i]!;
    }
    for (let group = 0; group < groups; group++) centre(profile, group, groups);
    const length = Math.sqrt(profile.reduce((sum, value) => sum + value ** 2, 0));
    if (length === 0) continue;
    for (let t = 0; t < numbers; t++) profile[t]! /= length;
    members.push(item);
  }
  return {
    points: tensor(points.subarray(0, members.length * numbers), [members.length, numbers]),
    members: Int32Array.from(members),
  };
}

/** Takes the mean from every `step`-th number. As differences from the first, so that equal numbers become exactly 0. */
function centre(values: Float64Array, from: number, step: number): void {
  const first = values[from]!;
  let sum = 0;
  for (let i = from; i < values.length; i += step) sum += values[i]! - first;
  const mean = (sum * step) / values.length;
  for (let i = from; i < values.length; i += step) values[i] = values[i]! - first - mean;
}

/** The places as points, in cells, weighted by the magnitudes of all responses there. */
export function locations({ shape, data }: Tensor): MemberPoints {
  const space = shape.slice(2);
  const places = sizeOf(space);
  const weights = new Float64Array(places);
  for (let i = 0; i < data.length; i++) weights[i % places]! += Math.abs(data[i]!);
  const points = new Float64Array(places * space.length);
  for (let place = 0; place < places; place++) {
    for (let axis = space.length - 1, rest = place; axis >= 0; axis--) {
      points[place * space.length + axis] = rest % space[axis]!;
      rest = Math.floor(rest / space[axis]!);
    }
  }
  return { points: tensor(points, [places, space.length]), members: Int32Array.from(weights.keys()), weights };
}
