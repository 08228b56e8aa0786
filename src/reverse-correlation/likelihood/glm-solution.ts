import { tensor } from "../../tensor/tensor.js";
import type { Basis } from "./basis.js";
import type { Columns } from "./glm-design.js";
import { combine, combineSpaceTime, errorsOf, type FilterErrors, spaceTimeErrors } from "./glm-errors.js";
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
): FilterErrors | undefined {
  const p = columns.all;
  const { weights } = binTerms(problem.link, problem.counts, eta, problem.mask);
  const values = factorCurvature(penalisedCurvature(problem, weights), p)?.inverse();
  if (values === undefined) return undefined;
  const covariance = { values, p };
  return { kernel: spaceTimeErrors(time, space, covariance, 1), covariance, past: 1 + columns.stimulus };
}

/** The filters that a solution's parameters stand for, with their standard errors where there is a covariance. */
export function filtersOf(
  theta: Float64Array,
  columns: Columns,
  settings: GlmSettings,
  grid: { readonly height: number; readonly width: number },
  errors: FilterErrors | undefined,
) {
  const { time, space, lags, history, coupling, trains } = settings;
  const shape = [lags, grid.height, grid.width];
  const filter = theta.subarray(1, 1 + columns.stimulus);
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
    kernel: tensor(combineSpaceTime(time, space, filter), shape),
    ...(errors && { standardErrors: tensor(errors.kernel, shape) }),
    offset: theta[0],
    ...(errors && { offsetError: Math.sqrt(errors.covariance.values[0]) }),
    ...(history && { history: spikeFilter(history, past) }),
    coupling: trains.map((_, i) => spikeFilter(coupling!, past + columns.history + i * columns.coupling)),
  };
}
