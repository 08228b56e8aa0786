/**
 * The kernels of the FFT convolution. They work on eight real planes at once: a complex number is 32 bytes, four real parts
 * and four imaginary ones, the real parts of planes 0 to 3 and, as imaginary parts, planes 4 to 7. Addresses are in bytes;
 * `plan` is that of a record, see `fft-record.ts`, and planes lie as that file tells.
 */
export interface FftFunctions {
  /**
   * One transform along one axis: the passes told at `records` (see `fft-plan.ts`), in place, for `lines` lines that lie
   * `lineStride` bytes apart.
   */
  readonly transform: (records: number, passes: number, base: number, lines: number, lineStride: number) => void;
  /**
   * Reads a window of eight planes, `offset` bytes behind the addresses at `table`, and writes it as complex numbers: row by row
   * `pitch` bytes on, number by number `step`, either of which may be negative. Numbers below 2⁻¹⁰⁰ become 0: denormals are slow.
   */
  readonly stage: Window;
  /** The way back, of numbers whose real and imaginary parts have changed places. */
  readonly unstage: Window;
  /** Writes zeros to the first and last columns of a window: how many of each is told at `margins`, for each plane. */
  readonly trim: (complex: number, pitch: number, step: number, margins: number, rows: number, width: number) => void;
  /**
   * Transforms the rows of a plane. The windows at the plan's table fill `rows` rows from `top` and `width` columns from `left`,
   * the rest is zeros; `down` and `right` are 1, or -1 for a window reversed along that axis.
   */
  readonly forwardRows: Rows;
  /** The way back: transforms rows, and writes the windows. */
  readonly backwardRows: Rows;
  /** Transforms the columns of a plane. */
  readonly forwardColumns: (plan: number, plane: number) => void;
  readonly backwardColumns: (plan: number, plane: number) => void;
  /**
   * From the spectrum Z of eight real planes the spectra of each: `(Z(k) + Z*(-k))/2` and `(Z(k) - Z*(-k))/2i`, times
   * `2·factor`, as pairs of 8 bytes in the order of a plane's strips, `planeStride` bytes a plane apart.
   */
  readonly unpack: (plan: number, plane: number, into: number, planeStride: number, factor: number) => void;
  readonly multiply1: Multiply;
  readonly multiply2: Multiply;
  /** The products of whole planes for one or two outputs, whose columns are then transformed back. */
  readonly product: (...planes: PlaneProduct) => void;
  /**
   * Transforms the columns of `depth` planes A and adds their products to `outputs` planes, or with `keep` 0 begins these. Each
   * strip of A is multiplied while it is in the cache.
   */
  readonly accumulate: (...planes: [...PlaneProduct, keep: number]) => void;
}

type Window = (
  complex: number,
  pitch: number,
  step: number,
  table: number,
  offset: number,
  rowPitch: number,
  rows: number,
  width: number,
) => void;

type Rows = (
  plan: number,
  plane: number,
  top: number,
  rows: number,
  left: number,
  width: number,
  rowPitch: number,
  down: number,
  right: number,
) => void;

/** `out(b) = Σ A(d)·B(d, b)` over `depth` spectra, the strides from d to d and from b to b in bytes. */
type Spectra = [
  A: number,
  strideA: number,
  B: number,
  strideB: number,
  nextB: number,
  out: number,
  nextOut: number,
  depth: number,
];

/**
 * Products of `count` numbers, or with `keep` added to `out`, whose real and imaginary parts change places: a forward transform of
 * it is then an inverse one.
 */
type Multiply = (...numbers: [...Spectra, count: number, keep: number]) => void;

/** The same of whole planes, of one output or several. */
type PlaneProduct = [plan: number, ...spectra: Spectra, outputs: number];
