import { type Levels, levelsOf, maxWindows, type Numbers } from "./pool-passes.js";
import type { Pass, Windows } from "./pool-windows.js";

/** `Z = max` over each window, one axis after the other. */
export function maxPool(w: Windows, V: Numbers, Z: Numbers): void {
  const levels = levelsOf(w);
  for (let plane = 0; plane < w.planes; plane++) Z.set(maxWindows(w, V, plane * w.cells, levels), plane * w.places);
}

/** `dV`: each place's gradient goes to the first of the cells that hold its window's maximum; none where there is no cell. */
export function maxPoolGradient(w: Windows, G: Numbers, V: Numbers, dV: Numbers): void {
  const levels = levelsOf(w);
  const sums = new Float64Array(w.cells);
  const cells = levels.map((level) => new Int32Array(level.length));
  for (let cell = 0; cell < w.cells; cell++) cells[0]![cell] = cell;
  for (let plane = 0; plane < w.planes; plane++) {
    const [at, from] = [plane * w.places, plane * w.cells];
    const first = firstMaxima(w, V, from, { levels, cells });
    sums.fill(0);
    for (let p = 0; p < w.places; p++) if (first[p]! >= 0) sums[first[p]!]! += G[at + p]!;
    dV.set(sums, from);
  }
}

/** For each place the cell of the plane that first holds its window's maximum; -1 for a window without cells. */
function firstMaxima(
  { passes }: Windows,
  V: Numbers,
  at: number,
  { levels, cells }: { readonly levels: Levels; readonly cells: readonly Int32Array[] },
): Int32Array {
  passes.forEach((pass, n) => {
    const from = { values: n === 0 ? V : levels[n]!, at: n === 0 ? at : 0, cells: cells[n]! };
    takeFirst(pass, from, { values: levels[n + 1]!, cells: cells[n + 1]! });
  });
  return cells[passes.length]!;
}

/**
 * One pass of maxima that carries the cell of each. Along an axis later taps have later cells only for the outermost axis, so
 * of equal values the earlier cell is asked for by its number: after the last pass it is the first in row-major order.
 */
function takeFirst(
  { axis, outer, inner }: Pass,
  from: { readonly values: Numbers; readonly at: number; readonly cells: Int32Array },
  to: { readonly values: Float64Array; readonly cells: Int32Array },
): void {
  const { input, output, step, first, count } = axis;
  const [V, at, C] = [from.values, from.at, from.cells];
  const stride = step * inner;
  for (let o = 0, z = 0; o < outer; o++) {
    for (let j = 0; j < output; j++) {
      const start = (o * input + first[j]!) * inner;
      const taps = count[j]!;
      for (let i = 0; i < inner; i++, z++) {
        let most = Number.NEGATIVE_INFINITY;
        let cell = -1;
        for (let t = 0, v = start + i; t < taps; t++, v += stride) {
          const value = V[at + v]!;
          if (value > most || (value === most && C[v]! < cell)) {
            most = value;
            cell = C[v]!;
          }
        }
        to.values[z] = most;
        to.cells[z] = cell;
      }
    }
  }
}
