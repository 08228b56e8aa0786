import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { readRecording } from "../../../src/node/recordings.js";
import { fitGlm } from "../../../src/reverse-correlation/likelihood/glm.js";
import type { Prediction } from "../../../src/reverse-correlation/prediction.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { realFile } from "../../real-data.js";

/** Bits a spike over the mean rate of the bins that are predicted. */
function bits({ expected, first }: Prediction, counts: Uint32Array): number {
  const n = counts.subarray(first);
  const spikes = n.reduce((sum, count) => sum + count, 0);
  let gain = spikes;
  n.forEach((count, t) => {
    const rate = expected[first + t];
    gain += (count === 0 ? 0 : count * Math.log((rate * n.length) / spikes)) - rate;
  });
  return gain / (spikes * Math.LN2);
}

describe("a GLM of a recorded cell of cat V1", () => {
  it("predicts the rest of the recording, with its own spikes better than without", async (ctx) => {
    const path = realFile("dayan-abbott/c2p3.mat");
    if (path === undefined) return ctx.skip();
    const recording = await readRecording(path);
    const { frameSeconds } = recording;
    const [frames, height, width] = recording.stimulus.shape;
    const counts = Uint32Array.from(recording.counts);
    const part = (from: number, to: number) => ({
      stimulus: stimulusFrom(
        tensor(recording.stimulus.data.slice(from * height * width, to * height * width), [to - from, height, width]),
        { frameSeconds },
      ),
      spikes: spikesFrom(counts.subarray(from, to), { frameSeconds }),
    });
    const [seen, unseen] = [part(0, 24_000), part(24_000, frames)];
    const options = { lags: 10, rank: 1, penalty: { smooth: 300 }, standardErrors: false };
    const alone = fitGlm(seen.stimulus, seen.spikes, options);
    const withPast = fitGlm(seen.stimulus, seen.spikes, { ...options, history: { bins: 6 } });
    expect([alone.converged, withPast.converged]).toEqual([true, true]);
    const held = bits(alone.predict(unseen.stimulus), unseen.spikes.counts);
    const heldWithPast = bits(withPast.predict(unseen.stimulus, unseen.spikes), unseen.spikes.counts);
    expect(held).toBeGreaterThan(0.05);
    expect(heldWithPast).toBeGreaterThan(held);
  });
});
