import type { SpikeTrain } from "../cells/response.js";
import { pixelsOf } from "../math/grid.js";
import { numberText } from "../plot/text.js";
import { spikeTriggeredAverage } from "../reverse-correlation/average/spike-triggered-average.js";
import { whitenedAverage } from "../reverse-correlation/average/whitened-average.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { fitGlm } from "../reverse-correlation/likelihood/glm.js";
import { aldEstimate } from "../reverse-correlation/linear/ald-estimate.js";
import { asdEstimate } from "../reverse-correlation/linear/asd-estimate.js";
import type { LinearEstimate } from "../reverse-correlation/linear/estimate.js";
import { ridgeEstimate } from "../reverse-correlation/linear/ridge-estimate.js";
import { sparseEstimate } from "../reverse-correlation/linear/sparse-estimate.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { tensor } from "../tensor/tensor.js";
import { type Fitted, type Found, type Method, type MethodSettings, spikesOf } from "./revcor-method.js";
import { meanFrame } from "./revcor-stimulus.js";

/** Above this many numbers the average is whitened by its spectrum. */
const mostWhitened = 2000;
/** Above this many numbers the search for few pixels takes minutes: few cosines are sought in their place. */
const mostPixels = 1024;

/** The methods that give one filter with a sign. */
export const linearMethods = {
  sta: linearMethod("spike-triggered average", "stimulus units", (stimulus, spikes, { lags }) => ({
    found: ofEstimate(lessMean(spikeTriggeredAverage(stimulus, spikes, { lags }), stimulus), []),
  })),
  whitened: linearMethod("whitened spike-triggered average", "1/stimulus units", (stimulus, spikes, { lags }) => {
    const estimate = whitenedAverage(stimulus, spikes, {
      lags,
      by: lags * pixelsOf(stimulus.grid) > mostWhitened ? "fourier" : "covariance",
    });
    return { found: ofEstimate(estimate, [["ridge, of the mean variance", numberText(estimate.ridge), estimate.by]]) };
  }),
  ridge: regularised("ridge regression", (stimulus, spikes, { lags }) => ridgeEstimate(stimulus, spikes, { lags })),
  asd: regularised("automatic smoothness determination", (stimulus, spikes, settings) =>
    asdEstimate(stimulus, spikes, cosines(settings)),
  ),
  ald: regularised("automatic locality determination", (stimulus, spikes, settings) =>
    aldEstimate(stimulus, spikes, cosines(settings)),
  ),
  sparse: regularised("sparse regression", (stimulus, spikes, { lags }) =>
    sparseEstimate(stimulus, spikes, {
      lags,
      basis: lags * pixelsOf(stimulus.grid) > mostPixels ? "cosines" : "pixels",
    }),
  ),
  glm: { ...linearMethod("Poisson GLM with spike history", "η per stimulus unit", glm), predicts: true },
} as const satisfies Readonly<Record<string, Method>>;

function linearMethod(words: string, unit: string, fit: Method["fit"]): Method {
  return { words, unit, linear: true, predicts: false, fit };
}

function regularised(
  words: string,
  estimate: (stimulus: Stimulus, spikes: SpikeTrain, settings: MethodSettings) => LinearEstimate,
): Method {
  return linearMethod(words, "spikes/bin per stimulus unit", (stimulus, spikes, settings) => {
    const { hyperparameters, chosenBy, effectiveParameters, ...found } = estimate(stimulus, spikes, settings);
    return {
      found: ofEstimate(found, [
        ...hyperparameters.map(
          ({ name, value, unit }) =>
            [`${name}${unit === "" ? "" : ` (${unit})`}`, numberText(value), chosenBy] as const,
        ),
        ["numbers that the data decide", numberText(effectiveParameters), `of ${found.kernel.data.length}`],
      ]),
    };
  });
}

function cosines({ lags, modes }: MethodSettings) {
  return modes === undefined ? { lags } : { lags, modes };
}

/** An estimate of one filter. */
function ofEstimate(estimate: Estimate, facts: Found["facts"]): Found {
  const { method, grid, kernel, standardErrors, converged = true } = estimate;
  return {
    filters: [{ label: "field", method, grid, kernel, ...(standardErrors && { standardErrors }) }],
    ...spikesOf(estimate),
    converged,
    facts,
  };
}

function lessMean(estimate: Estimate, stimulus: Stimulus): Estimate {
  const mean = meanFrame(stimulus);
  const { data, shape } = estimate.kernel;
  const kernel = tensor(
    Float64Array.from(data, (value, i) => value - mean[i % mean.length]),
    shape,
  );
  return { ...estimate, kernel };
}

/** Above this many numbers the GLM's filter is a sum of two images times two time courses. */
const mostFreeWeights = 400;

function glm(stimulus: Stimulus, spikes: SpikeTrain, { lags }: MethodSettings): Fitted {
  const numbers = lags * pixelsOf(stimulus.grid);
  // A drive of variance 1 has weights of variance 1 / numbers, counted by the stimulus's spread.
  const natural = numbers;
  const free = numbers <= mostFreeWeights;
  const estimate = fitGlm(stimulus, spikes, {
    lags,
    ...(lags > 1 && { history: { bins: Math.min(10, lags - 1) } }),
    ...(free
      ? {
          penalty: {
            ridge: [0.001, 0.01, 0.1, 1, 10, 100].map((factor) => factor * natural),
            chooseBy: "evidence" as const,
          },
        }
      : { rank: Math.min(2, lags), penalty: { ridge: natural, smooth: natural }, standardErrors: false }),
  });
  return {
    found: ofEstimate(estimate, [
      ["filter", free ? "any" : `a sum of ${Math.min(2, lags)} images times time courses`, `${numbers} numbers`],
      ["ridge of the log rate's weights", numberText(estimate.penalty.ridge), estimate.penalty.chosenBy],
      ["bits a spike on the bins fitted", numberText(estimate.bitsPerSpike), ""],
    ]),
    model: estimate,
  };
}
