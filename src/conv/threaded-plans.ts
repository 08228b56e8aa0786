/** The plans of the calls met last. */
import { mostParts } from "../kernels/thread-pool.js";
import { costOf } from "./cost.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { type Cut, type CutAlgorithm, fixedCut, freeCut } from "./threaded-cuts.js";

/** How a call is worked on by threads. */
export interface ThreadPlan {
  /** nanoseconds that it takes on one thread */
  readonly cost: number;
  /** its parts, undefined where it has none */
  readonly cut: Cut | undefined;
}

interface Known {
  readonly operation: Operation;
  readonly algorithm: CutAlgorithm;
  readonly g: Geometry;
  readonly threads: number;
  readonly plan: ThreadPlan;
}

const sameList = (a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): boolean =>
  a === b || (!!a && !!b && a.length === b.length && Array.prototype.every.call(a, (value, i) => value === b[i]));

function sameGeometry(a: Geometry, b: Geometry): boolean {
  const numbers = ({ batch, groups, inChannels, outChannels, cells, taps, places }: Geometry) => [
    ...[batch, groups, inChannels, outChannels, cells, taps, places],
  ];
  return (
    sameList(numbers(a), numbers(b)) &&
    a.axes.every(({ input, output, stride, source, tapAt }, i) => {
      const other = b.axes[i]!;
      return (
        sameList([input, output, stride], [other.input, other.output, other.stride]) &&
        sameList(source, other.source) &&
        sameList(tapAt, other.tapAt)
      );
    }) &&
    sameList(a.connections, b.connections)
  );
}

const known: Known[] = [];
const mostKnown = 32;

/**
 * The plan of a call for some threads. The latest plans are kept: to make one may take as long as a short call.
 */
export function threadPlan(operation: Operation, algorithm: CutAlgorithm, g: Geometry, threads: number): ThreadPlan {
  const met = known.find(
    (each) =>
      each.operation === operation &&
      each.algorithm === algorithm &&
      each.threads === threads &&
      sameGeometry(each.g, g),
  );
  if (met) return met.plan;
  const cut = fixedCut(operation, algorithm, g) ?? freeCut(operation, algorithm, g, Math.min(threads, mostParts / 4));
  const plan = { cost: costOf(algorithm, operation, g), cut };
  if (known.length >= mostKnown) known.shift();
  known.push({ operation, algorithm, g, threads, plan });
  return plan;
}
