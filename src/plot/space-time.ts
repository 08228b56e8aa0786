import { stepOf, yOfRow } from "../math/grid.js";
import { checkOptions, checkPositive } from "../tensor/arguments.js";
import { assembleFigure, axesMargin, colorBarRoom, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import {
  compact,
  coordinatesOf,
  divergingAxis,
  type Field,
  lengthUnit,
  type Plane,
  planesOf,
  symmetricLimit,
  weight,
} from "./field.js";
import type { Figure } from "./figure.js";
import { squareTo } from "./receptive-field.js";
import { numberText, type Quantity, quantityText, tickText } from "./text.js";
import { ink } from "./theme.js";
import { type Tiling, tile, tileTrace } from "./tiles.js";

/** How a space-time field is drawn. */
export interface SpaceTimeOptions extends FigureText {
  /** seconds a frame: lag k is the frame shown k frames before the spike's */
  readonly frameSeconds: number;
  /** what the colours show; default `weight`, without a unit */
  readonly value?: Quantity;
}

/** Tiles in a row at most: more lags go into rows below each other. */
const mostTiles = 48;

/**
 * A space-time field as a strip: one tile a lag, from the spike's frame back into the past, in one colour scale that
 * is symmetric about 0. The horizontal axis is the lag in ms, the vertical one the y of every tile. More than 48 lags
 * are rows of tiles; frames of height 1, such as bars, are a map of their x over the lag.
 *
 * @param field `{ kernel, grid? }`, kernel [lags, height, width]; an Estimate is one
 * @throws InputError if the kernel's shape does not fit, or it holds NaN or infinities
 */
export function spaceTimeFigure(field: Field, options: SpaceTimeOptions): Figure {
  const where = "spaceTimeFigure";
  checkOptions(where, options, [...figureTextOptions, "frameSeconds", "value"]);
  checkPositive(where, "frameSeconds", options.frameSeconds);
  const planes = planesOf(where, field);
  return planes[0]!.grid.height === 1 ? barsOverTime(planes, options) : tilesOverTime(planes, options);
}

function tilesOverTime(planes: readonly Plane[], options: SpaceTimeOptions): Figure {
  const { grid } = planes[0]!;
  const columns = Math.ceil(planes.length / Math.ceil(planes.length / mostTiles));
  const values = planes.map((plane) => plane.values);
  const strip = tile(values, grid, columns);
  const scale = Math.min(110, Math.max(34, 820 / columns)) / grid.width;
  const height = Math.round(strip.height * scale);
  const barPixels = Math.max(height, 110);
  const unit = lengthUnit(grid);
  const margin = { ...axesMargin, right: colorBarRoom, top: axesMargin.top + (barPixels - height) / 2 };
  const yaxis = strip.rows === 1 ? rowTicks(planes[0]!) : lagsOfRows(strip, options.frameSeconds);
  return assembleFigure(
    textOf(options, `Each tile is ${numberText(grid.width * stepOf(grid))} ${unit} wide.`),
    [tileTrace(strip)],
    {
      plot_bgcolor: ink.gap,
      xaxis: { ...lagTicks(strip, options.frameSeconds), constrain: "domain", showgrid: false },
      yaxis: { ...yaxis, ...squareTo("x"), showgrid: false },
      coloraxis: divergingAxis(symmetricLimit(values), options.value ?? weight, barPixels),
    },
    { width: Math.round(strip.width * scale), height, margin },
  );
}

function barsOverTime(planes: readonly Plane[], options: SpaceTimeOptions): Figure {
  const { grid } = planes[0]!;
  const values = planes.map((plane) => plane.values);
  const [width, height] = [480, Math.min(320, Math.max(110, 16 * grid.width))];
  return assembleFigure(
    textOf(options),
    [
      {
        type: "heatmap",
        z: Array.from({ length: grid.width }, (_, column) => values.map((plane) => compact(plane[column]!))),
        x: planes.map(({ lag }) => compact(1000 * lag * options.frameSeconds)),
        y: coordinatesOf(grid).x,
        coloraxis: "coloraxis",
        hovertemplate: "%{x:.4g} ms, x %{y:.4g}: %{z:.4g}<extra></extra>",
      },
    ],
    {
      xaxis: { title: { text: lagTitle }, showgrid: false },
      yaxis: { title: { text: quantityText({ label: "x", unit: lengthUnit(grid) }) }, showgrid: false },
      coloraxis: divergingAxis(symmetricLimit(values), options.value ?? weight, height),
    },
    { width, height, margin: { ...axesMargin, right: colorBarRoom } },
  );
}

const lagTitle = quantityText({ label: "lag before the spike", unit: "ms" });

const lagText = (lag: number, frameSeconds: number) => tickText(Number((lag * frameSeconds * 1000).toPrecision(3)));

/** The lag at the middle of its tile, in ms; every second one, third one, … where there is no room for all. */
function lagTicks(strip: Tiling, frameSeconds: number) {
  const every = Math.ceil(strip.columns / 20);
  const shown = Array.from({ length: Math.ceil(strip.columns / every) }, (_, i) => i * every);
  return {
    tickvals: shown.map((lag) => strip.centre(lag).x),
    ticktext: shown.map((lag) => lagText(lag, frameSeconds)),
    title: { text: strip.rows === 1 ? lagTitle : `${lagTitle}: the row's, and so many more` },
  };
}

/** The lag of each row's first tile. */
function lagsOfRows(strip: Tiling, frameSeconds: number) {
  const firsts = Array.from({ length: strip.rows }, (_, row) => row * strip.columns);
  return {
    tickvals: firsts.map((lag) => strip.centre(lag).y),
    ticktext: firsts.map((lag) => lagText(lag, frameSeconds)),
    title: { text: "row's lag (ms)" },
  };
}

/** Ticks at the y of three rows: the outer two and the middle. */
function rowTicks(plane: Plane) {
  const { height } = plane.grid;
  const rows = [...new Set([0, (height - 1) / 2, height - 1])];
  return {
    tickvals: rows.map((r) => height - 1 - r),
    ticktext: rows.map((r) => tickText(yOfRow(plane.grid, r))),
    title: { text: quantityText({ label: "y", unit: lengthUnit(plane.grid) }) },
  };
}
