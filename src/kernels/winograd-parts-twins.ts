/** The functions of `winograd-parts.ts` in plain TypeScript, bit for bit. */
import type { Arena } from "./arena.js";
import type { WinogradParts } from "./winograd-parts.js";

const round = Math.fround;

/** The twins, working on `arena`. */
export function winogradPartsTwins(arena: Arena): WinogradParts {
  const dot = (a: number, b: number, depth: number) => {
    const F = arena.floats;
    let sum = 0;
    for (let k = 0; k < depth; k++) sum = round(sum + round(F[a + 4 * k]! * F[b + 8 * k]!));
    return sum;
  };
  const lines =
    (visit: (image: number, staged: number) => void): WinogradParts["spread"] =>
    (from, to, fromPlane, toPlane, planes, rowTable, rows, cellTable, length, phases, phaseStride, head, quads) => {
      const I = arena.integers;
      const line = (row: number, image: number, staged: number, first: number, last: number) => {
        for (let phase = 0; phase < phases; phase++) {
          for (let e = first; e < last; e++) {
            const cell = I[(cellTable >> 2) + phase * length + e]!;
            visit(row < 0 || cell < 0 ? -1 : (image + cell) >> 2, (staged + phase * phaseStride + 4 * e) >> 2);
          }
        }
      };
      for (let plane = 0; plane < planes; plane++) {
        for (let i = 0; i < rows; i++) {
          const row = I[(rowTable >> 2) + i]!;
          const [image, staged] = [from + plane * fromPlane + row, to + plane * toPlane + 4 * i * length];
          // The parts of a line in turn, as the sums of cells that several phases share are taken.
          line(row, image, staged, 0, head);
          line(row, image, staged, head, head + 4 * quads);
          line(row, image, staged, head + 4 * quads, length);
        }
      }
    };
  return {
    multiplyAtPoints(A, B, C, points, strideA, strideB, strideC, rows, panels, depth, pitch, keep) {
      const F = arena.floats;
      for (let p = 0; p < points; p++) {
        for (let column = 0; column < 8 * panels; column++) {
          for (let row = 0; row < rows; row++) {
            const a = (A + p * strideA + 16 * (row >> 2) * depth + 4 * (row & 3)) >> 2;
            const b = (B + p * strideB + 32 * (column >> 3) * depth + 4 * (column & 7)) >> 2;
            const c = (C + p * strideC + row * pitch + 4 * column) >> 2;
            const product = dot(a, b, depth);
            F[c] = keep ? F[c]! + product : product;
          }
        }
      }
    },
    spread: lines((image, staged) => {
      arena.floats[staged] = image < 0 ? 0 : arena.floats[image]!;
    }),
    fold: lines((image, staged) => {
      if (image >= 0) arena.floats[image]! += arena.floats[staged]!;
    }),
  };
}
