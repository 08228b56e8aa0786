/** What Winograd's filters read and write in the arena: images, kernels and gradients, split into phases. */
import type { Geometry } from "./geometry.js";
import { copyPlain } from "./slab.js";
import type { PhasedAxis, WinogradPlan } from "./winograd-plan.js";

/** Some images of one channel group. */
export interface ImageRun {
  readonly group: number;
  readonly first: number;
  readonly count: number;
}

/** The cells of a line that follow each other at one distance, and the zeros on both sides; undefined for any other line. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly cell: number;
  readonly step: number;
}

function runOf(source: Int32Array): Run | undefined {
  const first = source.findIndex((cell) => cell >= 0);
  if (first < 0) return { first: 0, count: 0, cell: 0, step: 1 };
  let count = 1;
  while (first + count < source.length && source[first + count]! >= 0) count++;
  const step = count > 1 ? source[first + 1]! - source[first]! : 1;
  for (let e = 0; e < source.length; e++) {
    const within = e >= first && e < first + count;
    if (source[e] !== (within ? source[first]! + (e - first) * step : -1)) return undefined;
  }
  return { first, count, cell: source[first]!, step };
}

/** Calls `visit` for each phase of each channel: its place, its plane of the images and the cells of its lines. */
function eachPlane(
  g: Geometry,
  plan: WinogradPlan,
  images: ImageRun,
  visit: (staged: number, plane: number, rows: Int32Array, phase: number) => void,
): void {
  for (let i = 0, at = 0; i < images.count; i++) {
    const image = ((images.first + i) * g.groups + images.group) * g.inChannels * g.cells;
    for (let c = 0; c < g.inChannels; c++) {
      for (const rows of plan.y.sources) {
        for (let phase = 0; phase < plan.x.sources.length; phase++, at += plan.plane)
          visit(at, image + c * g.cells, rows, phase);
      }
    }
  }
}

/** Whether images are staged as they are. */
function plain(g: Geometry, { y, x }: WinogradPlan): boolean {
  const whole = (sources: readonly Int32Array[], cells: number) =>
    sources.length === 1 && sources[0]!.length === cells && sources[0]!.every((cell, at) => cell === at);
  return whole(y.sources, g.axes[1].input) && whole(x.sources, g.axes[2].input);
}

/** Copies images to `F` at `start`. */
export function fillImages(
  g: Geometry,
  plan: WinogradPlan,
  V: Float32Array,
  images: ImageRun,
  F: Float32Array,
  start: number,
): void {
  const whole = { groups: g.groups, image: g.inChannels * g.cells, ...images };
  if (plain(g, plan)) {
    copyPlain(V, F, whole, start, true);
    return;
  }
  const width = g.axes[2].input;
  const runs = plan.x.sources.map(runOf);
  eachPlane(g, plan, images, (staged, plane, rows, phase) => {
    const [source, run] = [plan.x.sources[phase]!, runs[phase]];
    for (let row = 0; row < rows.length; row++) {
      const to = start + staged + row * source.length;
      const line = plane + rows[row]! * width;
      if (rows[row]! < 0) F.fill(0, to, to + source.length);
      else if (run) copyRun(F, to, V, line, run, source.length);
      else copyLine(F, to, V, line, source);
    }
  });
}

function copyRun(F: Float32Array, to: number, V: Float32Array, line: number, run: Run, length: number): void {
  const { first, count, cell, step } = run;
  for (let e = 0; e < first; e++) F[to + e] = 0;
  let at = to + first;
  let from = line + cell;
  const end = at + count;
  for (; at + 4 <= end; at += 4, from += 4 * step) {
    const a = V[from]!;
    const b = V[from + step]!;
    const c = V[from + 2 * step]!;
    const d = V[from + 3 * step]!;
    F[at] = a;
    F[at + 1] = b;
    F[at + 2] = c;
    F[at + 3] = d;
  }
  for (; at < end; at++, from += step) F[at] = V[from]!;
  for (let e = first + count; e < length; e++) F[to + e] = 0;
}

