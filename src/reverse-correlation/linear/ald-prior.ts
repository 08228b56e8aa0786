import type { Waves } from "./ald-waves.js";
import type { Hyperprior } from "./hyperprior.js";
import type { FieldShape } from "./modes.js";

/*
 * The local prior: a field is a sum of waves near one space-time frequency, seen through a Gaussian window:
 * `w = W·Σ_j √q_j·f_j·v_j`, v_j standard normal. `ln W² = -½·|R·(p - μ)|²` over places p, and over frequencies k, cycles per
 * patch, `q ∝ exp(-½·|S·(k - κ)|²) + exp(-½·|S·(k + κ)|²)` of mean v/σ², R and S upper triangular.
 */

/** [19]: `ln v/σ²`; μ (lag, row, column) and R; κ (cycles per patch) and S: rows of a triangle, the diagonal as logarithms. */
export type AldParameters = Float64Array;

export const aldParameterCount = 19;
/** where the centre, its triangle, the frequency and its triangle start */
export const places = { centre: 1, window: 4, cycles: 10, band: 13 } as const;

/** The entries of an upper triangle of three by three, in order. */
const triangle = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 1],
  [1, 2],
  [2, 2],
] as const;

/**
 * Before the data the window is about a quarter of the patch wide (as standard deviation) and the band an eighth of the
 * frequencies, give or take a factor e; centres lie anywhere in the patch, frequencies mostly below the half of the highest,
 * and obliqueness turns neither by much more than its own width.
 */
export function aldHyperprior(shape: FieldShape): Hyperprior {
  const middles = new Float64Array(aldParameterCount);
  const deviations = new Float64Array(aldParameterCount);
  deviations[0] = Number.POSITIVE_INFINITY;
  const widths = [shape.map((n) => Math.max(1, n / 4)), shape.map((n) => Math.max(1, n / 8))] as const;
  [places.window, places.band].forEach((from, which) => {
    triangle.forEach(([i, j], k) => {
      const width = widths[which as 0 | 1][j]!;
      middles[from + k] = i === j ? -Math.log(width) : 0;
      deviations[from + k] = i === j ? 1 : 1 / width;
    });
  });
  shape.forEach((n, axis) => {
    middles[places.centre + axis] = (n - 1) / 2;
    deviations[places.centre + axis] = n / 2;
    deviations[places.cycles + axis] = n / 4;
  });
  return { middles, deviations };
}

/** `|A·δ|²`, and its derivatives by δ and by the six numbers that stand for A. */
function quadratic(numbers: Float64Array, [a, b, c]: readonly [number, number, number]) {
  const A = triangle.map(([i, j], k) => (i === j ? Math.exp(numbers[k]!) : numbers[k]!));
  const e = [A[0]! * a + A[1]! * b + A[2]! * c, A[3]! * b + A[4]! * c, A[5]! * c];
  const delta = [a, b, c];
  return {
    value: e[0]! ** 2 + e[1]! ** 2 + e[2]! ** 2,
    byDelta: [
      2 * e[0]! * A[0]!,
      2 * (e[0]! * A[1]! + e[1]! * A[3]!),
      2 * (e[0]! * A[2]! + e[1]! * A[4]! + e[2]! * A[5]!),
    ],
    byNumbers: triangle.map(([i, j], k) => 2 * e[i]! * delta[j]! * (i === j ? A[k]! : 1)),
  };
}

/**
 * The window W at every place, [L·H·W].
 *
 * @param slopes where given, `Σ_d weights_d·∂W_d/∂θ` is added to it
 */
export function windowAt(
  [L, H, W]: FieldShape,
  parameters: AldParameters,
  weights?: Float64Array,
  slopes?: Float64Array,
): Float64Array {
  const { centre, window } = places;
  const numbers = parameters.subarray(window, window + 6);
  return Float64Array.from({ length: L * H * W }, (_, d) => {
    const place = [Math.floor(d / (H * W)), Math.floor(d / W) % H, d % W] as const;
    const { value, byDelta, byNumbers } = quadratic(numbers, [
      place[0] - parameters[centre]!,
      place[1] - parameters[centre + 1]!,
      place[2] - parameters[centre + 2]!,
    ]);
    const height = Math.exp(-0.25 * value);
    if (weights && slopes) {
      const by = -0.25 * height * weights[d]!;
      byDelta.forEach((slope, axis) => {
        slopes[centre + axis]! -= by * slope;
      });
      byNumbers.forEach((slope, k) => {
        slopes[window + k]! += by * slope;
      });
    }
    return height;
  });
}

/** `g = exp(-½·|S(k - κ)|²) + exp(-½·|S(k + κ)|²)` of one frequency, and its derivatives by κ and S. */
export function bandAt(parameters: AldParameters, cycles: readonly [number, number, number]) {
  const numbers = parameters.subarray(places.band, places.band + 6);
  const slopes = new Float64Array(9);
  let value = 0;
  for (const sign of [1, -1]) {
    const q = quadratic(numbers, [
      cycles[0] - sign * parameters[places.cycles]!,
      cycles[1] - sign * parameters[places.cycles + 1]!,
      cycles[2] - sign * parameters[places.cycles + 2]!,
    ]);
    const height = Math.exp(-0.5 * q.value);
    value += height;
    q.byDelta.forEach((slope, axis) => {
      slopes[axis]! += 0.5 * sign * height * slope;
    });
    q.byNumbers.forEach((slope, k) => {
      slopes[3 + k]! -= 0.5 * height * slope;
    });
  }
  return { value, slopes };
}

/** `ln q_j` of every wave, and for weights of them the sum `Σ_j weights_j·∂ln q_j/∂θ`, added to `slopes`. */
export function bandVariances(
  shape: FieldShape,
  { count, cycles }: Waves,
  parameters: AldParameters,
  weights?: Float64Array,
  slopes?: Float64Array,
): Float64Array {
  const D = shape[0] * shape[1] * shape[2];
  const bands = Array.from({ length: count }, (_, j) =>
    bandAt(parameters, [cycles[0][j]!, cycles[1][j]!, cycles[2][j]!]),
  );
  const sum = bands.reduce((total, { value }) => total + value, 0);
  const logMean = Math.log(sum / D);
  if (weights && slopes) {
    const total = weights.reduce((a, b) => a + b, 0);
    slopes[0]! += total;
    bands.forEach(({ value, slopes: own }, j) => {
      // the mean's own slope is taken off: q is scaled to mean v/σ²
      const factor = (value > 0 ? weights[j]! / value : 0) - total / sum;
      for (let k = 0; k < 9; k++) slopes[places.cycles + k]! += factor * own[k]!;
    });
  }
  return Float64Array.from(bands, ({ value }) => parameters[0]! + Math.log(value) - logMean);
}
