/** The module of the FFT convolution, as bytes; `fft-functions.ts` tells what each kernel does. */
import { firstPages } from "./arena.js";
import { assemble } from "./assembler.js";
import { passes, transform } from "./fft-passes.js";
import { planeKernels } from "./fft-planes.js";
import { productKernels } from "./fft-products.js";
import { stage, trim, unstage } from "./fft-windows.js";

/** The bytes of the module. */
export function fftModule(): Uint8Array {
  return assemble({
    memory: { pages: firstPages },
    functions: [...passes, transform, stage, trim, unstage, ...planeKernels, ...productKernels],
  });
}