function copyLine(F: Float32Array, to: number, V: Float32Array, line: number, source: Int32Array): void {
  for (let e = 0; e < source.length; e++) {
    const cell = source[e]!;
    F[to + e] = cell < 0 ? 0 : V[line + cell]!;
  }
}

/** The adjoint of `fillImages`: adds the staged gradients to those of the images, which are 0; each copy gives back to its cell. */
export function foldImages(
  g: Geometry,
  plan: WinogradPlan,
  dV: Float32Array,
  images: ImageRun,
  F: Float32Array,
  start: number,
): void {
  const whole = { groups: g.groups, image: g.inChannels * g.cells, ...images };
  if (plain(g, plan)) {
    copyPlain(dV, F, whole, start, false);
    return;
  }
  const width = g.axes[2].input;
  const runs = plan.x.sources.map(runOf);
  eachPlane(g, plan, images, (staged, plane, rows, phase) => {
    const [source, run] = [plan.x.sources[phase]!, runs[phase]];
    for (let row = 0; row < rows.length; row++) {
      if (rows[row]! < 0) continue;
      const from = start + staged + row * source.length;
      const line = plane + rows[row]! * width;
      if (run) addRun(F, from + run.first, dV, line + run.cell, run.step, run.count);
      else addLine(F, from, dV, line, source);
    }
  });
}

function addRun(F: Float32Array, from: number, dV: Float32Array, to: number, step: number, count: number): void {
  for (let e = 0; e < count; e++) dV[to + e * step]! += F[from + e]!;
}

function addLine(F: Float32Array, from: number, dV: Float32Array, line: number, source: Int32Array): void {
  for (let e = 0; e < source.length; e++) {
    const cell = source[e]!;
    if (cell >= 0) dV[line + cell]! += F[from + e]!;
  }
}

/**
 * Where each tap of a pair of an output and an input channel lies among the taps of its phases, and the pair's own place: a tap
 * that a phase lacks is staged as 0.
 */
function eachTap(
  g: Geometry,
  { y, x, channels, taps }: WinogradPlan,
  visit: (tap: number, staged: number) => void,
): void {
  for (let pair = 0, tap = 0; pair < g.outChannels * g.inChannels; pair++) {
    const o = Math.floor(pair / g.inChannels);
    const base = (o * channels + (pair - o * g.inChannels) * y.phases * x.phases) * taps;
    for (const atY of y.taps) {
      const phaseY = Math.floor(atY / y.r);
      for (const atX of x.taps) {
        const phaseX = Math.floor(atX / x.r);
        const place = (atY - phaseY * y.r) * x.r + atX - phaseX * x.r;
        visit(tap++, base + (phaseY * x.phases + phaseX) * taps + place);
      }
    }
  }
}

/** Whether the taps of an axis are staged as they are: one phase, not reversed. */
function inOrder({ phases, taps }: PhasedAxis): boolean {
  return phases === 1 && taps.every((place, tap) => place === tap);
}

/** Copies the kernels of one group to `F` at `start`, with zeros where an output does not see an input. */
export function fillKernels(
  g: Geometry,
  plan: WinogradPlan,
  K: Float32Array,
  group: number,
  F: Float32Array,
  start: number,
): void {
  const first = group * g.outChannels * g.inChannels * g.taps;
  const size = g.outChannels * plan.channels * plan.taps;
  if (g.connections === undefined && inOrder(plan.y) && inOrder(plan.x)) {
    F.set(K.subarray(first, first + size), start);
    return;
  }
  F.fill(0, start, start + size);
  eachTap(g, plan, (tap, staged) => {
    const seen = g.connections === undefined || g.connections[Math.floor(tap / g.taps)] === 1;
    F[start + staged] = seen ? K[first + tap]! : 0;
  });
}

/** Adds the gradients of the staged taps of one group to those of its kernels. */
export function foldKernels(
  g: Geometry,
  plan: WinogradPlan,
  sums: Float64Array,
  group: number,
  staged: Float64Array,
): void {
  const first = group * g.outChannels * g.inChannels * g.taps;
  eachTap(g, plan, (tap, at) => {
    sums[first + tap]! += staged[at]!;
  });
}
