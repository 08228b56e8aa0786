/** Convolutions on several threads, where a platform hands them in, and on one where none are. */
import { runJob } from "../kernels/thread-job.js";
import type { ThreadPool } from "../kernels/thread-pool.js";
import { type Execution, execute } from "./execute.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { addInOrder } from "./sums.js";
import { boardLayout, offerer, partialOn, takeResult } from "./threaded-board.js";
import { type Cut, type CutAlgorithm, fixedCut } from "./threaded-cuts.js";
import { runPart } from "./threaded-part.js";
import { threadPlan } from "./threaded-plans.js";

let active: ThreadPool | undefined;

/**
 * Lets convolutions use the threads of a platform from now on, or with undefined the calling thread alone. Results are the same
 * bits either way. The calling thread waits for the others: a platform whose main thread must not wait hands in a pool only
 * where it may.
 *
 * @param pool threads whose workers give their messages to `serveConv`
 */
export function useConvThreads(pool: ThreadPool | undefined): void {
  active = pool;
}

/** Convolutions do not use this pool any more; another one that was handed in since stays. */
export function leaveConvThreads(pool: ThreadPool): void {
  if (active === pool) active = undefined;
}

/** Nanoseconds of work below which threads do not pay: an exchange of messages takes some 20 µs, each part its set-up. */
const leastWork = 5e5;

/** Outputs below which the work is not even looked at. */
const leastResults = 4096;

/** The most bytes that a board may take. */
const mostBytes = 2 ** 30;

interface Call {
  readonly operation: Operation;
  readonly algorithm: CutAlgorithm;
  readonly g: Geometry;
  readonly A: Float32Array;
  readonly B: Float32Array;
  readonly result: Float32Array;
}

/** Runs an operation as `execute` does, on all threads that there are. */
export function executeThreaded(...execution: Execution): void {
  const [operation, algorithm, g, A, B, result] = execution;
  if (algorithm === "direct" || algorithm === "separable") {
    execute(...execution);
    return;
  }
  const call = { operation, algorithm, g, A, B, result } as Call;
  const pool = active && g.batch * g.groups * g.outChannels * g.places > leastResults ? active : undefined;
  const plan = pool && threadPlan(operation, algorithm, g, pool.workers + 1);
  const pays = plan !== undefined && plan.cost > leastWork;
  const cut = pays ? plan.cut : fixedCut(operation, algorithm, g);
  if (cut) runCut(call, cut, pays ? pool : undefined);
  else execute(...execution);
}

let partials = new Float32Array(0);

/** Memory for the results of parts that are added, kept from call to call: fresh pages cost more than the sums. */
function partialResults(parts: number, length: number): Float32Array[] {
  if (partials.length < parts * length) partials = new Float32Array(parts * length);
  return Array.from({ length: parts }, (_, part) => partials.subarray(part * length, (part + 1) * length));
}

/** Runs the parts of a cut, in order on one thread or by all of a pool. */
function runCut(
  { operation, algorithm, g, A, B, result }: Call,
  { parts, sum }: Cut,
  pool: ThreadPool | undefined,
): void {
  const task = { operation, algorithm, g, parts };
  const results = sum ? partialResults(parts.length, result.length) : [];
  const run = (part: number): void => runPart(task, part, [A, B, result], results[part]);
  const layout = pool && boardLayout(task, [A, B, result], sum);
  if (!pool || !layout || layout.bytes > mostBytes) for (let part = 0; part < parts.length; part++) run(part);
  else {
    const collect = (part: number, board: SharedArrayBuffer): void => {
      const partial = partialOn(board, layout.task, part);
      if (partial) results[part] = partial;
      else takeResult(board, layout.task, part, result);
    };
    runJob(pool, { ...layout, parts: parts.length, offer: offerer(layout, [A, B]), run, collect });
  }
  if (sum) addInOrder(results, result);
}
