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
  /** one more than the largest index along each axis */
  readonly extents: FieldShape;
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
  const squares = squaresOf(shape, lengthScales);
  const chosen = [...squares.keys()].sort((a, b) => squares[a]! - squares[b]! || a - b).slice(0, most);
  const kept = chosen.filter((at, i) => i === 0 || squares[at]! <= negligible);
  // In order of place: then a mode's neighbours share its spatial cosine.
  kept.sort((a, b) => (a % (H * W)) - (b % (H * W)) || a - b);
  const indices = [
    Int32Array.from(kept, (at) => Math.floor(at / (H * W))),
    Int32Array.from(kept, (at) => Math.floor(at / W) % H),
    Int32Array.from(kept, (at) => at % W),
  ] as const;
  const bases = [cosineBasis(L), cosineBasis(H), cosineBasis(W)] as const;
  return { shape, count: kept.length, indices, extents: extentsOf(indices), bases };
}

/** `Σ (ω_a·ℓ_a)²` of every mode. */
function squaresOf(shape: FieldShape, lengthScales: readonly number[]): Float64Array {
  const [L, H, W] = shape;
  return Float64Array.from({ length: L * H * W }, (_, at) =>
    [Math.floor(at / (H * W)), Math.floor(at / W) % H, at % W].reduce(
      (sum, k, axis) => sum + ((Math.PI * k * lengthScales[axis]!) / shape[axis]!) ** 2,
      0,
    ),
  );
}

/** How many of the modes to which a smooth prior gives most leave out less than a share of its variance. */
export function modesFor(shape: FieldShape, lengthScales: readonly number[], share: number): number {
  const variances = squaresOf(shape, lengthScales)
    .map((square) => Math.exp(-square / 2))
    .sort();
  const allowed = share * variances.reduce((sum, variance) => sum + variance, 0);
  let [left, outside] = [0, 0];
  while (outside + variances[left]! < allowed) outside += variances[left++]!;
  return variances.length - left;
}

function extentsOf(indices: Modes["indices"]): FieldShape {
  const [t, y, x] = indices.map((axis) => 1 + axis.reduce((most, k) => Math.max(most, k), 0));
  return [t!, y!, x!];
}

/** Some of the modes. */
export function modesAmong({ shape, indices, bases }: Modes, chosen: readonly number[]): Modes {
  const some = (axis: Int32Array) => Int32Array.from(chosen, (j) => axis[j]!);
  const own = [some(indices[0]), some(indices[1]), some(indices[2])] as const;
  return { shape, count: chosen.length, indices: own, extents: extentsOf(own), bases };
}

/** The field that coefficients stand for: `Σ_j c_j·φ_j`, [L·H·W]. */
export function fieldOf(modes: Modes, coefficients: ArrayLike<number>): Float64Array {
  const { shape, extents, indices, bases } = modes;
  const [L, H, W] = shape;
  const [T, Y, X] = extents;
  const [t, y, x] = indices;
  const spectrum = new Float64Array(T * Y * X);
  for (let j = 0; j < modes.count; j++) spectrum[(t[j]! * Y + y[j]!) * X + x[j]!] = coefficients[j]!;
  const inTime = expanded(spectrum, bases[0], { outer: 1, few: T, all: L, inner: Y * X });
  const inRows = expanded(inTime, bases[1], { outer: L, few: Y, all: H, inner: X });
  return expanded(inRows, bases[2], { outer: L * H, few: X, all: W, inner: 1 });
}

/** The coefficients of a field: `φ_j·w` for every mode, [count]. */
export function coefficientsOf(modes: Modes, field: Float64Array): Float64Array {
  const { shape, extents, indices, bases } = modes;
  const [L, H, W] = shape;
  const [T, Y, X] = extents;
  const [t, y, x] = indices;
  const alongRows = contracted(field, bases[2], { outer: L * H, few: X, all: W, inner: 1 });
  const downRows = contracted(alongRows, bases[1], { outer: L, few: Y, all: H, inner: X });
  const spectrum = contracted(downRows, bases[0], { outer: 1, few: T, all: L, inner: Y * X });
  return Float64Array.from(t, (k, j) => spectrum[(k * Y + y[j]!) * X + x[j]!]!);
}

/** One axis of an array `[outer, n, inner]`: all its samples, or its few slowest cosines. */
interface Axis {
  readonly outer: number;
  readonly few: number;
  readonly all: number;
  readonly inner: number;
}

/** `[outer, few, inner]` to `[outer, all, inner]`: the sums of cosines. */
function expanded(values: Float64Array, basis: Float64Array, { outer, few, all, inner }: Axis): Float64Array {
  const out = new Float64Array(outer * all * inner);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < few; k++) {
      const from = (o * few + k) * inner;
      if (inner === 1) {
        const value = values[from]!;
        for (let s = 0; s < all; s++) out[o * all + s]! += value * basis[k * all + s]!;
      } else {
        for (let s = 0; s < all; s++) {
          const factor = basis[k * all + s]!;
          const to = (o * all + s) * inner;
          for (let i = 0; i < inner; i++) out[to + i]! += factor * values[from + i]!;
        }
      }
    }
  }
  return out;
}

/** `[outer, all, inner]` to `[outer, few, inner]`: inner products with cosines. */
function contracted(values: Float64Array, basis: Float64Array, { outer, few, all, inner }: Axis): Float64Array {
  const out = new Float64Array(outer * few * inner);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < few; k++) {
      const to = (o * few + k) * inner;
      if (inner === 1) {
        let sum = 0;
        for (let s = 0; s < all; s++) sum += basis[k * all + s]! * values[o * all + s]!;
        out[to] = sum;
      } else {
        for (let s = 0; s < all; s++) {
          const factor = basis[k * all + s]!;
          const from = (o * all + s) * inner;
          for (let i = 0; i < inner; i++) out[to + i]! += factor * values[from + i]!;
        }
      }
    }
  }
  return out;
}
