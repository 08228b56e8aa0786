/** Which way a tiled layer is computed: float32 calls that are large enough as packed products, the rest as float64 sums. */
import { type Tiling, tileByTile, tiledSharing, tileInnermost } from "./tiled-kernels.js";
import { productConv, productInputGradient, productKernelGradient, servingParts } from "./tiled-product.js";
import { unsharedInputSums, unsharedSums, unsharedWeightSums } from "./unshared-sums.js";
import type { Numbers } from "./unshared-windows.js";

function planOf(tiling: Tiling, numbers: Numbers) {
  const sharing = tiledSharing(tiling);
  return { sharing, parts: numbers instanceof Float32Array ? servingParts(tiling, sharing) : undefined };
}

/** `Z = c(K, V)`. All arrays here and below have one type. */
export function runTiledConv(tiling: Tiling, V: Numbers, K: Numbers, Z: Numbers): void {
  const { sharing, parts } = planOf(tiling, V);
  const sorted = tileByTile(K, tiling.tiles);
  if (parts) productConv(tiling.g, parts, V as Float32Array, sorted as Float32Array, Z as Float32Array);
  else unsharedSums(tiling.g, sharing, V, sorted, Z);
}

/** `dK = g(G, V)`; `dK` is given as zeros. */
export function runTiledKernelGradient(tiling: Tiling, G: Numbers, V: Numbers, dK: Numbers): void {
  const { sharing, parts } = planOf(tiling, V);
  const sorted = tiling.tiles === 1 ? dK : dK.slice();
  if (parts) productKernelGradient(tiling.g, parts, G as Float32Array, V as Float32Array, sorted as Float32Array);
  else unsharedWeightSums(tiling.g, sharing, G, V, sorted);
  if (sorted !== dK) tileInnermost(sorted, tiling.tiles, dK);
}

/** `dV = h(K, G)`. */
export function runTiledInputGradient(tiling: Tiling, K: Numbers, G: Numbers, dV: Numbers): void {
  const { sharing, parts } = planOf(tiling, K);
  const sorted = tileByTile(K, tiling.tiles);
  if (parts) productInputGradient(tiling.g, parts, sorted as Float32Array, G as Float32Array, dV as Float32Array);
  else unsharedInputSums(tiling.g, sharing, sorted, G, dV);
}
