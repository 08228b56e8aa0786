import type { SpikeTrain } from "../../cells/response.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkChoice, checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type DriveSource, drivesAndSpikes } from "./data.js";
import type { RateFormName } from "./forms.js";
import { histogramNonlinearity } from "./histogram.js";
import type { HistogramNonlinearity, ParametricNonlinearity, SplineNonlinearity } from "./nonlinearity.js";
import { parametricNonlinearity } from "./parametric.js";
import { splineNonlinearity } from "./spline.js";

interface CommonOptions {
  /** the first bin that counts, where the filter's output is given in place of the filter; default 0 */
  readonly first?: number;
}

export interface HistogramOptions extends CommonOptions {
  readonly kind: "histogram";
  /** bins a filter; default 20 for one, 8 for two */
  readonly bins?: number;
}

export interface SplineOptions extends CommonOptions {
  readonly kind: "spline";
  /** cubic segments over the output's range; default 16 */
  readonly segments?: number;
}

export interface ParametricOptions extends CommonOptions {
  /** `a·exp(b·z)`, `a·ln(1 + exp(b·(z - c)))`, `a·max(0, z - c)^p + d` */
  readonly kind: RateFormName;
}

export type NonlinearityOptions = HistogramOptions | SplineOptions | ParametricOptions;

/** The record that each kind of option gives. */
export type NonlinearityOf<O extends NonlinearityOptions> = O["kind"] extends "histogram"
  ? HistogramNonlinearity
  : O["kind"] extends "spline"
    ? SplineNonlinearity
    : O["kind"] extends RateFormName
      ? ParametricNonlinearity
      : HistogramNonlinearity | SplineNonlinearity | ParametricNonlinearity;

const kinds = ["histogram", "spline", "exponential", "soft-rectified", "power"] as const;
const ownOption = { histogram: ["bins"], spline: ["segments"], exponential: [], "soft-rectified": [], power: [] };

/**
 * The rate in spikes/s as a function of what a filter gives: `rate(z)`, z the filter's output.
 *
 * histogram: `Σ n / (frames·dt)` in bins of equally many frames; of two filters in bins of both, as complex cells need.
 * spline: a penalised cubic spline of ln rate. exponential, soft-rectified, power: the formula of the greatest Poisson
 * likelihood; its standard errors are rough below about a thousand spikes, and a power whose d ended at 0 excludes spikes below c,
 * so that one of them makes a held-out likelihood -Infinity. A filter that was estimated from the same spikes makes the curve too steep: estimate it on other bins.
 *
 * @param source a filter [lags, height, width] or its output [frames], or two of them (histogram)
 * @param stimulus what was shown
 * @param spikes one bin a frame
 * @returns `rateAt(z)` with standard errors (the parameters', the bins', or `standardErrorAt`), and the log-likelihood
 * @throws InputError if the bins do not fit, no spike can be used, or an output never varies
 * @see Chichilnisky 2001, Network 12:199, for the histogram; Touryan, Lau & Dan 2002, J Neurosci 22:10811, for two filters
 */
export function estimateNonlinearity<O extends NonlinearityOptions>(
  source: DriveSource | readonly [DriveSource, DriveSource],
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: O,
): NonlinearityOf<O> {
  const found = estimate(source, stimulus, spikes, options);
  const thin = found.spikesUsed < 2 ? ["one spike: the curve rests on that one output"] : [];
  return { ...found, warnings: [...thin, ...found.warnings] } as unknown as NonlinearityOf<O>;
}

function estimate(
  source: DriveSource | readonly [DriveSource, DriveSource],
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: NonlinearityOptions,
) {
  const where = "estimateNonlinearity";
  checkChoice(where, "kind", options?.kind, kinds);
  checkOptions(where, options, ["kind", "first", ...ownOption[options.kind]]);
  const data = drivesAndSpikes(where, source, stimulus, spikes, options.first);
  const two = data.drives.length === 2;
  if (two && options.kind !== "histogram") refuse(where, `kind is "${options.kind}", two filters need "histogram"`);
  if (options.kind === "histogram") {
    const { bins = two ? 8 : 20 } = options;
    checkInteger(where, "bins", bins, 2, data.counts.length);
    return histogramNonlinearity(data, bins);
  }
  if (options.kind === "spline") {
    const { segments = 16 } = options;
    checkInteger(where, "segments", segments, 1);
    return splineNonlinearity(data, segments);
  }
  return parametricNonlinearity(data, options.kind);
}
