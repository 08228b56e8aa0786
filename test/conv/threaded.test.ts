import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { execute, float32Algorithms } from "../../src/conv/execute.js";
import { type Geometry, geometryOf } from "../../src/conv/geometry.js";
import type { Operation } from "../../src/conv/operation.js";
import type { GeometryOptions } from "../../src/conv/options.js";
import { executeThreaded, leaveConvThreads, useConvThreads } from "../../src/conv/threaded.js";
import { boardLayout, offerer, runOnBoard, takeResult } from "../../src/conv/threaded-board.js";
import { type Cut, type CutAlgorithm, fixedCut, freeCut } from "../../src/conv/threaded-cuts.js";
import { runPart } from "../../src/conv/threaded-part.js";
import { sliceGeometry, sliceSpans } from "../../src/conv/threaded-slices.js";
import { boardHead, type ThreadPool } from "../../src/kernels/thread-pool.js";
import { sizeOf } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";

const algorithms: readonly CutAlgorithm[] = ["gemm", "winograd", "fft"];
const operations: readonly Operation[] = ["forward", "kernelGradient", "inputGradient"];

/** How many numbers of two lists differ in a bit. */
function differing(a: Float32Array, b: Float32Array): number {
  const [x, y] = [a, b].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length));
  return a.length === b.length ? x!.filter((bits, i) => bits !== y![i]).length : Number.POSITIVE_INFINITY;
}

type Three = [A: Float32Array, B: Float32Array, result: Float32Array];

/** Operands of an operation, and zeros for its result. */
function operands(operation: Operation, g: Geometry): Three {
  const of = (shape: readonly number[], seed: number) => noise(shape, seed).data as Float32Array;
  const [V, K, Z] = [of(g.inputShape, 1), of(g.kernelShape, 2), of(g.outputShape, 3)];
  if (operation === "forward") return [V, K, new Float32Array(Z.length)];
  if (operation === "kernelGradient") return [Z, V, new Float32Array(K.length)];
  return [K, Z, new Float32Array(V.length)];
}

/** Layers of many shapes: many images or one, many channels or few, in groups, masked. */
const layers = fc
  .record({
    batch: fc.constantFrom(0, 1, 2, 5, 40),
    groups: fc.constantFrom(1, 1, 1, 2, 5),
    channels: fc.constantFrom(1, 3, 17),
    outputs: fc.constantFrom(1, 4, 24),
    size: fc.integer({ min: 5, max: 13 }),
    kernel: fc.integer({ min: 2, max: 5 }),
    stride: fc.constantFrom(1, 1, 2),
    padding: fc.constantFrom("valid" as const, "same" as const, "full" as const),
    boundary: fc.constantFrom("zero" as const, "wrap" as const),
    flat: fc.boolean(),
    masked: fc.boolean(),
  })
  .map((r) => {
    const space = r.flat ? [r.size] : [r.size, r.size + 1];
    const taps = r.flat ? [r.kernel] : [r.kernel, r.kernel];
    const input = [...(r.batch ? [r.batch] : []), r.groups * r.channels, ...space];
    const seen = Array.from({ length: r.outputs }, (_, o) =>
      Array.from({ length: r.channels }, (_, i) => (o + i) % 3 > 0),
    );
    const options: GeometryOptions = {
      ...{ stride: r.stride, padding: r.padding, boundary: r.boundary, groups: r.groups },
      ...(r.masked && r.groups === 1 ? { connections: seen } : {}),
    };
    return geometryOf("test", input, [r.groups * r.outputs, r.channels, ...taps], options);
  });

function onSharedMemory(numbers: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(numbers.byteLength));
  copy.set(numbers);
  return copy;
}

/** Every part of a cut as a worker runs it, on a board full of what an earlier job left there. */
function byWorkers(
  task: { operation: Operation; algorithm: CutAlgorithm; g: Geometry },
  cut: Cut,
  shared = false,
): Float32Array {
  const own = operands(task.operation, task.g);
  const [A, B, result] = (shared ? own.map(onSharedMemory) : own) as Three;
  const layout = boardLayout({ ...task, parts: cut.parts }, [A, B, result], false);
  const board = new SharedArrayBuffer(boardHead + layout.bytes);
  new Float32Array(board).fill(Number.NaN);
  const offer = offerer(layout, [A, B]);
  for (let part = cut.parts.length - 1; part >= 0; part--) {
    offer(part, board);
    runOnBoard(structuredClone(layout.task), board, part);
    takeResult(board, layout.task, part, result);
  }
  return result;
}

