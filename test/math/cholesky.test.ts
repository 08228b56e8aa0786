import { expect, test } from "vitest";
import { fusedPanels, type Panels, plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { cholesky, choleskyInverse, choleskySolve } from "../../src/math/cholesky.js";
import { lowerInverse, lowerSquare } from "../../src/math/lower-inverse.js";
import { matrixProduct, transposed } from "../../src/math/matrix-product.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { symmetricEigenvalues } from "../../src/math/symmetric-eigen.js";

/** `B·Bᵀ + I/2` of a random B. */
function definite(n: number, seed: number): Float64Array {
  const B = new Float32Array(n * n);
  fillNormal(B, randomStream(seed, "stimulus"), 0);
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) A[i * n + j]! += B[i * n + k]! * B[j * n + k]!;
    }
    A[i * n + i]! += 0.5;
  }
  return A;
}

function times(A: Float64Array, x: Float64Array): Float64Array {
  return x.map((_, i) => x.reduce((sum, value, j) => sum + A[i * x.length + j]! * value, 0));
}

/** `B·Bᵀ + I/2` for larger n. */
function definiteSoon(n: number, seed: number): Float64Array {
  const B = new Float32Array(n * n);
  fillNormal(B, randomStream(seed, "stimulus"), 0);
  const wide = Float64Array.from(B);
  const A = matrixProduct(wide, transposed(wide, n, n), { rows: n, depth: n, columns: n });
  for (let i = 0; i < n; i++) A[i * n + i]! += 0.5;
  return A;
}

/** Eigenvalues over so many orders of magnitude between mirrors, then rows and columns of very different size. */
function badlyConditioned(n: number, orders: number): Float64Array {
  const v = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  const values = v.map((_, k) => 10 ** ((-orders * k) / n));
  const energy = v.reduce((sum, x) => sum + x * x, 0);
  const mean = v.reduce((sum, x, k) => sum + values[k]! * x * x, 0) / energy;
  // (I - 2vvᵀ/e)·Λ·(I - 2vvᵀ/e), e = vᵀv
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const sum = (i === j ? values[i]! : 0) - (2 * v[i]! * v[j]! * (values[i]! + values[j]! - 2 * mean)) / energy;
      A[i * n + j] = A[j * n + i] = sum * 10 ** ((i % 7) - 3) * 10 ** ((j % 7) - 3);
    }
  return A;
}

/** The textbook's factor, number by number. */
function plainFactor(A: Float64Array, n: number): Float64Array {
  const L = new Float64Array(n * n);
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = A[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
      L[i * n + j] = i === j ? Math.sqrt(sum) : sum / L[j * n + j]!;
    }
  return L;
}

/** The most that `L·Lᵀ` is off, of what rounding allows: entry (i, j) of (n + 1)·2⁻⁵³·√(A_ii·A_jj). */
function roundingUsed(A: Float64Array, L: Float64Array, n: number): number {
  const product = matrixProduct(L, transposed(L, n, n), { rows: n, depth: n, columns: n });
  let most = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const allowed = (n + 1) * 2 ** -53 * Math.sqrt(A[i * n + i]! * A[j * n + j]!);
      const off = Math.abs(product[i * n + j]! - A[i * n + j]!) / allowed;
      most = off >= 0 ? Math.max(most, off) : Number.POSITIVE_INFINITY;
    }
  return most;
}

const builds: [string, Panels][] = [
  ["WebAssembly", wasmPanels()!],
  ["plain TypeScript", plainPanels()],
  ...(fusedPanels() ? [["fused", fusedPanels()!] as [string, Panels]] : []),
];

/** Fills the arena with NaN: what nobody wrote must not be read. */
function spoil({ arena }: Panels): void {
  arena.floats.fill(Number.NaN, 0, 1 << 20);
}

// Below, at and above the tile of 4.
test.each([1, 2, 3, 5, 31, 32, 33, 67, 101])("L·Lᵀ of a matrix of %i rows is the matrix", (n) => {
  const A = definite(n, n);
  const { factor } = cholesky(A, n)!;
  const largest = Math.max(...A);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += factor[i * n + k]! * factor[j * n + k]!;
      expect(Math.abs(sum - A[i * n + j]!)).toBeLessThan(1e-13 * n * largest);
      if (j > i) expect(factor[i * n + j]).toBe(0);
    }
  }
});

test.each([1, 7, 40, 70])("the solution, the inverse and the determinant of %i rows are right", (n) => {
  const A = definite(n, 100 + n);
  const F = cholesky(A, n)!;
  const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  times(A, choleskySolve(F, b)).forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 9);
  });
  const inverse = choleskyInverse(F);
  times(A, times(inverse, b)).forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 9);
  });
  const logs = symmetricEigenvalues(A, n).reduce((sum, value) => sum + Math.log(value), 0);
  expect(F.logDeterminant).toBeCloseTo(logs, 9);
});

