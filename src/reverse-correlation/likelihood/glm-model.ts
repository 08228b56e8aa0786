import type { SpikeTrain } from "../../cells/response.js";
import { trainOf } from "../../cells/spikes.js";
import { poissonAt } from "../../math/random.js";
import { checkSeed, randomStream } from "../../math/random-streams.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkFinite, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import { checkKernel, filterDrive } from "../filter-drive.js";
import { type Counts, checkShown, type Prediction } from "../prediction.js";
import { addAfter, addPastSpikes, type SpikeFilter } from "./history.js";
import { expectedAt, type PoissonLink } from "./poisson-link.js";

/** What a fitted GLM is made of. */
export interface GlmParts {
  readonly method: string;
  readonly kernel: Tensor;
  readonly offset: number;
  readonly link: PoissonLink;
  readonly history?: SpikeFilter;
  readonly coupling: readonly SpikeFilter[];
  /** bins before the first whole window */
  readonly first: number;
  /** seconds a bin of those that were fitted */
  readonly frameSeconds: number;
}

/** the largest expected count of a bin: beyond it, history feeds on itself */
const most = 1e6;

/** The sum η that offset, frames and coupled cells give. */
function driven(where: string, parts: GlmParts, stimulus: Stimulus, coupled: readonly Counts[]): Float64Array {
  const { kernel, coupling, offset, frameSeconds } = parts;
  checkShown(where, stimulus, frameSeconds);
  checkKernel(where, kernel, stimulus);
  if (coupled.length !== coupling.length)
    refuse(where, `coupled has ${coupled.length} spike trains, the model has ${coupling.length} coupled cells`);
  const eta = filterDrive(kernel, stimulus);
  for (let t = 0; t < eta.length; t++) eta[t] += offset;
  coupling.forEach(({ filter }, i) => {
    checkCounts(where, `coupled[${i}]`, coupled[i], stimulus);
    addPastSpikes(coupled[i].counts, filter.data, eta);
  });
  return eta;
}

function checkCounts(where: string, name: string, spikes: Counts, { frames }: Stimulus): void {
  const counts = spikes?.counts;
  if (typeof counts?.length !== "number") refuse(where, `${name} is ${describe(spikes)}, a spike train is needed`);
  if (counts.length !== frames) refuse(where, `${name} has ${counts.length} bins, the stimulus has ${frames} frames`);
  checkFinite(where, `${name}.counts`, counts);
}

/** The expected spikes of each bin, given those before it. */
export function predictGlm(
  parts: GlmParts,
  stimulus: Stimulus,
  spikes: Counts | undefined,
  coupled: readonly Counts[],
): Prediction {
  const where = "predict";
  const { history, link, method, first } = parts;
  const eta = driven(where, parts, stimulus, coupled);
  if (history !== undefined) {
    if (spikes === undefined) refuse(where, "the model looks at its own spikes: give them, or simulate some");
    checkCounts(where, "spikes", spikes, stimulus);
    addPastSpikes(spikes.counts, history.filter.data, eta);
  }
  const expected = eta.map((value, t) => (t < first ? 0 : expectedAt(link, value)));
  const unbounded = expected.findIndex((value) => !Number.isFinite(value));
  if (unbounded >= 0) refuse(where, `bin ${unbounded} has no finite expectation, its sum is ${eta[unbounded]}`);
  return {
    kind: "prediction",
    expected,
    first: Math.min(first, stimulus.frames),
    frameSeconds: stimulus.frameSeconds,
    method,
  };
}

/** Spikes of the model, each bin drawn given the model's own spikes before it; frames and spikes before the first bin count as 0. */
export function simulateGlm(parts: GlmParts, stimulus: Stimulus, seed: number, coupled: readonly Counts[]): SpikeTrain {
  const where = "simulate";
  checkSeed(where, seed);
  const { history, link, method } = parts;
  const eta = driven(where, parts, stimulus, coupled);
  const source = randomStream(seed, "spikes");
  const counts = new Uint32Array(eta.length);
  for (let t = 0; t < eta.length; t++) {
    const mean = expectedAt(link, eta[t]);
    if (!(mean <= most))
      refuse(
        where,
        `bin ${t} has an expected count of ${mean.toPrecision(3)}, at most ${most} is needed: the history may feed on itself`,
      );
    counts[t] = poissonAt(mean, source, t);
    if (history !== undefined && counts[t] > 0) addAfter(t, counts[t], history.filter.data, eta);
  }
  return trainOf(counts, stimulus.frameSeconds, 0, { name: method, seed, stimulus: stimulus.specification });
}
