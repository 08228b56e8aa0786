import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../src/cells/spikes.js";
import { recordingFromNpz } from "../../src/formats/recording.js";
import { recordingFromCsv } from "../../src/formats/recording-csv.js";
import { recordingFromNwb } from "../../src/formats/recording-nwb.js";
import type { Recording } from "../../src/formats/recording-parts.js";
import {
  recordingOfSpikes,
  recordingToCsv,
  recordingToNpz,
  recordingToNwb,
} from "../../src/formats/recording-write.js";
import { spikeTriggeredAverage } from "../../src/reverse-correlation/average/spike-triggered-average.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";

const frameSeconds = 1 / 75;
const stimulus = whiteNoise({ grid: { height: 3, width: 4 }, frames: 50, frameSeconds, seed: 4 });
const spikes = spikesFrom(
  Array.from({ length: 50 }, (_, t) => (t * 5) % 3),
  { frameSeconds },
);
const recording = recordingOfSpikes(stimulus, spikes);

function average({ stimulus: frames, counts, frameSeconds: seconds }: Recording) {
  const shown = stimulusFrom(frames, { frameSeconds: seconds });
  return spikeTriggeredAverage(shown, spikesFrom(counts, { frameSeconds: seconds }), { lags: 4 }).kernel;
}

describe("a recording", () => {
  it("holds a simulated cell's frames and counts", () => {
    expect(recording).toMatchObject({
      kind: "recording",
      counts: spikes.counts,
      frameSeconds,
      spikesOutside: 0,
      source: "a simulated cell",
      notes: [`frames of ${frameSeconds} s, as simulated`],
    });
    expect(recording.stimulus).toMatchObject({ shape: [50, 3, 4], data: stimulus.read(0, 50) });
    expect(recordingOfSpikes(stimulus, spikes, { source: "mine" }).source).toBe("mine");
  });

  it("gives the same average, bit for bit, after a round trip through every format", async () => {
    const expected = spikeTriggeredAverage(stimulus, spikes, { lags: 4 }).kernel;
    const trips = {
      npz: recordingFromNpz(recordingToNpz(recording)),
      csv: recordingFromCsv(recordingToCsv(recording)),
      nwb: await recordingFromNwb(await recordingToNwb(recording)),
    };
    for (const back of Object.values(trips)) {
      expect(average(back)).toEqual(expected);
      expect(back.frameSeconds).toBeCloseTo(frameSeconds, 12);
    }
    expect(trips.npz.frameSeconds).toBe(frameSeconds);
  });

  it("keeps the degrees of a pixel through every format, and has none where nobody said them", async () => {
    const trips = async (one: Recording) => [
      recordingFromNpz(recordingToNpz(one)),
      recordingFromCsv(recordingToCsv(one)),
      await recordingFromNwb(await recordingToNwb(one)),
    ];
    for (const step of [0.2, 1, 1 / 3, 1e-7, 12]) {
      const seen = whiteNoise({ grid: { height: 3, width: 4, step }, frames: 50, frameSeconds, seed: 4 });
      for (const back of await trips(recordingOfSpikes(seen, spikes))) {
        expect(back.step).toBe(step);
        expect(back.stimulus.shape).toEqual([50, 3, 4]);
        expect(average(back)).toEqual(average(recording));
      }
    }
    for (const back of await trips(recording)) expect("step" in back).toBe(false);
    const seen = whiteNoise({ grid: { height: 3, width: 4, step: 0.2 }, frames: 50, frameSeconds, seed: 4 });
    const file = await recordingToNwb(recordingOfSpikes(seen, spikes));
    expect((await recordingFromNwb(file)).notes).toContain(
      "pixels of 0.2 degrees, by the comments of stimulus/presentation/stimulus",
    );
    expect(await recordingFromNwb(file, { step: 0.5 })).toMatchObject({ step: 0.5 });
  });

  it("takes a CSV column of step that varies for another's, and passes it over", () => {
    const text = (steps: readonly number[]) =>
      Buffer.from(`counts,step,a,b\n${steps.map((step, t) => `${t},${step},0.${t},0.5`).join("\n")}\n`);
    const options = { frameSeconds, size: [1, 2] } as const;
    expect(recordingFromCsv(text([2, 2, 2]), options)).toMatchObject({ step: 2, stimulus: { shape: [3, 1, 2] } });
    const named = Buffer.from("counts,step,r0c0\n1,0,0.5\n0,1,0.2\n");
    const back = recordingFromCsv(named, { frameSeconds });
    expect("step" in back).toBe(false);
    expect(back.notes.join()).toContain("columns that are not read: step");
  });

  it("makes the same bytes of the same recording, but for NWB", () => {
    expect(recordingToNpz(recording)).toEqual(recordingToNpz(recording));
    expect(Buffer.from(recordingToCsv(recording)).toString().slice(0, 31)).toBe("frameTimes,counts,r0c0,r0c1,r0c");
  });

  it("refuses what is none, and spikes of other frames", async () => {
    const none = {} as Recording;
    expect(() => recordingToNpz(none)).toThrow(
      "recordingToNpz: recording is an object (Object), a recording is needed",
    );
    expect(() => recordingToCsv(none)).toThrow(
      "recordingToCsv: recording is an object (Object), a recording is needed",
    );
    await expect(async () => recordingToNwb(none)).rejects.toThrow("recordingToNwb: recording is an object (Object)");
    expect(() => recordingOfSpikes(stimulus, spikesFrom([1], { frameSeconds }))).toThrow(
      "recordingOfSpikes: spikes has 1 bins, the stimulus has 50 frames",
    );
    expect(() => recordingOfSpikes(stimulus, { ...spikes, frameSeconds: 2 * frameSeconds })).toThrow(
      "recordingOfSpikes: spikes has bins of",
    );
    expect(() => recordingOfSpikes(none as unknown as typeof stimulus, spikes)).toThrow("a stimulus is needed");
    expect(() => recordingOfSpikes(stimulus, none as unknown as typeof spikes)).toThrow("a spike train is needed");
    expect(() => recordingOfSpikes(stimulus, spikes, { name: "x" } as object)).toThrow('option "name" is not known');
  });
});
