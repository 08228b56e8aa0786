/** The parts of a convolution on memory that threads share: what a worker is told, what it reads and where its results go. */
import { boardHead } from "../kernels/thread-pool.js";
import { setsEveryNumber } from "./execute.js";
import { type PartsTask, runPart } from "./threaded-part.js";
import { copyRuns, type Span, sliceSpans } from "./threaded-slices.js";

type Three<T> = readonly [A: T, B: T, R: T];

/** A convolution in parts, as workers are told it. */
export interface ConvTask extends PartsTask {
  /** A, B and the result of the whole: arrays on shared memory, or where such arrays start among the numbers of the board */
  readonly arrays: Three<Float32Array | number>;
  /** where the results of parts that are added start among the numbers of the board; undefined where parts have their own places */
  readonly partials: number | undefined;
}

/** A convolution in parts and where it lies on a board, which takes so many bytes. */
export interface BoardLayout {
  readonly task: ConvTask;
  readonly bytes: number;
}

const isShared = ({ buffer }: Float32Array): boolean =>
  typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;

/** The lengths of A, B and the result. */
function lengthsOf({ operation, g }: PartsTask): Three<number> {
  const images = g.batch * g.groups;
  const [V, Z] = [images * g.inChannels * g.cells, images * g.outChannels * g.places];
  const K = g.groups * g.outChannels * g.inChannels * g.taps;
  if (operation === "forward") return [V, K, Z];
  return operation === "kernelGradient" ? [Z, V, K] : [K, Z, V];
}

/**
 * Lays out a board: room for those arrays that are not on shared memory themselves, each as a whole, so that a part lies on the
 * board where it lies in the caller's array. Of this room only the pages of parts that workers take are touched.
 */
export function boardLayout(task: PartsTask, arrays: Three<Float32Array>, sum: boolean): BoardLayout {
  let end = boardHead / 4;
  const take = (numbers: number): number => {
    const place = end;
    end += Math.ceil(numbers / 16) * 16;
    return place;
  };
  const [A, B, R] = arrays;
  const places = [
    isShared(A) ? A : take(A.length),
    isShared(B) ? B : take(B.length),
    sum ? 0 : isShared(R) ? R : take(R.length),
  ] as const;
  const partials = sum ? take(task.parts.length * R.length) : undefined;
  return { task: { ...task, arrays: places, partials }, bytes: 4 * end - boardHead };
}

const moved = (span: Span, by: number): Span => ({ ...span, from: span.from + by });

/** A function that copies what a part reads to the board; what several parts read, once. */
export function offerer({ task }: BoardLayout, operands: readonly [A: Float32Array, B: Float32Array]) {
  const offered = new Set<string>();
  return (part: number, board: SharedArrayBuffer): void => {
    const numbers = new Float32Array(board);
    const spans = sliceSpans(task.operation, task.g, task.parts[part]!.slice);
    operands.forEach((data, side) => {
      const [span, place] = [spans[side]!, task.arrays[side]!];
      const name = `${side} ${span.from}`;
      if (typeof place !== "number" || offered.has(name)) return;
      copyRuns(data, span, numbers, moved(span, place));
      offered.add(name);
    });
  };
}

/** The result of a part that is to be added to others, as it lies on the board. */
export function partialOn(board: SharedArrayBuffer, task: ConvTask, part: number): Float32Array | undefined {
  if (task.partials === undefined) return undefined;
  const length = lengthsOf(task)[2];
  return new Float32Array(board, 4 * (task.partials + part * length), length);
}

/** Copies the result of a part from the board to where it belongs, unless it is there. */
export function takeResult(board: SharedArrayBuffer, task: ConvTask, part: number, result: Float32Array): void {
  const place = task.arrays[2];
  if (typeof place !== "number") return;
  const span = sliceSpans(task.operation, task.g, task.parts[part]!.slice)[2];
  copyRuns(new Float32Array(board), moved(span, place), result, span);
}

/** Zeros in the places of a part that earlier jobs left their numbers in. */
function clear(R: Float32Array, { from, size, step, times }: Span): void {
  for (let i = 0; i < times; i++) R.fill(0, from + i * step, from + i * step + size);
}

/** A worker's part of a convolution. */
export function runOnBoard(message: unknown, board: SharedArrayBuffer, part: number): void {
  const task = message as ConvTask;
  const { operation, algorithm, g, parts, arrays } = task;
  const partial = partialOn(board, task, part);
  const lengths = lengthsOf(task);
  const view = (side: 0 | 1 | 2): Float32Array => {
    const array = arrays[side];
    if (typeof array !== "number") return array;
    return side === 2 && partial ? partial : new Float32Array(board, 4 * array, lengths[side]);
  };
  const [A, B, R] = [view(0), view(1), view(2)];
  if (!partial && typeof arrays[2] === "number" && !setsEveryNumber(operation, algorithm))
    clear(R, sliceSpans(operation, g, parts[part]!.slice)[2]);
  runPart(task, part, [A, B, R], partial);
}
