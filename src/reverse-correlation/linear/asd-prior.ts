import type { Hyperprior } from "./hyperprior.js";
import type { FieldShape, Modes } from "./modes.js";

/*
 * The smooth prior: a field's covariance falls with distance as exp(-Δ²/2ℓ²) along each axis, mirrored at the patch's sides.
 * In the cosines of `modes.ts` it is diagonal, with variances that fall as exp(-ω²ℓ²/2).
 */

/** `ln v/σ²`, and `ln ℓ` in time, y and x, samples: v the prior variance of one number of the kernel, σ² the noise's. */
export type AsdParameters = Float64Array;

const axes = [0, 1, 2] as const;

/** `ln q_k` of the cosines of one axis, of mean q = 1, and its derivative by ln ℓ. */
function axisVariances(n: number, scale: number): { readonly logs: Float64Array; readonly slopes: Float64Array } {
  const squares = Float64Array.from({ length: n }, (_, k) => ((Math.PI * k * scale) / n) ** 2);
  let [sum, moment] = [0, 0];
  for (const square of squares) {
    sum += Math.exp(-0.5 * square);
    moment += square * Math.exp(-0.5 * square);
  }
  return {
    logs: squares.map((square) => -0.5 * square - Math.log(sum / n)),
    slopes: squares.map((square) => moment / sum - square),
  };
}

/**
 * The prior variance of every mode in units of the noise's, and how its logarithm changes with each parameter.
 *
 * @returns ratios [n]; slopes [4][n]: ∂ln q_j/∂θ
 * @see Sahani & Linden 2003, Evidence optimization techniques for estimating stimulus-response functions
 */
export function asdRatios(modes: Modes, parameters: ArrayLike<number>) {
  const factors = axes.map((axis) => axisVariances(modes.shape[axis], Math.exp(parameters[axis + 1]!)));
  const ratios = new Float64Array(modes.count);
  const slopes = [new Float64Array(modes.count).fill(1), ...axes.map(() => new Float64Array(modes.count))];
  for (let j = 0; j < modes.count; j++) {
    let log = parameters[0]!;
    for (const axis of axes) {
      const k = modes.indices[axis][j]!;
      log += factors[axis]!.logs[k]!;
      slopes[axis + 1]![j] = factors[axis]!.slopes[k]!;
    }
    ratios[j] = Math.exp(log);
  }
  return { ratios, slopes };
}

/** The part of the prior's variance that lies in modes left out. */
export function shareOutside(modes: Modes, parameters: ArrayLike<number>): number {
  const [L, H, W] = modes.shape;
  const { ratios } = asdRatios(modes, parameters);
  const inside = ratios.reduce((sum, ratio) => sum + ratio, 0);
  return Math.max(0, 1 - inside / (L * H * W * Math.exp(parameters[0]!)));
}

/** Middle and deviation of the logarithm of a length scale in samples, and the deviation of that in y from that in x. */
const [middleScale, scaleSpread, alikeSpread] = [0, 1, 0.5];

/**
 * Length scales are about a sample, give or take a factor e: whoever chose the pixels saw to it that fields are not much finer
 * than these, nor so coarse that most are wasted; and fields are about as smooth along y as along x. The variance may be any.
 */
export function asdHyperprior([, H, W]: FieldShape): Hyperprior {
  return {
    middles: Float64Array.of(0, middleScale, middleScale, middleScale),
    deviations: Float64Array.of(Number.POSITIVE_INFINITY, scaleSpread, scaleSpread, scaleSpread),
    alike: H > 1 && W > 1 ? [{ pair: [2, 3], deviation: alikeSpread }] : [],
  };
}

/**
 * Where a search may start: from scales so short that the prior is almost the ridge's to long ones, under which the field
 * explains a tenth of the variance.
 *
 * @param explained the field's expected variance over the noise's for given ratios
 */
export function asdStarts(modes: Modes, explained: (ratios: Float64Array) => number): AsdParameters[] {
  return [0.4, 1.2, 3].flatMap((time) =>
    [0.4, 0.8, 1.6, 3].map((space) => {
      const parameters = [0, Math.log(time), Math.log(space), Math.log(space)];
      const { ratios } = asdRatios(modes, parameters);
      return Float64Array.of(Math.log(0.1 / explained(ratios)), ...parameters.slice(1));
    }),
  );
}
