import { describe, expect, it } from "vitest";
import { type Panels, plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { matrixProduct, transposed } from "../../src/math/matrix-product.js";
import { uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { applyReflectors, formOrthogonal, reduceToTridiagonal } from "../../src/math/symmetric-tridiagonal.js";

const source = randomStream(12, "tests");

function symmetric(n: number): Float64Array {
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) A[i * n + j] = A[j * n + i] = 2 * uniformAt(source, n, i * n + j) - 1;
  return A;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

const builds: [string, Panels][] = [
  ["WebAssembly", wasmPanels()!],
  ["plain TypeScript", plainPanels()],
];

describe("the tridiagonal form of a symmetric matrix", () => {
  // Below, at and above the 32 reflectors that are applied together.
  it.each(builds)("is Qᵀ·A·Q with an orthogonal Q, in %s", (_, k) => {
    for (const n of [1, 2, 3, 4, 5, 8, 31, 32, 33, 34, 64, 65, 66, 101]) {
      k.arena.floats.fill(Number.NaN, 0, 1 << 16);
      const A = symmetric(n);
      const form = reduceToTridiagonal(A.slice(), n, k);
      const Q = formOrthogonal(form);
      const size = { rows: n, depth: n, columns: n };
      const identity = A.map((_, at) => (at % (n + 1) === 0 ? 1 : 0));
      expect(largestDifference(matrixProduct(Q, transposed(Q, n, n), size), identity)).toBeLessThan(n * 1e-15);
      const T = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        T[i * n + i] = form.diagonal[i]!;
        if (i > 0) T[i * n + i - 1] = T[(i - 1) * n + i] = form.offDiagonal[i]!;
      }
      const back = matrixProduct(matrixProduct(Q, T, size), transposed(Q, n, n), size);
      expect(largestDifference(back, A), `n = ${n}`).toBeLessThan(n * 3e-15);
    }
  });

  it("is the same bits in WebAssembly and in plain TypeScript", () => {
    for (const n of [1, 2, 7, 100, 101]) {
      const A = symmetric(n);
      const [one, other] = [wasmPanels()!, plainPanels()].map((k) => {
        const { diagonal, offDiagonal, scale, reflectors } = reduceToTridiagonal(A.slice(), n, k);
        return [...diagonal, ...offDiagonal, ...scale, ...reflectors];
      });
      expect(one).toEqual(other);
    }
  });

  it("has the Q that its reflectors make one by one", () => {
    const n = 70;
    const form = reduceToTridiagonal(symmetric(n), n);
    const rows = Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
    applyReflectors(form, rows, n);
    expect(largestDifference(transposed(rows, n, n), formOrthogonal(form))).toBeLessThan(n * 1e-15);
  });

  it("reflects nothing where there is nothing to reflect", () => {
    const n = 40;
    const A = new Float64Array(n * n);
    for (let i = 0; i < n; i++) A[i * n + i] = i;
    const form = reduceToTridiagonal(A.slice(), n);
    expect([...form.diagonal]).toEqual(Array.from({ length: n }, (_, i) => i));
    expect([...formOrthogonal(form)]).toEqual(Array.from(A, (_, at) => (at % (n + 1) === 0 ? 1 : 0)));
  });
});
