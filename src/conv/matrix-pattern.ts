import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";

/** Which windows read each cell of one channel: those of cell `c` are at `ptr[c]` to `ptr[c + 1]`, by place, then by tap. */
export interface WindowPattern {
  readonly ptr: Int32Array;
  readonly place: Int32Array;
  readonly tap: Int32Array;
}

/** The cell that each tap reads at each place, `[place·taps + tap]`; -1 for a zero of the padding. */
function cellsOf({ axes: [z, y, x], taps, places }: Geometry): Int32Array {
  const cells = new Int32Array(places * taps);
  const read = (axis: Axis, place: number, tap: number) => axis.source[place * axis.stride + axis.tapAt[tap]];
  for (let place = 0, at = 0; place < places; place++) {
    const p2 = place % x.output;
    const p1 = Math.floor(place / x.output) % y.output;
    const p0 = Math.floor(place / (x.output * y.output));
    for (let m0 = 0; m0 < z.kernel; m0++) {
      const r0 = read(z, p0, m0);
      for (let m1 = 0; m1 < y.kernel; m1++) {
        const r1 = read(y, p1, m1);
        for (let m2 = 0; m2 < x.kernel; m2++, at++) {
          const r2 = read(x, p2, m2);
          cells[at] = Math.min(r0, r1, r2) < 0 ? -1 : (r0 * y.input + r1) * x.input + r2;
        }
      }
    }
  }
  return cells;
}

/** The windows of a convolution sorted by the cell that they read, a counting sort of what the geometry says. */
export function windowPattern(g: Geometry): WindowPattern {
  const cells = cellsOf(g);
  const ptr = new Int32Array(g.cells + 1);
  for (const cell of cells) if (cell >= 0) ptr[cell + 1]++;
  for (let cell = 0; cell < g.cells; cell++) ptr[cell + 1] += ptr[cell];
  const next = ptr.slice(0, -1);
  const place = new Int32Array(ptr[g.cells]);
  const tap = new Int32Array(ptr[g.cells]);
  for (let at = 0; at < cells.length; at++) {
    if (cells[at] < 0) continue;
    const to = next[cells[at]]++;
    place[to] = Math.floor(at / g.taps);
    tap[to] = at % g.taps;
  }
  return { ptr, place, tap };
}
