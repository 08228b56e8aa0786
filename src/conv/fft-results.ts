import type { Engine, Place, SpectralProduct } from "./fft-layout.js";

/** Where a window of R lies in its plane, clipped to it. */
function windowOf({ R, tiling }: SpectralProduct, tile: number) {
  const row = R.y.step * Math.floor(tile / tiling.x.tiles);
  const column = R.x.step * (tile % tiling.x.tiles);
  const rows = Math.min(R.y.length, R.height - row);
  return { row, column, rows, count: Math.min(R.x.length, R.width - column) };
}

/**
 * Copies windows from their slots to their planes, the columns `first` to `end`. A copy has its price however short, so
 * whole rows go at once, and whole planes that follow each other too.
 */
function storeWindows(e: Engine, places: readonly Place[], first: number, end: number): void {
  const { data, height, width } = e.p.R;
  const F = e.k.arena.floats;
  const start = e.results >> 2;
  const slot = e.resultBytes >> 2;
  const follow = places.every(({ plane, tile }, lane) => tile === 0 && plane === places[0]!.plane + lane);
  if (follow && slot === height * width && end - first === width) {
    data.set(F.subarray(start, start + places.length * slot), places[0]!.plane * slot);
    return;
  }
  for (let lane = 0; lane < places.length; lane++) {
    const { plane, tile } = places[lane]!;
    const { row, rows, column, count } = windowOf(e.p, tile);
    const from = start + lane * slot;
    const to = (plane * height + row) * width;
    if (first === 0 && end === width) data.set(F.subarray(from, from + rows * width), to);
    else
      for (let r = 0; r < rows * width; r += width)
        data.set(F.subarray(from + r + column, from + r + column + count), to + r + column);
  }
}

/**
 * Transforms the rows of a product back whose columns are transformed, and stores its windows. Where all lanes are the same
 * tile of eight planes, a row of tiles is put together before it is stored.
 */
export function finish(e: Engine, at: number, places: readonly Place[], gather: boolean): void {
  const { k, p, pitch, passes } = e;
  const { y, x, width, reversedY, reversedX } = p.R;
  for (let lane = 0; lane < 8; lane++) {
    const column = windowOf(p, (places[lane] ?? places[0]!).tile).column;
    k.arena.integers[(e.table >> 2) + lane] = e.results + lane * e.resultBytes + 4 * column;
  }
  const top = at + p.tiling.y.offset * pitch;
  for (let row = 0; row < y.length; row += e.rowBlock)
    k.transform(...passes.rowsBack, top + row * pitch, Math.min(e.rowBlock, y.length - row), pitch);
  const last = (reversedY ? (y.length - 1) * pitch : 0) + (reversedX ? 32 * (x.length - 1) : 0);
  const from = top + 32 * p.tiling.x.offset + last;
  const { column, count } = windowOf(p, places[0]!.tile);
  const length = gather ? count : x.length;
  k.unstage(from, reversedY ? -pitch : pitch, reversedX ? -32 : 32, e.table, 4 * width, y.length, length);
  if (!gather) storeWindows(e, places, -1, -1);
  else if (column + count === width) storeWindows(e, places, 0, width);
}

/** Whether rows of tiles can be put together: lanes run over planes, and B is not cut within a row of tiles. */
export function gathers(p: SpectralProduct, columns: number): boolean {
  const tiles = p.tiling.x.tiles;
  if (p.R.x.step === 0) return true;
  return p.atR(0, 0).tile === p.atR(p.rows - 1, 0).tile && (columns === p.columns || columns % tiles === 0);
}
