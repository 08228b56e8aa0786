import { checkOptions, checkPositive } from "../tensor/arguments.js";
import { assembleFigure, axesMargin, colorBarRoom, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import {
  coordinatesOf,
  divergingAxis,
  type Field,
  lengthUnit,
  type Plane,
  planeAt,
  rowsOf,
  symmetricLimit,
  weight,
} from "./field.js";
import type { Figure } from "./figure.js";
import { axisId } from "./panels.js";
import { type Quantity, quantityText } from "./text.js";

/** How one receptive field is drawn. */
export interface ReceptiveFieldOptions extends FigureText {
  /** what the colours show; default `weight`, without a unit */
  readonly value?: Quantity;
  /** which lag of a space-time field; default the lag of most energy */
  readonly lag?: number;
  /** the end of the colour scale, in the value's unit; default the largest magnitude */
  readonly limit?: number;
}

/**
 * A receptive field as a heatmap: square pixels, axes in degrees (pixels where the grid names no step), row 0 at the
 * top, and a diverging colour scale that is symmetric about 0.
 *
 * @param field `{ kernel, grid? }`, kernel [height, width] or [lags, height, width]; an Estimate is one
 * @throws InputError if the kernel's shape does not fit, or it holds NaN or infinities
 */
export function receptiveFieldFigure(field: Field, options: ReceptiveFieldOptions): Figure {
  const where = "receptiveFieldFigure";
  checkOptions(where, options, [...figureTextOptions, "value", "lag", "limit"]);
  if (options.limit !== undefined) checkPositive(where, "limit", options.limit);
  const plane = planeAt(where, field, options.lag);
  const { width, height } = squarePlot(plane, 340);
  const limit = options.limit ?? symmetricLimit([plane.values]);
  const unit = lengthUnit(plane.grid);
  return assembleFigure(
    textOf(options),
    [fieldTrace(plane, 0)],
    {
      xaxis: { title: { text: quantityText({ label: "x", unit }) }, constrain: "domain", showgrid: false },
      yaxis: { title: { text: quantityText({ label: "y", unit }) }, ...squareTo("x"), showgrid: false },
      coloraxis: divergingAxis(limit, options.value ?? weight, height),
    },
    { width, height, margin: { ...axesMargin, right: colorBarRoom } },
  );
}

/** A plane as a heatmap on the panel's axes and the shared colour axis. */
export function fieldTrace(plane: Plane, panel: number) {
  return {
    type: "heatmap",
    z: rowsOf(plane),
    ...coordinatesOf(plane.grid),
    xaxis: axisId("x", panel),
    yaxis: axisId("y", panel),
    coloraxis: "coloraxis",
    hovertemplate: "x %{x:.4g}, y %{y:.4g}: %{z:.4g}<extra></extra>",
  };
}

/** The settings that make a y axis share the x axis's scale, so that pixels are square. */
export function squareTo(anchor: string) {
  return { scaleanchor: anchor, scaleratio: 1, constrain: "domain" } as const;
}

/** A plot of square pixels whose longer side takes `side` pixels on the screen. */
export function squarePlot(plane: Plane, side: number): { width: number; height: number } {
  const { height, width } = plane.grid;
  const scale = side / Math.max(height, width);
  return { width: Math.max(80, Math.round(width * scale)), height: Math.max(80, Math.round(height * scale)) };
}
