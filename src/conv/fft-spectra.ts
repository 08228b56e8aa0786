/** From windows of planes to their spectra. */
import type { Engine, Place, Planes } from "./fft-layout.js";

/** Where the windows of one tile reach beyond the plane along one axis: cells before and after. */
function beyond(start: number, length: number, cells: number) {
  const before = Math.min(length, Math.max(0, -start));
  return { before, after: Math.min(length - before, Math.max(0, start + length - cells)) };
}

/** Keeps the rows of up to eight windows in the arena; `hold` sees to it that the slots hold those asked for, and tells which. */
function slotKeeper(e: Engine, { data, height, width, y, x }: Planes, tilesX: number) {
  const F = e.k.arena.floats;
  const held: string[] = [];
  const slack = x.step > 0 ? x.length : 0;
  const load = (slot: number, { plane, tile }: Place) => {
    const at = (e.slots + slot * e.slot) >> 2;
    const first = y.start + y.step * Math.floor(tile / tilesX);
    const { before, after } = beyond(first, y.length, height);
    const from = plane * height * width;
    const rows = at + slack;
    F.fill(0, at, rows + before * width);
    F.set(
      data.subarray(from + (first + before) * width, from + (first + y.length - after) * width),
      rows + before * width,
    );
    F.fill(0, rows + (y.length - after) * width, rows + y.length * width + slack);
  };
  const keyOf = ({ plane, tile }: Place) => `${plane} ${Math.floor(tile / tilesX)}`;
  return (windows: readonly Place[]): number[] => {
    const keys = windows.map(keyOf);
    return windows.map((window, i) => {
      let slot = held.indexOf(keys[i]!);
      if (slot < 0) {
        slot = 0;
        while (held[slot] !== undefined && keys.includes(held[slot]!)) slot++;
        held[slot] = keys[i]!;
        load(slot, window);
      }
      return e.slots + slot * e.slot + 4 * slack;
    });
  };
}

/** Transforms the rows of up to eight windows at an address. Lanes without a window repeat the first. */
export type RowTransformer = (count: number, window: (lane: number) => Place, into: number) => void;

/**
 * Windows that are whole planes. Those of the lanes are copied at once where they follow each other, else each lane with the
 * `run - 1` planes behind it, which the next calls ask for where planes follow each other in depth.
 */
function wholePlanes(e: Engine, { data, height, width, reversedY, reversedX }: Planes, run: number): RowTransformer {
  const { k, slots, plan, table, margins } = e;
  const { floats: F, integers: I } = k.arena;
  const cells = height * width;
  const [down, right] = [reversedY ? -1 : 1, reversedX ? -1 : 1];
  const held = new Int32Array(8).fill(-1);
  const load = (plane: number, count: number, slot: number) =>
    F.set(data.subarray(plane * cells, (plane + count) * cells), slot >> 2);
  return (count, window, into) => {
    const first = window(0).plane;
    let follow = true;
    for (let lane = 1; lane < count; lane++) follow &&= window(lane).plane === first + lane;
    if (follow) load(first, count, slots);
    for (let lane = 0; lane < 8; lane++) {
      const from = lane < count ? lane : 0;
      const plane = window(from).plane;
      let slot = slots + 4 * cells * from * (follow ? 1 : run);
      if (!follow) {
        const behind = plane - held[from]!;
        if (held[from]! < 0 || behind < 0 || behind >= run) {
          load(plane, run, slot);
          held[from] = plane;
        } else slot += 4 * cells * behind;
      }
      I[(table >> 2) + lane] = slot;
      I[(margins >> 2) + 2 * lane] = 0;
      I[(margins >> 2) + 2 * lane + 1] = 0;
    }
    if (follow) held.fill(-1);
    k.forwardRows(plan, into, 0, height, 0, width, 4 * width, down, right);
  };
}

/** Windows that may reach beyond their planes. Rows and columns where all of them do are not read and need no transform. */
function tiles(e: Engine, planes: Planes): RowTransformer {
  const { k, plan } = e;
  const { height, width, y, x, reversedY, reversedX } = planes;
  const tilesX = e.p.tiling.x.tiles;
  const slotsOf = slotKeeper(e, planes, tilesX);
  const I = k.arena.integers;
  const least = (sides: readonly ReturnType<typeof beyond>[], side: "before" | "after") =>
    Math.min(...sides.map((s) => s[side]));
  return (count, window, into) => {
    const windows = Array.from({ length: count }, (_, lane) => window(lane));
    const slots = slotsOf(windows);
    const columns = windows.map(({ tile }) => x.start + x.step * (tile % tilesX));
    const sidesX = columns.map((start) => beyond(start, x.length, width));
    const sidesY = windows.map(({ tile }) => beyond(y.start + y.step * Math.floor(tile / tilesX), y.length, height));
    const [top, bottom] = [least(sidesY, "before"), least(sidesY, "after")];
    const [left, right] = [least(sidesX, "before"), least(sidesX, "after")];
    for (let lane = 0; lane < 8; lane++) {
      const from = lane < count ? lane : 0;
      I[(e.table >> 2) + lane] = slots[from]! + 4 * (top * width + columns[from]! + left);
      I[(e.margins >> 2) + 2 * lane] = sidesX[from]!.before - left;
      I[(e.margins >> 2) + 2 * lane + 1] = sidesX[from]!.after - right;
    }
    const [rows, cells] = [y.length - top - bottom, x.length - left - right];
    const corner = [reversedY ? bottom : top, rows, reversedX ? right : left, cells] as const;
    k.forwardRows(plan, into, ...corner, 4 * width, reversedY ? -1 : 1, reversedX ? -1 : 1);
  };
}

/** What transforms the rows of windows of an operand, of which `run` planes may be read ahead. */
export function rowTransformer(e: Engine, planes: Planes, run = 1): RowTransformer {
  return planes.y.step === 0 && planes.x.step === 0 ? wholePlanes(e, planes, run) : tiles(e, planes);
}

/** Writes the spectra of B for `count` columns from `first`, d by d and column by column, scaled for the transform back. */
export function spectraOfB(e: Engine, first: number, count: number): void {
  const { k, p, ny, nx, spectrum } = e;
  const transform = rowTransformer(e, p.B);
  const total = p.depth * count;
  for (let at = 0; at < total; at += 8) {
    const window = (lane: number) => p.atB(Math.floor((at + lane) / count), first + ((at + lane) % count));
    transform(Math.min(8, total - at), window, e.planes);
    k.forwardColumns(e.plan, e.planes);
    k.unpack(e.plan, e.planes, e.spectra + at * spectrum, spectrum, 0.5 / (ny * nx));
  }
}
