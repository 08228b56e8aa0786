import type { Axis } from "./axis.js";

/** The numbers of one axis that the tiles depend on. */
export interface AxisFacts {
  readonly cells: number;
  readonly taps: number;
  readonly places: number;
  readonly before: number;
  readonly flip: boolean;
}

/** The facts of an axis that the FFT can take, or undefined: windows side by side, taps side by side, zeros in the padding. */
export function axisFacts(axis: Axis): AxisFacts | undefined {
  const { input, kernel, output, stride, source, tapAt } = axis;
  const first = source.findIndex((cell) => cell >= 0);
  if (first < 0 || (stride !== 1 && output > 1)) return undefined;
  const before = first - source[first]!;
  const flip = kernel > 1 && tapAt[0]! > tapAt[1]!;
  const cells = source.every((cell, at) => cell === (at >= before && at < before + input ? at - before : -1));
  const taps = tapAt.every((at, tap) => at === (flip ? kernel - 1 - tap : tap));
  return cells && taps ? { cells: input, taps: kernel, places: output, before, flip } : undefined;
}
