/** The kernels of whole planes (`fft-planes.ts`, `fft-products.ts`) in plain TypeScript, bit for bit. */
import type { Arena } from "./arena.js";
import type { FftFunctions } from "./fft-functions.js";
import { offsetOf, type PlanField, planFields } from "./fft-record.js";

/** The kernels that those of whole planes are made of. */
export type LineKernels = Pick<FftFunctions, "transform" | "stage" | "unstage" | "trim" | "multiply1" | "multiply2">;

type PlaneKernels = Omit<FftFunctions, keyof LineKernels>;

/** The record at `plan`. */
function planAt({ integers }: Arena, plan: number) {
  const fields = planFields.map((name) => [name, integers[(plan + offsetOf(name)) >> 2]!]);
  return Object.fromEntries(fields) as Record<PlanField, number>;
}

/** Where the number of a row and a column lies in a plane, in bytes. */
function addressIn({ ny, strip }: { ny: number; strip: number }, row: number, column: number): number {
  return 32 * ((column - (column % strip)) * ny + row * strip + (column % strip));
}

/** The transforms of rows and columns. */
function transformTwins(arena: Arena, lines: LineKernels) {
  const rowsOf =
    (forward: boolean): FftFunctions["forwardRows"] =>
    (plan, plane, top, rows, left, width, rowPitch, down, right) => {
      const F = arena.floats;
      const p = planAt(arena, plan);
      const pitch = 32 * p.nx;
      const move = (row: number, scratchRow: number, visit: (strips: number, scratch: number) => void) => {
        for (let x = 0; x < p.nx; x++)
          visit((plane + addressIn(p, row, x)) >> 2, (p.scratch + scratchRow * pitch + 32 * x) >> 2);
      };
      if (forward) {
        for (let row = 0; row < p.ny; row++)
          if (row < top || row >= top + rows) move(row, 0, (at) => F.fill(0, at, at + 8));
      }
      for (let row = 0; row < rows; row += p.block) {
        const count = Math.min(p.block, rows - row);
        const first = p.scratch + 32 * left + (down < 0 ? (count - 1) * pitch : 0) + (right < 0 ? 32 * (width - 1) : 0);
        const ahead = rowPitch * (down < 0 ? rows - row - count : row);
        const window = [
          first,
          down * pitch,
          32 * right,
          forward ? p.table : p.targets,
          ahead,
          rowPitch,
          count,
          width,
        ] as const;
        const each = (visit: (strips: number, scratch: number) => void) => {
          for (let i = 0; i < count; i++) move(top + row + i, i, visit);
        };
        if (forward) {
          F.fill(0, p.scratch >> 2, (p.scratch + count * pitch) >> 2);
          lines.stage(...window);
          lines.trim(first, down * pitch, 32 * right, p.margins, count, width);
          lines.transform(p.rows, p.rowPasses, p.scratch, count, pitch);
          each((at, from) => F.copyWithin(at, from, from + 8));
        } else {
          each((from, at) => F.copyWithin(at, from, from + 8));
          lines.transform(p.rowsBack, p.rowBackPasses, p.scratch, count, pitch);
          lines.unstage(...window);
        }
      }
    };
  const strip = (plan: number, at: number, back: boolean) => {
    const p = planAt(arena, plan);
    const [records, passes] = back ? [p.columnsBack, p.columnBackPasses] : [p.columns, p.columnPasses];
    lines.transform(records, passes, at, p.strip, 32);
  };
  const columnsOf = (back: boolean) => (plan: number, plane: number) => {
    const { ny, nx, strip: width } = planAt(arena, plan);
    for (let x = 0; x < nx; x += width) strip(plan, plane + 32 * ny * x, back);
  };
  return {
    forwardRows: rowsOf(true),
    backwardRows: rowsOf(false),
    forwardColumns: columnsOf(false),
    backwardColumns: columnsOf(true),
  };
}

/** The twins of the kernels of whole planes. */
export function planeTwins(arena: Arena, lines: LineKernels): PlaneKernels {
  const transforms = transformTwins(arena, lines);
  return {
    ...transforms,
    unpack(plan, plane, into, planeStride, factor) {
      const { floats: F, integers: I } = arena;
      const p = planAt(arena, plan);
      const by = Math.fround(factor);
      const round = Math.fround;
      for (let x = 0; x < p.nx; x++) {
        for (let row = 0; row < p.ny; row++) {
          const number = addressIn(p, row, x);
          const a = (plane + number) >> 2;
          const b = (plane + I[(p.oppositeRows >> 2) + row]! + I[(p.oppositeColumns >> 2) + x]!) >> 2;
          for (let lane = 0; lane < 4; lane++) {
            const [re, im, reOpposite, imOpposite] = [F[a + lane]!, F[a + lane + 4]!, F[b + lane]!, F[b + lane + 4]!];
            // Lanes 0 to 3 are planes 0 to 3, their imaginary parts planes 4 to 7.
            const to = (into + number / 4 + lane * planeStride) >> 2;
            const other = to + planeStride;
            F[to] = round(round(re + reOpposite) * by);
            F[to + 1] = round(round(im - imOpposite) * by);
            F[other] = round(round(im + imOpposite) * by);
            F[other + 1] = round(round(reOpposite - re) * by);
          }
        }
      }
    },
    product(plan, A, strideA, B, strideB, nextB, out, nextOut, depth, outputs) {
      const { ny, nx } = planAt(arena, plan);
      const multiply = outputs === 2 ? lines.multiply2 : lines.multiply1;
      multiply(A, strideA, B, strideB, nextB, out, nextOut, depth, ny * nx, 0);
      for (let b = 0; b < outputs; b++) transforms.backwardColumns(plan, out + b * nextOut);
    },
    accumulate(plan, A, strideA, B, strideB, nextB, out, nextOut, depth, outputs, keep) {
      const { ny, nx } = planAt(arena, plan);
      for (let d = 0; d < depth; d++) transforms.forwardColumns(plan, A + d * strideA);
      for (let b = 0; b < outputs; b++) {
        const to = out + b * nextOut;
        lines.multiply1(A, strideA, B + b * nextB, strideB, nextB, to, nextOut, depth, ny * nx, keep);
      }
    },
  };
}
