import { execFileSync } from "node:child_process";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { float32Algorithms } from "../../src/conv/execute.js";
import { geometryOf } from "../../src/conv/geometry.js";
import type { Operation } from "../../src/conv/operation.js";
import { executeThreaded, useConvThreads } from "../../src/conv/threaded.js";
import type { CutAlgorithm } from "../../src/conv/threaded-cuts.js";
import type { ThreadMessage } from "../../src/kernels/thread-pool.js";
import { type ConvThreads, startConvThreads } from "../../src/node/conv-threads.js";
import { InputError } from "../../src/tensor/errors.js";
import { noise } from "../conv/cases.js";

/** How many numbers of two lists differ in a bit. */
function differing(a: Float32Array, b: Float32Array): number {
  const [x, y] = [a, b].map(({ buffer, byteOffset, length }) => new Int32Array(buffer, byteOffset, length));
  return a.length === b.length ? x!.filter((bits, i) => bits !== y![i]).length : Number.POSITIVE_INFINITY;
}

let started: ConvThreads | undefined;
afterEach(() => started?.stop());

/** Waits, at most some seconds, until something is so. */
async function until(so: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !so(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}

const shapes = [
  { input: [24, 6, 20, 20], kernel: [24, 6, 5, 5] },
  { input: [1, 2, 64, 64], kernel: [40, 2, 9, 9] },
  { input: [9, 16, 30], kernel: [32, 4, 5] },
  { input: [3, 24, 6, 14, 14], kernel: [8, 24, 2, 3, 3] },
] as const;

function run(operation: Operation, algorithm: CutAlgorithm, shape: (typeof shapes)[number]): Float32Array {
  const groups = shape.input[1]! / shape.kernel[1]!;
  const g = geometryOf("test", shape.input, shape.kernel, { groups, padding: "same" });
  if (!float32Algorithms[algorithm].applies(g)) return new Float32Array(0);
  const [V, K, G] = [g.inputShape, g.kernelShape, g.outputShape].map((each, i) => noise(each, i + 1).data);
  const [A, B, R] = { forward: [V, K, G], kernelGradient: [G, V, K], inputGradient: [K, G, V] }[operation];
  const result = new Float32Array(R!.length);
  executeThreaded(operation, algorithm, g, A!, B!, result);
  return result;
}

describe("threads for convolutions", () => {
  it("give the same bits with one, two and eight threads", async () => {
    const runs = shapes.flatMap((shape) =>
      (["gemm", "winograd", "fft"] as const).flatMap((algorithm) =>
        (["forward", "kernelGradient", "inputGradient"] as const).map(
          (operation) => () => run(operation, algorithm, shape),
        ),
      ),
    );
    const alone = runs.map((each) => each());
    for (const threads of [2, 8]) {
      started = await startConvThreads({ threads });
      expect(started.threads).toBe(threads);
      let posts = 0;
      const pool = started.pool!;
      useConvThreads({
        ...pool,
        post: (worker, message) => {
          posts++;
          pool.post(worker, message);
        },
      });
      // Several times: which thread takes which part differs from run to run.
      for (let i = 0; i < 2; i++)
        expect(runs.map((each, at) => differing(each(), alone[at]!))).toEqual(runs.map(() => 0));
      expect(posts).toBeGreaterThan(8 * (threads - 1));
      expect(started.threads).toBe(threads);
      await started.stop();
    }
  });

  it("take part in conv and its gradients", async () => {
    const [V, K] = [noise([32, 16, 20, 20], 1), noise([48, 16, 3, 3], 2)];
    const pass = () => {
      const Z = conv(V, K, { algorithm: "gemm" });
      const options = { algorithm: "gemm", kernelShape: K.shape } as const;
      return [
        Z,
        convKernelGradient(Z, V, options),
        convInputGradient(K, Z, { algorithm: "gemm", inputShape: V.shape }),
      ].map(({ data }) => data as Float32Array);
    };
    const alone = pass();
    started = await startConvThreads({ threads: 2 });
    expect(pass().map((each, i) => differing(each, alone[i]!))).toEqual([0, 0, 0]);
  });

  it("are noticed when they end, and missed by no result", async () => {
    const alone = run("forward", "gemm", shapes[0]);
    started = await startConvThreads({ threads: 2 });
    // A message that is none ends the worker.
    started.pool!.post(0, undefined as unknown as ThreadMessage);
    expect(differing(run("forward", "gemm", shapes[0]), alone)).toBe(0);
    await until(() => started!.threads === 1);
    expect(started.threads).toBe(1);
    expect(started.pool).toBeUndefined();
    expect(started.reason).toMatch(/^a worker (failed|ended)/);
    expect(differing(run("forward", "gemm", shapes[0]), alone)).toBe(0);
  });

  it("are none where one is asked for, and after stop", async () => {
    started = await startConvThreads({ threads: 1 });
    expect([started.threads, started.reason, started.pool]).toEqual([1, undefined, undefined]);
    const two = await startConvThreads({ threads: 2 });
    expect(two.threads).toBe(2);
    expect(inspect(two)).toMatch(/threads: 2,\s+reason: undefined/);
    await two.stop();
    expect([two.threads, two.reason, two.pool]).toEqual([1, undefined, undefined]);
  });

  it("are refused by a number that is none of threads", async () => {
    const whole = "a whole number from 1 to 64 is needed";
    const refusals: readonly (readonly [unknown, string])[] = [
      [{ threads: 0 }, `threads is 0, ${whole}`],
      [{ threads: 1.5 }, `threads is 1.5, ${whole}`],
      [{ threads: 65 }, `threads is 65, ${whole}`],
      [{ threads: "2" }, `threads is "2", ${whole}`],
      [{}, `threads is undefined, ${whole}`],
      [{ thread: 2 }, 'option "thread" is not known, it takes threads'],
      [undefined, "options is undefined, a record with threads is needed"],
      [null, "options is null, a record with threads is needed"],
      [2, "options is 2, a record with threads is needed"],
    ];
    for (const [options, message] of refusals)
      await expect(startConvThreads(options as never)).rejects.toThrow(new InputError(`startConvThreads: ${message}`));
  });

  it("do not keep a program from ending", () => {
    const loader = import.meta.resolve("tsx/esm/api");
    const module = new URL("../../src/node/conv-threads.ts", import.meta.url).href;
    const program = `import { register } from ${JSON.stringify(loader)}; register();
      const { startConvThreads } = await import(${JSON.stringify(module)});
      console.log((await startConvThreads({ threads: 2 })).threads);`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { timeout: 30_000 });
    expect(printed.toString().trim()).toBe("2");
  });
});
