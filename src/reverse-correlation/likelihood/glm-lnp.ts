import type { SpikeTrain } from "../../cells/response.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { filterDrive } from "../filter-drive.js";
import { linearNonlinearModel } from "../nonlinearity/model.js";
import { splineNonlinearity } from "../nonlinearity/spline.js";
import { fitGlmFrom, type GlmEstimate, scoresOf } from "./glm.js";
import { type LnpFilterOptions, lnpOptionNames } from "./glm-options.js";
import { type PoissonCurve, poissonCurve } from "./poisson-curve.js";
import { logFactorials } from "./poisson-link.js";

export interface FitLnpOptions extends LnpFilterOptions {
  /** B-splines of the curve after the filter; default 12 */
  readonly splines?: number;
}

/** A linear filter, a curve, and Poisson spikes. */
export interface LnpEstimate extends Omit<GlmEstimate, "predict" | "simulate" | "history" | "coupling"> {
  /** expected spikes a bin at each drive `Σ w·I` of the filter */
  readonly nonlinearity: PoissonCurve;
  readonly predict: (stimulus: Stimulus) => ReturnType<GlmEstimate["predict"]>;
}

/**
 * Fits a linear filter, a nonlinearity and Poisson spikes: `n(t) ~ Poisson(g(Σ_k Σ_{y,x} w(k, y, x)·I(t - k, y, x)))`.
 *
 * The filter is that of largest likelihood under the link (`fitGlm` without history), whose direction is right for a stimulus
 * without a preferred direction, whatever g, as long as g moves the mean; then g is fitted along it, as the exponential of a
 * smooth spline. `logLikelihood` and `bitsPerSpike` are of the filter with g.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @param options as in `fitGlm`; splines of the nonlinearity
 * @returns the filter `[lags, height, width]` with the scale that the link gives it, and the nonlinearity
 * @throws InputError as `fitGlm` does, or if the penalty leaves no filter
 * @see Paninski 2004; Eilers & Marx 1996
 */
export function fitLnp(stimulus: Stimulus, spikes: SpikeTrain, options: FitLnpOptions = {}): LnpEstimate {
  const where = "fitLnp";
  checkOptions(where, options, [...lnpOptionNames, "splines"]);
  const { splines = 12, ...rest } = options;
  checkInteger(where, "splines", splines, 4);
  const { history: _, coupling: __, simulate: ___, ...filter } = fitGlmFrom(where, "lnp", stimulus, spikes, rest);
  const first = filter.lags - 1;
  const counts = spikes.counts.subarray(first);
  const drive = filterDrive(filter.kernel, stimulus).subarray(first);
  if (drive.every((z) => z === drive[0]))
    refuse(where, `the filter gives ${drive[0]} in every bin, its drive must vary: give a weaker penalty`);
  const { frameSeconds } = stimulus;
  const { spikesUsed, spikesSkipped } = filter;
  const spline = splineNonlinearity({ drives: [drive], counts, frameSeconds, spikesUsed, spikesSkipped }, splines - 3);
  const nonlinearity = poissonCurve(spline);
  const model = linearNonlinearModel(filter.kernel, spline);
  return {
    ...filter,
    nonlinearity,
    converged: filter.converged && nonlinearity.converged,
    warnings: nonlinearity.converged ? filter.warnings : [...filter.warnings, "the nonlinearity did not converge"],
    ...scoresOf(counts, spline.logLikelihood + logFactorials(counts), spikesUsed),
    predict: (shown) => ({ ...model.predict(shown), method: filter.method }),
  };
}
