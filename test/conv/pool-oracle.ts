/**
 * Pooling as its definition says it, in nested loops over places and taps: which cell each tap reads, and whether it counts.
 * Nothing here is shared with the library.
 */
import fc from "fast-check";

export interface PoolCase {
  readonly input: readonly number[];
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly (readonly [before: number, after: number])[];
  readonly ceil: boolean;
}

/** One tap of one window: the cell that it reads, or that it lies in the declared padding, or beyond. */
export interface Tap {
  readonly tap: number;
  readonly cell: number | "declared" | "beyond";
}

const flat = (index: readonly number[], shape: readonly number[]) => index.reduce((at, i, a) => at * shape[a]! + i, 0);

function* indices(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) yield [];
  else for (let i = 0; i < shape[0]!; i++) for (const rest of indices(shape.slice(1))) yield [i, ...rest];
}

/**
 * The places of one dimension. They are those of windows that lie in the padded input; with `ceil` windows are added while
 * padded cells are left behind the last one, and those are taken away that start behind the input.
 */
function places(c: PoolCase, axis: number): number {
  const m = c.input[c.input.length - c.size.length + axis]!;
  const [before, after] = c.padding[axis]!;
  const [s, reach] = [c.stride[axis]!, c.dilation[axis]! * (c.size[axis]! - 1)];
  const padded = before + m + after;
  const starts: number[] = [];
  for (let start = 0; start + reach < padded; start += s) starts.push(start);
  if (!c.ceil) return starts.length;
  while (starts.at(-1)! + reach < padded - 1) starts.push(starts.length * s);
  return starts.filter((start) => start < before + m).length;
}

export function outputOf(c: PoolCase): number[] {
  return [...c.input.slice(0, -c.size.length), ...c.size.map((_, axis) => places(c, axis))];
}

/** Every window of every plane: its element of the output and its taps in row-major order. */
export function windowsOfCase(c: PoolCase): { z: number; taps: Tap[] }[] {
  const space = c.size.length;
  const cells = c.input.slice(-space);
  const out = outputOf(c).slice(-space);
  const planes = c.input.slice(0, -space).reduce((a, b) => a * b, 1);
  const volume = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const windows: { z: number; taps: Tap[] }[] = [];
  for (let plane = 0; plane < planes; plane++) {
    for (const place of indices(out)) {
      const taps = [...indices(c.size)].map((tap): Tap => {
        const at = tap.map((t, a) => place[a]! * c.stride[a]! + t * c.dilation[a]! - c.padding[a]![0]);
        const inside = at.every((i, a) => i >= 0 && i < cells[a]!);
        const declared = at.every((i, a) => i < cells[a]! + c.padding[a]![1]);
        const cell = inside ? plane * volume(cells) + flat(at, cells) : declared ? "declared" : "beyond";
        return { tap: flat(tap, c.size), cell };
      });
      windows.push({ z: plane * volume(out) + flat(place, out), taps });
    }
  }
  return windows;
}

export type KindOptions =
  | { readonly kind: "max" }
  | { readonly kind: "l2" }
  | { readonly kind: "lp"; readonly p: number }
  | { readonly kind: "average"; readonly countPadding?: boolean }
  | { readonly kind: "weighted"; readonly weights: ArrayLike<number>; readonly countPadding?: boolean };

/** One window's output, and the slope of the output in each cell that it reads. */
function windowOf(k: KindOptions, taps: readonly Tap[], v: ArrayLike<number>) {
  const real = taps.flatMap(({ cell }) => (typeof cell === "number" ? [{ cell, value: v[cell]! }] : []));
  const values = real.map(({ value }) => value);
  if (k.kind === "max") {
    const value = Math.max(...values);
    const first = values.indexOf(value);
    return { value, slopes: real.map(({ cell }, i) => ({ cell, slope: i === first ? 1 : 0 })) };
  }
  if (k.kind === "l2" || k.kind === "lp") {
    const p = k.kind === "l2" ? 2 : k.p;
    const value = values.reduce((sum, x) => sum + Math.abs(x) ** p, 0) ** (1 / p);
    const slope = (x: number) => (x === 0 ? 0 : Math.sign(x) * (Math.abs(x) / value) ** (p - 1));
    return { value, slopes: real.map(({ cell, value: x }) => ({ cell, slope: slope(x) })) };
  }
  const weight = ({ tap }: Tap) => (k.kind === "weighted" ? k.weights[tap]! : 1);
  const counted = taps.filter(({ cell }) => typeof cell === "number" || (k.countPadding && cell === "declared"));
  const total = counted.reduce((sum, tap) => sum + weight(tap), 0);
  const slopes = taps.flatMap((tap) =>
    typeof tap.cell === "number" ? [{ cell: tap.cell, slope: weight(tap) / total }] : [],
  );
  // no cell and nothing counted is 0/0, what the library refuses
  return { value: total === 0 ? Number.NaN : slopes.reduce((sum, s) => sum + s.slope * v[s.cell]!, 0), slopes };
}

/** The output, the gradient for an output gradient g, and the magnitudes of the gradient's terms. */
export function poolByDefinition(c: PoolCase, k: KindOptions, v: ArrayLike<number>, g: ArrayLike<number>) {
  const volume = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const output = new Float64Array(volume(outputOf(c)));
  const gradient = new Float64Array(volume(c.input));
  const magnitudes = new Float64Array(volume(c.input));
  for (const { z, taps } of windowsOfCase(c)) {
    const { value, slopes } = windowOf(k, taps, v);
    output[z] = value;
    for (const { cell, slope } of slopes) {
      gradient[cell]! += slope * g[z]!;
      magnitudes[cell]! += Math.abs(slope * g[z]!);
    }
  }
  return { output, gradient, magnitudes };
}

/** Random geometries of 1 to 3 dimensions whose windows fit, small enough for the oracle. */
export const poolCases: fc.Arbitrary<PoolCase> = fc
  .record({ space: fc.constantFrom(1, 2, 2, 3), batch: fc.constantFrom(0, 1, 2), channels: fc.constantFrom(1, 2, 3) })
  .chain(({ space, batch, channels }) => {
    const axis = fc.record({
      m: fc.integer({ min: 2, max: space === 3 ? 5 : space === 2 ? 8 : 20 }),
      k: fc.constantFrom(1, 2, 3, ...(space === 3 ? [] : [3, 4])),
      s: fc.integer({ min: 1, max: 4 }),
      d: fc.constantFrom(1, 1, 1, 2, 3),
      before: fc.integer({ min: 0, max: 3 }),
      after: fc.integer({ min: 0, max: 3 }),
    });
    return fc
      .record({
        axes: fc.array(axis, { minLength: space, maxLength: space }),
        ceil: fc.boolean(),
        // mostly no padding wider than a window, since then an average is refused
        wide: fc.constantFrom(false, false, false, true),
      })
      .map(({ axes, ceil, wide }) => {
        const padded = axes.map((a) => {
          const most = wide ? 3 : a.d * (a.k - 1);
          return { ...a, before: Math.min(a.before, most), after: Math.min(a.after, most) };
        });
        const fit = padded.map((a) => ({ ...a, m: Math.max(a.m, a.d * (a.k - 1) + 1 - a.before - a.after) }));
        return {
          input: [...(batch ? [batch] : []), channels, ...fit.map((a) => a.m)],
          size: fit.map((a) => a.k),
          stride: fit.map((a) => a.s),
          dilation: fit.map((a) => a.d),
          padding: fit.map((a) => [a.before, a.after] as const),
          ceil,
        };
      });
  });
