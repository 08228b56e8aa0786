/** From transformed columns to the windows of the result. */
import type { Engine, Place, SpectralProduct } from "./fft-layout.js";

/** Where a window of R lies in its plane, clipped to it. */
function windowOf({ R, tiling }: SpectralProduct, tile: number) {
  const row = R.y.step * Math.floor(tile / tiling.x.tiles);
  const column = R.x.step * (tile % tiling.x.tiles);
  const rows = Math.min(R.y.length, R.height - row);
  return { row, column, rows, count: Math.min(R.x.length, R.width - column) };
}

/** Transforms the rows of a product back, and writes `length` columns of its windows to the targets. */
function transformBack({ k, plan, p }: Engine, at: number, length: number): void {
  const { y, x, width, reversedY, reversedX } = p.R;
  const left = p.tiling.x.offset + (reversedX ? x.length - length : 0);
  const [down, right] = [reversedY ? -1 : 1, reversedX ? -1 : 1];
  k.backwardRows(plan, at, p.tiling.y.offset, y.length, left, length, 4 * width, down, right);
}

/** Stores the product of each lane, the first `count` of eight, at its place. */
export type Finish = (at: number, count: number, place: (lane: number) => Place) => void;

/** Results of one tile each: planes that follow each other are copied at once. */
function finishWhole(e: Engine): Finish {
  const { data, height, width } = e.p.R;
  const cells = height * width;
  const { floats: F, integers: I } = e.k.arena;
  const start = e.results >> 2;
  return (at, count, place) => {
    for (let lane = 0; lane < 8; lane++) I[(e.targets >> 2) + lane] = e.results + 4 * lane * cells;
    transformBack(e, at, width);
    const first = place(0).plane;
    if (count === 1 || place(count - 1).plane === first + count - 1)
      data.set(F.subarray(start, start + count * cells), first * cells);
    else
      for (let lane = 0; lane < count; lane++)
        data.set(F.subarray(start + lane * cells, start + (lane + 1) * cells), place(lane).plane * cells);
  };
}

/** Copies windows from their slots to their planes, whole rows at once where tiles fill them. */
function storeWindows(e: Engine, places: readonly Place[], rowsAreWhole: boolean): void {
  const { data, height, width } = e.p.R;
  const F = e.k.arena.floats;
  places.forEach(({ plane, tile }, lane) => {
    const { row, rows, column, count } = windowOf(e.p, tile);
    const from = (e.results + lane * e.result) >> 2;
    const to = (plane * height + row) * width;
    if (rowsAreWhole) data.set(F.subarray(from, from + rows * width), to);
    else
      for (let at = column; at < rows * width; at += width) data.set(F.subarray(from + at, from + at + count), to + at);
  });
}

/**
 * Results in tiles. A copy has its price however short: where all lanes are the same tile of eight planes, a row of tiles is put
 * together before it is stored.
 */
function finishTiles(e: Engine, gather: boolean): Finish {
  const { p, k } = e;
  const { x, width } = p.R;
  return (at, lanes, place) => {
    const places = Array.from({ length: lanes }, (_, lane) => place(lane));
    for (let lane = 0; lane < 8; lane++) {
      const { column } = windowOf(p, (places[lane] ?? places[0]!).tile);
      k.arena.integers[(e.targets >> 2) + lane] = e.results + lane * e.result + 4 * column;
    }
    const { column, count } = windowOf(p, places[0]!.tile);
    transformBack(e, at, gather ? count : x.length);
    if (!gather || column + count === width) storeWindows(e, places, gather);
  };
}

/** What stores the results of an engine. Rows of tiles are put together where lanes run over planes, and R is not cut within them. */
export function finisher(e: Engine): Finish {
  const { p } = e;
  const { x, y } = p.R;
  if (x.step === 0 && y.step === 0) return finishWhole(e);
  const tiles = x.step === 0 ? 1 : p.tiling.x.tiles;
  const together = p.atR(0, 0).tile === p.atR(p.rows - 1, 0).tile;
  return finishTiles(e, x.step === 0 || (together && (e.columns === p.columns || e.columns % tiles === 0)));
}
