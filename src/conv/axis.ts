import { checkChoice, checkInteger, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { mostElements } from "./arrays.js";
import { type Boundary, boundaries, type GeometryOptions, type Padding } from "./options.js";

/** One space dimension of a convolution. Tap `m` at place `j` reads the cell `source[j·stride + tapAt[m]]` of the input. */
export interface Axis {
  /** cells of the input */
  readonly input: number;
  /** taps of the kernel */
  readonly kernel: number;
  /** places of the output */
  readonly output: number;
  readonly stride: number;
  /** where each tap lies from the start of its window, reversed by `flip` */
  readonly tapAt: Int32Array;
  /** the cell of the input for each cell of the padded input that a window covers; -1 for a zero of the padding */
  readonly source: Int32Array;
}

/** The axis that a convolution of fewer dimensions has in front: one cell, one tap, one place. */
export const unitAxis: Axis = {
  input: 1,
  kernel: 1,
  output: 1,
  stride: 1,
  tapAt: Int32Array.of(0),
  source: Int32Array.of(0),
};

/**
 * The cell of the image that the padded cell `at` repeats, or -1 for a zero. Outside the image `wrap` has period m, `reflect`
 * 2(m - 1) and `symmetric` 2m, so padding wider than the image goes on as numpy.pad does.
 */
export function cellAt(at: number, cells: number, boundary: Boundary): number {
  if (at >= 0 && at < cells) return at;
  switch (boundary) {
    case "zero":
      return -1;
    case "edge":
      return at < 0 ? 0 : cells - 1;
    case "wrap":
      return ((at % cells) + cells) % cells;
    case "reflect": {
      const period = Math.max(1, 2 * (cells - 1));
      const within = ((at % period) + period) % period;
      return Math.min(within, period - within);
    }
    case "symmetric": {
      const period = 2 * cells;
      const within = ((at % period) + period) % period;
      return Math.min(within, period - 1 - within);
    }
  }
}

/** One entry a dimension, of a number or a list. */
function perAxis(where: string, name: string, value: number | readonly number[] | undefined, space: number): number[] {
  if (value === undefined) return Array(space).fill(1);
  const list = Array.isArray(value) ? (value as readonly number[]) : undefined;
  if (list && list.length !== space)
    refuse(where, `${name} has ${list.length} entries, the kernel has ${space} space dimensions`);
  return Array.from({ length: space }, (_, axis) => {
    const entry = list ? list[axis] : value;
    checkInteger(where, list ? `${name}[${axis}]` : name, entry, 1);
    return entry;
  });
}

/** Cells of padding before and after along one dimension. */
function paddingOf(where: string, padding: Padding, axis: number, sizes: { m: number; reach: number; s: number }) {
  const { m, reach, s } = sizes;
  if (padding === "valid") return [0, 0] as const;
  if (padding === "full") return [reach, reach] as const;
  if (padding === "same") {
    const total = Math.max(0, (Math.ceil(m / s) - 1) * s + reach + 1 - m);
    return [Math.floor(total / 2), Math.ceil(total / 2)] as const;
  }
  if (typeof padding === "number") {
    checkInteger(where, "padding", padding);
    return [padding, padding] as const;
  }
  const pair = padding[axis];
  if (!Array.isArray(pair) || pair.length !== 2)
    refuse(where, `padding[${axis}] is ${describe(pair)}, a pair [before, after] is needed`);
  checkInteger(where, `padding[${axis}][0]`, pair[0]);
  checkInteger(where, `padding[${axis}][1]`, pair[1]);
  return [pair[0], pair[1]] as const;
}

function checkPadding(where: string, padding: Padding, space: number): void {
  if (typeof padding === "string") checkChoice(where, "padding", padding, ["valid", "same", "full"]);
  else if (typeof padding === "number") checkInteger(where, "padding", padding);
  else if (!Array.isArray(padding))
    refuse(where, `padding is ${describe(padding)}, "valid", "same", "full", a number or pairs are needed`);
  else if (padding.length !== space)
    refuse(where, `padding has ${padding.length} entries, the kernel has ${space} space dimensions`);
}

/** The axes of a convolution, from the spatial part of the shapes of input and kernel. */
export function axesOf(
  where: string,
  input: readonly number[],
  kernel: readonly number[],
  options: GeometryOptions,
): Axis[] {
  const space = kernel.length;
  const { padding = "valid", boundary = "zero", flip = false } = options;
  checkChoice(where, "boundary", boundary, boundaries);
  checkPadding(where, padding, space);
  if (typeof flip !== "boolean") refuse(where, `flip is ${describe(flip)}, true or false is needed`);
  const strides = perAxis(where, "stride", options.stride, space);
  const dilations = perAxis(where, "dilation", options.dilation, space);
  return kernel.map((k, axis) => {
    const m = input[axis]!;
    const s = strides[axis]!;
    const d = dilations[axis]!;
    const reach = d * (k - 1);
    const [before, after] = paddingOf(where, padding, axis, { m, reach, s });
    const padded = m + before + after;
    if (reach >= padded)
      refuse(where, `kernel spans ${reach + 1} cells along space axis ${axis}, the padded input has ${padded}`);
    const output = Math.floor((padded - reach - 1) / s) + 1;
    const covered = (output - 1) * s + reach + 1;
    if (covered > mostElements)
      refuse(where, `windows cover ${covered} cells along space axis ${axis}, at most ${mostElements} fit`);
    const tapAt = new Int32Array(k);
    for (let tap = 0; tap < k; tap++) tapAt[tap] = d * (flip ? k - 1 - tap : tap);
    const source = new Int32Array(covered);
    for (let at = 0; at < source.length; at++) source[at] = cellAt(at - before, m, boundary);
    return { input: m, kernel: k, output, stride: s, tapAt, source };
  });
}
