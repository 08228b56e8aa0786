/** What a sum of products of spectra is made of, and where it lies in the arena of the kernels. */
import type { FftKernels } from "../kernels/fft.js";
import { fftPlan, passBytes, writePasses } from "../kernels/fft-plan.js";
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
/** Bytes of a strip of columns: it stays in the first level of the cache. */
const stripBytes = 16384;
/** Bytes of rows that are transformed at once. */
const rowBytes = 16384;

/** The kernels, the product, and where its parts lie in the arena. */
export interface Engine {
  readonly k: FftKernels;
  readonly p: SpectralProduct;
  /** transform lengths along y and x; bytes of a row and of a plane of complex numbers */
  readonly ny: number;
  readonly nx: number;
  readonly pitch: number;
  readonly plane: number;
  readonly passes: { readonly [key in "rows" | "columns" | "rowsBack" | "columnsBack"]: readonly [number, number] };
  readonly opposite: readonly number[];
  readonly oppositeTable: number;
  readonly table: number;
  /** eight planes of A or B, one of zeros, eight windows of R */
  readonly slots: number;
  readonly zeros: number;
  readonly results: number;
  readonly slotBytes: number;
  readonly resultBytes: number;
  readonly stripColumns: number;
  readonly rowBlock: number;
}

/** The cells of a padded plane that the windows reach, along one axis. */
function reach(span: Span, tiles: number, cells: number) {
  const last = span.start + span.step * (tiles - 1) + span.length;
  return { low: Math.min(0, span.start), high: Math.max(cells, last) };
}

/** The plane with the padding that its windows reach. */
export function paddedOf(planes: Planes, { y, x }: Tiling) {
  const rows = reach(planes.y, y.tiles, planes.height);
  const columns = reach(planes.x, x.tiles, planes.width);
  return { top: -rows.low, left: -columns.low, height: rows.high - rows.low, width: columns.high - columns.low };
}

function slotBytesOf(p: SpectralProduct): number {
  const sizes = [p.A, p.B].map((planes) => {
    const { height, width } = paddedOf(planes, p.tiling);
    return height * width;
  });
  return Math.ceil((4 * Math.max(...sizes)) / 64) * 64 + 64;
}

/** Bytes of a slot of results: rows as wide as the plane, and what the last tile has beyond them. */
function resultBytesOf({ R }: SpectralProduct): number {
  const beyond = R.x.length === R.width ? 0 : R.x.length;
  return 4 * (R.y.length * R.width + beyond);
}

/** The bytes that a product takes in the arena, and how B is cut. */
export function memoryOf(p: SpectralProduct) {
  const numbers = p.tiling.y.size * p.tiling.x.size;
  const plane = p.tiling.y.size * (32 * p.tiling.x.size + 64);
  const columns = Math.max(1, Math.min(p.columns, Math.floor(spectraBudget / (8 * numbers * p.depth))));
  const holdA = p.depth <= columns;
  const spectra = 8 * numbers * (8 * Math.ceil((p.depth * columns) / 8));
  const planes = holdA ? p.depth + Math.min(2, columns) : depthBlockOf(p.depth, plane) + columns;
  return {
    plane,
    columns,
    holdA,
    bytes: spectra + planes * plane + 9 * slotBytesOf(p) + 8 * resultBytesOf(p) + 2 ** 18,
  };
}

/** Spectra of A that are made before they are multiplied: as many as the second level of the cache holds. */
export function depthBlockOf(depth: number, plane: number): number {
  return Math.max(1, Math.min(depth, Math.floor(2 ** 18 / plane)));
}

/** Whether the arena takes the product. */
export function productFits(p: SpectralProduct): boolean {
  return memoryOf(p).bytes <= 2 ** 30;
}

/** Lays out the arena; what comes behind it is free from `spectra`. */
export function engineOf(k: FftKernels, p: SpectralProduct): { engine: Engine; spectra: number } {
  const [ny, nx] = [p.tiling.y.size, p.tiling.x.size];
  const { plane, bytes } = memoryOf(p);
  const pitch = 32 * nx + 64;
  const plans = { y: fftPlan(ny), x: fftPlan(nx) };
  let free = 64;
  const take = (size: number) => {
    const at = free;
    free += Math.ceil(size / 64) * 64;
    return at;
  };
  const lists = {
    rows: plans.x.forward,
    columns: plans.y.forward,
    rowsBack: plans.x.backward,
    columnsBack: plans.y.backward,
  };
  k.arena.reserve(bytes);
  const passes = Object.fromEntries(
    Object.entries(lists).map(([name, list]) => {
      const at = take(passBytes(list));
      writePasses(k.arena, at, list, name.startsWith("rows") ? 32 : pitch);
      return [name, [at, list.length] as const];
    }),
  ) as unknown as Engine["passes"];
  const [oppositeTable, table] = [take(4 * nx), take(64)];
  const columns = oppositePlaces(plans.x.frequencies);
  k.arena.integers.set(
    columns.map((at) => 32 * at),
    oppositeTable >> 2,
  );
  const slotBytes = slotBytesOf(p);
  const resultBytes = resultBytesOf(p);
  const slots = take(9 * slotBytes);
  const zeros = slots + 8 * slotBytes;
  const results = take(8 * resultBytes);
  k.arena.floats.fill(0, zeros >> 2, (zeros + slotBytes) >> 2);
  const stripColumns = Math.min(nx, Math.max(2, Math.floor(stripBytes / (32 * ny))));
  const rowBlock = Math.max(1, Math.floor(rowBytes / (32 * nx)));
  const opposite = oppositePlaces(plans.y.frequencies);
  const sizes = { ny, nx, pitch, plane, slotBytes, resultBytes, stripColumns, rowBlock };
  return { engine: { k, p, ...sizes, passes, opposite, oppositeTable, table, slots, zeros, results }, spectra: free };
}

/** For each place the place of the opposite frequency. */
function oppositePlaces(frequencies: readonly number[]): number[] {
  const place: number[] = [];
  frequencies.forEach((frequency, at) => {
    place[frequency] = at;
  });
  return frequencies.map((frequency) => place[(frequencies.length - frequency) % frequencies.length]!);
}
