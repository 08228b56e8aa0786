/**
 * Positive definite matrices in float64 on one core: Cholesky's factor, the inverse of a triangle, the inverse of the matrix, the
 * product of two, and the reduction to tridiagonal form with its Q, beside numpy (LAPACK) where Python has it. R is the tile of
 * the float32 product at the same moment: float64 goes two numbers at a time, so that R/2 is what no product here can beat.
 * Residuals are checked before the clock.
 *
 * npx tsx bench/cholesky.ts [--sizes 200,800,1600,3072]
 */
import { execFileSync } from "node:child_process";
import { addDoubleProduct, wholeMatrix } from "../src/kernels/double-product.js";
import { plainPanels } from "../src/kernels/panels.js";
import { cholesky, choleskyInverse } from "../src/math/cholesky.js";
import { lowerInverse } from "../src/math/lower-inverse.js";
import { matrixProduct, transposed } from "../src/math/matrix-product.js";
import { formOrthogonal, reduceToTridiagonal } from "../src/math/symmetric-tridiagonal.js";
import {
  machine,
  middle,
  printRecord,
  rawTile,
  readOptions,
  secondsOf,
  speedOf,
  steadyTile,
  uniform,
} from "./harness.js";

const usage = "usage: bench/cholesky.ts [--sizes 200,800,1600,3072]";
const sizes = readOptions(usage, ["sizes"], ({ sizes = "200,800,1600,3072" }) => {
  if (!/^\d+(,\d+)*$/.test(sizes)) throw new Error("--sizes needs whole numbers");
  return sizes.split(",").map(Number);
});

interface Row {
  readonly n: number;
  readonly name: string;
  /** seconds */
  readonly median: number;
  readonly p90: number;
  readonly gflops: number;
  readonly multiplesOfR?: number;
}

/** A covariance as the evidence meets it: `I + Bᵀ·B/n` of uniform B, its triangles the same bits. */
function definite(n: number): Float64Array {
  const B = Float64Array.from(uniform(n * n, n));
  const A = matrixProduct(transposed(B, n, n), B, { rows: n, depth: n, columns: n });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) A[i * n + j] = A[j * n + i] = A[i * n + j]! / n;
    A[i * n + i]! += 1;
  }
  return A;
}

/** How far `a` is from `b`, of the largest number of `b`, in rounding units. */
function unitsApart(a: Float64Array, b: Float64Array): number {
  let [off, largest] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    off = difference >= 0 ? Math.max(off, difference) : Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return off / largest / 2 ** -52;
}

/** The products that should be the matrix, or 1, in rounding units; one sum of products is taken by a plain loop. */
function residuals(A: Float64Array, n: number) {
  const size = { rows: n, depth: n, columns: n };
  const L = cholesky(A, n)!;
  const identity = A.map((_, at) => (at % (n + 1) === 0 ? 1 : 0));
  const form = reduceToTridiagonal(A.slice(), n);
  const Q = formOrthogonal(form);
  const product = matrixProduct(A, A, size);
  const place = Math.floor(n / 3) * n + Math.floor(n / 2);
  let sum = 0;
  for (let k = 0; k < n; k++) sum += A[Math.floor(n / 3) * n + k]! * A[k * n + Math.floor(n / 2)]!;
  return {
    factor: unitsApart(matrixProduct(L.factor, transposed(L.factor, n, n), size), A),
    triangle: unitsApart(matrixProduct(L.factor, lowerInverse(L.factor, n), size), identity),
    inverse: unitsApart(matrixProduct(A, choleskyInverse(L), size), identity),
    product: Math.abs(product[place]! - sum) / Math.abs(sum) / 2 ** -52,
    orthogonal: unitsApart(matrixProduct(Q, transposed(Q, n, n), size), identity),
  };
}

