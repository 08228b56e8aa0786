import { jointly } from "./constancy.js";
import {
  type AccumulatorOptions,
  type AccumulatorState,
  type BlockOfBins,
  blocksOf,
  type Chunk,
  checkArrays,
  checkState,
  mergedState,
} from "./state.js";

/**
 * A sum over the bins of a recording that may be added part by part, in any order, on any number of threads.
 *
 * Bins are summed by fixed blocks, `[b·block, (b + 1)·block)` of the whole recording: the product of a block's frames in
 * float32, the blocks by exact sums. So the result is the same bits however the blocks were dealt out; for this a part begins
 * at a multiple of `block`, and ends at one or with the recording.
 */
export interface Accumulator<State, Result> {
  readonly kind: "accumulator";
  /** bins of a block */
  readonly block: number;
  /** plain data that can be sent to another thread; its arrays are the accumulator's own */
  readonly state: State;
  /**
   * Counts bins `from` to `to` of a part. Memory is that of a block, whatever the part's length.
   *
   * @returns the accumulator
   * @throws InputError if a bin was added before, the part does not begin or end at a multiple of `block`, it lacks the
   *   `lags - 1` frames before `from`, or its grid, frame duration or length does not fit
   */
  readonly add: (chunk: Chunk) => Accumulator<State, Result>;
  /**
   * Takes over what another accumulator, or one whose state was sent, has counted.
   *
   * @returns the accumulator
   * @throws InputError if the other's grid, lags or frame duration differ, or both have counted a bin
   */
  readonly merge: (other: { readonly state: State }) => Accumulator<State, Result>;
  /** @throws InputError if no spike can be used or the stimulus is constant */
  readonly result: () => Result;
}

/** How an accumulator counts. */
export interface Counting<State, Result> {
  /** the public function's name, for errors */
  readonly name: string;
  /** of its states */
  readonly kind: string;
  readonly block: number;
  /** the state after one block more; arrays of the state may be changed */
  readonly addBlock: (where: string, state: State, bins: BlockOfBins) => State;
  /** the arrays that states of one accumulator have of one length, beside those that all accumulators have */
  readonly arraysOf: (state: State) => readonly ArrayLike<number>[];
  /** the sums of both, in arrays of their own */
  readonly sumsOf: (a: State, b: State) => Partial<State>;
  readonly result: (where: string, state: State) => Result;
}

/** An accumulator that goes on from a state, whose arrays it takes. */
export function accumulatorOf<State extends AccumulatorState, Result>(
  initial: State,
  counting: Counting<State, Result>,
): Accumulator<State, Result> {
  const { name, block, addBlock, result } = counting;
  let state = initial;
  const accumulator: Accumulator<State, Result> = {
    kind: "accumulator",
    block,
    get state() {
      return state;
    },
    add: (chunk) => {
      const where = `${name}.add`;
      // A block is counted as a whole or not at all, so that a reader that fails halfway leaves a state to go on from.
      for (const bins of blocksOf(where, chunk, state, block)) state = addBlock(where, state, bins);
      return accumulator;
    },
    merge: (other) => {
      state = merged(`${name}.merge`, counting, state, other?.state);
      return accumulator;
    },
    result: () => result(`${name}.result`, state),
  };
  return accumulator;
}

/** An accumulator that goes on from a copy of a state that was sent. */
export function accumulatorFrom<State extends AccumulatorState, Result>(
  where: string,
  state: State,
  emptyOf: (where: string, options: AccumulatorOptions) => State,
  counting: Counting<State, Result>,
): Accumulator<State, Result> {
  checkState(where, state, counting.kind);
  const { grid, lags, frameSeconds } = state;
  return accumulatorOf(merged(where, counting, emptyOf(where, { grid, lags, frameSeconds }), state), counting);
}

function merged<State extends AccumulatorState, Result>(
  where: string,
  { kind, block, arraysOf, sumsOf }: Counting<State, Result>,
  a: State,
  b: State,
): State {
  checkState(where, b, kind);
  const shared = mergedState(where, a, b, block);
  checkArrays(where, [...arraysOf(a), a.constancy.varies], [...arraysOf(b), b.constancy.varies]);
  return { ...a, ...shared, ...sumsOf(a, b), constancy: jointly(a.constancy, b.constancy) };
}
