import { stepOf, yOfRow } from "../math/grid.js";
import { checkOptions, checkPositive } from "../tensor/arguments.js";
import { assembleFigure, axesMargin, colorBarRoom, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { divergingAxis, type Field, lengthUnit, type Plane, planesOf, symmetricLimit, weight } from "./field.js";
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

/**
 * A space-time field as a strip: one tile a lag, from the spike's frame back into the past, in one colour scale that
 * is symmetric about 0. The horizontal axis is the lag in ms, the vertical one the y of every tile.
 *
 * @param field `{ kernel, grid? }`, kernel [lags, height, width]; an Estimate is one
 * @throws InputError if the kernel's shape does not fit, or it holds NaN or infinities
 */
export function spaceTimeFigure(field: Field, options: SpaceTimeOptions): Figure {
  const where = "spaceTimeFigure";
  checkOptions(where, options, [...figureTextOptions, "frameSeconds", "value"]);
  checkPositive(where, "frameSeconds", options.frameSeconds);
  const planes = planesOf(where, field);
  const { grid } = planes[0]!;
  const strip = tile(
    planes.map((plane) => plane.values),
    grid,
    planes.length,
  );
  const scale = Math.min(110, Math.max(34, 820 / planes.length)) / grid.width;
  const height = Math.round(grid.height * scale);
  const barPixels = Math.max(height, 110);
  const unit = lengthUnit(grid);
  const square = { ...squareTo("x"), showgrid: false };
  const margin = { ...axesMargin, right: colorBarRoom, top: axesMargin.top + (barPixels - height) / 2 };
  return assembleFigure(
    textOf(options, `Each tile is ${numberText(grid.width * stepOf(grid))} ${unit} wide.`),
    [tileTrace(strip)],
    {
      plot_bgcolor: ink.gap,
      xaxis: { ...lagTicks(planes.length, strip, options.frameSeconds), constrain: "domain", showgrid: false },
      yaxis: { ...rowTicks(planes[0]!), title: { text: quantityText({ label: "y", unit }) }, ...square },
      coloraxis: divergingAxis(symmetricLimit([field.kernel.data]), options.value ?? weight, barPixels),
    },
    { width: Math.round(strip.width * scale), height, margin },
  );
}

/** The lag at the middle of its tile, in ms; every second one, third one, … where there is no room for all. */
function lagTicks(lags: number, strip: Tiling, frameSeconds: number) {
  const every = Math.ceil(lags / 20);
  const shown = Array.from({ length: Math.ceil(lags / every) }, (_, i) => i * every);
  return {
    tickvals: shown.map((lag) => strip.centre(lag).x),
    ticktext: shown.map((lag) => tickText(Number((lag * frameSeconds * 1000).toPrecision(3)))),
    title: { text: quantityText({ label: "lag before the spike", unit: "ms" }) },
  };
}

/** Ticks at the y of three rows: the outer two and the middle. */
function rowTicks(plane: Plane) {
  const { height } = plane.grid;
  const rows = [...new Set([0, (height - 1) / 2, height - 1])];
  return {
    tickvals: rows.map((r) => height - 1 - r),
    ticktext: rows.map((r) => tickText(yOfRow(plane.grid, r))),
  };
}
