import { checkFinite, checkTensor, describe, isTensor } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { checkKernel, filterDrive } from "../filter-drive.js";
import { checkShown, type SpikeModel } from "../prediction.js";
import type { Nonlinearity } from "./nonlinearity.js";

/** A space-time filter [lags, height, width], as a tensor or an estimate. */
export type Filter = Tensor | Estimate;

/**
 * The model of one or two filters and a nonlinearity: `λ(t) = rateAt(z(t))·dt`, `z(t) = Σ w(k, y, x)·I(t - k, y, x)`.
 *
 * @param kernel the filter w, or the two of a nonlinearity of two
 * @param nonlinearity estimated on these filters' outputs: their scale matters
 * @returns a model that predicts the expected spikes a bin of any stimulus on the filters' grid
 * @throws InputError if the filters do not suit the nonlinearity; when predicting, if the stimulus has another grid, or frames of another
 *   length than those of the spikes that the nonlinearity was estimated from
 * @see Chichilnisky 2001, Network 12:199
 */
export function linearNonlinearModel(
  kernel: Filter | readonly [Filter, Filter],
  nonlinearity: Pick<Nonlinearity, "kind" | "dimensions" | "rateAt"> & { readonly frameSeconds?: number },
): SpikeModel {
  const where = "linearNonlinearModel";
  const kernels = kernelsOf(where, kernel);
  if (nonlinearity?.kind !== "nonlinearity")
    refuse(where, `nonlinearity is ${describe(nonlinearity)}, a nonlinearity is needed`);
  if (nonlinearity.dimensions !== kernels.length)
    refuse(where, `kernel holds ${kernels.length} filters, the nonlinearity takes ${nonlinearity.dimensions}`);
  const lags = longest(kernels);
  return {
    lags,
    predict: (stimulus) => {
      const { frames, frameSeconds } = checkShown("predict", stimulus, nonlinearity.frameSeconds);
      const [z, z2] = kernels.map((one) => {
        checkKernel("predict", one, stimulus);
        return filterDrive(one, stimulus);
      });
      const expected = new Float64Array(frames);
      const first = Math.min(lags - 1, frames);
      for (let t = first; t < frames; t++) expected[t] = nonlinearity.rateAt(z[t], z2?.[t]) * frameSeconds;
      return { kind: "prediction", expected, first, frameSeconds, method: "linear-nonlinear" };
    },
  };
}

/** The kernels of one or two filters. */
export function kernelsOf(where: string, filters: Filter | readonly Filter[]): Tensor[] {
  const list: readonly Filter[] = Array.isArray(filters) ? filters : [filters as Filter];
  if (list.length !== 1 && list.length !== 2)
    refuse(where, `kernel is a list of ${list.length}, one or two are needed`);
  return list.map((filter) => {
    const kernel = isTensor(filter) ? filter : (filter as Estimate | undefined)?.kernel;
    checkTensor(where, "kernel", kernel, 3);
    checkFinite(where, "kernel", kernel.data);
    return kernel;
  });
}

/** The most lags among kernels. */
export function longest(kernels: readonly Tensor[]): number {
  return Math.max(...kernels.map(({ shape }) => shape[0]));
}
