import { matrixProduct, transposed } from "../../math/matrix-product.js";
import type { FieldShape, Modes } from "./modes.js";

/*
 * `coefficientsOf` and `fieldOf` of many fields at once: an axis at a time, as one product of matrices, with the next axis
 * brought to the end in between.
 */

/** @param fields [m, L, H, W] @returns [m, count] */
export function coefficientsOfMany(modes: Modes, fields: Float64Array, m: number): Float64Array {
  const [[L, H, W], [T, Y, X]] = [modes.shape, modes.extents];
  const [time, rows, columns] = slowestOf(modes);
  const alongRows = matrixProduct(fields, transposed(columns, X, W), { rows: m * L * H, depth: W, columns: X });
  const turned = swapped(alongRows, m * L, H, X);
  const downRows = matrixProduct(turned, transposed(rows, Y, H), { rows: m * L * X, depth: H, columns: Y });
  const inTime = swapped(downRows, m, L, X * Y);
  const spectra = matrixProduct(inTime, transposed(time, T, L), { rows: m * X * Y, depth: L, columns: T });
  const out = new Float64Array(m * modes.count);
  eachEntry(modes, m, (coefficient, entry) => {
    out[coefficient] = spectra[entry]!;
  });
  return out;
}

/** @param coefficients [m, count] @returns [m, L, H, W] */
export function fieldsOfMany(modes: Modes, coefficients: Float64Array, m: number): Float64Array {
  const [[L, H, W], [T, Y, X]] = [modes.shape, modes.extents];
  const [time, rows, columns] = slowestOf(modes);
  const spectra = new Float64Array(m * X * Y * T);
  eachEntry(modes, m, (coefficient, entry) => {
    spectra[entry] = coefficients[coefficient]!;
  });
  const inTime = swapped(matrixProduct(spectra, time, { rows: m * X * Y, depth: T, columns: L }), m, X * Y, L);
  const inRows = matrixProduct(inTime, rows, { rows: m * L * X, depth: Y, columns: H });
  return matrixProduct(swapped(inRows, m * L, X, H), columns, { rows: m * L * H, depth: X, columns: W });
}

/** The cosines that the modes are made of, [extent, n] for each axis. */
function slowestOf({ shape, extents, bases }: Modes): [Float64Array, Float64Array, Float64Array] {
  const some = (axis: keyof FieldShape & (0 | 1 | 2)) => bases[axis].subarray(0, extents[axis] * shape[axis]);
  return [some(0), some(1), some(2)];
}

/** Calls with the place of every coefficient in `[m, count]` and in `[m, X, Y, T]`. */
function eachEntry(modes: Modes, m: number, visit: (coefficient: number, entry: number) => void): void {
  const [T, Y, X] = modes.extents;
  const [t, y, x] = modes.indices;
  const entries = t.map((k, j) => (x[j]! * Y + y[j]!) * T + k);
  for (let f = 0; f < m; f++)
    for (let j = 0; j < modes.count; j++) visit(f * modes.count + j, f * X * Y * T + entries[j]!);
}

/** `[outer, a, b]` to `[outer, b, a]`. */
function swapped(values: Float64Array, outer: number, a: number, b: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let o = 0; o < outer; o++) {
    const from = o * a * b;
    for (let i = 0; i < a; i++) for (let j = 0; j < b; j++) out[from + j * a + i] = values[from + i * b + j]!;
  }
  return out;
}
