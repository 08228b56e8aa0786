import type { Panels } from "./panels.js";
import { instantiate } from "./webassembly.js";
import type { Filter, WinogradFunctions } from "./winograd-functions.js";
import { winogradModule } from "./winograd-kernels.js";
import { type WinogradParts, winogradPartsModule } from "./winograd-parts.js";
import { winogradPartsTwins } from "./winograd-parts-twins.js";
import { winogradTwins } from "./winograd-twins.js";

interface Made {
  readonly parts: WinogradParts;
  readonly filters: Map<string, WinogradFunctions>;
}

const made = new WeakMap<Panels, Made>();

/** The exports of a module that works in the memory of `k`, or undefined where `k` is plain. */
function inMemoryOf<Exports>({ memory }: Panels, module: () => Uint8Array): Exports | undefined {
  return memory && instantiate<Exports>(module(), { env: { memory } });
}

function madeFor(k: Panels): Made {
  const known = made.get(k);
  if (known) return known;
  const parts = inMemoryOf<WinogradParts>(k, () => winogradPartsModule(k.fused)) ?? winogradPartsTwins(k.arena);
  const all = { parts, filters: new Map<string, WinogradFunctions>() };
  made.set(k, all);
  return all;
}

/** What all filters share, in the arena of `k`, made at the first call: in WebAssembly where `k` is, else plain. */
export function winogradParts(k: Panels): WinogradParts {
  return madeFor(k).parts;
}

/** The transforms of a filter that work in the arena of `k`, made at the first call: in WebAssembly where `k` is, else plain. */
export function winogradFunctions(k: Panels, y: Filter, x: Filter): WinogradFunctions {
  const { filters } = madeFor(k);
  const name = `${y.m},${y.r},${x.m},${x.r}`;
  const known = filters.get(name);
  if (known) return known;
  const wasm = inMemoryOf<WinogradFunctions>(k, () => winogradModule(y, x, k.fused));
  const functions = wasm ?? winogradTwins(k.arena, y, x);
  filters.set(name, functions);
  return functions;
}
