import { type Basis, sizeOfBasis } from "./basis.js";

/** A covariance of parameters, [p, p]. */
export interface Covariance {
  readonly values: Float64Array;
  readonly p: number;
}

/** What the filters' standard errors come from. */
export interface FilterErrors {
  /** [lags · pixels], of the space-time filter */
  readonly kernel: Float64Array;
  /** of the sum that a stimulus of 0 gives */
  readonly offset: number;
  readonly covariance: Covariance;
  /** the place in the covariance where the parameters of the past start; the offset's is 0 */
  readonly past: number;
}

/** `B·u` of a stretch of parameters. */
export function combine(basis: Basis, u: Float64Array): Float64Array {
  const { samples, functions } = sizeOfBasis(basis);
  const B = basis.matrix.data;
  return Float64Array.from({ length: samples }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < functions; j++) sum += B[i * functions + j] * u[j];
    return sum;
  });
}

/** `B_time·U·B_spaceᵀ`, [lags · pixels]. */
export function combineSpaceTime(time: Basis, space: Basis, u: Float64Array): Float64Array {
  const [T, S] = [sizeOfBasis(time), sizeOfBasis(space)];
  const images = Array.from({ length: T.functions }, (_, a) =>
    combine(space, u.subarray(a * S.functions, (a + 1) * S.functions)),
  );
  const kernel = new Float64Array(T.samples * S.samples);
  for (let k = 0; k < T.samples; k++) {
    images.forEach((image, a) => {
      const weight = time.matrix.data[k * T.functions + a];
      for (let p = 0; p < S.samples; p++) kernel[k * S.samples + p] += weight * image[p];
    });
  }
  return kernel;
}

/** The standard errors `√(b·C·bᵀ)` of `B·u`, whose parameters start at `first`. */
export function errorsOf(basis: Basis, { values: C, p }: Covariance, first: number): Float64Array {
  const { samples, functions } = sizeOfBasis(basis);
  const B = basis.matrix.data;
  return Float64Array.from({ length: samples }, (_, i) => {
    let sum = 0;
    for (let a = 0; a < functions; a++)
      for (let b = 0; b < functions; b++)
        sum += B[i * functions + a] * B[i * functions + b] * C[(first + a) * p + first + b];
    return Math.sqrt(Math.max(0, sum));
  });
}

/** The standard error `√(c·C·cᵀ)` of one weighted sum of the parameters. */
export function errorOfSum({ values: C, p }: Covariance, c: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p; i++) if (c[i] !== 0) for (let j = 0; j < p; j++) sum += c[i] * c[j] * C[i * p + j];
  return Math.sqrt(Math.max(0, sum));
}

/** The standard errors of a space-time filter, [lags · pixels], whose parameters start at `first`: space is summed first. */
export function spaceTimeErrors(time: Basis, space: Basis, covariance: Covariance, first: number): Float64Array {
  const [T, S] = [sizeOfBasis(time), sizeOfBasis(space)];
  const errors = new Float64Array(T.samples * S.samples);
  const ofLags = { values: new Float64Array(T.functions ** 2), p: T.functions };
  for (let p = 0; p < S.samples; p++) {
    sumOverSpace(space, p, covariance, first, ofLags);
    errorsOf(time, ofLags, 0).forEach((error, k) => {
      errors[k * S.samples + p] = error;
    });
  }
  return errors;
}

/** The covariance, over the functions of lag, of what they are at one pixel. */
function sumOverSpace(
  space: Basis,
  pixel: number,
  { values: C, p }: Covariance,
  first: number,
  into: Covariance,
): void {
  const m = sizeOfBasis(space).functions;
  const row = space.matrix.data.subarray(pixel * m, (pixel + 1) * m);
  const used = Array.from(row.keys()).filter((j) => row[j] !== 0);
  for (let a = 0; a < into.p; a++) {
    for (let b = 0; b < into.p; b++) {
      let sum = 0;
      for (const i of used)
        for (const j of used) sum += row[i] * row[j] * C[(first + a * m + i) * p + first + b * m + j];
      into.values[a * into.p + b] = sum;
    }
  }
}
