/**
 * The convolution by fast Fourier transforms on the shapes where it wins, in effective GFLOP/s (twice the products of the
 * direct sum, over time) and in multiples of R: the tile of the matrix product running out of the first level of the cache at
 * the same moment. Every result is checked before the clock against sums in float64, at 2000 places (kernel gradients: 20).
 */
import { fftConv, fftInputGradient, fftKernelGradient } from "../src/conv/fft-conv.js";
import { fftTiling } from "../src/conv/fft-tiling.js";
import { type Geometry, geometryOf } from "../src/conv/geometry.js";
import type { Operation } from "../src/conv/operation.js";
import { sizeOf } from "../src/tensor/tensor.js";
import { alternate, machine, printRecord, speedOf, steadyTile, uniform } from "./harness.js";

interface Arrays {
  readonly V: Float32Array;
  readonly K: Float32Array;
  readonly G: Float32Array;
}

/** One number of a result of a flat convolution of one group, in float64. */
function exactAt(g: Geometry, operation: Operation, { V, K, G }: Arrays, at: number): number {
  const [, y, x] = g.axes;
  const { inChannels: I, outChannels: O } = g;
  const split = (index: number, ...lengths: readonly number[]) =>
    lengths.reduceRight<number[]>((rest, length) => {
      rest.unshift(index % length);
      index = Math.floor(index / length);
      return rest;
    }, []);
  const every = (length: number) => Array.from({ length }, (_, i) => i);
  let sum = 0;
  const add = (n: number, o: number, c: number, p: number, q: number, m: number, l: number) => {
    const [row, column] = [y.source[p + y.tapAt[m]!]!, x.source[q + x.tapAt[l]!]!];
    if (row < 0 || column < 0) return;
    const k = ((o * I + c) * y.kernel + m) * x.kernel + l;
    const v = ((n * I + c) * y.input + row) * x.input + column;
    const z = ((n * O + o) * y.output + p) * x.output + q;
    sum += operation === "forward" ? V[v]! * K[k]! : operation === "kernelGradient" ? G[z]! * V[v]! : K[k]! * G[z]!;
  };
  if (operation === "kernelGradient") {
    const [o, c, m, l] = split(at, O, I, y.kernel, x.kernel) as [number, number, number, number];
    for (const n of every(g.batch))
      for (const p of every(y.output)) for (const q of every(x.output)) add(n, o, c, p, q, m, l);
    return sum;
  }
  const forward = operation === "forward";
  const lengths = forward ? [g.batch, O, y.output, x.output] : [g.batch, I, y.input, x.input];
  const [n, channel, row, column] = split(at, ...lengths) as [number, number, number, number];
  for (const other of every(forward ? I : O)) {
    for (const m of every(y.kernel)) {
      for (const l of every(x.kernel)) {
        if (forward) add(n, channel, other, row, column, m, l);
        else {
          const [p, q] = [row + y.source.indexOf(0) - y.tapAt[m]!, column + x.source.indexOf(0) - x.tapAt[l]!];
          if (p >= 0 && q >= 0 && p < y.output && q < x.output) add(n, other, channel, p, q, m, l);
        }
      }
    }
  }
  return sum;
}

function errorOf(g: Geometry, operation: Operation, arrays: Arrays, got: Float32Array): number {
  const largest = got.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const checks = operation === "kernelGradient" ? 20 : 2000;
  let off = 0;
  for (let i = 0; i < checks; i++) {
    const at = (i * 7919 + 13 * i * i) % got.length;
    off = Math.max(off, Math.abs(got[at]! - exactAt(g, operation, arrays, at)));
  }
  return off / largest;
}

function row(name: string, g: Geometry, operation: Operation, samples: number) {
  const [V, K, G] = [g.inputShape, g.kernelShape, g.outputShape].map((shape, i) => uniform(sizeOf(shape), i + 1));
  const arrays = { V: V!, K: K!, G: G! };
  const shapes = { forward: g.outputShape, kernelGradient: g.kernelShape, inputGradient: g.inputShape };
  const into = new Float32Array(sizeOf(shapes[operation]));
  const run = () => {
    if (operation === "forward") fftConv(g, V!, K!, into);
    else if (operation === "kernelGradient") fftKernelGradient(g, G!, V!, into);
    else fftInputGradient(g, K!, G!, into);
  };
  run();
  const error = errorOf(g, operation, arrays, into);
  if (!(error < 5e-6)) throw new Error(`${name} ${operation} is off by ${error} of the largest number: not timed`);
  const operations = 2 * g.batch * g.outChannels * g.inChannels * g.taps * g.places;
  const { y, x } = fftTiling(operation, g)!;
  return {
    shape: name,
    operation,
    tiles: `${y.tiles}x${x.tiles} of ${y.size}x${x.size}`,
    ...speedOf(operations, alternate(run, samples)),
    error,
  };
}

const shapes: readonly (readonly [string, number[], number[], "valid" | "same", number])[] = [
  ["S1", [64, 1, 32, 32], [64, 1, 11, 11], "valid", 41],
  ["S2", [64, 3, 32, 32], [64, 3, 11, 11], "valid", 41],
  ["S6", [1, 1, 512, 512], [64, 1, 31, 31], "same", 11],
  ["S7", [1, 1, 1024, 1024], [32, 1, 63, 63], "same", 9],
];
const wanted = process.argv.slice(2);
const R = steadyTile();
console.log(`${machine()}, one thread; R ${R.toFixed(1)} GFLOP/s`);
console.log("shape  operation       tiles                  median ms    p90 ms  GFLOP/s   of R     error");
const rows = shapes
  .filter(([name]) => wanted.length === 0 || wanted.includes(name))
  .flatMap(([name, input, kernel, padding, samples]) =>
    (["forward", "kernelGradient", "inputGradient"] as const).map((operation) => {
      const result = row(name, geometryOf("bench", input, kernel, { padding }), operation, samples);
      const { tiles, median, p90, gflops, multiplesOfR, error } = result;
      const ms = (seconds: number) => (1e3 * seconds).toFixed(2).padStart(10);
      console.log(
        `${name.padEnd(7)}${operation.padEnd(16)}${tiles.padEnd(22)}${ms(median)}${ms(p90)}` +
          `${gflops.toFixed(0).padStart(9)}${multiplesOfR.toFixed(2).padStart(7)}${error.toExponential(1).padStart(10)}`,
      );
      return result;
    }),
  );
printRecord("conv-fft", { R, rows });
