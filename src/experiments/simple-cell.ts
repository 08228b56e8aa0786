import { poissonSpikes } from "../cells/poisson-spikes.js";
import { simpleCell } from "../cells/simple-cell.js";
import { fitGabor } from "../fit/fit-gabor.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import { renderGabor } from "../math/gabor.js";
import type { Grid } from "../math/grid.js";
import { correlation } from "../math/statistics.js";
import { fieldPanelsFigure } from "../plot/field-panels.js";
import { parameterErrorsFigure } from "../plot/parameter-errors.js";
import { numberText } from "../plot/text.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { spikeTriggeredAverage } from "../reverse-correlation/spike-triggered-average.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { type ProtocolInputs, type SimulatedCellSettings, shownStimulus } from "./cell-setup.js";
import type { Experiment, Section } from "./experiment.js";
import { type ComparedParameter, compareParameters, parameterTable } from "./gabor-parameters.js";

/** What a simulated simple cell gave, and what theory says it would. */
export interface SimpleCellResult {
  readonly settings: SimulatedCellSettings;
  readonly grid: Grid;
  readonly frames: number;
  readonly frameSeconds: number;
  readonly spikes: number;
  /** spikes/s over the whole run */
  readonly meanRate: number;
  readonly truth: Tensor;
  readonly estimate: Estimate;
  readonly fit: GaborFit;
  readonly parameters: readonly ComparedParameter[];
  /** between the average and the true filter */
  readonly correlation: number;
  readonly theory: {
    /** m = E[zλ]/E[λ]: the expected norm of the average */
    readonly gain: number;
    readonly effectiveSpikes: number;
    readonly correlation: number;
  };
}
