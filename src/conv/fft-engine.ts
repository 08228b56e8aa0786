/** Sums of products of spectra, `R(a, b) = Σ A(a, d)·B(d, b)` over d, where A, B and R are windows of planes of real numbers. */
import { type FftKernels, fftKernels } from "../kernels/fft.js";
import { type Engine, engineOf, type SpectralProduct } from "./fft-layout.js";
import { type Finish, finisher } from "./fft-results.js";
import { type RowTransformer, rowTransformer, spectraOfB } from "./fft-spectra.js";

/** Eights of rows, from the first to before the last; each makes its results alone, the same bits whoever makes the others. */
export interface Eights {
  readonly from: number;
  readonly to: number;
}

/** The eights of rows of a product. */
export function eightsOf(p: SpectralProduct): number {
  return Math.ceil(p.rows / 8);
}

/** The columns of R that are made at once. */
interface Columns {
  readonly first: number;
  readonly count: number;
}

/** Eight rows of a product, or fewer, and the columns that they are made for. */
interface Part {
  readonly row: number;
  readonly lanes: number;
  readonly columns: Columns;
  readonly transform: RowTransformer;
  readonly finish: Finish;
}

/** Eight rows whose spectra are made once and held for all columns. */
function runHeld(e: Engine, { row, lanes, columns, transform, finish }: Part): void {
  const { k, p, plan, plane, spectrum } = e;
  const { first, count } = columns;
  for (let d = 0; d < p.depth; d++) {
    const at = e.planes + d * plane;
    transform(lanes, (lane) => p.atA(row + lane, d), at);
    k.forwardColumns(plan, at);
  }
  for (let b = 0; b < count; b += 2) {
    const outputs = Math.min(2, count - b);
    const B = e.spectra + b * spectrum;
    k.product(plan, e.planes, plane, B, count * spectrum, spectrum, e.out, plane, p.depth, outputs);
    for (let i = 0; i < outputs; i++) finish(e.out + i * plane, lanes, (lane) => p.atR(row + lane, first + b + i));
  }
}

/** Eight rows whose spectra are made a few at a time and added to the sums of all columns. */
function runStreamed(e: Engine, { row, lanes, columns, transform, finish }: Part): void {
  const { k, p, plan, plane, spectrum } = e;
  const { first, count } = columns;
  for (let from = 0; from < p.depth; from += e.block) {
    const depth = Math.min(e.block, p.depth - from);
    for (let d = 0; d < depth; d++) transform(lanes, (lane) => p.atA(row + lane, from + d), e.planes + d * plane);
    const B = e.spectra + from * count * spectrum;
    k.accumulate(plan, e.planes, plane, B, count * spectrum, spectrum, e.out, plane, depth, count, from > 0 ? 1 : 0);
  }
  for (let b = 0; b < count; b++) {
    k.backwardColumns(plan, e.out + b * plane);
    finish(e.out + b * plane, lanes, (lane) => p.atR(row + lane, first + b));
  }
}

/** Runs a sum of products, or some eights of its rows. */
export function runSpectralProduct(
  p: SpectralProduct,
  k: FftKernels = fftKernels(),
  { from, to }: Eights = { from: 0, to: eightsOf(p) },
): void {
  const e = engineOf(k, p);
  const run = e.hold ? runHeld : runStreamed;
  const finish = finisher(e);
  for (let first = 0; first < p.columns; first += e.columns) {
    const columns = { first, count: Math.min(e.columns, p.columns - first) };
    spectraOfB(e, first, columns.count);
    const transform = rowTransformer(e, p.A, e.run);
    for (let row = 8 * from; row < Math.min(p.rows, 8 * to); row += 8)
      run(e, { row, lanes: Math.min(8, p.rows - row), columns, transform, finish });
  }
}
