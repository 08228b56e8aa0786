/** One job on several threads: the calling thread takes parts from the first one on, workers from the last. */
import { boardHead, mostParts, partStates, type ThreadPool } from "./thread-pool.js";

/** A job in parts that may run in any order. */
export interface ThreadJob {
  readonly parts: number;
  /** bytes on the board, behind its head */
  readonly bytes: number;
  /** plain data that tells a worker what to do */
  readonly task: unknown;
  /** copies what a worker reads for a part to the board */
  readonly offer: (part: number, board: SharedArrayBuffer) => void;
  /** runs a part on the calling thread */
  readonly run: (part: number) => void;
  /** takes the result of a part that a worker ran from the board */
  readonly collect: (part: number, board: SharedArrayBuffer) => void;
}

/** Parts that lie ready for each worker: one that it works on and one more. */
const ahead = 2;

/** How long a part of a worker may last: as the longest one of the calling thread's so often, and these milliseconds. */
const patience = { times: 10, milliseconds: 3000 };

interface Board {
  readonly buffer: SharedArrayBuffer;
  readonly jobs: number;
}

const boards = new WeakMap<ThreadPool, Board>();

/** The pool's board with room for a job, and the number of the job. Its pages are kept: fresh ones cost more than the work on them. */
function boardFor(pool: ThreadPool, bytes: number): { readonly board: SharedArrayBuffer; readonly job: number } {
  const known = boards.get(pool);
  const size = boardHead + bytes;
  const fits = known !== undefined && known.buffer.byteLength >= size;
  const buffer = fits ? known.buffer : new SharedArrayBuffer(Math.ceil(1.25 * size));
  const job = (known?.jobs ?? 0) + 1;
  boards.set(pool, { buffer, jobs: job });
  return { board: buffer, job };
}

/**
 * Runs all parts of a job. A part that a worker cannot finish (it threw, it ended, it takes too long) is run by the calling thread,
 * which throws what there is to throw; the pool is then told to `fail`.
 */
export function runJob(pool: ThreadPool, { parts, bytes, task, offer, run, collect }: ThreadJob): void {
  if (parts > mostParts) throw new Error(`threads: ${parts} parts, at most ${mostParts} fit`);
  const { board, job } = boardFor(pool, bytes);
  const states = partStates(board, job);
  const mine = new Uint8Array(parts);
  const collected = new Uint8Array(parts);
  let low = parts;
  let longest = 0;

  const offerMore = (first: number): void => {
    const wanted = pool.workers * (low === parts ? ahead : ahead - 1);
    let ready = 0;
    for (let part = low; part < parts; part++) if (states.isOffered(part)) ready++;
    for (; ready < wanted && low > first; ready++) {
      low--;
      offer(low, board);
      states.offer(low);
    }
  };
  const collectDone = (): void => {
    for (let part = low; part < parts; part++) {
      if (mine[part] || collected[part] || !states.isDone(part)) continue;
      collect(part, board);
      collected[part] = 1;
    }
  };
  const runHere = (part: number): void => {
    mine[part] = 1;
    const started = pool.now();
    run(part);
    longest = Math.max(longest, pool.now() - started);
  };
  const settle = (part: number): boolean => {
    const until = pool.now() + patience.milliseconds + patience.times * longest;
    while (states.isTaken(part) && pool.alive() && pool.now() < until) states.await(part, 50);
    return states.isDone(part);
  };

  states.hold(parts);
  for (let worker = 0; worker < pool.workers; worker++) pool.post(worker, { board, job, parts, task });
  try {
    offerMore(0);
    for (let part = 0; part < parts; part++) {
      if (!states.take(part)) continue;
      runHere(part);
      collectDone();
      offerMore(part + 1);
    }
  } finally {
    states.close(parts);
    for (let part = parts - 1; part >= low; part--) if (!mine[part]) settle(part);
  }
  collectDone();
  for (let part = 0; part < parts; part++) {
    if (mine[part] || collected[part]) continue;
    pool.fail(pool.alive() ? "a worker did not finish its part of a job" : "a worker ended");
    runHere(part);
  }
}
