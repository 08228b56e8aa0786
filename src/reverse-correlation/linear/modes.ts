import { cosineBasis } from "../../math/cosine-basis.js";

/** Lags, rows, columns. */
export type FieldShape = readonly [lags: number, height: number, width: number];

/** Some of the orthonormal cosines of a space-time field, each a product of one in time, one down the rows, one along them. */
export interface Modes {
  readonly shape: FieldShape;
  /** how many */
  readonly count: number;
  /** [count] each: the number of half periods in time, down the rows, along the rows */
  readonly indices: readonly [Int32Array, Int32Array, Int32Array];
  /** [n, n] each: the cosines of the three axes, one a row */
  readonly bases: readonly [Float64Array, Float64Array, Float64Array];
}

/** Beyond this `Σ (ω·ℓ)²` a mode has less than 10⁻⁶ of the prior variance of the slowest one. */
const negligible = -2 * Math.log(1e-6);

/**
 * The modes to which a smooth prior gives most: those of least `Σ (ω_a·ℓ_a)²`, ω in radians per sample.
 *
 * @param lengthScales ℓ in time, y, x, samples
 * @param most how many at the most
 */
export function chooseModes(shape: FieldShape, lengthScales: readonly number[], most: number): Modes {
  const [L, H, W] = shape;
  const squares = Array.from({ length: L * H * W }, (_, at) =>
    [Math.floor(at / (H * W)), Math.floor(at / W) % H, at % W].reduce(
      (sum, k, axis) => sum + ((Math.PI * k * lengthScales[axis]!) / shape[axis]!) ** 2,
      0,
    ),
  );
  const chosen = [...squares.keys()].sort((a, b) => squares[a]! - squares[b]! || a - b).slice(0, most);
  const kept = chosen.filter((at, i) => i === 0 || squares[at]! <= negligible);
  // In order of place: then a mode's neighbours share its spatial cosine.
  kept.sort((a, b) => (a % (H * W)) - (b % (H * W)) || a - b);
  return {
    shape,
    count: kept.length,
    indices: [
      Int32Array.from(kept, (at) => Math.floor(at / (H * W))),
      Int32Array.from(kept, (at) => Math.floor(at / W) % H),
      Int32Array.from(kept, (at) => at % W),
    ],
    bases: [cosineBasis(L), cosineBasis(H), cosineBasis(W)],
  };
}

/** The field that coefficients stand for: `Σ_j c_j·φ_j`, [L·H·W]. */
export function fieldOf(modes: Modes, coefficients: ArrayLike<number>): Float64Array {
  const [L, H, W] = modes.shape;
  const [t, y, x] = modes.indices;
  let field: Float64Array = new Float64Array(L * H * W);
  for (let j = 0; j < modes.count; j++) field[(t[j]! * H + y[j]!) * W + x[j]!] = coefficients[j]!;
  for (const axis of [0, 1, 2] as const) field = alongAxis(field, modes, axis, true);
  return field;
}

/** The coefficients of a field: `φ_j·w` for every mode, [count]. */
export function coefficientsOf(modes: Modes, field: ArrayLike<number>): Float64Array {
  const [, H, W] = modes.shape;
  const [t, y, x] = modes.indices;
  let values: Float64Array = Float64Array.from(field);
  for (const axis of [2, 1, 0] as const) values = alongAxis(values, modes, axis, false);
  return Float64Array.from(t, (k, j) => values[(k * H + y[j]!) * W + x[j]!]!);
}

/** Multiplies by one axis's cosines, or their transpose; zeros, of which a sparse spectrum is full, are passed over. */
function alongAxis(values: Float64Array, { shape, bases }: Modes, axis: 0 | 1 | 2, inverse: boolean): Float64Array {
  const n = shape[axis];
  const basis = bases[axis];
  const inner = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  if (inner === 1) return alongRows(values, basis, n, inverse);
  const out = new Float64Array(values.length);
  for (let outer = 0; outer < values.length; outer += n * inner) {
    for (let from = 0; from < n; from++) {
      const source = outer + from * inner;
      if (isZero(values, source, inner)) continue;
      for (let to = 0; to < n; to++) {
        const factor = inverse ? basis[from * n + to]! : basis[to * n + from]!;
        const target = outer + to * inner;
        for (let i = 0; i < inner; i++) out[target + i]! += factor * values[source + i]!;
      }
    }
  }
  return out;
}

/** The same for the last axis, whose numbers lie side by side: a sum for each. */
function alongRows(values: Float64Array, basis: Float64Array, n: number, inverse: boolean): Float64Array {
  const [byTarget, bySource] = inverse ? [1, n] : [n, 1];
  const out = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += n) {
    if (isZero(values, row, n)) continue;
    for (let to = 0; to < n; to++) {
      let sum = 0;
      for (let from = 0; from < n; from++) sum += basis[to * byTarget + from * bySource]! * values[row + from]!;
      out[row + to] = sum;
    }
  }
  return out;
}

function isZero(values: Float64Array, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (values[from + i] !== 0) return false;
  return true;
}
