import { tensor } from "../../tensor/tensor.js";
import type { StandardStimulus } from "../standard-stimulus.js";
import { type Basis, sizeOfBasis } from "./basis.js";
import type { Columns } from "./glm-design.js";
import { combine, combineSpaceTime, errorOfSum, errorsOf, type FilterErrors, spaceTimeErrors } from "./glm-errors.js";
import type { GlmSettings } from "./glm-options.js";
import type { SpikeFilter } from "./history.js";
import { binTerms } from "./poisson-link.js";
import { type PoissonProblem, type PoissonSolution, penalisedCurvature } from "./poisson-newton.js";
import { factorCurvature } from "./poisson-steps.js";

/** Parameters up to which standard errors are computed: the curvature of more would not fit well into memory. */
export const mostWithErrors = 4096;

/** The errors from the inverse curvature at the solution; undefined where the data do not determine every parameter. */
export function errorsAt(
  problem: PoissonProblem,
  { eta }: PoissonSolution,
  { time, space }: GlmSettings,
  columns: Columns,
  standard: StandardStimulus,
): FilterErrors | undefined {
  const p = columns.all;
  const { weights } = binTerms(problem.link, problem.counts, eta, problem.mask);
  const values = factorCurvature(penalisedCurvature(problem, weights), p)?.inverse();
  if (values === undefined) return undefined;
  const covariance = { values, p };
  return {
    kernel: spaceTimeErrors(time, space, covariance, 1).map((error) => error / standard.spread),
    offset: errorOfSum(covariance, greyRow(time, space, standard, p)),
    covariance,
    past: 1 + columns.stimulus,
  };
}

/** The row of a design [1, filter, past] that a stimulus of 0 and no spike give: its frames are `-mean/σ`. */
function greyRow(time: Basis, space: Basis, { mean, spread }: StandardStimulus, p: number): Float64Array {
  const row = new Float64Array(p);
  row[0] = 1;
  const [lags, m] = [sizeOfBasis(time), sizeOfBasis(space).functions];
  for (let a = 0; a < lags.functions; a++) {
    let weight = 0;
    for (let k = 0; k < lags.samples; k++) weight += time.matrix.data[k * lags.functions + a];
    mean.forEach((value, pixel) => {
      for (let j = 0; j < m; j++) row[1 + a * m + j] -= (weight * value * space.matrix.data[pixel * m + j]) / spread;
    });
  }
  return row;
}

/** The filters, in contrasts as they were shown, that a solution's parameters stand for, with standard errors where there is a covariance. */
export function filtersOf(
  theta: Float64Array,
  columns: Columns,
  settings: GlmSettings,
  grid: { readonly height: number; readonly width: number },
  errors: FilterErrors | undefined,
  { mean, spread }: StandardStimulus,
) {
  const { time, space, lags, history, coupling, trains } = settings;
  const shape = [lags, grid.height, grid.width];
  const kernel = combineSpaceTime(time, space, theta.subarray(1, 1 + columns.stimulus)).map((value) => value / spread);
  const past = 1 + columns.stimulus;
  const spikeFilter = (basis: Basis, at: number): SpikeFilter => {
    const coefficients = theta.slice(at, at + basis.matrix.shape[1]);
    const bins = [basis.matrix.shape[0]];
    return {
      filter: tensor(combine(basis, coefficients), bins),
      ...(errors && {
        standardErrors: tensor(errorsOf(basis, errors.covariance, at - past + errors.past), bins),
      }),
      basis,
      coefficients,
    };
  };
  return {
    kernel: tensor(kernel, shape),
    ...(errors && { standardErrors: tensor(errors.kernel, shape) }),
    offset: kernel.reduce((sum, value, i) => sum - value * mean[i % mean.length], theta[0]),
    ...(errors && { offsetError: errors.offset }),
    ...(history && { history: spikeFilter(history, past) }),
    coupling: trains.map((_, i) => spikeFilter(coupling!, past + columns.history + i * columns.coupling)),
  };
}
