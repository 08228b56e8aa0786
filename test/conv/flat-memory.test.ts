/** Memory stays where it is over ten thousand calls: that of the kernels, of JavaScript's objects and of its arrays. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { type Algorithm, algorithms } from "../../src/conv/options.js";
import { fftKernels } from "../../src/kernels/fft.js";
import { panels } from "../../src/kernels/panels.js";
import type { Tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Bytes that are still held, after garbage is collected: of the kernels' arenas, and of all else. */
async function held(): Promise<{ arenas: number; rest: number }> {
  // Buffers are given back after a turn of the event loop.
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const arenas = panels().arena.floats.byteLength + fftKernels().arena.floats.byteLength;
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { arenas, rest: heapUsed + arrayBuffers };
}

/** What the engine may add for itself, compiled code above all: .3 MiB are seen. One array kept a call would be above 2 MiB. */
const tolerance = 2 ** 20;

/** Expects that more calls leave no more memory taken than before them. */
async function expectFlat(calls: number, call: (i: number) => void): Promise<void> {
  for (let i = 0; i < 300; i++) call(i);
  const before = await held();
  for (let i = 0; i < calls; i++) call(i);
  const after = await held();
  expect(after.arenas).toBe(before.arenas);
  expect(after.rest - before.rest).toBeLessThan(tolerance);
}

/** The three passes; `separable` has no gradient of the kernels. */
function threePasses(algorithm: Algorithm, V: Tensor, K: Tensor): void {
  const Z = conv(V, K, { algorithm });
  if (algorithm !== "separable") convKernelGradient(Z, V, { algorithm, kernelShape: K.shape });
  convInputGradient(K, Z, { algorithm, inputShape: V.shape });
}

/** Kernels of two rows, the second twice the first. */
function separable(shape: readonly number[]): Tensor {
  const K = noise(shape, 2);
  const [rows, line] = shape.slice(-2) as [number, number];
  K.data.forEach((_, i) => {
    const row = Math.floor(i / line) % rows;
    K.data[i] = K.data[i - row * line]! * (1 + row);
  });
  return K;
}

describe("memory", () => {
  // What is only there at the start, such as the making of the kernels, is garbage before anything is measured.
  beforeAll(async () => {
    for (const algorithm of algorithms)
      for (let i = 0; i < 500; i++) threePasses(algorithm, noise([1, 2, 8, 8], 1), separable([3, 2, 3, 3]));
    for (let i = 0; i < 3; i++) await held();
  });

  it.each(algorithms)("is the same after ten thousand small calls: %s", async (algorithm) => {
    const [V, K] = [noise([1, 2, 8, 8], 1), separable([3, 2, 3, 3])];
    await expectFlat(3400, () => threePasses(algorithm, V, K));
  });

  it("is the same after thousands of shapes that were never seen before", async () => {
    const K = separable([2, 1, 3, 3]);
    const shaped = (i: number) => threePasses("auto", noise([1, 1, 5 + (i % 60), 5 + Math.floor(i / 60)], 1), K);
    // The largest first, so that the arenas have grown.
    shaped(3599);
    let seen = 0;
    await expectFlat(2500, () => shaped(seen++));
  });
});
