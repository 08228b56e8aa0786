import { type Engine, type Place, type Planes, paddedOf } from "./fft-layout.js";

/** Copies a plane with its padding to a slot of the arena. */
function loadPlane(
  F: Float32Array,
  planes: Planes,
  padded: ReturnType<typeof paddedOf>,
  plane: number,
  at: number,
): void {
  const { height, width, data } = planes;
  const from = plane * height * width;
  if (padded.height === height && padded.width === width) {
    F.set(data.subarray(from, from + height * width), at);
    return;
  }
  F.fill(0, at, at + padded.height * padded.width);
  for (let row = 0; row < height; row++) {
    const start = from + row * width;
    F.set(data.subarray(start, start + width), at + (padded.top + row) * padded.width + padded.left);
  }
}

/** Keeps up to eight planes of an operand in the arena. */
function slotsOf({ k, slots, slotBytes, p }: Engine, planes: Planes): (plane: number) => number {
  const padded = paddedOf(planes, p.tiling);
  const held: number[] = [];
  let next = 0;
  return (plane) => {
    let slot = held.indexOf(plane);
    if (slot < 0) {
      slot = next;
      next = (next + 1) % 8;
      held[slot] = plane;
      loadPlane(k.arena.floats, planes, padded, plane, (slots + slot * slotBytes) >> 2);
    }
    return slots + slot * slotBytes;
  };
}

/** A function that makes the spectrum of up to eight windows at an address. */
export function spectrumMaker(e: Engine, planes: Planes): (windows: readonly Place[], into: number) => void {
  const { k, p, ny, nx, pitch, passes } = e;
  const padded = paddedOf(planes, p.tiling);
  const slotOf = slotsOf(e, planes);
  const [rows, width] = [planes.y.length, planes.x.length];
  const tilesX = p.tiling.x.tiles;
  return (windows, into) => {
    for (let lane = 0; lane < 8; lane++) {
      const window = windows[lane];
      let at = e.zeros;
      if (window) {
        const row = padded.top + planes.y.start + planes.y.step * Math.floor(window.tile / tilesX);
        const column = padded.left + planes.x.start + planes.x.step * (window.tile % tilesX);
        at = slotOf(window.plane) + 4 * (row * padded.width + column);
      }
      k.arena.integers[(e.table >> 2) + lane] = at;
    }
    const first = into + (planes.reversedY ? (rows - 1) * pitch : 0) + (planes.reversedX ? 32 * (width - 1) : 0);
    const [down, right] = [planes.reversedY ? -pitch : pitch, planes.reversedX ? -32 : 32];
    k.stage(first, down, right, e.table, 4 * padded.width, rows, width);
    k.clear(into + 32 * width, pitch, rows, nx - width);
    for (let row = 0; row < rows; row += e.rowBlock)
      k.transform(...passes.rows, into + row * pitch, Math.min(e.rowBlock, rows - row), pitch);
    k.clear(into + rows * pitch, pitch, ny - rows, nx);
    for (let column = 0; column < nx; column += e.stripColumns)
      k.transform(...passes.columns, into + 32 * column, Math.min(e.stripColumns, nx - column), 32);
  };
}

/** Writes the spectra of B for `count` columns from `first`, d by d and column by column, scaled for the transform back. */
export function spectraOfB(e: Engine, into: number, scratch: number, first: number, count: number): void {
  const { k, p, ny, nx, pitch } = e;
  const make = spectrumMaker(e, p.B);
  const planeStride = 8 * ny * nx;
  const total = p.depth * count;
  for (let at = 0; at < total; at += 8) {
    const windows: Place[] = [];
    for (let i = at; i < Math.min(total, at + 8); i++) windows.push(p.atB(Math.floor(i / count), first + (i % count)));
    make(windows, scratch);
    for (let row = 0; row < ny; row++) {
      const opposite = scratch + e.opposite[row]! * pitch;
      const to = into + at * planeStride + 8 * nx * row;
      k.unpack(scratch + row * pitch, opposite, e.oppositeTable, nx, to, planeStride, 0.5 / (ny * nx));
    }
  }
}
