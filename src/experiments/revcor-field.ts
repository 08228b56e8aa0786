import { type DifferenceOfGaussiansFit, fitDifferenceOfGaussians } from "../fit/fit-difference-of-gaussians.js";
import { fitGabor } from "../fit/fit-gabor.js";
import { fitSpaceTimeGabor, type SpaceTimeGaborFit } from "../fit/fit-space-time-gabor.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import { type Grid, pixelsOf } from "../math/grid.js";
import { norm } from "../math/vectors.js";
import { type FieldEllipse, fieldEllipse } from "../reverse-correlation/average/field-ellipse.js";
import { type Separability, spaceTimeSeparability } from "../reverse-correlation/space-time/separability.js";
import { InputError } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import type { FoundFilter } from "./revcor-method.js";

/** A field in space and time, taken apart and described. */
export interface DescribedField {
  readonly label: string;
  readonly grid: Grid;
  /** [lags, height, width] */
  readonly kernel: Tensor;
  readonly separability: Separability;
  /** the spatial part at its own scale, [height, width] */
  readonly space: Tensor;
  /** the largest singular value that noise alone is expected to reach; null where no standard error is known */
  readonly noiseEdge: number | null;
  /** of the spatial part; null where the patch has too few pixels for their parameters */
  readonly gabor: GaborFit | null;
  readonly differenceOfGaussians: DifferenceOfGaussiansFit | null;
  /** of the whole field, times in seconds; null where it has fewer than three lags or the patch too few pixels */
  readonly spaceTimeGabor: SpaceTimeGaborFit | null;
  /** of the spatial part's energy beyond its noise; null where none is left, or no standard error is known */
  readonly ellipse: FieldEllipse | null;
  /** [lags], the field at its strongest pixel, and the band about 0 that noise stays within there */
  readonly strongest: {
    readonly row: number;
    readonly column: number;
    readonly profile: Float64Array;
    readonly band: Float64Array | null;
  };
}

/** What noise does to a field. */
export interface FieldNoise {
  /** [lags, height, width], standard error of each weight */
  readonly deviation: Tensor;
  /** what noise stays within, in standard errors or as one limit for all weights */
  readonly band: { readonly errors: number } | { readonly limit: number };
}

/** The fits have up to eight parameters. */
const leastPixels = 9;
const leastSide = 3;
/** A drift is told from this many lags on. */
const leastLags = 3;

/** Whether a patch has pixels enough for a function of two dimensions. */
export function describable(grid: Grid): boolean {
  return pixelsOf(grid) >= leastPixels && Math.min(grid.height, grid.width) >= leastSide;
}

/** Takes a field apart: space by time, fits of the spatial part, the strongest pixel. */
export function describeField(
  { label, grid, kernel, method = label }: FoundFilter,
  frameSeconds: number,
  noise: FieldNoise | undefined,
): DescribedField {
  const separability = spaceTimeSeparability(kernel);
  const space = tensor(
    separability.space.data.map((value) => value * separability.singularValues[0]),
    [grid.height, grid.width],
  );
  const wide = describable(grid);
  const estimate = { kind: "estimate", method, grid, kernel, spikesUsed: 0, spikesSkipped: 0, warnings: [] } as const;
  const spatial = { ...estimate, kernel: tensor(space.data, [1, grid.height, grid.width]) };
  return {
    label,
    grid,
    kernel,
    separability,
    space,
    noiseEdge: noise === undefined ? null : noiseEdgeOf(noise.deviation),
    gabor: wide ? fitGabor(spatial) : null,
    spaceTimeGabor: wide && kernel.shape[0] >= leastLags ? fitSpaceTimeGabor(estimate, { frameSeconds }) : null,
    ellipse: wide && noise !== undefined ? ellipseOf(space, grid, spatialNoise(noise.deviation, separability)) : null,
    differenceOfGaussians: wide ? fitDifferenceOfGaussians(spatial) : null,
    strongest: strongestPixel(kernel, noise),
  };
}

/** The standard error of each pixel of the spatial part: of the field's weights in the unit vector of its time course. */
function spatialNoise({ data, shape: [lags, height, width] }: Tensor, { time }: Separability): Tensor {
  const pixels = height * width;
  const square = time.reduce((sum, weight) => sum + weight * weight, 0);
  const errors = Float64Array.from({ length: pixels }, (_, p) => {
    let variance = 0;
    for (let k = 0; k < lags; k++) variance += (time[k] * data[k * pixels + p]) ** 2 / square;
    return Math.sqrt(variance);
  });
  return tensor(errors, [height, width]);
}

function ellipseOf(space: Tensor, grid: Grid, noise: Tensor): FieldEllipse | null {
  try {
    return fieldEllipse(space, { grid, noise });
  } catch (error) {
    // No energy beyond the noise: there is nothing to enclose, and the report says so.
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** The largest singular value of [lags, pixels] of independent noise of these deviations: about `σ(√L + √P)`. */
function noiseEdgeOf({ data, shape: [lags, height, width] }: Tensor): number {
  return (norm(data) / Math.sqrt(data.length)) * (Math.sqrt(lags) + Math.sqrt(height * width));
}

/** The pixel of the largest weight in magnitude, over the lags. */
export function strongestPixel({ data, shape }: Tensor, noise: FieldNoise | undefined): DescribedField["strongest"] {
  const [lags, height, width] = shape;
  let at = 0;
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]) > Math.abs(data[at])) at = i;
  const pixel = at % (height * width);
  const along = (values: ArrayLike<number>) =>
    Float64Array.from({ length: lags }, (_, k) => values[k * height * width + pixel]);
  return {
    row: Math.floor(pixel / width),
    column: pixel % width,
    profile: along(data),
    band: noise === undefined ? null : along(bandOf(noise)),
  };
}

function bandOf({ deviation, band }: FieldNoise): ArrayLike<number> {
  if ("limit" in band) return new Float64Array(deviation.data.length).fill(band.limit);
  return Float64Array.from(deviation.data, (error) => band.errors * error);
}