function each(visit: (operation: Operation, algorithm: CutAlgorithm, g: Geometry) => void, numRuns: number): void {
  fc.assert(
    fc.property(layers, (g) => {
      for (const algorithm of algorithms) {
        if (!float32Algorithms[algorithm].applies(g)) continue;
        for (const operation of operations) visit(operation, algorithm, g);
      }
    }),
    { seed: 11, numRuns },
  );
}

/** Workers that never take part: the calling thread runs every part. */
const idle = (workers: number): ThreadPool => ({
  workers,
  post: () => undefined,
  alive: () => true,
  now: () => 0,
  fail: (reason) => {
    throw new Error(reason);
  },
});

/** A forward pass in parts for two threads, and its arrays. */
const small = (() => {
  const g = geometryOf("test", [8, 3, 9, 9], [5, 3, 3, 3], {});
  const { parts } = freeCut("forward", "gemm", g, 2)!;
  const [A, B, R] = operands("forward", g);
  return { task: { operation: "forward", algorithm: "gemm", g, parts }, A, B, R } as const;
})();

afterEach(() => useConvThreads(undefined));

describe("a convolution in parts", () => {
  it("has the same bits as the whole with two or eight threads, on the caller's arrays and on a board", () => {
    let cuts = 0;
    each((operation, algorithm, g) => {
      const [A, B, whole] = operands(operation, g);
      execute(operation, algorithm, g, A, B, whole);
      for (const threads of [2, 8]) {
        const cut = freeCut(operation, algorithm, g, threads);
        if (!cut || fixedCut(operation, algorithm, g)) continue;
        const result = new Float32Array(whole.length);
        cut.parts.forEach((_, part) => {
          runPart({ operation, algorithm, g, parts: cut.parts }, part, [A, B, result], undefined);
        });
        expect(differing(result, whole)).toBe(0);
        expect(differing(byWorkers({ operation, algorithm, g }, cut), whole)).toBe(0);
        expect(differing(byWorkers({ operation, algorithm, g }, cut, true), whole)).toBe(0);
        cuts++;
      }
    }, 30);
    expect(cuts).toBeGreaterThan(100);
  });

  it("agrees with the whole where the geometry sets the parts, to the rounding of the algorithm", () => {
    const large = geometryOf("test", [41, 8, 17, 15], [24, 8, 3, 3], { padding: "same" });
    const grouped = geometryOf("test", [33, 12, 19, 15], [16, 6, 4, 3], {
      groups: 2,
      stride: 2,
      boundary: "wrap",
      padding: 1,
    });
    const single = geometryOf("test", [1, 1, 60, 50], [17, 1, 9, 7], { padding: "full" });
    const met = [
      ["kernelGradient", "gemm", large],
      ["kernelGradient", "winograd", large],
      ["inputGradient", "gemm", large],
      ["kernelGradient", "gemm", grouped],
      ["kernelGradient", "winograd", grouped],
      ["inputGradient", "gemm", grouped],
      ["inputGradient", "fft", single],
    ] as const;
    for (const [operation, algorithm, g] of met) {
      expect(fixedCut(operation, algorithm, g)!.parts.length).toBeGreaterThan(1);
      const [A, B, whole] = operands(operation, g);
      execute(operation, algorithm, g, A, B, whole);
      const result = new Float32Array(whole.length);
      executeThreaded(operation, algorithm, g, A, B, result);
      const most = whole.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
      const far = whole.reduce((largest, value, i) => Math.max(largest, Math.abs(value - result[i]!)), 0);
      expect(far).toBeLessThan((algorithm === "winograd" ? 5e-5 : 1e-5) * most);
    }
  });

  it("copies nothing that lies on shared memory", () => {
    const { A, B, R } = small;
    const shared = [A, B, R].map(onSharedMemory) as Three;
    expect(boardLayout(small.task, shared, false).bytes).toBe(0);
    expect(boardLayout(small.task, [shared[0], B, shared[2]], false).bytes).toBeLessThan(4 * (B.length + 16));
    expect(boardLayout(small.task, [A, B, R], false).bytes).toBeGreaterThanOrEqual(
      4 * (A.length + B.length + R.length),
    );
  });

  it("copies what several parts read once", () => {
    const { A: V, B: K, R: Z } = small;
    const layout = boardLayout(small.task, [V, K, Z], false);
    const board = new SharedArrayBuffer(boardHead + layout.bytes);
    const kernels = new Float32Array(board, 4 * (layout.task.arrays[1] as number), K.length);
    const offer = offerer(layout, [V, K]);
    offer(1, board);
    expect(differing(kernels, K)).toBe(0);
    kernels.fill(0);
    offer(0, board);
    expect(kernels.every((value) => value === 0)).toBe(true);
  });

  it("covers every number of the result once", () => {
    each((operation, algorithm, g) => {
      for (const cut of [fixedCut(operation, algorithm, g), freeCut(operation, algorithm, g, 4)]) {
        if (!cut || cut.sum) continue;
        const [, , result] = operands(operation, g);
        for (const { slice } of cut.parts) {
          const { from, size, step, times } = sliceSpans(operation, g, slice)[2];
          for (let i = 0; i < times; i++)
            for (let at = from + i * step; at < from + i * step + size; at++) result[at]!++;
        }
        expect(result.every((count) => count === 1)).toBe(true);
      }
    }, 40);
  });

  it("is made of slices whose shapes are those of their arrays", () => {
    each((operation, algorithm, g) => {
      const cut = fixedCut(operation, algorithm, g) ?? freeCut(operation, algorithm, g, 2);
      for (const { slice } of cut?.parts ?? []) {
        const part = sliceGeometry(g, slice);
        const [A, B, R] = sliceSpans(operation, g, slice).map(({ size, times }) => size * times);
        const { inputShape: V, kernelShape: K, outputShape: Z } = part;
        const shapes = { forward: [V, K, Z], kernelGradient: [Z, V, K], inputGradient: [K, Z, V] }[operation];
        expect([A, B, R]).toEqual(shapes.map(sizeOf));
      }
    }, 40);
  });
});

