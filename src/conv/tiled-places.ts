/** The tile that each place uses, places and tiles in row-major order: along each axis place `j` uses tile `j mod t`. */
export function tilesOfPlaces(space: readonly number[], tile: readonly number[]): Int32Array {
  let tiles = Int32Array.of(0);
  space.forEach((places, axis) => {
    const before = tiles;
    tiles = new Int32Array(before.length * places);
    for (let at = 0; at < tiles.length; at++)
      tiles[at] = before[Math.floor(at / places)] * tile[axis] + ((at % places) % tile[axis]);
  });
  return tiles;
}
