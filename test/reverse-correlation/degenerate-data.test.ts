import { describe, expect, it } from "vitest";
import { poissonSpikes } from "../../src/cells/poisson-spikes.js";
import type { SpikeTrain } from "../../src/cells/response.js";
import { simpleCell } from "../../src/cells/simple-cell.js";
import { spikesFromTimes } from "../../src/cells/spike-times.js";
import { spikesFrom } from "../../src/cells/spikes.js";
import { momentsAccumulator } from "../../src/reverse-correlation/accumulators/moments-accumulator.js";
import { spikeTriggeredAverage } from "../../src/reverse-correlation/average/spike-triggered-average.js";
import { fitGlm } from "../../src/reverse-correlation/likelihood/glm.js";
import { fitLnp } from "../../src/reverse-correlation/likelihood/glm-lnp.js";
import { fitQuadraticModel } from "../../src/reverse-correlation/likelihood/quadratic-model.js";
import { fitSubunitModel } from "../../src/reverse-correlation/likelihood/subunit-model.js";
import { maximallyInformativeDimensions } from "../../src/reverse-correlation/subspaces/informative-dimensions.js";
import { informationTheoreticSpikeTriggeredSubspace } from "../../src/reverse-correlation/subspaces/istac.js";
import { spikeTriggeredCovariance } from "../../src/reverse-correlation/subspaces/spike-triggered-covariance.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import type { Stimulus } from "../../src/stimuli/stimulus.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { tensor } from "../../src/tensor/tensor.js";

const [frames, frameSeconds] = [900, 1 / 60];
const grid = { height: 3, width: 3 };
const gabor = { amplitude: 1, betaX: 0.7, betaY: 0.7, frequency: 0.2, phase: 0.4, x0: 0, y0: 0, tau: 0 };
const noise = whiteNoise({ grid, frames, frameSeconds, seed: 1 });
const spikes = poissonSpikes(simpleCell(gabor).respond(noise), { peakRate: 200, seed: 2 });

function shown(seconds: number, scale: number): Stimulus {
  const data = noise.read(0, frames).map((x) => scale * x);
  return stimulusFrom(tensor(data, [frames, 3, 3]), { frameSeconds: seconds });
}

type Method = (stimulus: Stimulus, spikes: SpikeTrain) => { readonly warnings: readonly string[] };

const methods: Readonly<Record<string, Method>> = {
  spikeTriggeredAverage,
  spikeTriggeredCovariance: (stimulus, train) => spikeTriggeredCovariance(stimulus, train, { seed: 1, nullDraws: 39 }),
  informationTheoreticSpikeTriggeredSubspace: (stimulus, train) =>
    informationTheoreticSpikeTriggeredSubspace(stimulus, train, { seed: 1, nullDraws: 19 }),
  maximallyInformativeDimensions: (stimulus, train) =>
    maximallyInformativeDimensions(stimulus, train, { seed: 1, nullDraws: 1, maxIterations: 5 }),
  fitQuadraticModel: (stimulus, train) => fitQuadraticModel(stimulus, train, { rank: 1 }),
  fitSubunitModel: (stimulus, train) =>
    fitSubunitModel(stimulus, train, { seed: 1, starts: 1, maxIterations: 5, kernel: { height: 2, width: 2 } }),
  fitGlm: (stimulus, train) => fitGlm(stimulus, train),
  fitLnp: (stimulus, train) => fitLnp(stimulus, train),
};
const names = Object.keys(methods);
const averaging = ["spikeTriggeredAverage", "spikeTriggeredCovariance"];

describe("data that tell nothing", () => {
  it.each(names)("are told by %s: as many spikes in every bin", (name) => {
    for (const count of [1, 3]) {
      const run = () => methods[name](noise, spikesFrom(new Uint32Array(frames).fill(count), { frameSeconds }));
      if (averaging.includes(name))
        expect(run().warnings).toContain(`every bin has ${count} spikes: they tell nothing of the stimulus`);
      else expect(run).toThrow(`${name}: every bin has ${count} spikes, they must vary for a field to be inferred`);
    }
  });

  it.each(names)("are told by %s: frames whose duration is in milliseconds", (name) => {
    const says = "frames of 16.7 s: frameSeconds is in seconds, not milliseconds";
    expect(methods[name](noise, spikes).warnings).not.toContain(says);
    const train = spikesFrom(spikes.counts, { frameSeconds: 16.7 });
    expect(methods[name](shown(16.7, 1), train).warnings).toContain(says);
  });

  it.each(names)("are told by %s: spikes on another clock, all or most of them outside the frames", (name) => {
    const times = Array.from({ length: 400 }, (_, i) => ((i * 37) % frames) * frameSeconds);
    const late = times.map((time) => time + frames * frameSeconds);
    const all = spikesFromTimes(late, { frameSeconds, frames });
    expect(() => methods[name](noise, all)).toThrow(
      `${name}: spikes has no spike from bin 0 on (0 before it, 400 outside the frames: are their times in seconds on the frames' clock?)`,
    );
    const most = spikesFromTimes([...times, ...late, -1], { frameSeconds, frames });
    expect(methods[name](noise, most).warnings).toContain(
      "401 of 801 spikes came outside the frames: are both on one clock?",
    );
  });

  it.each(names)("are refused by %s in its own name: contrasts too large for its sums", (name) => {
    const run = () => methods[name](shown(frameSeconds, 1e20), spikes);
    if (name === "fitGlm" || name === "fitLnp") expect(run().warnings).toEqual(methods[name](noise, spikes).warnings);
    else
      expect(run).toThrow(
        new RegExp(
          name === "spikeTriggeredAverage"
            ? `^${name}: stimulus gives sums of -?[\\d.e+]+, below 2\\^44 is needed: give smaller contrasts$`
            : `^${name}: stimulus has numbers up to [\\d.e+]+, squares beyond float32: give smaller contrasts$`,
        ),
      );
  });

  it("are refused by accumulators in their names: squares too large for exact sums", () => {
    const chunk = { stimulus: shown(frameSeconds, 1e9), spikes };
    expect(() => momentsAccumulator({ grid, frameSeconds }).add(chunk)).toThrow(
      /^momentsAccumulator[.\w]*: stimulus gives sums of [\d.e+]+, below 2\^44 is needed: give smaller contrasts$/,
    );
    expect(() => momentsAccumulator({ grid, frameSeconds }).add({ ...chunk, stimulus: noise })).not.toThrow();
  });

  it("are told by an average of fewer bins than numbers", () => {
    const says = "10 bins for 18 pixels times lags: expect much of the average to be chance";
    const short = whiteNoise({ grid, frames: 11, frameSeconds, seed: 3 });
    const train = spikesFrom([0, 1, 0, 1, 1, 0, 2, 0, 1, 0, 0], { frameSeconds });
    expect(spikeTriggeredAverage(short, train, { lags: 2 }).warnings).toEqual([says]);
    expect(spikeTriggeredAverage(short, train).warnings).toEqual([]);
  });
});
