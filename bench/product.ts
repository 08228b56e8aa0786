/**
 * The packed product and what stands on it, in multiples of R: the tile of the product running out of the first level of the
 * cache at the same moment, which no product in these kernels can beat. Convolutions write into a tensor that is kept. Every
 * result is checked against float64 before the clock.
 */
import { conv, convInputGradient, convKernelGradient } from "../src/conv/conv.js";
import { addProduct } from "../src/kernels/product.js";
import { addWeightedGram } from "../src/math/gram.js";
import { sizeOf, type Tensor, tensor } from "../src/tensor/tensor.js";
import { alternate, machine, printRecord, relativeError, speedOf, steadyTile, uniform } from "./harness.js";

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

function noiseTensor(shape: readonly number[], seed: number): Tensor {
  return tensor(uniform(sizeOf(shape), seed), shape);
}

function measure(name: string, operations: number, error: number, run: () => void): Row {
  if (!(error < 5e-6)) throw new Error(`${name} is off by ${error} of the largest number: not timed`);
  return { name, ...speedOf(operations, alternate(run)), error };
}

function productRow(rows: number, columns: number, depth: number): Row {
  const [A, B, C] = [uniform(rows * depth, 1), uniform(depth * columns, 2), new Float32Array(rows * columns)];
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
  const frames = uniform(count * dimensions, 3);
  const weights = uniform(count, 4).map((x) => Math.max(0, Math.ceil(3 * x)));
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
    `${"".padEnd(40)}${"median ms".padStart(11)}${"p90 ms".padStart(11)}${"GFLOP/s".padStart(9)}${"of R".padStart(7)}     error`,
  );
  for (const row of rows) {
    const ms = (seconds: number) => (1e3 * seconds).toFixed(3).padStart(11);
    const speed = row.gflops.toFixed(1).padStart(9) + row.multiplesOfR.toFixed(2).padStart(7);
    console.log(row.name.padEnd(40) + ms(row.median) + ms(row.p90) + speed + row.error.toExponential(1).padStart(10));
  }
}

const R = steadyTile();
console.log(`${machine()}, one thread`);
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
printRecord("product", { R, rows, draws });
