import type { FieldShape } from "./modes.js";

/** Some of the orthonormal cosines and sines of a space-time field, periodic in the patch; unlike products of cosines they drift. */
export interface Waves {
  readonly count: number;
  /** [3][count], cycles per patch along time, y (down the rows) and x */
  readonly cycles: readonly [Float64Array, Float64Array, Float64Array];
  /** [count][L·H·W] */
  readonly fields: readonly Float64Array[];
}

/** A place in space-time frequency, cycles per patch, of which its opposite is not listed. */
type Cycles = readonly [number, number, number];

/** Every frequency once: of each pair of opposites one. */
export function allCycles([L, H, W]: FieldShape): Cycles[] {
  const range = (n: number) => Array.from({ length: n }, (_, k) => (2 * k > n ? k - n : k));
  return range(L).flatMap((t) =>
    range(H).flatMap((y) => range(W).flatMap((x) => (isListed([t, y, x], [L, H, W]) ? [[t, y, x] as const] : []))),
  );
}

/** Whether the first axis that tells a frequency from its opposite is positive; where none does, it is its own opposite. */
function isListed(cycles: Cycles, shape: FieldShape): boolean {
  const telling = cycles.find((k, axis) => k !== 0 && 2 * k !== shape[axis]);
  return telling === undefined || telling > 0;
}

/** Whether a frequency is its own opposite: it has a cosine and no sine. */
export function isOwnOpposite(cycles: Cycles, shape: FieldShape): boolean {
  return cycles.every((k, axis) => k === 0 || 2 * k === shape[axis]);
}

/** The waves of some frequencies: a cosine, and a sine where it is not 0. */
export function wavesAt(shape: FieldShape, chosen: readonly Cycles[]): Waves {
  const [L, H, W] = shape;
  const D = L * H * W;
  const fields: Float64Array[] = [];
  const cycles: [number[], number[], number[]] = [[], [], []];
  for (const [t, y, x] of chosen) {
    const phase = (d: number) =>
      2 * Math.PI * ((t * Math.floor(d / (H * W))) / L + (y * (Math.floor(d / W) % H)) / H + (x * (d % W)) / W);
    const own = isOwnOpposite([t, y, x], shape);
    const scale = Math.sqrt((own ? 1 : 2) / D);
    for (const wave of own ? [Math.cos] : [Math.cos, Math.sin]) {
      fields.push(Float64Array.from({ length: D }, (_, d) => scale * wave(phase(d))));
      [t, y, x].forEach((k, axis) => {
        cycles[axis]!.push(k);
      });
    }
  }
  return {
    count: fields.length,
    cycles: [Float64Array.from(cycles[0]), Float64Array.from(cycles[1]), Float64Array.from(cycles[2])],
    fields,
  };
}
