/**
 * The packed product and what stands on it, in multiples of R: the tile of the product running out of the first level of the
 * cache at the same moment, which no product in these kernels can beat. Convolutions write into a tensor that is kept. Every
 * result is checked against float64 before the clock.
 */
import { cpus } from "node:os";
import { conv, convInputGradient, convKernelGradient } from "../src/conv/conv.js";
import { kernelBuild, panels } from "../src/kernels/panels.js";
import { addProduct, depthBlock, noSkew } from "../src/kernels/product.js";
import { addWeightedGram } from "../src/math/gram.js";
import { sizeOf, type Tensor, tensor } from "../src/tensor/tensor.js";

interface Row {
  readonly name: string;
  /** seconds, of the calls measured */
  readonly median: number;
  readonly p90: number;
  readonly gflops: number;
  readonly multiplesOfR: number;
  /** of the largest number, against float64 */
  readonly error: number;
}

function noise(count: number, seed: number): Float32Array {
  let state = seed;
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    numbers[i] = state / 2 ** 31 - 1;
  }
  return numbers;
}

function noiseTensor(shape: readonly number[], seed: number): Tensor {
  return tensor(noise(sizeOf(shape), seed), shape);
}

const tileCalls = 1000;

/** Runs the tile for about a millisecond: four row panels by one column panel of 256 steps, 24 KiB in all. */
function runTile(): void {
  const k = panels();
  for (let i = 0; i < tileCalls; i++) k.multiplyPanels(0, 65536, 131136, 4, 1, depthBlock, 32, 1, noSkew);
}

/** R in GFLOP/s, at this moment. */
function rawTile(): number {
  const k = panels();
  k.arena.reserve(1 << 20);
  k.arena.floats.fill(1e-3, 0, 1 << 16);
  const from = performance.now();
  runTile();
  return (tileCalls * 4 * depthBlock * 64) / (performance.now() - from) / 1e6;
}

function middle(values: readonly number[], share = 0.5): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}

/**
 * Seconds a call and R, in alternation, so that what else the machine does slows both. Short calls are timed in groups of a
 * millisecond; the first calls warm the compiler up.
 */
function times(run: () => void, samples = 21): { seconds: number[]; R: number[] } {
  for (let i = 0; i < 8; i++) run();
  const start = performance.now();
  run();
  const group = Math.max(1, Math.ceil(1 / (performance.now() - start)));
  const [seconds, R]: [number[], number[]] = [[], []];
  for (let sample = 0; sample < samples; sample++) {
    R.push(rawTile());
    const from = performance.now();
    for (let i = 0; i < group; i++) run();
    seconds.push((performance.now() - from) / group / 1e3);
  }
  return { seconds, R };
}

function relativeError(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [off, largest] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    off = Math.max(off, Math.abs(got[i]! - wanted[i]!));
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return off / largest;
}

function measure(name: string, operations: number, error: number, run: () => void): Row {
  if (!(error < 5e-6)) throw new Error(`${name} is off by ${error} of the largest number: not timed`);
  const { seconds, R } = times(run);
  const gflops = seconds.map((time) => operations / time / 1e9);
  const multiplesOfR = middle(gflops.map((speed, i) => speed / R[i]!));
  return { name, median: middle(seconds), p90: middle(seconds, 0.9), gflops: middle(gflops), multiplesOfR, error };
}

function productRow(rows: number, columns: number, depth: number): Row {
  const [A, B, C] = [noise(rows * depth, 1), noise(depth * columns, 2), new Float32Array(rows * columns)];
  const exact = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < depth; k++) {
      const a = A[i * depth + k]!;
      for (let j = 0; j < columns; j++) exact[i * columns + j]! += a * B[k * columns + j]!;
    }
  }
  addProduct(A, B, C, { rows, columns, depth });
  const error = relativeError(C, exact);
  const run = () => addProduct(A, B, C, { rows, columns, depth });
  return measure(`product ${rows}x${columns}x${depth}`, 2 * rows * columns * depth, error, run);
}

