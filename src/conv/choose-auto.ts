/** What `auto` picks: of the algorithms that apply and are exact enough for these numbers, the one that costs least. */
import { cancellation, magnitudesFit, mostCancellation } from "./choose-accuracy.js";
import { costOf } from "./cost.js";
import type { Float32Algorithm } from "./execute.js";
import { fftApplies } from "./fft-conv.js";
import { fitsArena } from "./gemm.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { looksSeparable } from "./separable-algorithm.js";
import { winogradApplies } from "./winograd-conv.js";

type Choice = "direct" | Float32Algorithm;

/** Products below which the loops cost less than setting up a matrix product: both take some 10 µs there. */
const smallCall = 2000;

/** Products below which planning another algorithm costs as much as it could save. */
const plannedCall = 500_000;

function productsOf(g: Geometry): number {
  return g.batch * g.groups * g.outChannels * g.inChannels * g.taps * g.places;
}

/** An algorithm, and how far sums may cancel for it, see `cancellation`; infinite where they may as far as they like. */
interface Candidate {
  readonly algorithm: Choice;
  readonly cancels: number;
}

/** The algorithms that apply, the cheapest first. */
function ranking(operation: Operation, g: Geometry): Candidate[] {
  const large = productsOf(g) >= plannedCall;
  const applying: Choice[] = ["direct"];
  if (fitsArena(g)) applying.push("gemm");
  if (large && winogradApplies(g)) applying.push("winograd");
  if (large && fftApplies(g)) applying.push("fft");
  // Kernels along one axis are a pass as they are, and strides leave most of the work of the adjoint to zeros.
  const crossed = g.axes.filter(({ kernel }) => kernel > 1).length > 1 && g.axes.every(({ stride }) => stride === 1);
  if (operation !== "kernelGradient" && crossed) applying.push("separable");
  const cost = new Map(applying.map((algorithm) => [algorithm, costOf(algorithm, operation, g)]));
  return applying
    .sort((a, b) => cost.get(a)! - cost.get(b)!)
    .map((algorithm) => {
      const bounded = algorithm === "winograd" || algorithm === "separable";
      return { algorithm, cancels: bounded ? mostCancellation(algorithm, operation, g) : Number.POSITIVE_INFINITY };
    });
}

const kept = new Map<string, readonly Candidate[]>();
const mostKept = 256;

/** Everything that the ranking depends on: the padding by a sum of which cell is read where, that no two paddings share. */
function keyOf(operation: Operation, g: Geometry): string {
  const numbers = g.axes.flatMap(({ input, kernel, output, stride, tapAt, source }) => {
    let hash = 0;
    for (let at = 0; at < source.length; at++) hash = (Math.imul(hash, 16777619) + source[at]!) | 0;
    return [input, kernel, output, stride, tapAt[0]!, tapAt[kernel - 1]!, source.length, hash];
  });
  return [operation, g.batch, g.groups, g.inChannels, g.outChannels, ...numbers].join();
}

/** The ranking, which is kept for the next call of the same shape. */
function keptRanking(operation: Operation, g: Geometry): readonly Candidate[] {
  const key = keyOf(operation, g);
  let list = kept.get(key);
  if (!list) {
    if (kept.size >= mostKept) kept.clear();
    list = ranking(operation, g);
    kept.set(key, list);
  }
  return list;
}

/** The algorithm for an operation on float32 numbers: the same one for the same shapes and numbers, always. */
export function choiceOf(operation: Operation, g: Geometry, A: Float32Array, B: Float32Array): Choice {
  if (productsOf(g) < smallCall) return "direct";
  let found: number | undefined;
  for (const { algorithm, cancels } of keptRanking(operation, g)) {
    if (algorithm === "separable" && !looksSeparable(g, operation === "forward" ? B : A)) continue;
    if (algorithm === "fft" && !magnitudesFit(operation, g, A, B)) continue;
    if (cancels < Number.POSITIVE_INFINITY) {
      found ??= cancellation(operation, g, A, B);
      if (!(found <= cancels)) continue;
    }
    return algorithm;
  }
  return "direct";
}
