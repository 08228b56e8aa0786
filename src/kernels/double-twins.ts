/**
 * The functions of `double-kernels.ts` in plain TypeScript, argument for argument and bit for bit with the build without fused
 * multiply-adds. Addresses are in bytes, so they are shifted to count numbers.
 */
import type { Arena } from "./arena.js";
import type { DoubleFunctions } from "./double-functions.js";

/** The sums of one tile by rows, `[4, 4]`: over `steps` steps of the panels at `a` (rows) and `b` (columns). */
function multiplyTile(D: Float64Array, a: number, b: number, steps: number, sums: Float64Array): void {
  for (let column = 0; column < 4; column++) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let k = 0; k < steps; k++) {
      const right = D[b + 4 * k + column]!;
      s0 += D[a + 4 * k]! * right;
      s1 += D[a + 4 * k + 1]! * right;
      s2 += D[a + 4 * k + 2]! * right;
      s3 += D[a + 4 * k + 3]! * right;
    }
    sums[column] = s0;
    sums[4 + column] = s1;
    sums[8 + column] = s2;
    sums[12 + column] = s3;
  }
}

/** Four steps of four rows at `p`, whose earlier steps are in `sums` by columns; the triangle is at `t`. */
function solveTile(D: Float64Array, p: number, t: number, sums: Float64Array): void {
  for (let c = 0; c < 4; c++) {
    for (let row = 0; row < 4; row++) {
      let x = D[p + 4 * c + row]! - sums[4 * c + row]!;
      for (let k = 0; k < c; k++) x -= D[t + 4 * k + c]! * D[p + 4 * k + row]!;
      D[p + 4 * c + row] = x / D[t + 4 * c + c]!;
    }
  }
}

/** Two rows of a triangle from `top` on, the first of which has `length` numbers before its diagonal. */
function updateTwoRows(
  D: Float64Array,
  [top, bottom]: readonly [number, number],
  length: number,
  [v, w, u, product]: readonly [number, number, number, number],
): void {
  const [v0, v1] = [D[v + length]!, D[v + length + 1]!];
  const [w0, w1] = [D[w + length]!, D[w + length + 1]!];
  const [u0, u1] = [D[u + length]!, D[u + length + 1]!];
  // Even places, odd places; the last place of an odd row comes after their sum.
  const sums = [0, 0, 0, 0];
  const step = (k: number, at: 0 | 1) => {
    const x0 = D[top + k]! - v0 * D[w + k]! - w0 * D[v + k]!;
    const x1 = D[bottom + k]! - v1 * D[w + k]! - w1 * D[v + k]!;
    D[top + k] = x0;
    D[bottom + k] = x1;
    sums[at]! += x0 * D[u + k]!;
    sums[2 + at]! += x1 * D[u + k]!;
    D[product + k] = D[product + k]! + x0 * u0 + x1 * u1;
  };
  for (let k = 0; k + 1 < length; k += 2) {
    step(k, 0);
    step(k + 1, 1);
  }
  sums[0]! += sums[1]!;
  sums[2]! += sums[3]!;
  if (length % 2 === 1) step(length - 1, 0);
  const corner = D[top + length]! - v0 * w0 - w0 * v0;
  const below = D[bottom + length]! - v1 * w0 - w1 * v0;
  const last = D[bottom + length + 1]! - v1 * w1 - w1 * v1;
  D[top + length] = corner;
  D[bottom + length] = below;
  D[bottom + length + 1] = last;
  D[product + length] = D[product + length]! + sums[0]! + corner * u0 + below * u1;
  D[product + length + 1] = D[product + length + 1]! + sums[2]! + below * u0 + last * u1;
}

/** The twins, working on `arena`. */
export function doubleTwins(arena: Arena): DoubleFunctions {
  const sums = new Float64Array(16);
  return {
    multiplyDoubles(A, B, C, rows, columns, depth, pitch, skew) {
      const D = new Float64Array(arena.floats.buffer);
      for (let j = 0; j < columns; j++) {
        for (let i = Math.max(0, j - skew); i < rows; i++) {
          multiplyTile(D, (A >> 3) + 4 * i * depth, (B >> 3) + 4 * j * depth, depth, sums);
          const at = (C >> 3) + 4 * i * (pitch >> 3) + 4 * j;
          for (let row = 0; row < 4; row++) D.set(sums.subarray(4 * row, 4 * row + 4), at + row * (pitch >> 3));
        }
      }
    },
    solveDoubles(P, L, panels, steps, depth, skew) {
      const D = new Float64Array(arena.floats.buffer);
      for (let panel = 0; panel < panels; panel++) {
        const first = Math.max(0, panel - skew);
        const p = (P >> 3) + 4 * panel * depth;
        for (let step = first; step < steps; step++) {
          const row = (L >> 3) + 4 * step * depth;
          multiplyTile(D, row + 16 * first, p + 16 * first, 4 * (step - first), sums);
          solveTile(D, p + 16 * step, row + 16 * step, sums);
        }
      }
    },
    updateAndMultiply(A, first, count, v, w, u, product) {
      const D = new Float64Array(arena.floats.buffer);
      const vectors = [v >> 3, w >> 3, u >> 3, product >> 3] as const;
      for (let row = first; row < count; row += 2) {
        const top = (A >> 3) + (row * (row + 1)) / 2;
        updateTwoRows(D, [top, top + row + 1], row, vectors);
      }
    },
  };
}
