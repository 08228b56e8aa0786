import { pixelsOf, sameGrid } from "../math/grid.js";
import { norm } from "../math/vectors.js";
import { eigenvalueFigure } from "../plot/eigenvalues.js";
import { fieldPanelsFigure } from "../plot/field-panels.js";
import type { Figure } from "../plot/figure.js";
import { singularValuesFigure } from "../plot/singular-values.js";
import { spaceTimeFigure } from "../plot/space-time.js";
import { temporalProfileFigure } from "../plot/temporal-profile.js";
import { temporalProfilesFigure } from "../plot/temporal-profiles.js";
import type { Quantity } from "../plot/text.js";
import { theoryFigure } from "../plot/theory.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import type { Curve } from "./revcor-curve.js";
import { type DescribedField, strongestPixel } from "./revcor-field.js";
import { type FoundFilter, isSomething } from "./revcor-method.js";
import { methods } from "./revcor-methods.js";
import type { RecordedCellResult } from "./revcor-result.js";

/** The pictures of a recording's field, its curve, and its other filters. */
export function recordingFigures(result: RecordedCellResult): Figure[] {
  const { field, found, curve, settings } = result;
  const figures: Figure[] = [];
  if (field !== null) figures.push(...fieldFigures(result, field));
  if (found.filters.length > 1) figures.push(filtersFigure(result));
  if (found.spectrum !== undefined)
    figures.push(
      eigenvalueFigure(found.spectrum, {
        name: "recorded-cell-eigenvalues",
        title: "The recorded cell's eigenvalues, and the null's band",
        caption:
          "Eigenvalues of C_spike − C_all beside the band of time-shifted spikes; what leaves it is projected out, and the rest is tested again.",
      }),
    );
  if (curve !== null) figures.push(curveFigure(curve, methods[settings.method].linear));
  return figures;
}

/** What the colours and axes of the filter that is described show: not every filter has the method's own unit. */
function shownValue({ settings: { method }, found }: RecordedCellResult): Quantity {
  if (method === "sta") return { label: "stimulus less its mean", unit: "stimulus units" };
  const { unit = methods[method].unit } = found.filters.find(isSomething)!;
  return { label: "weight", unit };
}

function fieldFigures(result: RecordedCellResult, field: DescribedField): Figure[] {
  const fits = fitsFigure(field, shownValue(result));
  return [
    // of one pixel the time course is all there is
    ...(pixelsOf(field.grid) > 1 ? [strip(result, field)] : []),
    profileFigure(result, field),
    ...(field.separability.singularValues.length > 1 ? [separabilityFigure(field)] : []),
    ...(fits === undefined ? [] : [fits]),
  ];
}

function strip(result: RecordedCellResult, { kernel, grid }: DescribedField): Figure {
  const { settings, frameSeconds } = result;
  const { words } = methods[settings.method];
  return spaceTimeFigure(
    { kernel, grid },
    {
      name: "recorded-cell-space-time",
      title: "The recorded cell's field in space and time",
      caption: `${words[0].toUpperCase()}${words.slice(1)}, from the spike's own frame back into the past, all in one colour scale. With an m-sequence as stimulus, isolated spots far from the field are echoes: products of its frames are the sequence again, elsewhere.`,
      frameSeconds,
      value: shownValue(result),
    },
  );
}

function separabilityFigure({ separability: { singularValues }, noiseEdge }: DescribedField): Figure {
  return singularValuesFigure(singularValues, {
    name: "recorded-cell-separability",
    title: "How far the recorded cell's field is one image times one time course",
    caption: `Singular values of the field as a matrix of lags by pixels${noiseEdge === null ? "." : "; noise alone would reach the edge."}`,
    ...(noiseEdge !== null && {
      nullLimit: {
        label: "edge of noise, σ(√lags + √pixels)",
        values: new Float64Array(singularValues.length).fill(noiseEdge),
      },
    }),
  });
}

