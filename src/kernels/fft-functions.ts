/**
 * The kernels of the FFT convolution. They work on eight real planes at once: a complex number is 32 bytes, four real parts
 * and four imaginary ones, the real parts of planes 0 to 3 and, as imaginary parts, planes 4 to 7. Addresses are in bytes.
 */
export interface FftFunctions {
  /**
   * One transform along one axis: the passes told at `records` (see `fft-plan.ts`), in place, for `lines` lines that lie
   * `lineStride` bytes apart.
   */
  readonly transform: (records: number, passes: number, base: number, lines: number, lineStride: number) => void;
  /**
   * Reads a window of eight planes, whose addresses are at `table`, and writes it as complex numbers: row by row `pitch` bytes
   * on, number by number `step`, either of which may be negative. Numbers below 2⁻¹⁰⁰ become 0: denormals are slow.
   */
  readonly stage: (
    into: number,
    pitch: number,
    step: number,
    table: number,
    rowPitch: number,
    rows: number,
    width: number,
  ) => void;
  /** The way back, of numbers whose real and imaginary parts have changed places. */
  readonly unstage: (
    from: number,
    pitch: number,
    step: number,
    table: number,
    rowPitch: number,
    rows: number,
    width: number,
  ) => void;
  /** Writes zeros to `rows` rows of `width` complex numbers. */
  readonly clear: (into: number, pitch: number, rows: number, width: number) => void;
  /**
   * From the spectrum Z of eight real planes in a row of `width` numbers, and the row of opposite frequencies, the spectra of
   * each: `(Z(k) + Z*(-k))/2` and `(Z(k) - Z*(-k))/2i`, times `2·factor`, as pairs of 8 bytes, `planeStride` bytes a plane apart. `columns` is
   * a table of the places of the opposite columns, in bytes.
   */
  readonly unpack: (
    row: number,
    opposite: number,
    columns: number,
    width: number,
    into: number,
    planeStride: number,
    factor: number,
  ) => void;
  readonly multiply1: Multiply;
  readonly multiply2: Multiply;
}

/**
 * Products at each frequency of a strip of columns: `out(b) = Σ A(d)·B(d, b)` over `depth` spectra, or with `keep` added to
 * `out`, whose real and imaginary parts change places: a forward transform of it is then an inverse one.
 */
type Multiply = (
  A: number,
  strideA: number,
  B: number,
  strideB: number,
  nextB: number,
  out: number,
  nextOut: number,
  depth: number,
  rows: number,
  pitch: number,
  pitchB: number,
  columns: number,
  keep: number,
) => void;
