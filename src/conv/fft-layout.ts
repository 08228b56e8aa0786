/** What a sum of products of spectra is made of, and where it lies in the arena of the kernels. */
import type { FftKernels } from "../kernels/fft.js";
import { planImage } from "../kernels/fft-image.js";
import type { Span, Tiling } from "./fft-tiling.js";

/** Planes of which windows are read or written. */
export interface Planes {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly y: Span;
  readonly x: Span;
  /** whether the windows are reversed along each axis */
  readonly reversedY: boolean;
  readonly reversedX: boolean;
}

/** One window: a plane, and a tile of it, counted row by row. */
export interface Place {
  readonly plane: number;
  readonly tile: number;
}

/** A sum of products. */
export interface SpectralProduct {
  readonly tiling: Tiling;
  readonly A: Planes;
  readonly B: Planes;
  readonly R: Planes;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly atA: (a: number, d: number) => Place;
  readonly atB: (d: number, b: number) => Place;
  readonly atR: (a: number, b: number) => Place;
}

/** Bytes of the spectra of B that are held at once. */
const spectraBudget = 2 ** 26;
/**
 * Bytes of the strips that are multiplied at once, and of the rows that are transformed at once: about the first level of the
 * cache. More rows are copied between strips and scratch in longer pieces, which gains more than the cache loses.
 */
const stripBytes = 24576;
const rowBytes = 40960;
/** Bytes of spectra of A that are made before they are multiplied: the second level of the cache. */
const blockBytes = 2 ** 18;

/** Bytes that one lane reads at once: a copy has its price however short. */
const runBytes = 2 ** 15;

/** How a product is cut, and the bytes of its parts. */
export interface Sizes {
  readonly ny: number;
  readonly nx: number;
  /** bytes of a plane of complex numbers, and of a spectrum of B: both off multiples of 4 KiB, which share their place in the cache */
  readonly plane: number;
  readonly spectrum: number;
  /** columns of R that are made at once */
  readonly columns: number;
  /** whether the spectra of eight rows of A are held for all columns; else they are made and multiplied `block` by `block` */
  readonly hold: boolean;
  readonly block: number;
  readonly strip: number;
  readonly rowBlock: number;
  readonly slot: number;
  readonly result: number;
  /** planes of A that are read at once for each lane, where they are whole and follow each other in depth */
  readonly run: number;
}

const aligned = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Bytes of a slot of an operand: the rows of a window, as wide as the plane; tiles may reach beyond at both ends. */
function slotBytes({ y, x, width }: Planes): number {
  return 4 * (y.length * width + (x.step > 0 ? 2 * x.length : 0));
}

/** Bytes of a slot of results: rows as wide as the plane, and what the last tile has beyond them. */
function resultBytes({ y, x, width }: Planes): number {
  return 4 * (y.length * width + (x.length === width ? 0 : x.length));
}

/** The largest divisor of `length` that is at most `most`. */
function divisorUpTo(length: number, most: number): number {
  let divisor = Math.max(1, Math.min(length, Math.floor(most)));
  while (length % divisor !== 0) divisor--;
  return divisor;
}

/** How a product is cut. */
export function sizesOf(p: SpectralProduct): Sizes {
  const [ny, nx] = [p.tiling.y.size, p.tiling.x.size];
  const spectrum = aligned(8 * ny * nx) + 64;
  const plane = aligned(32 * ny * nx) + 192;
  const columns = Math.max(1, Math.min(p.columns, Math.floor(spectraBudget / (spectrum * p.depth))));
  const hold = p.depth <= columns;
  const block = hold ? p.depth : Math.max(1, Math.min(4, p.depth, Math.floor(blockBytes / plane)));
  const whole = p.A.y.step === 0 && p.A.x.step === 0;
  const run = whole ? Math.max(1, Math.min(p.depth, Math.floor(runBytes / slotBytes(p.A)))) : 1;
  return {
    ny,
    nx,
    plane,
    spectrum,
    columns,
    hold,
    block,
    strip: divisorUpTo(nx, stripBytes / (32 * ny * (hold ? 1 : block))),
    rowBlock: Math.max(1, Math.floor(rowBytes / (32 * nx))),
    slot: Math.max(slotBytes(p.A) * run, slotBytes(p.B)),
    result: resultBytes(p.R),
    run,
  };
}

/** The bytes that a product takes in the arena. */
function bytesOf(p: SpectralProduct, s: Sizes): number {
  const spectra = s.spectrum * 8 * Math.ceil((p.depth * s.columns) / 8);
  const planes = s.plane * (s.block + (s.hold ? 2 : s.columns));
  // The plan, its twiddles, and the scratch of rows.
  const plan = 2 ** 19 + 64 * (s.ny + s.nx);
  return spectra + planes + 8 * (s.slot + s.result) + plan;
}

/** Whether the arena takes the product. */
export function productFits(p: SpectralProduct): boolean {
  return bytesOf(p, sizesOf(p)) <= 2 ** 30;
}

/** The kernels, the product, and where its parts lie in the arena. */
export interface Engine extends Sizes {
  readonly k: FftKernels;
  readonly p: SpectralProduct;
  /** the address of the plan, and those of its tables */
  readonly plan: number;
  readonly table: number;
  readonly margins: number;
  readonly targets: number;
  /** eight planes of A or B, eight windows of R */
  readonly slots: number;
  readonly results: number;
  /** the spectra of B, the spectra of A, and what becomes of them */
  readonly spectra: number;
  readonly planes: number;
  readonly out: number;
}

/** Lays out the arena. */
export function engineOf(k: FftKernels, p: SpectralProduct): Engine {
  const sizes = sizesOf(p);
  k.arena.reserve(bytesOf(p, sizes));
  const plan = 64;
  const { image, record } = planImage(sizes, plan);
  k.arena.integers.set(image, plan >> 2);
  let free = plan + 4 * image.length;
  const take = (bytes: number) => {
    const at = aligned(free);
    free = at + bytes;
    return at;
  };
  return {
    ...sizes,
    k,
    p,
    plan,
    table: record.table,
    margins: record.margins,
    targets: record.targets,
    spectra: take(sizes.spectrum * 8 * Math.ceil((p.depth * sizes.columns) / 8)),
    planes: take(sizes.plane * sizes.block),
    out: take(sizes.plane * (sizes.hold ? 2 : sizes.columns)),
    slots: take(8 * sizes.slot),
    results: take(8 * sizes.result),
  };
}