function profileFigure(result: RecordedCellResult, { strongest }: DescribedField): Figure {
  const { settings, average, frameSeconds } = result;
  const { row, column, profile, band } = strongest;
  const permuted = settings.method === "sta";
  const where = `Row ${row}, column ${column} of the patch.`;
  return temporalProfileFigure(
    { values: profile, ...(band !== null && { band: { low: band.map((x) => -x), high: band } }) },
    {
      name: "recorded-cell-time-course",
      title: "The recorded cell's strongest pixel over time",
      caption: permuted ? `${where} The band holds for all pixels and lags at once.` : where,
      frameSeconds,
      value: shownValue(result),
      ...(band !== null && {
        bandLabel: permuted
          ? `${100 * (1 - average.level)} % of ${average.nullDraws} permutations`
          : "±1.96 standard errors about 0",
      }),
    },
  );
}

function fitsFigure(
  { grid, space, gabor, differenceOfGaussians: dog }: DescribedField,
  value: Quantity,
): Figure | undefined {
  if (gabor === null || dog === null) return undefined;
  const modelOf = (fit: { readonly residual: Tensor }) =>
    tensor(
      space.data.map((x, i) => x - fit.residual.data[i]),
      space.shape,
    );
  return fieldPanelsFigure(
    [
      { label: "spatial part", grid, kernel: space },
      { label: "difference of Gaussians (DoG)", grid, kernel: modelOf(dog) },
      { label: "Gabor", grid, kernel: modelOf(gabor) },
      dog.rSquared >= gabor.rSquared
        ? { label: "residual of the DoG", grid, kernel: dog.residual }
        : { label: "residual of the Gabor", grid, kernel: gabor.residual },
    ],
    {
      name: "recorded-cell-fits",
      title: "The recorded cell's spatial part and what describes it",
      caption: "The first spatial singular vector times its singular value, and the nearest of two functions.",
      value,
    },
  );
}

const mostPanels = 8;

/** Up to so many pixels a filter is told by its time course; an image of them shows next to nothing. */
const mostInTime = 4;

function filtersFigure({ found, frameSeconds }: RecordedCellResult): Figure {
  const [{ grid }] = found.filters;
  const filters = found.filters
    .filter((filter) => sameGrid(filter.grid, grid))
    .slice(0, mostPanels)
    .map((filter) => ({ ...filter, kernel: ofUnitNorm(filter.kernel) }));
  const shared = {
    name: "recorded-cell-filters",
    title: "The recorded cell's filters",
    value: { label: "weight", unit: "unit norm" },
  };
  if (pixelsOf(grid) <= mostInTime && filters[0].kernel.shape[0] > 1)
    return temporalProfilesFigure(filters.map(timeCourse), {
      ...shared,
      caption: `Each of unit norm${pixelsOf(grid) > 1 ? ", at its own strongest pixel" : ""}.`,
      frameSeconds,
    });
  return fieldPanelsFigure(filters, {
    ...shared,
    caption: "All of unit norm, in one colour scale; of several lags the one of most energy.",
  });
}

function timeCourse({ label, grid, kernel }: FoundFilter) {
  const { row, column, profile } = strongestPixel(kernel, undefined);
  return { label: pixelsOf(grid) > 1 ? `${label} (row ${row}, column ${column})` : label, values: profile };
}

function ofUnitNorm({ data, shape }: Tensor): Tensor {
  const length = norm(data);
  return tensor(
    Float64Array.from(data, (value) => (length === 0 ? 0 : value / length)),
    shape,
  );
}

function curveFigure({ heldOut, output, rate, rateError, spline }: Curve, linear: boolean): Figure {
  const own = linear
    ? "The filter was fitted to the same spikes, which makes the curve too steep."
    : "The filter is the first one, fitted to the same spikes, which makes the curve too steep; other filters are averaged over.";
  return theoryFigure([{ label: "rate in bins of equally many frames", x: output, y: rate, error: rateError }], {
    name: "recorded-cell-nonlinearity",
    title: "The recorded cell's rate by its filter's output",
    caption: heldOut
      ? "The filter of unit norm was fitted, for each block of time, to the other blocks: its noise is not in the curve."
      : own,
    x: { label: "output of the filter of unit norm", unit: "stimulus units" },
    y: { label: "rate", unit: "spikes/s" },
    theory: [{ label: "smooth spline", x: spline.output, y: spline.rate }],
  });
}