/** Counts of spikes in which half the frames are silent. Operations: those of the triangle, for frames with spikes. */
function gramRow(dimensions: number): Row {
  const count = 8192;
  const frames = noise(count * dimensions, 3);
  const weights = noise(count, 4).map((x) => Math.max(0, Math.ceil(3 * x)));
  const used = weights.filter((w) => w > 0).length;
  const [into, exact] = [new Float64Array(dimensions ** 2), new Float64Array(dimensions ** 2)];
  for (let t = 0; t < count; t++) {
    for (let i = 0; weights[t]! > 0 && i < dimensions; i++) {
      const a = weights[t]! * frames[t * dimensions + i]!;
      for (let j = 0; j < dimensions; j++) exact[i * dimensions + j]! += a * frames[t * dimensions + j]!;
    }
  }
  addWeightedGram(frames, weights, count, dimensions, into);
  const error = relativeError(into, exact);
  const run = () => addWeightedGram(frames, weights, count, dimensions, into);
  return measure(`gram ${dimensions}, ${used} of ${count} frames`, used * dimensions * (dimensions + 1), error, run);
}

function convRows(
  name: string,
  input: readonly number[],
  kernel: readonly number[],
  options: Parameters<typeof conv>[2],
): Row[] {
  const [V, K] = [noiseTensor(input, 5), noiseTensor(kernel, 6)];
  const Z = conv(V, K, options);
  const G = noiseTensor(Z.shape, 7);
  const operations = 2 * Z.data.length * sizeOf(kernel.slice(1));
  const passes: [string, Tensor, (algorithm: "gemm" | "direct", into?: Tensor) => Tensor][] = [
    ["f", Z, (algorithm, into) => conv(V, K, { ...options, algorithm, ...(into && { into }) })],
    [
      "g",
      K,
      (algorithm, into) =>
        convKernelGradient(G, V, { ...options, algorithm, ...(into && { into }), kernelShape: kernel }),
    ],
    [
      "h",
      V,
      (algorithm, into) => convInputGradient(K, G, { ...options, algorithm, ...(into && { into }), inputShape: input }),
    ],
  ];
  return passes.map(([pass, { shape }, run]) => {
    const error = relativeError(run("gemm").data, run("direct").data);
    const kept = tensor(new Float32Array(sizeOf(shape)), shape);
    return measure(`conv ${name} ${pass}`, operations, error, () => void run("gemm", kept));
  });
}

function print(rows: readonly Row[]): void {
  console.log(
    `${"".padEnd(34)}${"median ms".padStart(11)}${"p90 ms".padStart(11)}${"GFLOP/s".padStart(9)}${"of R".padStart(7)}     error`,
  );
  for (const row of rows) {
    const ms = (seconds: number) => (1e3 * seconds).toFixed(3).padStart(11);
    const speed = row.gflops.toFixed(1).padStart(9) + row.multiplesOfR.toFixed(2).padStart(7);
    console.log(row.name.padEnd(34) + ms(row.median) + ms(row.p90) + speed + row.error.toExponential(1).padStart(10));
  }
}

for (let i = 0; i < 20; i++) rawTile();
const R = middle(Array.from({ length: 21 }, rawTile));
console.log(`${cpus()[0]?.model}, Node ${process.version}, one thread, kernels ${kernelBuild()}`);
console.log(`R, the tile out of L1: ${R.toFixed(1)} GFLOP/s\n`);
const rows = [
  ...[64, 128, 256, 512, 1024].map((n) => productRow(n, n, n)),
  productRow(48, 252, 121),
  productRow(2000, 30, 300),
  ...[64, 256, 576].map((D) => gramRow(D)),
  ...convRows("28 patches, 48 of 11x11, stride 11", [28, 1, 33, 33], [48, 1, 11, 11], { stride: 11 }),
  ...convRows("S2, 16 images", [16, 3, 32, 32], [64, 3, 11, 11], {}),
  ...convRows("S3", [64, 3, 32, 32], [64, 3, 5, 5], { padding: "same" }),
  ...convRows("S4, 32 images", [32, 64, 16, 16], [64, 64, 3, 3], {}),
  ...convRows("S5, 16 images", [16, 3, 64, 64], [96, 3, 11, 11], { stride: 4 }),
];
print(rows);
const gram = rows.find((row) => row.name.startsWith("gram 256"))!;
const draws = (99 * 100_000 * 256 * 257) / gram.gflops / 1e9;
console.log(`\n99 draws x 200,000 frames of 256 pixels, half of them with spikes: ${draws.toFixed(1)} s on one core`);
console.log(JSON.stringify({ bench: "product", node: process.version, build: kernelBuild(), R, rows, draws }));