test.each(builds)("the factor of every size up to 130 is the textbook's, in %s", (_, k) => {
  for (let n = 1; n <= 130; n++) {
    spoil(k);
    const A = definiteSoon(n, n);
    const wanted = plainFactor(A, n);
    const { factor } = cholesky(A, n, k)!;
    const off = factor.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[at]!)), 0);
    expect(off / Math.max(...wanted), `n = ${n}`).toBeLessThan(1e-11);
    expect(roundingUsed(A, factor, n)).toBeLessThan(1);
  }
});

// Below, at and above the block of 256 columns and the band of 64 rows.
test.each(builds)("the factor of several blocks keeps to what rounding allows, in %s", (_, k) => {
  for (const n of [255, 256, 257, 300, 513, 577]) {
    spoil(k);
    const A = definiteSoon(n, n);
    expect(roundingUsed(A, cholesky(A, n, k)!.factor, n), `n = ${n}`).toBeLessThan(1);
  }
});

test.each(builds)("eigenvalues over 12 orders and rows over 6 cost no more, in %s", (_, k) => {
  for (const n of [7, 66, 290]) {
    const A = badlyConditioned(n, 12);
    const { factor } = cholesky(A, n, k)!;
    expect(roundingUsed(A, factor, n), `n = ${n}`).toBeLessThan(1);
    // A column of L⁻¹ solves L·x = e: |L·X - I| is rounding of |L|·|X|, whatever the condition.
    const X = lowerInverse(factor, n, k);
    const size = { rows: n, depth: n, columns: n };
    const [off, scale] = [matrixProduct(factor, X, size), matrixProduct(factor.map(Math.abs), X.map(Math.abs), size)];
    let most = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const allowed = (n + 3) * 2 ** -53 * scale[i * n + j]!;
        most = Math.max(most, Math.abs(off[i * n + j]! - (i === j ? 1 : 0)) / allowed);
        if (j < i && X[j * n + i] !== 0) throw new Error(`X[${j}, ${i}] is ${X[j * n + i]}`);
      }
    expect(most).toBeLessThanOrEqual(1);
  }
});

test("the factor, its inverse and the inverse's square are the same bits in WebAssembly and in plain TypeScript", () => {
  for (const n of [1, 6, 130, 301]) {
    const A = definiteSoon(n, n);
    const [one, other] = [wasmPanels()!, plainPanels()].map((k) => {
      const { factor, logDeterminant } = cholesky(A, n, k)!;
      return [...factor, logDeterminant, ...lowerInverse(factor, n, k), ...lowerSquare(factor, n, k)];
    });
    expect(one).toEqual(other);
  }
});

test("the arena does not grow from call to call", () => {
  const k = plainPanels();
  const A = definiteSoon(300, 1);
  const sizes = [1, 2, 3].map(() => {
    choleskyInverse(cholesky(A, 300, k)!, k);
    return k.arena.floats.length;
  });
  expect(new Set(sizes).size).toBe(1);
  // A block of 256 columns twice, and a band: not the matrix.
  expect(4 * sizes[0]!).toBeLessThan(8 * 304 * (2 * 256 + 64) + 65536);
});

test("what is above the diagonal is not read", () => {
  const n = 67;
  const A = definite(n, 3);
  const junk = A.map((value, at) => (at % n > Math.floor(at / n) ? 1e9 * Math.sin(at) : value));
  expect(cholesky(junk, n)).toEqual(cholesky(A, n));
});

test.each(builds)("a matrix with one eigenvalue of at most 0 has no factor, wherever the pivot is, in %s", (_, k) => {
  for (const n of [2, 9, 65, 300]) {
    for (const place of new Set([0, 1, n >> 1, n - 2, n - 1])) {
      const A = definiteSoon(n, n);
      const factor = plainFactor(A, n);
      // The pivot of row `place` is what is left of its diagonal: without it and a hair more, nothing is.
      A[place * n + place]! -= factor[place * n + place]! ** 2 * (1 + 1e-9);
      expect(cholesky(A, n, k), `n = ${n}, pivot ${place}`).toBeUndefined();
    }
  }
});

test("a matrix that is not positive definite has no factor", () => {
  expect(cholesky([1, 2, 2, 1], 2)).toBeUndefined();
  expect(cholesky([1, 1, 1, 1], 2)).toBeUndefined();
  expect(cholesky([0], 1)).toBeUndefined();
});

test("a wrong count of entries and a NaN are refused", () => {
  expect(() => cholesky([1, 2, 3], 2)).toThrow("cholesky: matrix has 3 entries, 2² are needed");
  expect(() => cholesky([1, Number.NaN, 0, 1], 2)).toThrow("cholesky: matrix[1] is NaN");
  expect(() => cholesky([], 0)).toThrow("cholesky: n is 0");
});
