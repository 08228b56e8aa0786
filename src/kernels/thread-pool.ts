/** What a platform hands in so that the kernels can use its threads. */

/** A piece of work for the workers: plain data that a platform passes on as it is, shared memory by reference. */
export interface ThreadMessage {
  readonly board: SharedArrayBuffer;
  /** counts the jobs of a board */
  readonly job: number;
  readonly parts: number;
  /** what the parts are parts of */
  readonly task: unknown;
}

/** Threads that wait for messages and give each to `serve`. Their failures cost time and never a result. */
export interface ThreadPool {
  /** threads beside the one that calls, at least 1 */
  readonly workers: number;
  /** Hands a message to a worker, counted from 0. It arrives while the calling thread is blocked. */
  readonly post: (worker: number, message: ThreadMessage) => void;
  /** whether all workers still run, as far as can be told while the calling thread is blocked */
  readonly alive: () => boolean;
  /** a clock, in milliseconds */
  readonly now: () => number;
  /** is told why the pool is not used any more */
  readonly fail: (reason: string) => void;
}

/** The most parts of a job. */
export const mostParts = 64;

/** Bytes at the start of a board that hold the state of each part; what a job needs comes behind. */
export const boardHead = 4 * mostParts;

/** The states of a part, added to eight times the number of its job: what belongs to another job is none of these. */
const held = 0;
const offered = 1;
const taken = 2;
const done = 3;
const failed = 4;
const closed = 5;

/** The most jobs that are told apart: a worker that is late by as many would take one for another. */
const mostJobs = 1 << 27;

/** The states of the parts of one job. */
export interface PartStates {
  /** takes a part that nobody has, for the calling thread */
  readonly take: (part: number) => boolean;
  readonly offer: (part: number) => void;
  readonly isOffered: (part: number) => boolean;
  readonly isTaken: (part: number) => boolean;
  readonly isDone: (part: number) => boolean;
  readonly finish: (part: number, well: boolean) => void;
  /** takes an offered part, for a worker, after waiting as long as it is held */
  readonly claim: (part: number) => boolean;
  /** waits until a part is not taken any more, but no longer than some milliseconds */
  readonly await: (part: number, milliseconds: number) => void;
  readonly hold: (parts: number) => void;
  /** ends the waiting of workers for parts that nobody took */
  readonly close: (parts: number) => void;
}

/** The states of the parts of a job on a board. */
export function partStates(board: SharedArrayBuffer, job: number): PartStates {
  const states = new Int32Array(board, 0, mostParts);
  const base = 8 * (job % mostJobs);
  const is = (part: number, state: number) => Atomics.load(states, part) === base + state;
  const change = (part: number, from: number, to: number): boolean => {
    const changed = Atomics.compareExchange(states, part, base + from, base + to) === base + from;
    if (changed) Atomics.notify(states, part);
    return changed;
  };
  return {
    take: (part) => change(part, held, taken) || change(part, offered, taken),
    offer: (part) => void change(part, held, offered),
    isOffered: (part) => is(part, offered),
    isTaken: (part) => is(part, taken),
    isDone: (part) => is(part, done),
    finish: (part, well) => void change(part, taken, well ? done : failed),
    claim(part) {
      while (is(part, held)) Atomics.wait(states, part, base + held);
      return change(part, offered, taken);
    },
    await: (part, milliseconds) => void Atomics.wait(states, part, base + taken, milliseconds),
    hold(parts) {
      for (let part = 0; part < parts; part++) Atomics.store(states, part, base + held);
    },
    close(parts) {
      for (let part = 0; part < parts; part++) if (!change(part, held, closed)) change(part, offered, closed);
    },
  };
}

/**
 * A worker's side of a job: takes parts from the last one on, each when it is offered, and runs them.
 *
 * @param run runs a part of the task and leaves its result on the board
 */
export function serve(
  { board, job, parts, task }: ThreadMessage,
  run: (task: unknown, board: SharedArrayBuffer, part: number) => void,
): void {
  const states = partStates(board, job);
  for (let part = parts - 1; part >= 0; part--) {
    if (!states.claim(part)) continue;
    let well = false;
    try {
      run(task, board, part);
      well = true;
    } catch {
      // The thread that called runs the part itself, and throws what there is to throw.
    }
    states.finish(part, well);
  }
}
