import type { SpikeTrain } from "../cells/response.js";
import { numberText } from "../plot/text.js";
import { fitQuadraticModel } from "../reverse-correlation/likelihood/quadratic-model.js";
import { fitSubunitModel } from "../reverse-correlation/likelihood/subunit-model.js";
import { maximallyInformativeDimensions } from "../reverse-correlation/subspaces/informative-dimensions.js";
import { informationTheoreticSpikeTriggeredSubspace } from "../reverse-correlation/subspaces/istac.js";
import { spikeTriggeredCovariance } from "../reverse-correlation/subspaces/spike-triggered-covariance.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { tensor } from "../tensor/tensor.js";
import { type Fitted, type Method, type MethodSettings, spikesOf, type Watched } from "./revcor-method.js";

/** The methods that give several filters, or filters without a sign. */
export const filterMethods = {
  stc: { words: "spike-triggered covariance", unit: "unit norm", linear: false, predicts: false, fit: stc },
  istac: {
    words: "information-theoretic subspace (iSTAC)",
    unit: "unit norm",
    linear: false,
    predicts: false,
    fit: istac,
  },
  quadratic: { words: "quadratic model", unit: "unit norm", linear: false, predicts: true, fit: quadratic },
  subunit: { words: "convolutional subunit model", unit: "unit norm", linear: false, predicts: true, fit: subunit },
  mid: {
    words: "maximally informative dimensions",
    unit: "unit norm",
    linear: false,
    predicts: true,
    fit: informative,
  },
} as const satisfies Readonly<Record<string, Method>>;

function stc(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  { lags, nullDraws, level, seed }: MethodSettings,
  { signal }: Watched,
): Fitted {
  const spectrum = spikeTriggeredCovariance(stimulus, spikes, {
    lags,
    nullDraws: Math.min(nullDraws, 99),
    level,
    seed,
    signal,
  });
  const { grid, average, significant, pValues } = spectrum;
  const filters = [
    ...(average.pValue <= level ? [{ label: "average", grid, kernel: average.kernel, unit: "stimulus units" }] : []),
    ...significant.map(({ filter, sign }, i) => ({
      label: `${sign > 0 ? "excitatory" : "suppressive"} ${i + 1}`,
      grid,
      kernel: filter,
    })),
  ];
  const last = pValues.low.length - 1;
  return {
    found: {
      filters,
      ...spikesOf(spectrum),
      converged: true,
      facts: [
        ["significant filters beside the average", `${significant.length}`, `level ${level} a round`],
        ["p of the average's norm", numberText(average.pValue, 2), `${spectrum.nullDraws} shifts`],
        [
          "p of the smallest and largest eigenvalue left",
          `${numberText(pValues.low[last], 2)}, ${numberText(pValues.high[last], 2)}`,
          `each at ${level / 2}`,
        ],
      ],
      spectrum,
    },
  };
}

function istac(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  { lags, nullDraws, level, seed, filters: dimensions }: MethodSettings,
  { signal }: Watched,
): Fitted {
  const found = informationTheoreticSpikeTriggeredSubspace(stimulus, spikes, {
    ...{ lags, level, seed, signal },
    ...(dimensions === null ? { nullDraws: Math.min(nullDraws, 99) } : { dimensions }),
  });
  return {
    found: {
      filters: found.filters.map((kernel, i) => ({ label: `direction ${i + 1}`, grid: found.grid, kernel })),
      ...spikesOf(found),
      converged: found.converged,
      facts: found.rounds.map(({ gain, nullMean, pValue }, i) => [
        `bits a spike that direction ${i + 1} adds`,
        numberText(gain),
        Number.isFinite(nullMean) ? `${numberText(nullMean)} by chance, p = ${numberText(pValue, 2)}` : "not tested",
      ]),
    },
  };
}

function quadratic(stimulus: Stimulus, spikes: SpikeTrain, { lags, filters: rank }: MethodSettings): Fitted {
  const model = fitQuadraticModel(stimulus, spikes, { lags, ...(rank === null ? {} : { rank }) });
  const { grid, kernel, squared } = model;
  return {
    found: {
      filters: [
        { label: "linear", grid, kernel, unit: "η per stimulus unit" },
        ...squared.map(({ filter, sign }, i) => ({
          label: `squared ${i + 1}, ${sign > 0 ? "excitatory" : "suppressive"}`,
          grid,
          kernel: filter,
        })),
      ],
      ...spikesOf(model),
      converged: model.converged,
      facts: [
        ...squared.map(({ weight }, i) => [`weight of squared filter ${i + 1}`, numberText(weight), ""] as const),
        ["bits a spike on the bins fitted", numberText(model.bitsPerSpike), ""],
      ],
    },
    model,
  };
}

function subunit(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  { lags, seed, filters, subunit: size }: MethodSettings,
): Fitted {
  const { height, width, step } = stimulus.grid;
  const side = (whole: number) => Math.min(whole, size ?? Math.max(3, Math.ceil(whole / 2)));
  const kernel = { height: side(height), width: side(width) };
  const model = fitSubunitModel(stimulus, spikes, { kernel, lags, seed, ...(filters === null ? {} : { filters }) });
  const grid = { ...kernel, ...(step === undefined ? {} : { step }) };
  const count = lags * kernel.height * kernel.width;
  const [, down, across] = model.weights.shape;
  return {
    found: {
      filters: Array.from({ length: model.kernels.shape[0] }, (_, c) => ({
        label: `subunit ${c + 1}`,
        grid,
        kernel: tensor(model.kernels.data.slice(c * count, (c + 1) * count), [lags, kernel.height, kernel.width]),
      })),
      ...spikesOf(model),
      converged: model.converged,
      facts: [
        ["places of the subunit", `${down}×${across}`, `${kernel.height}×${kernel.width} pixels each`],
        ["bits a spike on the bins fitted", numberText(model.bitsPerSpike), ""],
      ],
    },
    model,
  };
}

function informative(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  { lags, seed, filters: dimensions }: MethodSettings,
): Fitted {
  const model = maximallyInformativeDimensions(stimulus, spikes, {
    ...{ lags, seed },
    ...(dimensions === null ? {} : { dimensions: dimensions > 1 ? 2 : 1 }),
  });
  const { grid, filters, information, nullInformation, pValue } = model;
  const chance = nullInformation.reduce((sum, bits) => sum + bits, 0) / nullInformation.length;
  return {
    found: {
      filters: filters.map((kernel, i) => ({ label: `dimension ${i + 1}`, grid, kernel })),
      ...spikesOf(model),
      converged: model.converged,
      facts: [
        [
          "information, bits a spike",
          numberText(information),
          `${numberText(chance)} by chance, p = ${numberText(pValue, 2)}`,
        ],
      ],
    },
    model,
  };
}
