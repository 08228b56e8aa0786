/**
 * Slabs: some images of one channel group, padded, in the arena of the kernels. In a slab the cell that a tap reads is the sum
 * of an offset of the image, of the place, of the channel and of the tap, so that a table packer can read its windows.
 */
import type { Panels } from "../kernels/panels.js";
import { layout as arenaLayout } from "../kernels/product.js";
import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";

/** The layout of a slab, lengths in elements. */
export interface SlabLayout {
  /** numbers from one image, the channels of a group, to the next */
  readonly image: number;
  /** which cell of the image each cell of its slab holds, -1 for a zero; undefined where it holds the images as they are */
  readonly cells: Int32Array | undefined;
  /** where the windows of each place start in a plane */
  readonly places: Int32Array;
  /** where each tap of each channel lies from there */
  readonly taps: Int32Array;
}

/** Whether a slab holds the cells along an axis as the image does. */
export function unpadded({ source, input }: Axis): boolean {
  return source[0] === 0 && source.length <= input && source.every((cell, at) => cell === at);
}

/** A line sorted by phases: cells `step` apart follow each other, then those one further on, each phase equally many. */
function phased(source: Int32Array, step: number): Int32Array {
  const each = Math.ceil(source.length / step);
  return new Int32Array(step * each).map((_, at) => source[(at % each) * step + Math.floor(at / each)] ?? -1);
}

/**
 * The layout of the slabs of a convolution.
 *
 * @param phases whether lines are sorted by phases of the stride, so that the cells of one tap at successive places follow each other
 */
export function slabLayout(g: Geometry, phases = false): SlabLayout {
  const [z, y, x] = g.axes;
  const step = phases ? x.stride : 1;
  const plain = step === 1 && g.axes.every(unpadded);
  const line = phased(x.source, step);
  const lengths = (plain ? g.axes.map((axis) => axis.input) : [z.source.length, y.source.length, line.length]) as [
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
      for (let p2 = 0; p2 < x.output; p2++) places[at++] = row + p2 * (x.stride / step);
    }
  }
  const taps = new Int32Array(g.inChannels * g.taps);
  for (let c = 0, at = 0; c < g.inChannels; c++) {
    for (let m0 = 0; m0 < z.kernel; m0++) {
      for (let m1 = 0; m1 < y.kernel; m1++) {
        const row = c * plane + (z.tapAt[m0]! * Y + y.tapAt[m1]!) * X;
        for (let m2 = 0; m2 < x.kernel; m2++)
          taps[at++] = row + (x.tapAt[m2]! % step) * (line.length / step) + Math.floor(x.tapAt[m2]! / step);
      }
    }
  }
  const image = g.inChannels * plane;
  // A cell more, that no tap reaches, stands for those of the image that no window covers.
  return plain
    ? { image, cells: undefined, places, taps }
    : { image: image + 1, cells: cellsOf(g, line), places, taps };
}

/** Offsets in bytes of `images` images' elements, from an address on: `image·stride + each`. */
export function perImage(images: number, stride: number, each: Int32Array, address = 0): Int32Array {
  const offsets = new Int32Array(images * each.length);
  for (let image = 0, at = 0; image < images; image++) {
    for (let i = 0; i < each.length; i++) offsets[at++] = address + 4 * (image * stride + each[i]!);
  }
  return offsets;
}

/** The cell of the image that each cell of a slab holds, -1 for a zero of the padding, with lines along the last axis as given. */
function cellsOf(g: Geometry, line: Int32Array): Int32Array {
  const [z, y, x] = g.axes;
  const cells = new Int32Array(g.inChannels * z.source.length * y.source.length * line.length);
  for (let c = 0, at = 0; c < g.inChannels; c++) {
    for (const r0 of z.source) {
      for (const r1 of y.source) {
        const start = r0 < 0 || r1 < 0 ? -1 : c * g.cells + (r0 * y.input + r1) * x.input;
        for (let e = 0; e < line.length; e++) cells[at++] = start < 0 || line[e]! < 0 ? -1 : start + line[e]!;
      }
    }
  }
  return cells;
}

