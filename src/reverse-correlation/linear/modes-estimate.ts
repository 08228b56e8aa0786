import { dot } from "../../math/vectors.js";
import type { LinearFindings } from "./estimate.js";
import type { HeldOut, Posterior } from "./evidence.js";
import type { RecordingSums } from "./features.js";
import { coefficientsOf, fieldOf, type Modes } from "./modes.js";
import type { LinearMoments } from "./moments.js";

/**
 * The field, its posterior standard deviations and the constant, from a posterior of coefficients in some modes.
 *
 * Where blocks of time were held out, the noise is what was left there: the residual of the fitted bins flatters a field of
 * many numbers.
 *
 * @param further rows of coefficients, [n] each, whose squares add to the variances
 */
export function modesFindings(
  modes: Modes,
  { centre }: RecordingSums,
  { means }: LinearMoments,
  posterior: Posterior,
  heldOut: HeldOut | undefined,
  further: readonly Float64Array[] = [],
): Pick<
  LinearFindings,
  "kernel" | "standardErrors" | "offset" | "noiseVariance" | "effectiveParameters" | "logEvidence" | "heldOut"
> {
  const { coefficients, root, effectiveParameters } = posterior;
  const noiseVariance = heldOut ? heldOut.errors / heldOut.bins : posterior.noiseVariance;
  const n = modes.count;
  const variances = new Float64Array(modes.shape[0] * centre.length);
  const addSquares = (row: Float64Array, scale: number) => {
    const field = fieldOf(modes, row);
    for (let d = 0; d < field.length; d++) variances[d]! += scale * field[d]! ** 2;
  };
  for (let row = 0; row < root.length; row += n) addSquares(root.subarray(row, row + n), noiseVariance);
  for (const row of further) addSquares(row, 1);
  const middle = coefficientsOf(modes, repeated(centre, modes.shape[0]));
  return {
    kernel: fieldOf(modes, coefficients),
    standardErrors: variances.map(Math.sqrt),
    offset: means.count - dot(coefficients, means.features) - dot(coefficients, middle),
    noiseVariance,
    effectiveParameters,
    ...(heldOut ? { heldOut: 1 - heldOut.errors / heldOut.power } : { logEvidence: posterior.logEvidence }),
  };
}

function repeated(frame: Float32Array, lags: number): Float64Array {
  return Float64Array.from({ length: lags * frame.length }, (_, d) => frame[d % frame.length]!);
}
