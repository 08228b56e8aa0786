import { checkGabor, type Gabor, gaborValues } from "../math/gabor.js";
import { gridText } from "../math/grid.js";
import { checkSpaceTimeGabor, type SpaceTimeGabor, spaceTimeGaborValues } from "../math/space-time-gabor.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkFinite, checkInteger, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import type { Cell } from "./cell.js";
import { gaborRecord } from "./gabor-record.js";
import { spaceTimeDrive } from "./linear-drive.js";
import { drivenCell, nonlinearityIn, type SimpleNonlinearity } from "./simple-cell.js";

/** The filter of a cell in space and time, in one of three forms. */
export type SpaceTimeFilter =
  | {
      /** [lags, height, width], lag 0 first: any filter */
      readonly kernel: Tensor;
    }
  | {
      /** the image, in the stimulus's unit of length */
      readonly gabor: Gabor;
      /** [lags], the weight of the image at each lag: a filter that separates */
      readonly temporal: ArrayLike<number>;
    }
  | {
      /** with the image's carrier drifting, so that the cell prefers a direction; times in seconds */
      readonly gabor: SpaceTimeGabor;
      /** frames that the filter looks back over, its own among them */
      readonly lags: number;
    };

/**
 * A simple cell with a past: the linear drive of a filter in space and time through a static nonlinearity.
 *
 * `s(t) = Σ_k Σ_{y,x} w(k,y,x)·I(t-k,y,x)`, frames before the first counting as 0; the output is `s` (linear), `max(0, s)`
 * (rectified) or `max(0, s)²` (squared, the default). The filter is a kernel as it is, a Gabor times a weight for each lag
 * (separable), or a Gabor whose carrier drifts (direction-selective).
 *
 * @param filter { kernel }, { gabor, temporal } or { gabor with betaT, t0 and drift, lags }
 * @param options nonlinearity
 * @returns a cell; `respond` gives the output in every frame
 * @throws InputError if the filter is none of the three or not finite; `respond`, if the kernel does not fit the stimulus
 * @see Adelson & Bergen 1985; DeAngelis, Ohzawa & Freeman 1993, J Neurophysiol 69:1091
 */
export function spaceTimeCell(
  filter: SpaceTimeFilter,
  options: { readonly nonlinearity?: SimpleNonlinearity } = {},
): Cell {
  const where = "spaceTimeCell";
  const nonlinearity = nonlinearityIn(where, options);
  const { parameters, weightsOn } = filterOf(where, filter);
  const specification = { name: "space-time-cell", ...parameters, nonlinearity };
  return drivenCell(specification, (stimulus) => spaceTimeDrive(stimulus, weightsOn(stimulus)));
}

/** What a filter is as plain data, and its weights `[lags · height · width]` on a stimulus's grid. */
interface Filter {
  readonly parameters: object;
  readonly weightsOn: (stimulus: Stimulus) => Float32Array | Float64Array;
}

function filterOf(where: string, filter: SpaceTimeFilter): Filter {
  if (typeof filter !== "object" || filter === null)
    refuse(where, `filter is ${describe(filter)}, { kernel }, { gabor, temporal } or { gabor, lags } is needed`);
  if ("kernel" in filter) return ofKernel(where, filter.kernel);
  if ("temporal" in filter) return ofProduct(where, filter.gabor, filter.temporal);
  const { gabor, lags } = filter;
  checkSpaceTimeGabor(where, gabor);
  checkInteger(where, "filter.lags", lags, 1);
  const { betaT, t0, drift } = gabor;
  const copy = { ...gaborRecord(gabor), betaT, t0, drift };
  return {
    parameters: { gabor: copy, lags },
    weightsOn: ({ grid, frameSeconds }) => spaceTimeGaborValues(copy, { grid, lags, frameSeconds }),
  };
}

function ofKernel(where: string, kernel: Tensor): Filter {
  checkTensor(where, "filter.kernel", kernel, 3);
  checkFinite(where, "filter.kernel", kernel.data);
  if (kernel.data.length === 0) refuse(where, `filter.kernel has shape ${shapeText(kernel.shape)}, no axis may be 0`);
  const [shape, weights] = [[...kernel.shape], kernel.data.slice()];
  return {
    parameters: { kernel: { shape, data: Array.from(weights) } },
    weightsOn: ({ grid }) => {
      if (grid.height !== shape[1] || grid.width !== shape[2])
        refuse("respond", `the cell's kernel has shape ${shapeText(shape)}, the stimulus's grid is ${gridText(grid)}`);
      return weights;
    },
  };
}

function ofProduct(where: string, gabor: Gabor, temporal: ArrayLike<number>): Filter {
  checkGabor(where, gabor);
  if (!(temporal?.length > 0))
    refuse(where, `filter.temporal is ${describe(temporal)}, a weight for each lag is needed`);
  checkFinite(where, "filter.temporal", temporal);
  const [image, weights] = [gaborRecord(gabor), Array.from(temporal)];
  return {
    parameters: { gabor: image, temporal: weights },
    weightsOn: ({ grid }) => outer(weights, gaborValues(image, grid)),
  };
}

/** An image at every lag times the lag's weight, `[lags · pixels]`. */
export function outer(time: ArrayLike<number>, space: Float64Array): Float64Array {
  const pixels = space.length;
  return Float64Array.from(
    { length: time.length * pixels },
    (_, i) => time[Math.floor(i / pixels)] * space[i % pixels],
  );
}
