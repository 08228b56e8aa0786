import { checkGabor, type Gabor, renderGabor } from "../math/gabor.js";
import { checkStimulus } from "../stimuli/check-stimulus.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkChoice, checkOptions } from "../tensor/arguments.js";
import { type Cell, responseOf } from "./cell.js";
import { gaborRecord } from "./gabor-record.js";
import { linearDrives } from "./linear-drive.js";

/** What a simple cell makes of its linear drive s: s, max(0, s), max(0, s)². */
const simpleNonlinearities = ["linear", "rectified", "squared"] as const;
export type SimpleNonlinearity = (typeof simpleNonlinearities)[number];

/** The nonlinearities as functions of the linear drive. */
const simpleOutputs: Readonly<Record<SimpleNonlinearity, (s: number) => number>> = {
  linear: (s) => s,
  rectified: (s) => Math.max(0, s),
  squared: (s) => Math.max(0, s) ** 2,
};

/**
 * A simple cell: the linear drive of a Gabor through a static nonlinearity.
 *
 * `s(I) = Σ w(x,y)·I(x,y)`; the output is `s` (linear), `max(0, s)` (rectified) or `max(0, s)²` (squared, the default).
 *
 * @param gabor the receptive field, in the stimulus' unit of length
 * @param options nonlinearity
 * @returns a cell; `respond` gives the output in every frame, in units of contrast times amplitude (squared: their square)
 * @throws InputError if the Gabor is not one or an option is unknown; `respond`, if it is given no stimulus
 * Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.10; half-squaring: Heeger 1992.
 */
export function simpleCell(gabor: Gabor, options: { readonly nonlinearity?: SimpleNonlinearity } = {}): Cell {
  const where = "simpleCell";
  checkGabor(where, gabor);
  const nonlinearity = nonlinearityIn(where, options);
  const field = gaborRecord(gabor);
  const specification = { name: "simple-cell", gabor: field, nonlinearity };
  return drivenCell(specification, (stimulus) => {
    return linearDrives(stimulus, [renderGabor(field, stimulus.grid).data])[0];
  });
}

/** The nonlinearity that the options name. */
export function nonlinearityIn(
  where: string,
  options: { readonly nonlinearity?: SimpleNonlinearity },
): SimpleNonlinearity {
  checkOptions(where, options, ["nonlinearity"]);
  const { nonlinearity = "squared" } = options;
  checkChoice(where, "nonlinearity", nonlinearity, simpleNonlinearities);
  return nonlinearity;
}

/** A cell whose linear drive goes through the nonlinearity that its specification names. */
export function drivenCell(
  specification: Cell["specification"] & { readonly nonlinearity: SimpleNonlinearity },
  driveOf: (stimulus: Stimulus) => Float64Array,
): Cell {
  const output = simpleOutputs[specification.nonlinearity];
  return {
    kind: "cell",
    specification,
    respond: (stimulus) => {
      checkStimulus("respond", stimulus);
      return responseOf(driveOf(stimulus).map(output), specification, stimulus);
    },
  };
}
