import { checkGrid, type Grid, gridOf, pixelsOf } from "../math/grid.js";
import { fillNormal, fillWords } from "../math/random.js";
import { checkSeed, type RandomStream, randomStream } from "../math/random-streams.js";
import { checkChoice, checkInteger, checkOptions, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { targetOf } from "./check-stimulus.js";
import type { Stimulus } from "./stimulus.js";

/** What a pixel's contrast is drawn from. */
export const noiseDistributions = ["gaussian", "binary", "ternary"] as const;
export type NoiseDistribution = (typeof noiseDistributions)[number];

export interface WhiteNoiseOptions {
  readonly grid: Grid;
  /** number of frames */
  readonly frames: number;
  /** seconds that a frame is shown */
  readonly frameSeconds: number;
  /** default "gaussian" */
  readonly distribution?: NoiseDistribution;
  /** the standard deviation of a pixel; default 1 */
  readonly contrast?: number;
  /** whole number from 0 to 2^53 - 1 */
  readonly seed: number;
}

/** Everything that white noise is made from, with no default left open; the content of a protocol. */
export interface WhiteNoiseSpecification {
  readonly name: "white-noise";
  readonly grid: Grid;
  readonly frames: number;
  readonly frameSeconds: number;
  readonly distribution: NoiseDistribution;
  readonly contrast: number;
  readonly seed: number;
  readonly [parameter: string]: unknown;
}

const optionNames = ["grid", "frames", "frameSeconds", "distribution", "contrast", "seed"];

/**
 * White noise: every pixel of every frame is drawn alone, with mean 0 and standard deviation `contrast`.
 *
 * gaussian: `contrast · z`, z standard normal, |z| <= 6.556, values beyond ±1 are kept.
 * binary: `-contrast` or `contrast`, equally likely. ternary: `-v, 0, v` in equal shares, `v = contrast · √1.5`.
 * Frame t is row t of the seed's stimulus stream: it can be made alone, and no splitting changes its bits.
 *
 * @param options grid in pixels (step in degrees per pixel), frames, frameSeconds in seconds, distribution, contrast, seed
 * @returns a stimulus whose `read` makes frames `[count, height, width]`
 * @throws InputError if an option is missing, out of range or unknown
 */
export function whiteNoise(options: WhiteNoiseOptions): Stimulus {
  return whiteNoiseFrom("whiteNoise", options);
}

/** White noise for a public function named `where`, which its errors name. */
export function whiteNoiseFrom(where: string, options: WhiteNoiseOptions): Stimulus {
  const specification = specificationOf(where, options);
  const { grid, frames, frameSeconds, distribution, contrast, seed } = specification;
  const pixels = pixelsOf(grid);
  const source = randomStream(seed, "stimulus");
  const fillFrame = frameFillers[distribution];
  const read = (start: number, count: number, into?: Float32Array): Float32Array => {
    const target = targetOf(frames, pixels, start, count, into);
    for (let i = 0; i < count; i++)
      fillFrame(target.subarray(i * pixels, (i + 1) * pixels), source, start + i, contrast);
    return target;
  };
  return { kind: "stimulus", grid, frames, frameSeconds, specification, read };
}

function specificationOf(where: string, options: WhiteNoiseOptions): WhiteNoiseSpecification {
  if (typeof options !== "object" || options === null)
    refuse(where, `options is ${describe(options)}, { grid, frames, frameSeconds, seed } is needed`);
  checkOptions(where, options, optionNames);
  const { grid, frames, frameSeconds, distribution = "gaussian", contrast = 1, seed } = options;
  checkGrid(where, grid);
  checkInteger(where, "frames", frames, 1);
  checkPositive(where, "frameSeconds", frameSeconds);
  checkChoice(where, "distribution", distribution, noiseDistributions);
  checkPositive(where, "contrast", contrast);
  checkSeed(where, seed);
  return {
    name: "white-noise",
    grid: gridOf(grid),
    frames,
    frameSeconds,
    distribution,
    contrast,
    seed,
  };
}

type FrameFiller = (frame: Float32Array, source: RandomStream, row: number, contrast: number) => void;

const frameFillers: Readonly<Record<NoiseDistribution, FrameFiller>> = {
  gaussian: fillGaussian,
  binary: fillBinary,
  ternary: fillTernary,
};

function fillGaussian(frame: Float32Array, source: RandomStream, row: number, contrast: number): void {
  fillNormal(frame, source, row);
  if (contrast !== 1) for (let p = 0; p < frame.length; p++) frame[p] *= contrast;
}

/** One bit a pixel, the lowest bit of a word first; levels are looked up, since a branch on noise cannot be foreseen. */
function fillBinary(frame: Float32Array, source: RandomStream, row: number, contrast: number): void {
  const words = new Uint32Array(Math.ceil(frame.length / 32));
  fillWords(words, source, row);
  const levels = Float32Array.of(-contrast, contrast);
  for (let p = 0; p < frame.length; p++) frame[p] = levels[(words[p >> 5] >>> (p & 31)) & 1];
}

/** Of the 2^32 = 3 · 1431655765 + 1 words the one too many is a 0, so that the two signs are exactly alike. */
function fillTernary(frame: Float32Array, source: RandomStream, row: number, contrast: number): void {
  const words = new Uint32Array(frame.length);
  fillWords(words, source, row);
  const value = contrast * Math.sqrt(1.5);
  const levels = Float32Array.of(-value, 0, value);
  for (let p = 0; p < frame.length; p++) frame[p] = levels[((3 * words[p] + 1) / 2 ** 32) | 0];
}
