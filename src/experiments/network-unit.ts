import { poissonSpikes } from "../cells/poisson-spikes.js";
import type { Response, SpikeTrain } from "../cells/response.js";
import { fitGabor } from "../fit/fit-gabor.js";
import { divideFields, drawCrops, type Field } from "../learn/crops.js";
import { defaultLearning } from "../learn/learning-settings.js";
import { type RectifiedLayer, type UnitPlace, unitCell, unitGradient, unitView } from "../learn/unit-cell.js";
import { learnTwoLayers } from "../learn/unit-cell-network.js";
import { randomStream } from "../math/random-streams.js";
import { correlation, mean, standardError, variance } from "../math/statistics.js";
import { dot, norm } from "../math/vectors.js";
import { spikeTriggeredAverage } from "../reverse-correlation/average/spike-triggered-average.js";
import { effectiveSpikes, expectedAverageCorrelation } from "../reverse-correlation/goodness/theory.js";
import { fitLnp } from "../reverse-correlation/likelihood/glm-lnp.js";
import { spikeTriggeredCovariance } from "../reverse-correlation/subspaces/spike-triggered-covariance.js";
import { stimulusFrom } from "../stimuli/given-frames.js";
import { type PreparedPhotograph, preparePhotograph } from "../stimuli/photographs.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { whiteNoise } from "../stimuli/white-noise.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { expectedCounts, watchedStimulus } from "./cell-setup.js";
import type { Context, Experiment } from "./experiment.js";
import type { LearnedKernelsInputs } from "./learned-kernels.js";
import type { NetworkUnitResult, NetworkUnitSettings, StimulusClass, TransferScore } from "./network-unit-result.js";
import { networkUnitSection } from "./network-unit-section.js";
import { pixelVariance } from "./revcor-stimulus.js";

/** The network: 16 kernels of 7×7, every second pixel, and 12 of 3×3 upon them; the patch gives 3×3 units of the second layer. */
const network = { kernels: [16, 12], sizes: [7, 3], stride: 2, heldOut: 0.25 } as const;
const side = 15;
const middle = { row: 1, column: 1 } as const;
const frameSeconds = 1 / 60;
/** Frames, at most, on which the mean gradient is measured and each prediction is scored, in so many stretches. */
const [mostTestFrames, stretches] = [5000, 10];
/** Frames, at most, that a model of each class of stimulus is fitted to. */
const mostModelFrames = 30_000;
/** Frames on which units are compared. */
const choiceFrames = 500;
/** Of LN models' filters, per contrast² whatever is shown, chosen by the evidence: photographs have next to nothing at the finest scale. */
const ridges = [10, 100, 1000];

/** A hidden unit of a network that learned from photographs, mapped like a cell. */
export const networkUnitExperiment: Experiment<NetworkUnitSettings, LearnedKernelsInputs, NetworkUnitResult> = {
  name: "network-unit",
  question:
    "Does reverse correlation find the field of a unit deep in a network, and does a model from noise predict photographs?",
  defaults: { seed: 1, steps: 400, frames: 100_000, peakRate: 300, nullDraws: 39, level: 0.05, channel: null },
  smoke: { steps: 20, frames: 2000, nullDraws: 19, level: 0.1 },
  takes: ["photographs"],
  sources: { photographs: "packaged" },
  run(settings, { photographs }, context) {
    const { seed, steps, frames } = settings;
    const { onProgress, signal } = context;
    const prepared = photographs.map((photograph, i) => {
      onProgress?.({ done: i, total: photographs.length, unit: "photographs" });
      return preparePhotograph(photograph);
    });
    const layers = learnTwoLayers(prepared, { ...network, seed, steps, onProgress, signal });
    const noise = whiteNoise({ grid: { height: side, width: side }, frames, frameSeconds, seed });
    const fresh = whiteNoise({
      grid: noise.grid,
      frames: Math.min(mostTestFrames, frames),
      frameSeconds,
      seed: seed + 1,
    });
    const unit = chosenUnit(layers, fresh, settings.channel);
    return {
      settings,
      layers: layers.map(({ kernels }) => kernels),
      unit: { ...unit.place, linearShare: unit.linearShare },
      ...mapped(layers, unit, noise, settings, context),
      transfer: transferScores(layers, unit.place, noise, fresh, prepared, settings),
    };
  },
  section: networkUnitSection,
};

/** A unit, and what it does to noise. */
interface KnownUnit {
  readonly place: UnitPlace;
  /** [side, side], E[∂r/∂I]/E[r]: what the average before a spike is expected to be */
  readonly expected: Tensor;
  /** the share of the output's variance that a linear function of the image explains, `‖E[∂r/∂I]‖²/Var r` */
  readonly linearShare: number;
}

/** The unit asked for, or the least linear one of the middle, whose covariance has most to show. */
function chosenUnit(layers: readonly RectifiedLayer[], noise: Stimulus, asked: number | null): KnownUnit {
  const at = (channel: number, frames: number) =>
    known(layers, { channel, ...middle }, tensor(noise.read(0, frames), [frames, side, side]));
  const shares = Array.from({ length: network.kernels[1] }, (_, k) => at(k, choiceFrames).linearShare);
  return at(asked ?? shares.indexOf(Math.min(...shares)), noise.frames);
}

function known(layers: readonly RectifiedLayer[], place: UnitPlace, frames: Tensor): KnownUnit {
  const { outputs, gradients } = unitGradient(layers, place, frames);
  const slope = new Float64Array(side * side);
  for (let i = 0; i < gradients.data.length; i++) slope[i % slope.length] += gradients.data[i] / outputs.length;
  const output = mean(outputs);
  return {
    place,
    expected: tensor(
      slope.map((value) => value / output),
      [side, side],
    ),
    linearShare: dot(slope, slope) / variance(outputs),
  };
}