describe("executeThreaded", () => {
  const g = geometryOf("test", [24, 16, 18, 18], [32, 16, 3, 3], {});

  it("gives the same bits with a pool and without", () => {
    for (const algorithm of algorithms) {
      for (const operation of operations) {
        const [A, B, alone] = operands(operation, g);
        executeThreaded(operation, algorithm, g, A, B, alone);
        for (const workers of [1, 7, 99]) {
          const result = new Float32Array(alone.length);
          useConvThreads(idle(workers));
          executeThreaded(operation, algorithm, g, A, B, result);
          useConvThreads(undefined);
          expect(differing(result, alone)).toBe(0);
        }
      }
    }
  });

  it("leaves calls of little work to the calling thread", () => {
    const little = geometryOf("test", [2, 3, 8, 8], [4, 3, 3, 3], {});
    let posts = 0;
    useConvThreads({ ...idle(1), post: () => posts++ });
    const run = (of: Geometry) => executeThreaded("forward", "gemm", of, ...operands("forward", of));
    run(little);
    expect(posts).toBe(0);
    run(g);
    expect(posts).toBe(1);
  });

  it("runs the nested loops on the calling thread, in float64 too", () => {
    const [A, B, result] = operands("forward", g).map((list) => Float64Array.from(list));
    useConvThreads({
      ...idle(1),
      post: () => {
        throw new Error("not here");
      },
    });
    executeThreaded("forward", "direct", g, A!, B!, result!);
    expect(result!.some((value) => value !== 0)).toBe(true);
  });

  it("leaves a pool only where it is the one in use", () => {
    const [first, second] = [idle(1), idle(1)];
    let posts = 0;
    useConvThreads({ ...second, post: () => posts++ });
    leaveConvThreads(first);
    executeThreaded("forward", "gemm", g, ...operands("forward", g));
    expect(posts).toBe(1);
  });
});
