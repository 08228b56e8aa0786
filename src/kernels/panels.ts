import { type Arena, plainArena, wasmArena } from "./arena.js";
import type { PanelFunctions } from "./panel-functions.js";
import { panelModule } from "./panel-kernels.js";
import { panelTwins } from "./panel-twins.js";
import { instantiate, type WasmMemory } from "./webassembly.js";

/** The kernels and the memory that they work in. */
export interface Panels extends PanelFunctions {
  readonly arena: Arena;
  readonly simd: boolean;
}

/** The first 12 digits of the sha-256 of the module's bytes; a test holds it, so that a change of a kernel is deliberate. */
export const panelDigest = "313c0d003793";

/** The kernels in plain TypeScript, with an arena of their own. */
export function plainPanels(): Panels {
  const arena = plainArena();
  return { ...panelTwins(arena), arena, simd: false };
}

/** The kernels in WebAssembly, or undefined where the engine has no SIMD. */
export function wasmPanels(): Panels | undefined {
  const exports = instantiate<PanelFunctions & { readonly memory: WasmMemory }>(panelModule());
  return exports && { ...exports, arena: wasmArena(exports.memory), simd: true };
}

let shared: Panels | undefined;

/** The kernels that this engine runs fastest, made at the first call. */
export function panels(): Panels {
  shared ??= wasmPanels() ?? plainPanels();
  return shared;
}

/** The name of the numeric kernels that run here, for the records of results: floating-point results are the same bits for one name. */
export function kernelBuild(): string {
  return panels().simd ? `wasm-simd-${panelDigest}` : `plain-${panelDigest}`;
}
