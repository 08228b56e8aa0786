import { filterMatrices, transposed } from "./winograd-matrices.js";
import { type Program, programOf } from "./winograd-programs.js";

/** One axis of a filter: m places by r taps. */
export interface Filter {
  readonly m: number;
  readonly r: number;
}

/**
 * Takes patches to their values at the points of a filter, four patches at once in the lanes of a vector. Addresses are in bytes.
 *
 * Lanes come in `panels` panels of `halves` times four. For each of `steps` steps: the patch of lane i starts at
 * `lanes[i] + stepTable[step]` with `pitch` bytes a row; its value at point p (row by row) goes to
 * `into + panel·panelStride + p·pointStride`, where a panel is `[step][lane]`.
 */
export type Analysis = (
  into: number,
  pointStride: number,
  panelStride: number,
  halves: number,
  lanes: number,
  panels: number,
  stepTable: number,
  steps: number,
  pitch: number,
  scratch: number,
) => void;

/**
 * The transpose: takes the values of `groups` times four lanes, `[step][lane]` with `sourceStep` bytes a step, the points
 * `pointStride` bytes apart, to patches, which are stored or added. Where patches of one step overlap, they are added lane after
 * lane, so that how lanes are grouped changes no bit.
 */
export type Synthesis = (
  source: number,
  pointStride: number,
  sourceStep: number,
  lanes: number,
  groups: number,
  stepTable: number,
  steps: number,
  pitch: number,
  scratch: number,
) => void;

/** The transforms of one two-dimensional filter: each pass of a convolution takes two analyses and the transpose of the third. */
export interface WinogradFunctions {
  /** cells of the input, `BT` */
  readonly data: Analysis;
  /** taps, `G` */
  readonly kernel: Analysis;
  /** gradients of the output, `A` */
  readonly gradient: Analysis;
  /** outputs, `AT`, stored */
  readonly output: Synthesis;
  /** gradients of the taps, `GT`, stored */
  readonly weight: Synthesis;
  /** gradients of the input, `B`, added: tiles overlap */
  readonly input: Synthesis;
  /**
   * `C = A·B` at each of `points` points over a short depth: A `[points][depth][4]`, B `[points][depth][8]`, C `[points][4][8]`.
   */
  readonly multiplyPoints: (A: number, B: number, C: number, points: number, depth: number) => void;
  readonly shallowOutput: Shallow;
  readonly shallowInput: Shallow;
}

/**
 * `multiplyPoints` of each of `panels` panels of 8 columns with all panels of 4 rows, each product taken back at once by `output`
 * or `input`: it stays in the first level of the cache. `lanes` are 8 addresses a panel, `stepTable` has `rows` offsets, C takes
 * 128 bytes a point.
 */
export type Shallow = (
  A: number,
  B: number,
  C: number,
  depth: number,
  lanes: number,
  panels: number,
  stepTable: number,
  rows: number,
  pitch: number,
  scratch: number,
) => void;

/** The names of the transforms. */
export type Transform = "data" | "kernel" | "gradient" | "output" | "weight" | "input";

/** The programs of the transforms of one axis. */
export type AxisPrograms = Readonly<Record<Transform, Program>>;

/** The programs of F(m, r). */
export function axisPrograms({ m, r }: Filter): AxisPrograms {
  const { AT, G, BT } = filterMatrices(m, r);
  return {
    data: programOf(BT),
    kernel: programOf(G),
    gradient: programOf(transposed(AT)),
    output: programOf(AT),
    weight: programOf(transposed(G)),
    input: programOf(transposed(BT)),
  };
}
