import { sameGrid } from "../math/grid.js";
import { checkInteger, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, colorBarRoom, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { divergingAxis, type Field, lengthUnit, planeAt, symmetricLimit, weight } from "./field.js";
import type { Figure } from "./figure.js";
import { axisId, axisKey, layPanels, panelLabel, panelLabelHeight } from "./panels.js";
import { fieldTrace, squarePlot, squareTo } from "./receptive-field.js";
import { type Quantity, quantityText } from "./text.js";

/** A field with what is written above it. */
export interface FieldPanel extends Field {
  readonly label: string;
}

/** How fields are set side by side. */
export interface FieldPanelsOptions extends FigureText {
  /** what the colours show; default `weight`, without a unit */
  readonly value?: Quantity;
  /** panels in a row; default all of up to 4 */
  readonly columns?: number;
}

/**
 * Fields of one grid side by side, such as truth, estimate, fit and residual, all in one colour scale that is
 * symmetric about 0, so that equal colours mean equal weights.
 *
 * @param panels each `{ label, kernel, grid? }`; of several lags the one of most energy is shown
 * @throws InputError if there is no panel, or their grids differ
 */
export function fieldPanelsFigure(panels: readonly FieldPanel[], options: FieldPanelsOptions): Figure {
  const where = "fieldPanelsFigure";
  checkOptions(where, options, [...figureTextOptions, "value", "columns"]);
  if (panels.length === 0) refuse(where, "panels is an empty list, at least one field is needed");
  const columns = options.columns ?? Math.min(4, panels.length);
  checkInteger(where, "columns", columns, 1);
  const planes = panels.map((panel) => planeAt(where, panel));
  const grid = planes[0]!.grid;
  const other = planes.findIndex((plane) => !sameGrid(plane.grid, grid));
  if (other > 0) refuse(where, `panels[${other}] has another grid than panels[0], one grid is needed`);

  const { width, height } = squarePlot(planes[0]!, columns > 2 ? 168 : 220);
  const labels = panels.map((panel) => panel.label);
  const labelHeight = panelLabelHeight(labels, width);
  const several = panels.length > columns;
  const layout = layPanels({
    count: panels.length,
    columns,
    panelWidth: width,
    panelHeight: height,
    gapX: 18,
    gapY: labelHeight + (several ? 14 : 0),
  });
  return assembleFigure(
    textOf(options),
    planes.map((plane, i) => fieldTrace(plane, i)),
    {
      ...panelAxes(layout, columns, lengthUnit(grid)),
      coloraxis: divergingAxis(symmetricLimit(planes.map((p) => p.values)), options.value ?? weight, layout.height),
      annotations: labels.map((label, i) => panelLabel(label, layout.domains[i]!, width)),
    },
    {
      width: layout.width,
      height: layout.height,
      margin: { ...axesMargin, right: colorBarRoom, top: labelHeight + 4 },
    },
  );
}

/** Square axes of every panel, tied to the first; titles at the left and at the bottom of the figure only. */
function panelAxes(layout: ReturnType<typeof layPanels>, columns: number, unit: string): Record<string, unknown> {
  const count = layout.domains.length;
  const axes: Record<string, unknown> = {};
  layout.domains.forEach((domain, i) => {
    const bottom = i + columns >= count;
    const left = i % columns === 0;
    axes[axisKey("x", i)] = {
      domain: domain.x,
      anchor: axisId("y", i),
      constrain: "domain",
      showgrid: false,
      showticklabels: bottom,
      title: { text: bottom ? quantityText({ label: "x", unit }) : "" },
      ...(i > 0 && { matches: "x" }),
    };
    axes[axisKey("y", i)] = {
      domain: domain.y,
      anchor: axisId("x", i),
      showgrid: false,
      showticklabels: left,
      title: { text: left ? quantityText({ label: "y", unit }) : "" },
      ...(i > 0 ? { matches: "y", constrain: "domain" } : squareTo("x")),
    };
  });
  return axes;
}
