/** Sums of products of spectra, `R(a, b) = Σ A(a, d)·B(d, b)` over d, where A, B and R are windows of planes of real numbers. */
import { type FftKernels, fftKernels } from "../kernels/fft.js";
import { depthBlockOf, type Engine, engineOf, memoryOf, type SpectralProduct } from "./fft-layout.js";
import { finish, gathers } from "./fft-results.js";
import { spectraOfB, spectrumMaker } from "./fft-spectra.js";

interface Multiplication {
  readonly A: number;
  readonly B: number;
  /** spectra of B from one step of depth to the next */
  readonly between: number;
  readonly out: number;
  readonly outputs: number;
  readonly depth: number;
  readonly keep: boolean;
  /** whether the sum is complete, so that its columns are transformed back */
  readonly last: boolean;
}

/** Products of one or two columns, strip by strip, so that the transform of the columns finds them in the cache. */
function multiplyStrips(e: Engine, m: Multiplication): void {
  const { k, ny, nx, pitch, plane, passes } = e;
  const multiply = m.outputs === 2 ? k.multiply2 : k.multiply1;
  const spectrum = 8 * ny * nx;
  for (let column = 0; column < nx; column += e.stripColumns) {
    const count = Math.min(e.stripColumns, nx - column);
    const [A, B, out] = [m.A + 32 * column, m.B + 8 * column, m.out + 32 * column];
    const strides = [plane, B, m.between * spectrum, spectrum, out, plane] as const;
    multiply(A, ...strides, m.depth, ny, pitch, 8 * nx, count, m.keep ? 1 : 0);
    if (m.last)
      for (let output = 0; output < m.outputs; output++)
        k.transform(...passes.columnsBack, out + output * plane, count, 32);
  }
}

/** Runs a sum of products. */
export function runSpectralProduct(p: SpectralProduct, k: FftKernels = fftKernels()): void {
  const { engine: e, spectra } = engineOf(k, p);
  const memory = memoryOf(p);
  const spectrum = 8 * e.ny * e.nx;
  const gather = gathers(p, memory.columns);
  for (let first = 0; first < p.columns; first += memory.columns) {
    const columns = Math.min(memory.columns, p.columns - first);
    const planes = spectra + spectrum * 8 * Math.ceil((p.depth * columns) / 8);
    spectraOfB(e, spectra, planes, first, columns);
    const make = spectrumMaker(e, p.A);
    const block = memory.holdA ? p.depth : depthBlockOf(p.depth, e.plane);
    const out = planes + block * e.plane;
    for (let row = 0; row < p.rows; row += 8) {
      const lanes = Array.from({ length: Math.min(8, p.rows - row) }, (_, lane) => row + lane);
      const places = (b: number) => lanes.map((a) => p.atR(a, first + b));
      for (let from = 0; from < p.depth; from += block) {
        const depth = Math.min(block, p.depth - from);
        for (let d = 0; d < depth; d++)
          make(
            lanes.map((a) => p.atA(a, from + d)),
            planes + d * e.plane,
          );
        const last = from + depth === p.depth;
        for (let b = 0; b < columns; b += 2) {
          const outputs = Math.min(2, columns - b);
          const to = memory.holdA ? out : out + b * e.plane;
          const B = spectra + (from * columns + b) * spectrum;
          multiplyStrips(e, { A: planes, B, between: columns, out: to, outputs, depth, keep: from > 0, last });
          if (last) for (let i = 0; i < outputs; i++) finish(e, to + i * e.plane, places(b + i), gather);
        }
      }
    }
  }
}