/** Some images of one channel group. */
interface Part {
  readonly group: number;
  readonly first: number;
  readonly count: number;
}

/** Where slabs are made: addresses of the slab, of one image as it is, and of a table of offsets. */
export interface Staging {
  readonly cells: number;
  readonly image: number;
  readonly table: number;
}

/** Numbers that an image as it is takes, and its table: gathers work on eights and look at a zero behind the image. */
export function stagingSize(
  g: Geometry,
  { image, cells }: SlabLayout,
): { readonly image: number; readonly table: number } {
  const whole = g.inChannels * g.cells;
  return cells === undefined ? { image: 0, table: 0 } : { image: whole + 16, table: Math.max(image, whole) + 16 };
}

/** Where each image of a part starts, in the slab and in the images. */
function eachImage(
  g: Geometry,
  layout: SlabLayout,
  part: Part,
  visit: (inSlab: number, inImages: number) => void,
): void {
  for (let i = 0; i < part.count; i++)
    visit(i * layout.image, ((part.first + i) * g.groups + part.group) * g.inChannels * g.cells);
}

/** Writes the offsets of numbers to be gathered, -1 for the one at `zero`, and returns the number of eights. */
function writeGather(k: Panels, table: number, from: Int32Array, zero: number): number {
  const I = k.arena.integers;
  const eights = Math.ceil(from.length / 8);
  const start = table >> 2;
  for (let at = 0; at < 8 * eights; at++) {
    const cell = from[at] ?? -1;
    I[start + at] = 4 * (cell < 0 ? zero : cell);
  }
  I[arenaLayout.stepTable >> 2] = 0;
  return eights;
}

/** Copies images of one group from `V` to the slab. */
export function fillSlab(k: Panels, g: Geometry, layout: SlabLayout, V: Float32Array, part: Part, to: Staging): void {
  const image = g.inChannels * g.cells;
  if (layout.cells === undefined) {
    copyPlain(V, k.arena.floats, { groups: g.groups, image, ...part }, to.cells >> 2, true);
    return;
  }
  const eights = writeGather(k, to.table, layout.cells, image);
  const F = k.arena.floats;
  F[(to.image >> 2) + image] = 0;
  eachImage(g, layout, part, (inSlab, inImages) => {
    F.set(V.subarray(inImages, inImages + image), to.image >> 2);
    k.gather8(to.cells + 4 * inSlab, to.image, to.table, arenaLayout.stepTable, eights, 1);
  });
}

/** The cell of the slab that holds each cell of the image, -1 for none; undefined where the padding repeats cells. */
function inverseOf(cells: Int32Array, size: number): Int32Array | undefined {
  const inverse = new Int32Array(size).fill(-1);
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at]!;
    if (cell < 0) continue;
    if (inverse[cell]! >= 0) return undefined;
    inverse[cell] = at;
  }
  return inverse;
}

/** The adjoint of `fillSlab`: adds what the slab holds to the images; each copy that the padding made gives back to its cell. */
export function foldSlab(
  k: Panels,
  g: Geometry,
  layout: SlabLayout,
  dV: Float32Array,
  part: Part,
  from: Staging,
): void {
  const image = g.inChannels * g.cells;
  const { cells } = layout;
  const F = k.arena.floats;
  if (cells === undefined) {
    copyPlain(dV, F, { groups: g.groups, image, ...part }, from.cells >> 2, false);
    return;
  }
  const inverse = inverseOf(cells, image);
  const eights = inverse ? writeGather(k, from.table, inverse, cells.length) : 0;
  eachImage(g, layout, part, (inSlab, inImages) => {
    const start = from.cells + 4 * inSlab;
    if (inverse) {
      k.gather8(from.image, start, from.table, arenaLayout.stepTable, eights, 1);
      dV.set(F.subarray(from.image >> 2, (from.image >> 2) + image), inImages);
    } else foldRepeated(F, start >> 2, dV, inImages, cells);
  });
}

function foldRepeated(F: Float32Array, from: number, dV: Float32Array, to: number, cells: Int32Array): void {
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at]!;
    if (cell >= 0) dV[to + cell]! += F[from + at]!;
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
