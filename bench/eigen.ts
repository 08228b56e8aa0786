/**
 * The symmetric eigenproblem on one core: all values with vectors, all values, and the extremes, beside ml-matrix and numpy
 * where they are installed. Residual, orthogonality and agreement among the doors are checked before the clock.
 *
 * npx tsx bench/eigen.ts
 */
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import {
  type Eigen,
  extremeEigen,
  extremeEigenvalues,
  symmetricEigen,
  symmetricEigenvalues,
} from "../src/math/symmetric-eigen.js";

interface Row {
  readonly n: number;
  readonly name: string;
  /** seconds */
  readonly median: number;
  readonly p90: number;
}

/** A covariance, as reverse correlation meets it: 4n samples of uniform noise in n dimensions. */
function covariance(n: number): Float64Array {
  let state = 1;
  const samples = Float64Array.from({ length: 4 * n * n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  const matrix = new Float64Array(n * n);
  for (let t = 0; t < 4 * n; t++) {
    for (let i = 0; i < n; i++) {
      const a = samples[t * n + i]! / n;
      for (let j = 0; j < n; j++) matrix[i * n + j]! += a * samples[t * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i]!;
  return matrix;
}

/** Residual and departure from orthogonality, in rounding units of the largest eigenvalue and of 1. */
function check(matrix: Float64Array, n: number, { values, vectors }: Eigen): { residual: number; overlap: number } {
  const epsilon = 2 ** -52;
  const norm = Math.max(...values.map(Math.abs));
  let [residual, overlap] = [0, 0];
  for (let k = 0; k < n; k++) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let x = -values[k]! * vectors[k * n + i]!;
      for (let j = 0; j < n; j++) x += matrix[i * n + j]! * vectors[k * n + j]!;
      sum += x * x;
    }
    residual = Math.max(residual, Math.sqrt(sum) / norm / epsilon);
    for (let other = 0; other <= k; other++) {
      let inner = other === k ? -1 : 0;
      for (let j = 0; j < n; j++) inner += vectors[k * n + j]! * vectors[other * n + j]!;
      overlap = Math.max(overlap, Math.abs(inner) / epsilon);
    }
  }
  const ends = extremeEigenvalues(matrix, n, { smallest: 1, largest: 1 });
  const all = symmetricEigenvalues(matrix, n);
  const pairs = extremeEigen(matrix, n, { smallest: 1, largest: 1 }).values;
  const apart = [ends[0]! - values[0]!, ends[1]! - values[n - 1]!, pairs[1]! - ends[1]!, all[0]! - values[0]!];
  const furthest = Math.max(...apart.map(Math.abs)) / norm / epsilon;
  if (!(residual < 4 * n && overlap < 4 * n && furthest < 4 * n)) {
    throw new Error(`n = ${n}: residual ${residual}, overlap ${overlap}, disagreement ${furthest}: not timed`);
  }
  return { residual, overlap };
}

function measure(n: number, name: string, run: () => unknown, samples = 9): Row {
  run();
  const seconds = Array.from({ length: samples }, () => {
    const from = performance.now();
    run();
    return (performance.now() - from) / 1e3;
  }).sort((a, b) => a - b);
  return { n, name, median: seconds[samples >> 1]!, p90: seconds[Math.floor(samples * 0.9)]! };
}

/** ml-matrix, if it is installed beside the toolkit. */
async function mlMatrix(matrix: Float64Array, n: number): Promise<Row[]> {
  const name: string = "ml-matrix";
  const peer = await import(name).catch(() => undefined);
  if (peer === undefined) return [];
  const rows = Array.from({ length: n }, (_, r) => Array.from(matrix.subarray(r * n, (r + 1) * n)));
  const full = new peer.Matrix(rows);
  return [measure(n, "peer: ml-matrix, all with vectors", () => new peer.EVD(full, { assumeSymmetric: true }), 1)];
}

/** numpy (LAPACK) on one thread, if Python has it. */
function numpy(n: number): Row[] {
  const script = `
import numpy, time, json
x = numpy.random.default_rng(1).random((${4 * n}, ${n})) - .5
a = x.T @ x
def median(f):
    s = []
    for _ in range(9):
        t = time.perf_counter(); f(); s.append(time.perf_counter() - t)
    s.sort()
    return [s[4], s[8]]
print(json.dumps([median(lambda: numpy.linalg.eigh(a)), median(lambda: numpy.linalg.eigvalsh(a))]))`;
  try {
    const threads = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    const output = execFileSync("python3", ["-c", script], {
      env: { ...process.env, ...threads },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [vectors, values] = JSON.parse(String(output)) as [[number, number], [number, number]];
    return [
      { n, name: "peer: numpy (LAPACK), all with vectors", median: vectors[0], p90: vectors[1] },
      { n, name: "peer: numpy (LAPACK), all values", median: values[0], p90: values[1] },
    ];
  } catch {
    return [];
  }
}

console.log(`${cpus()[0]?.model}, Node ${process.version}, one core\n`);
const rows: Row[] = [];
for (const n of [64, 256, 576]) {
  const matrix = covariance(n);
  const { residual, overlap } = check(matrix, n, symmetricEigen(matrix, n));
  const own = [
    measure(n, "all values with vectors", () => symmetricEigen(matrix, n)),
    measure(n, "all values", () => symmetricEigenvalues(matrix, n)),
    measure(n, "smallest and largest, with vectors", () => extremeEigen(matrix, n, { smallest: 1, largest: 1 })),
    measure(n, "smallest and largest", () => extremeEigenvalues(matrix, n, { smallest: 1, largest: 1 })),
    ...(await mlMatrix(matrix, n)),
    ...numpy(n),
  ];
  console.log(`n = ${n}: residual ${residual.toFixed(1)}, overlap ${overlap.toFixed(1)} rounding units`);
  for (const row of own) {
    const ms = (seconds: number) => `${(1e3 * seconds).toFixed(2).padStart(10)} ms`;
    console.log(`  ${row.name.padEnd(40)}${ms(row.median)}  p90${ms(row.p90)}`);
  }
  rows.push(...own);
}
if (!rows.some((row) => row.name.includes("ml-matrix"))) console.log("\nml-matrix is not installed: not compared");
console.log(JSON.stringify({ bench: "eigen", node: process.version, rows }));
