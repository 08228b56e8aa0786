/** Tables of where the rows and the cells of each phase lie in an image. */
import type { Geometry } from "./geometry.js";
import type { PhasedAxis, WinogradPlan } from "./winograd-plan.js";

/** Up to four phases of the lines of an image. */
interface LinePhases {
  readonly cells: number;
  readonly first: number;
  readonly phases: number;
  /** cells from which on the phases lie side by side, and the fours of such cells */
  readonly head: number;
  readonly quads: number;
}

/** Tables in the arena: where the cells of each line, and the rows of each phase, lie in an image. */
export interface ImageTables {
  readonly rows: readonly number[];
  readonly lines: readonly LinePhases[];
}

function isWhole({ sources }: PhasedAxis, cells: number): boolean {
  return sources.length === 1 && sources[0]!.length === cells && sources[0]!.every((cell, at) => cell === at);
}

/** Whether images are staged as they are. */
export function staysPlain(g: Geometry, { y, x }: WinogradPlan): boolean {
  return isWhole(y, g.axes[1].input) && isWhole(x, g.axes[2].input);
}

/** The longest run of cells at which all phases lie side by side, at the distance of the stride. */
function besideEachOther(sources: readonly Int32Array[], stride: number): { head: number; count: number } {
  const start = sources[0]!;
  const beside = (e: number) => start[e]! >= 0 && sources.every((source, phase) => source[e] === start[e]! + phase);
  let longest = { head: 0, count: 0 };
  for (let head = 0, end = 1; head < start.length; head = end, end++) {
    while (end < start.length && start[end] === start[end - 1]! + stride && beside(end)) end++;
    if (beside(head) && end - head > longest.count) longest = { head, count: end - head };
  }
  return longest;
}

/** Writes the tables to the arena at `address`. */
export function imageTables(g: Geometry, { y, x }: WinogradPlan, I: Int32Array, address: number): ImageTables {
  let at = address >> 2;
  const write = (source: Int32Array, unit: number) => {
    const start = 4 * at;
    for (let e = 0; e < source.length; e++) I[at++] = source[e]! < 0 ? -1 : unit * source[e]!;
    return start;
  };
  const rows = y.sources.map((source) => write(source, 4 * g.axes[2].input));
  const lines: LinePhases[] = [];
  for (let first = 0; first < x.phases; first += 4) {
    const sources = x.sources.slice(first, first + 4);
    const { head, count } = besideEachOther(sources, g.axes[2].stride);
    const [cells] = sources.map((source) => write(source, 4));
    lines.push({ cells: cells!, first, phases: sources.length, head, quads: count >> 2 });
  }
  return { rows, lines };
}
