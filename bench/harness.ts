/**
 * What the benches of the numeric kernels share. A speed is told in multiples of R, the tile of the matrix product running out
 * of the first level of the cache at the same moment: only these carry over from one machine, and one moment, to another.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { kernelBuild, panels } from "../src/kernels/panels.js";
import { depthBlock, noSkew } from "../src/kernels/product.js";

/** Uniform numbers in [-1, 1), the same ones for a seed. */
export function uniform(count: number, seed: number): Float32Array {
  let state = seed;
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    numbers[i] = state / 2 ** 31 - 1;
  }
  return numbers;
}

/** Numbers close to normal, of variance 1: sums of 12 uniform ones. */
export function normal(count: number, seed: number): Float32Array {
  let state = seed;
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = -6;
    for (let draw = 0; draw < 12; draw++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum += state / 2 ** 32;
    }
    numbers[i] = sum;
  }
  return numbers;
}

/** The number that `share` of the values lie below: .5 for the median, .9 for p90. */
export function middle(values: readonly number[], share = 0.5): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}

/** The largest difference, of the largest number that is wanted. */
export function relativeError(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [off, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    // Math.max would let a NaN pass on: it is turned into the worst.
    const difference = Math.abs(got[i]! - wanted[i]!);
    off = difference >= 0 ? Math.max(off, difference) : Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return off / largest;
}

const tileCalls = 1000;

/** R in GFLOP/s, at this moment: about a millisecond of four row panels by one column panel of 256 steps, 24 KiB in all. */
export function rawTile(): number {
  const k = panels();
  k.arena.reserve(1 << 20);
  k.arena.floats.fill(1e-3, 0, 1 << 16);
  const from = performance.now();
  for (let i = 0; i < tileCalls; i++) k.multiplyPanels(0, 65536, 131136, 4, 1, depthBlock, 32, 1, noSkew);
  return (tileCalls * 4 * depthBlock * 64) / (performance.now() - from) / 1e6;
}

/** R, once the compiler has done its work: the median of 21. */
export function steadyTile(): number {
  for (let i = 0; i < 20; i++) rawTile();
  return middle(Array.from({ length: 21 }, rawTile));
}

/** Runs the raw tile for some milliseconds: GFLOP/s. */
export function tileFor(milliseconds: number): number {
  const end = performance.now() + milliseconds;
  let [sum, count] = [0, 0];
  for (; performance.now() < end; count++) sum += 1 / rawTile();
  return count / sum;
}

/** Seconds of one call. */
export function secondsOf(run: () => unknown): number {
  const from = performance.now();
  run();
  return (performance.now() - from) / 1e3;
}

/**
 * Seconds a call, and R, in alternation, so that what else the machine does slows both. Short calls are timed in groups of a
 * millisecond; the first calls warm the compiler up.
 */
export function alternate(run: () => unknown, samples = 21): { seconds: number[]; R: number[] } {
  for (let i = 0; i < 8; i++) run();
  const group = Math.max(1, Math.ceil(1e-3 / secondsOf(run)));
  const [seconds, R]: [number[], number[]] = [[], []];
  for (let sample = 0; sample < samples; sample++) {
    R.push(rawTile());
    const all = secondsOf(() => {
      for (let i = 0; i < group; i++) run();
    });
    seconds.push(all / group);
  }
  return { seconds, R };
}

/** Median and p90 in seconds, GFLOP/s, and the median of the multiples of the R measured beside each call. */
export function speedOf(operations: number, { seconds, R }: { seconds: readonly number[]; R: readonly number[] }) {
  const median = middle(seconds);
  return {
    median,
    p90: middle(seconds, 0.9),
    gflops: operations / median / 1e9,
    R: middle(R),
    multiplesOfR: middle(seconds.map((time, i) => operations / time / 1e9 / R[i]!)),
  };
}

/** The machine, the engine and the kernels, in words. */
export function machine(): string {
  return `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}, kernels ${kernelBuild()}`;
}

/** Prints what a bench found as one line of JSON, the last one of its output. */
export function printRecord(bench: string, record: object): void {
  console.log(JSON.stringify({ bench, node: process.version, cpu: cpus()[0]?.model, build: kernelBuild(), ...record }));
}

/**
 * The options `--name VALUE` of a bench's command line. `--help` prints its usage; what it does not know, or what `check` throws
 * at, ends it in one line.
 */
export function readOptions<T>(
  usage: string,
  names: readonly string[],
  check: (values: Readonly<Record<string, string | undefined>>) => T,
): T {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" } as const]));
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: "boolean" } } });
    if (values.help !== true) return check(values as Readonly<Record<string, string | undefined>>);
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message.split(". ")[0]}; ${usage}`);
    process.exit(2);
  }
}