/** Average, covariance and Gabor of the unit, as an experimenter would have them who does not know the network. */
function mapped(
  layers: readonly RectifiedLayer[],
  { place, expected }: KnownUnit,
  noise: Stimulus,
  { seed, peakRate, nullDraws, level }: NetworkUnitSettings,
  { onProgress, signal }: Context,
) {
  const response = unitCell(layers, place).respond(watchedStimulus(noise, onProgress, "frames shown"));
  const spikes = poissonSpikes(response, { peakRate, seed });
  const estimate = spikeTriggeredAverage(noise, spikes);
  const watched = watchedStimulus(noise, onProgress, "frames against the null");
  const covariance = spikeTriggeredCovariance(watched, spikes, { seed, nullDraws, level, signal });
  const effective = effectiveSpikes(expectedCounts(response, peakRate));
  const inView = viewMask(layers, place);
  return {
    spikes: spikes.spikes,
    estimate,
    expected,
    correlation: correlation(estimate.kernel.data, expected.data),
    gain: { found: dot(estimate.kernel.data, expected.data) / norm(expected.data), theory: norm(expected.data) },
    theory: expectedAverageCorrelation(norm(expected.data), side * side, effective),
    view: { ...viewOf(layers, place), ...powerOutside(estimate.kernel.data, inView, effective) },
    gabor: fitGabor(estimate),
    covariance,
    filtersInView: covariance.significant.map(({ filter }) => shareInside(filter.data, inView)),
    shareByChance: inView.filter((inside) => inside).length / (side * side),
  };
}

/** First row and column of what the unit sees, and how many. */
function viewOf(layers: readonly RectifiedLayer[], { row, column }: UnitPlace) {
  const { size, jump, offset } = unitView(layers);
  return { top: offset[0] + row * jump[0], left: offset[1] + column * jump[1], height: size[0], width: size[1] };
}

function viewMask(layers: readonly RectifiedLayer[], place: UnitPlace): boolean[] {
  const { top, left, height, width } = viewOf(layers, place);
  return Array.from({ length: side * side }, (_, i) => {
    const [r, c] = [Math.floor(i / side) - top, (i % side) - left];
    return r >= 0 && r < height && c >= 0 && c < width;
  });
}

/** Mean square of the average outside the view over the 1/n_eff that noise leaves there, 1 ± √(2/pixels) if the unit sees nothing of it. */
function powerOutside(field: ArrayLike<number>, inView: readonly boolean[], effective: number) {
  const outside = Array.from(field).filter((_, i) => !inView[i]);
  return {
    noiseOutside: (effective * dot(outside, outside)) / outside.length,
    noiseError: Math.sqrt(2 / outside.length),
  };
}

function shareInside(field: ArrayLike<number>, inView: readonly boolean[]): number {
  return inView.reduce((sum, inside, i) => sum + (inside ? field[i] ** 2 : 0), 0) / dot(field, field);
}

/** LN models fitted on each class of stimulus, each predicting new frames of either. */
function transferScores(
  layers: readonly RectifiedLayer[],
  place: UnitPlace,
  noise: Stimulus,
  fresh: Stimulus,
  photographs: readonly PreparedPhotograph[],
  { seed, peakRate }: NetworkUnitSettings,
): TransferScore[] {
  const cell = unitCell(layers, place);
  const { training, heldOut } = divideFields("network-unit", photographs, side, network.heldOut);
  const frames = Math.min(mostModelFrames, noise.frames);
  const shown: Record<StimulusClass, { readonly fit: Stimulus; readonly test: Stimulus }> = {
    noise: { fit: { ...noise, frames }, test: fresh },
    photographs: { fit: cropsOf(training, frames, seed), test: cropsOf(heldOut, fresh.frames, seed + 1) },
  };
  const classes: readonly StimulusClass[] = ["noise", "photographs"];
  const peakDrive = cell.respond(noise).drive.reduce((most, value) => Math.max(most, value), 0);
  const tests = classes.map((name) => ({ name, stimulus: shown[name].test, response: cell.respond(shown[name].test) }));
  return classes.flatMap((fittedOn) => {
    const { fit } = shown[fittedOn];
    const model = lnModel(fit, poissonSpikes(cell.respond(fit), { peakRate, peakDrive, seed: seed + 2 }));
    return tests.map(({ name, stimulus, response }) => ({
      fittedOn,
      predicts: name,
      ...scoreOf(model.predict(stimulus).expected, response),
    }));
  });
}

function lnModel(stimulus: Stimulus, spikes: SpikeTrain) {
  const ridge = ridges.map((value) => value / pixelVariance(stimulus));
  return fitLnp(stimulus, spikes, { penalty: { ridge, chooseBy: "evidence" }, standardErrors: false });
}

/** Correlation with the unit's own output, without spikes' noise: its mean over stretches of the test, and that mean's error. */
function scoreOf(
  expected: Float64Array,
  { drive }: Response,
): { readonly correlation: number; readonly error: number } {
  const length = Math.floor(drive.length / stretches);
  const scores = Float64Array.from({ length: stretches }, (_, k) =>
    correlation(expected.subarray(k * length, (k + 1) * length), drive.subarray(k * length, (k + 1) * length)),
  );
  return { correlation: mean(scores), error: standardError(scores) };
}

/** Crops of photographs as successive frames. */
function cropsOf(fields: readonly Field[], frames: number, seed: number): Stimulus {
  const settings = { cropSize: side, leastContrast: defaultLearning.leastContrast };
  const crops = drawCrops(fields, frames, settings, randomStream(seed, "patches"), 1);
  return stimulusFrom(tensor(crops.data, [frames, side, side]), { frameSeconds });
}
