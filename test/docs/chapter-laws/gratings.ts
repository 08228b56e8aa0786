import { type Gabor, renderGabor } from "../../../src/math/gabor.js";
import { type Tensor, tensor } from "../../../src/tensor/tensor.js";

const side = 17;

/** What all detectors of the page's banks share. */
const detector = { amplitude: 1, betaX: 0.03, betaY: 0.03, frequency: 1.2, phase: 0, x0: 0, y0: 0, tau: 0 };

/** Gabor detectors as kernels of one input channel. */
export function bank(changes: readonly Partial<Gabor>[]): Tensor {
  const kernels = changes.map((change) => renderGabor({ ...detector, ...change }, { height: side, width: side }));
  return tensor(Float64Array.from(kernels.flatMap(({ data }) => [...data])), [changes.length, 1, side, side]);
}

/** A grating as large as a detector: the detector's own frequency unless another ratio is given. */
export function grating({ tau, phase = 0, ratio = 1 }: { tau: number; phase?: number; ratio?: number }): Float64Array {
  const [c, s, f] = [Math.cos(tau), Math.sin(tau), ratio * detector.frequency];
  return Float64Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [(at % side) - (side - 1) / 2, (side - 1) / 2 - Math.floor(at / side)];
    return Math.cos(f * (x * c + y * s) + phase);
  });
}

/** Images as a batch of one channel. */
export function batchOf(images: readonly Float64Array[]): Tensor {
  return tensor(Float64Array.from(images.flatMap((image) => [...image])), [images.length, 1, side, side]);
}
