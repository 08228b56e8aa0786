import { type Arena, plainArena, wasmArena } from "./arena.js";
import type { FftFunctions } from "./fft-functions.js";
import { fftModule } from "./fft-kernels.js";
import { fftTwins } from "./fft-twins.js";
import { instantiate, type WasmMemory } from "./webassembly.js";

/** The kernels of the FFT convolution and the memory that they work in. */
export interface FftKernels extends FftFunctions {
  readonly arena: Arena;
}

/** The kernels in plain TypeScript, with an arena of their own. */
export function plainFft(): FftKernels {
  const arena = plainArena();
  return { ...fftTwins(arena), arena };
}

/** The kernels in WebAssembly, or undefined where the engine has no SIMD. */
export function wasmFft(): FftKernels | undefined {
  const exports = instantiate<FftFunctions & { readonly memory: WasmMemory }>(fftModule());
  return exports && { ...exports, arena: wasmArena(exports.memory) };
}

let shared: FftKernels | undefined;

/** The kernels that this engine runs fastest, made at the first call. */
export function fftKernels(): FftKernels {
  shared ??= wasmFft() ?? plainFft();
  return shared;
}
