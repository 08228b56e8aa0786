import { type Arena, plainArena, wasmArena } from "./arena.js";
import type { PanelFunctions } from "./panel-functions.js";
import { panelModule } from "./panel-kernels.js";
import { panelTwins } from "./panel-twins.js";
import { instantiate, type WasmMemory } from "./webassembly.js";

/** The kernels and the memory that they work in. */
export interface Panels extends PanelFunctions {
  readonly arena: Arena;
  /** the memory under the arena, for other modules that work in it; undefined for the plain twins */
  readonly memory?: WasmMemory;
  readonly simd: boolean;
  /** whether a multiply-add is rounded once */
  readonly fused: boolean;
}

/** The first 12 digits of the sha-256 of each build's module; a test holds them, so that a change of a kernel is deliberate. */
export const panelDigest = "7b3314a7a0d7";
export const fusedDigest = "61aa39dbcf85";

/** The kernels in plain TypeScript, with an arena of their own. */
export function plainPanels(): Panels {
  const arena = plainArena();
  return { ...panelTwins(arena), arena, simd: false, fused: false };
}

function panelsOf(fused: boolean): Panels | undefined {
  const exports = instantiate<PanelFunctions & { readonly memory: WasmMemory }>(panelModule(fused));
  return exports && { ...exports, arena: wasmArena(exports.memory), simd: true, fused };
}

/** The kernels in WebAssembly, or undefined where the engine has no SIMD. */
export function wasmPanels(): Panels | undefined {
  return panelsOf(false);
}

/**
 * Whether a sum of products is rounded once a product: `-(1 + 2⁻¹¹) + (1 + 2⁻¹²)²` is 2⁻²⁴ then, and 0 where the square is
 * rounded first.
 */
function fuses({ arena, multiplyPanels }: Panels): boolean {
  const F = arena.floats;
  F.fill(0, 0, 64);
  F.set([-1, 0, 0, 0, 1 + 2 ** -12], 0);
  F[8] = 1 + 2 ** -11;
  F[16] = 1 + 2 ** -12;
  multiplyPanels(0, 32, 128, 1, 1, 2, 32, 0, 1);
  return F[32] === 2 ** -24;
}

/** The kernels with fused multiply-adds, or undefined where the engine lacks relaxed SIMD or the machine the instruction. */
export function fusedPanels(): Panels | undefined {
  const k = panelsOf(true);
  return k && fuses(k) ? k : undefined;
}

let shared: Panels | undefined;

/** The kernels that this engine runs fastest, made at the first call. */
export function panels(): Panels {
  shared ??= fusedPanels() ?? wasmPanels() ?? plainPanels();
  return shared;
}

/** The name of the numeric kernels that run here, for the records of results: floating-point results are the same bits for one name. */
export function kernelBuild(): string {
  const { simd, fused } = panels();
  return fused ? `wasm-fma-${fusedDigest}` : `${simd ? "wasm-simd" : "plain"}-${panelDigest}`;
}
