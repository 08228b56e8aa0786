/**
 * How a transform of a length 2^a·3^b·5^c goes through its passes, in place.
 *
 * `forward` takes numbers in order and leaves frequencies in an order of its own, `backward` takes them in that order and leaves
 * numbers in order; both have the sign of the forward transform. So no pass sorts. Every pass multiplies by the twiddles
 * behind its butterflies: before them, their loads would take the registers that the butterflies need.
 */
import { type Radix, radices } from "./fft-butterflies.js";

/** One run of a pass: `outer` times `steps` times `blocks` butterflies for each line, strides counted in numbers. */
export interface Pass {
  readonly radix: Radix;
  /** which outputs are multiplied by twiddles */
  readonly twiddled: "none" | "some" | "all";
  readonly start: number;
  readonly outer: number;
  readonly outerStride: number;
  readonly steps: number;
  /** between the inputs of one butterfly */
  readonly stride: number;
  readonly blocks: number;
  readonly blockStride: number;
  /** re, im of each outer, each step, each output, without the first output where only `some` are twiddled */
  readonly twiddles: readonly number[];
}

/** The passes of one length. */
export interface FftPlan {
  readonly length: number;
  readonly forward: readonly Pass[];
  readonly backward: readonly Pass[];
  /** the frequency at each place after `forward` */
  readonly frequencies: readonly number[];
}

/**
 * The radices of a length, undefined where it has a prime factor above 5. Fours run fastest: their numbers fit the registers; three
 * twos that are left over make an eight. Threes and fives come last, where the forward passes have no twiddles.
 */
export function radicesOf(length: number): Radix[] | undefined {
  const counts = ([2, 3, 5] as const).map((prime) => {
    let count = 0;
    for (; length % prime === 0; length /= prime) count++;
    return count;
  });
  if (length !== 1) return undefined;
  const [twos, threes, fives] = counts as [number, number, number];
  const odd: readonly Radix[] = twos % 2 === 0 ? [] : twos === 1 ? [2] : [8];
  const fours = (twos - Math.log2(odd[0] ?? 1)) / 2;
  const many = (radix: Radix, count: number) => Array<Radix>(count).fill(radix);
  return [...many(4, fours), ...odd, ...many(3, threes), ...many(5, fives)];
}

function root(length: number, power: number): [number, number] {
  const angle = (-2 * Math.PI * (power % length)) / length;
  return [Math.cos(angle), Math.sin(angle)];
}

function forwardPasses(length: number, factors: readonly Radix[]): Pass[] {
  let size = length;
  return factors.flatMap((radix): Pass[] => {
    const stride = size / radix;
    const twiddles: number[] = [];
    for (let step = 1; step < stride; step++) for (let q = 1; q < radix; q++) twiddles.push(...root(size, step * q));
    const shared = { radix, outer: 1, outerStride: 0, stride, blocks: length / size, blockStride: size };
    size = stride;
    const first: Pass = { ...shared, twiddled: "none", start: 0, steps: 1, twiddles: [] };
    if (stride === 1) return [first];
    return [first, { ...shared, twiddled: "some", start: 1, steps: stride - 1, twiddles }];
  });
}

function backwardPasses(length: number, factors: readonly Radix[]): Pass[] {
  let stride = 1;
  return [...factors].reverse().flatMap((radix, i, reversed): Pass[] => {
    const size = stride * radix;
    const next = reversed[i + 1];
    const shared = { radix, steps: stride, stride };
    const steps = stride;
    stride = size;
    const last = { ...shared, twiddled: "none", start: 0, outer: 1, outerStride: 0, twiddles: [] } as const;
    if (next === undefined) return [{ ...last, blocks: 1, blockStride: 0 }];
    const blocks = { blocks: length / size / next, blockStride: size * next };
    const twiddled = steps === 1 ? "some" : "all";
    const twiddles: number[] = [];
    for (let block = 1; block < next; block++) {
      for (let step = 0; step < steps; step++)
        for (let q = twiddled === "some" ? 1 : 0; q < radix; q++)
          twiddles.push(...root(size * next, block * (q * steps + step)));
    }
    const rest: Pass = { ...shared, ...blocks, twiddled, start: size, outer: next - 1, outerStride: size, twiddles };
    return [{ ...last, ...blocks }, rest];
  });
}

/** After the pass of radix r the block of output q holds the frequencies that are q modulo r. */
function orderOf(factors: readonly Radix[]): number[] {
  const [radix, ...rest] = factors;
  if (radix === undefined) return [0];
  const inner = orderOf(rest);
  return Array.from({ length: radix }, (_, q) => inner.map((k) => k * radix + q)).flat();
}

const plans = new Map<number, FftPlan>();

/** The plan of a length of prime factors 2, 3 and 5. */
export function fftPlan(length: number): FftPlan {
  let plan = plans.get(length);
  if (!plan) {
    const factors = radicesOf(length);
    if (!factors) throw new Error(`fftPlan: ${length} has a prime factor above 5`);
    plan = {
      length,
      forward: forwardPasses(length, factors),
      backward: backwardPasses(length, factors),
      frequencies: orderOf(factors),
    };
    plans.set(length, plan);
  }
  return plan;
}

/** Integers of one pass in the records that `transform` reads. */
export const recordIntegers = 10;

/** The number of the kernel of a pass. */
export function kernelOf({ radix, twiddled }: Pass): number {
  return 3 * radices.indexOf(radix) + ["none", "some", "all"].indexOf(twiddled);
}

/** Bytes that `writePasses` needs. */
export function passBytes(passes: readonly Pass[]): number {
  return 4 * passes.reduce((sum, pass) => sum + recordIntegers + pass.twiddles.length, 0);
}

/** Writes records, and behind them their twiddles, for numbers `numberStride` bytes apart. */
export function writePasses(
  arena: { readonly floats: Float32Array; readonly integers: Int32Array },
  address: number,
  passes: readonly Pass[],
  numberStride: number,
): void {
  let table = address + 4 * recordIntegers * passes.length;
  passes.forEach((pass, i) => {
    const { start, outer, outerStride, steps, stride, blocks, blockStride, twiddles } = pass;
    const bytes = (numbers: number) => numbers * numberStride;
    const record = [
      kernelOf(pass),
      bytes(start),
      outer,
      bytes(outerStride),
      steps,
      numberStride,
      bytes(stride),
      blocks,
      bytes(blockStride),
      table,
    ];
    arena.integers.set(record, (address >> 2) + i * recordIntegers);
    arena.floats.set(twiddles, table >> 2);
    table += 4 * twiddles.length;
  });
}
