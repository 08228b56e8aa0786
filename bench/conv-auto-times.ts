/** Times of the algorithms of one operation, in alternation. */
import type { Costed } from "../src/conv/cost-coefficients.js";
import { execute, float32Algorithms } from "../src/conv/execute.js";
import type { Operation } from "../src/conv/operation.js";
import { separableRefusal } from "../src/conv/separable-algorithm.js";
import { sizeOf } from "../src/tensor/tensor.js";
import { productsOf, type Shape } from "./conv-auto-shapes.js";

/** The three operations and their letters. */
export const operations: readonly (readonly [Operation, string])[] = [
  ["forward", "f"],
  ["kernelGradient", "g"],
  ["inputGradient", "h"],
];

/** An operation with numbers to run it on. */
export interface Case {
  readonly shape: Shape;
  readonly operation: Operation;
  readonly A: Float32Array;
  readonly B: Float32Array;
  readonly resultSize: number;
}

let state = 1;
function noise(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Kernels of noise, or outer products of noise. */
function kernels({ g, separable }: Shape): Float32Array {
  if (!separable) return noise(sizeOf(g.kernelShape));
  const [z, y, x] = g.axes.map((axis) => axis.kernel) as [number, number, number];
  return Float32Array.from(
    Array.from({ length: sizeOf(g.kernelShape) / g.taps }, () => {
      const [a, b, c] = [noise(z), noise(y), noise(x)];
      return Array.from(
        { length: g.taps },
        (_, t) => a[Math.floor(t / (y * x))]! * b[Math.floor(t / x) % y]! * c[t % x]!,
      );
    }).flat(),
  );
}

/** The case of a shape and an operation. */
export function caseOf(shape: Shape, operation: Operation): Case {
  const { g } = shape;
  const [V, K, G] = [noise(sizeOf(g.inputShape)), kernels(shape), noise(sizeOf(g.outputShape))];
  const [A, B] = { forward: [V, K], kernelGradient: [G, V], inputGradient: [K, G] }[operation] as [
    Float32Array,
    Float32Array,
  ];
  const result = { forward: g.outputShape, kernelGradient: g.kernelShape, inputGradient: g.inputShape }[operation];
  return { shape, operation, A, B, resultSize: sizeOf(result) };
}

/** The algorithms that apply, loops only where they are not hopeless. */
export function applying({ shape: { g, separable }, operation, A, B }: Case): Costed[] {
  const list: Costed[] = (["gemm", "winograd", "fft"] as const).filter((name) => float32Algorithms[name].applies(g));
  if (productsOf(g) < 3e6) list.push("direct");
  const K = operation === "forward" ? B : operation === "inputGradient" ? A : undefined;
  const crossed = g.axes.filter((axis) => axis.kernel > 1).length > 1;
  if (separable && crossed && separableRefusal(operation, g, K) === undefined) list.push("separable");
  return list;
}

function farthest(a: Float32Array, b: Float32Array): number {
  let [off, largest] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    off = Math.max(off, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return off / largest;
}

/** The middle of a list. */
export function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
}

/** Samples of at least this many milliseconds, of several calls where one is shorter. */
const sampleTime = 0.3;

/** An algorithm this many times slower than the best is not timed again, nor taken for the fit. */
export const hopeless = 4;

/**
 * The shortest of some first calls, in which compilers wake up: thirty, or as many as take forty milliseconds, but five at least.
 * Code for filters that no other convolution has had needs as many.
 */
function wakeUp(run: () => void, best: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let call = 0; call < 30 && (call < 5 || performance.now() - start < 40); call++) {
    const from = performance.now();
    run();
    shortest = Math.min(shortest, performance.now() - from);
    if (call > 0 && shortest > 10 * best) break;
  }
  return shortest;
}

/** Median nanoseconds of each algorithm. All agree with the first before the clock starts. */
export function timesOf(each: Case, algorithms: readonly Costed[], samples: number): Map<Costed, number> {
  const { operation, A, B, resultSize, shape } = each;
  let best = Number.POSITIVE_INFINITY;
  let first: Float32Array | undefined;
  const runs = algorithms.map((algorithm) => {
    const result = new Float32Array(resultSize);
    const run = () => execute(operation, algorithm, shape.g, A, B, result);
    run();
    first ??= result.slice();
    const off = farthest(result, first);
    if (!(off < 5e-5)) throw new Error(`${shape.name} ${operation}: ${algorithm} differs by ${off}`);
    const one = wakeUp(run, best);
    best = Math.min(best, one);
    return { algorithm, run, one, calls: Math.max(1, Math.ceil(sampleTime / one)), times: [] as number[] };
  });
  const close = runs.filter(({ one }) => one < hopeless * best);
  for (let sample = 0; sample < samples; sample++) {
    for (const { run, calls, times } of close) {
      const from = performance.now();
      for (let i = 0; i < calls; i++) run();
      times.push((performance.now() - from) / calls);
    }
  }
  return new Map(runs.map(({ algorithm, times, one }) => [algorithm, 1e6 * (times.length > 0 ? median(times) : one)]));
}
