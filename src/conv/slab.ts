/**
 * Slabs: some images of one channel group, padded, in the arena of the kernels. In a slab the cell that a tap reads is the sum
 * of an offset of the image, of the place, of the channel and of the tap, so that a table packer can read its windows.
 */
import type { Panels } from "../kernels/panels.js";
import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";

/** The layout of a slab, lengths in elements. */
export interface SlabLayout {
  /** cells along each axis */
  readonly lengths: readonly [number, number, number];
  /** cells of one channel of one image */
  readonly plane: number;
  /** cells of one image: the channels of a group */
  readonly image: number;
  /** whether it holds the images as they are, without padding */
  readonly plain: boolean;
  /** where the windows of each place start in a plane */
  readonly places: Int32Array;
  /** where each tap of each channel lies from there */
  readonly taps: Int32Array;
}

function unpadded({ source, input }: Axis): boolean {
  return source[0] === 0 && source.length <= input && source.every((cell, at) => cell === at);
}

/** The layout of the slabs of a convolution. */
export function slabLayout(g: Geometry): SlabLayout {
  const [z, y, x] = g.axes;
  const plain = g.axes.every(unpadded);
  const lengths = g.axes.map((axis) => (plain ? axis.input : axis.source.length)) as unknown as [
    number,
    number,
    number,
  ];
  const [, Y, X] = lengths;
  const plane = lengths[0] * Y * X;
  const places = new Int32Array(g.places);
  for (let p0 = 0, at = 0; p0 < z.output; p0++) {
    for (let p1 = 0; p1 < y.output; p1++) {
      const row = (p0 * z.stride * Y + p1 * y.stride) * X;
      for (let p2 = 0; p2 < x.output; p2++) places[at++] = row + p2 * x.stride;
    }
  }
  const taps = new Int32Array(g.inChannels * g.taps);
  for (let c = 0, at = 0; c < g.inChannels; c++) {
    for (let m0 = 0; m0 < z.kernel; m0++) {
      for (let m1 = 0; m1 < y.kernel; m1++) {
        const row = c * plane + (z.tapAt[m0]! * Y + y.tapAt[m1]!) * X;
        for (let m2 = 0; m2 < x.kernel; m2++) taps[at++] = row + x.tapAt[m2]!;
      }
    }
  }
  return { lengths, plane, image: g.inChannels * plane, plain, places, taps };
}

/** Offsets in bytes of `images` images' elements, from an address on: `image·stride + each`. */
export function perImage(images: number, stride: number, each: Int32Array, address = 0): Int32Array {
  const offsets = new Int32Array(images * each.length);
  for (let image = 0, at = 0; image < images; image++) {
    for (let i = 0; i < each.length; i++) offsets[at++] = address + 4 * (image * stride + each[i]!);
  }
  return offsets;
}

/** The cells of a line that are the image's own, in a row, with zeros around them: every line but one whose padding repeats cells. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly cell: number;
}

function runOf(source: Int32Array): Run | undefined {
  const first = source.findIndex((cell) => cell >= 0);
  if (first < 0) return { first: 0, count: 0, cell: 0 };
  const cell = source[first]!;
  let count = 1;
  while (source[first + count] === cell + count) count++;
  return source.subarray(first + count).every((other) => other < 0) ? { first, count, cell } : undefined;
}

/** Calls `visit` with the start of each line along the last axis, in the slab and in the images; -1 for a line of zeros. */
function eachLine(
  g: Geometry,
  layout: SlabLayout,
  images: { group: number; first: number; count: number },
  visit: (inSlab: number, inImages: number) => void,
): void {
  const [z, y, x] = g.axes;
  for (let i = 0, at = 0; i < images.count; i++) {
    const image = ((images.first + i) * g.groups + images.group) * g.inChannels * g.cells;
    for (let c = 0; c < g.inChannels; c++) {
      for (let e0 = 0; e0 < layout.lengths[0]; e0++) {
        const r0 = z.source[e0]!;
        for (let e1 = 0; e1 < layout.lengths[1]; e1++, at += layout.lengths[2]) {
          const r1 = y.source[e1]!;
          visit(at, r0 < 0 || r1 < 0 ? -1 : image + c * g.cells + (r0 * y.input + r1) * x.input);
        }
      }
    }
  }
}

/** Copies images of one group from `V` to the slab at `address`. */
export function fillSlab(
  k: Panels,
  g: Geometry,
  layout: SlabLayout,
  V: Float32Array,
  images: { group: number; first: number; count: number },
  address: number,
): void {
  const F = k.arena.floats;
  const start = address >> 2;
  const { group, first, count } = images;
  if (layout.plain) {
    copyPlain(V, F, { groups: g.groups, image: layout.image, group, first, count }, start, true);
    return;
  }
  const { source } = g.axes[2];
  const run = runOf(source);
  eachLine(g, layout, images, (inSlab, line) => {
    if (run && line >= 0) fillRun(F, start + inSlab, V, line, run, source.length);
    else fillLine(F, start + inSlab, V, line, source);
  });
}

function fillRun(F: Float32Array, to: number, V: Float32Array, line: number, run: Run, length: number): void {
  const { first, count, cell } = run;
  for (let e = 0; e < first; e++) F[to + e] = 0;
  for (let e = 0; e < count; e++) F[to + first + e] = V[line + cell + e]!;
  for (let e = first + count; e < length; e++) F[to + e] = 0;
}

function fillLine(F: Float32Array, to: number, V: Float32Array, line: number, source: Int32Array): void {
  for (let e = 0; e < source.length; e++) {
    const cell = source[e]!;
    F[to + e] = line < 0 || cell < 0 ? 0 : V[line + cell]!;
  }
}

/** The adjoint of `fillSlab`: adds what the slab holds to the images; each copy that the padding made gives back to its cell. */
export function foldSlab(
  k: Panels,
  g: Geometry,
  layout: SlabLayout,
  dV: Float32Array,
  images: { group: number; first: number; count: number },
  address: number,
): void {
  const F = k.arena.floats;
  const start = address >> 2;
  const { group, first, count } = images;
  if (layout.plain) copyPlain(dV, F, { groups: g.groups, image: layout.image, group, first, count }, start, false);
  else {
    const { source } = g.axes[2];
    const run = runOf(source);
    eachLine(g, layout, images, (inSlab, line) => {
      if (line < 0) return;
      if (run) foldRun(F, start + inSlab + run.first, dV, line + run.cell, run.count);
      else foldLine(F, start + inSlab, dV, line, source);
    });
  }
}

function foldRun(F: Float32Array, from: number, dV: Float32Array, to: number, count: number): void {
  for (let e = 0; e < count; e++) dV[to + e]! += F[from + e]!;
}

function foldLine(F: Float32Array, from: number, dV: Float32Array, line: number, source: Int32Array): void {
  for (let e = 0; e < source.length; e++) {
    const cell = source[e]!;
    if (cell >= 0) dV[line + cell]! += F[from + e]!;
  }
}

/** Copies the part of one group between images and the arena: at once where there is one group, else image by image. */
export function copyPlain(
  images: Float32Array,
  arena: Float32Array,
  part: { groups: number; image: number; group: number; first: number; count: number },
  at: number,
  toArena: boolean,
): void {
  const { groups, image, group, first, count } = part;
  const pieces = groups === 1 ? 1 : count;
  const size = groups === 1 ? count * image : image;
  for (let i = 0; i < pieces; i++) {
    const from = ((first + i) * groups + group) * image;
    if (toArena) arena.set(images.subarray(from, from + size), at + i * size);
    else images.set(arena.subarray(at + i * size, at + (i + 1) * size), from);
  }
}