/** Three to 21 calls, about 20 GFLOP of them, with R before each. */
function measure(n: number, name: string, operations: number, run: () => unknown): Row {
  run();
  const samples = Math.max(3, Math.min(21, Math.round(2e10 / operations)));
  const pairs = Array.from({ length: samples }, () => ({ R: rawTile(), seconds: secondsOf(run) }));
  const { median, p90, gflops, multiplesOfR } = speedOf(operations, {
    seconds: pairs.map(({ seconds }) => seconds),
    R: pairs.map(({ R }) => R),
  });
  return { n, name, median, p90, gflops, multiplesOfR };
}

/** numpy (LAPACK) on one thread, if Python has it. */
function numpy(n: number): Row[] {
  const script = `
import numpy, time, json
b = numpy.random.default_rng(1).random((${n}, ${n})) - .5
a = b.T @ b / ${n} + numpy.eye(${n})
def times(f):
    f(); s = []
    for _ in range(5):
        t = time.perf_counter(); f(); s.append(time.perf_counter() - t)
    return sorted(s)
print(json.dumps([times(lambda: numpy.linalg.cholesky(a)), times(lambda: numpy.linalg.inv(a)), times(lambda: a @ b)]))`;
  const threads = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  try {
    const env = { ...process.env, ...threads };
    const output = execFileSync("python3", ["-c", script], { env, stdio: ["ignore", "pipe", "ignore"] });
    const names = ["cholesky", "inverse of any matrix", "product"];
    const operations = [n ** 3 / 3, 2 * n ** 3, 2 * n ** 3];
    return (JSON.parse(String(output)) as number[][]).map((seconds, i) => {
      const median = middle(seconds);
      const gflops = operations[i]! / median / 1e9;
      return { n, name: `peer: numpy (LAPACK), ${names[i]}`, median, p90: middle(seconds, 0.9), gflops };
    });
  } catch {
    return [];
  }
}

function rowsFor(n: number): Row[] {
  const A = definite(n);
  const found = residuals(A, n);
  const worst = Math.max(...Object.values(found));
  if (!(worst < 4 * n)) throw new Error(`n = ${n}: ${JSON.stringify(found)} rounding units: not timed`);
  const units = Object.entries(found).map(([name, value]) => `${name} ${value.toFixed(1)}`);
  console.log(`n = ${n}, residuals in rounding units: ${units.join(", ")}`);
  const L = cholesky(A, n)!;
  const cube = n ** 3;
  const form = reduceToTridiagonal(A.slice(), n);
  const whole = wholeMatrix(A, n, n);
  const C = wholeMatrix(new Float64Array(n * n), n, n);
  const plain = plainPanels();
  return [
    measure(n, "cholesky", cube / 3, () => cholesky(A, n)),
    measure(n, "inverse of the triangle", cube / 3, () => lowerInverse(L.factor, n)),
    measure(n, "inverse of the matrix, from the factor", (2 * cube) / 3, () => choleskyInverse(L)),
    measure(n, "product", 2 * cube, () => addDoubleProduct({ A: whole, B: whole, C, sign: 1 })),
    measure(n, "tridiagonal form", (4 * cube) / 3, () => reduceToTridiagonal(A.slice(), n)),
    measure(n, "its Q", (4 * cube) / 3, () => formOrthogonal(form)),
    ...(n <= 800 ? [measure(n, "cholesky, plain twin", cube / 3, () => cholesky(A, n, plain))] : []),
    ...numpy(n),
  ];
}

console.log(`${machine()}, one core, R ${steadyTile().toFixed(1)} GFLOP/s\n`);
const rows = sizes.flatMap((n) => {
  const own = rowsFor(n);
  for (const { name, median, p90, gflops, multiplesOfR } of own) {
    const ms = (seconds: number) => `${(1e3 * seconds).toFixed(2).padStart(9)} ms`;
    const speed = `${gflops.toFixed(1).padStart(6)} GFLOP/s ${multiplesOfR === undefined ? "" : `${multiplesOfR.toFixed(2)} R`}`;
    console.log(`  ${name.padEnd(44)}${ms(median)}  p90${ms(p90)} ${speed}`);
  }
  return own;
});
printRecord("cholesky", { rows });
