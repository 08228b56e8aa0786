import type { Panels } from "./panels.js";
import { instantiate, type WasmMemory } from "./webassembly.js";
import type { Filter, WinogradFunctions } from "./winograd-functions.js";
import { winogradModule } from "./winograd-kernels.js";
import { winogradTwins } from "./winograd-twins.js";

const made = new WeakMap<Panels, Map<string, WinogradFunctions>>();

/** The transforms of a filter that work in the arena of `k`, made at the first call: in WebAssembly where `k` is, else plain. */
export function winogradFunctions(k: Panels, y: Filter, x: Filter): WinogradFunctions {
  const filters = made.get(k) ?? new Map<string, WinogradFunctions>();
  made.set(k, filters);
  const name = `${y.m},${y.r},${x.m},${x.r}`;
  const known = filters.get(name);
  if (known) return known;
  // The kernels of the product export the memory that they work in.
  const { memory } = k as Panels & { readonly memory?: WasmMemory };
  const wasm = memory && instantiate<WinogradFunctions>(winogradModule(y, x), { env: { memory } });
  const functions = wasm ?? winogradTwins(k.arena, y, x);
  filters.set(name, functions);
  return functions;
}
