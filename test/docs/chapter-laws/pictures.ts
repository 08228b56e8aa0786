import { assembleFigure, type FigureText } from "../../../src/plot/assemble.js";
import { compact, symmetricLimit } from "../../../src/plot/field.js";
import type { Figure } from "../../../src/plot/figure.js";
import { axisId, axisKey, panelLabel, panelLabelHeight } from "../../../src/plot/panels.js";
import { divergingScale, groupColors, ink } from "../../../src/plot/theme.js";
import type { Tensor } from "../../../src/tensor/tensor.js";

/** One picture: the last two axes of a tensor, over its own largest magnitude. */
export interface Picture {
  readonly label: string;
  readonly values: Tensor;
  /** true: the values are numbers of groups, -1 for none, and each has a colour */
  readonly groups?: boolean;
  /** pixels a cell; default as many as fill the column */
  readonly cell?: number;
}

/** Pictures in rows of so many columns of one width, each of its own form and size, hung from the top of its row. */
export function picturesFigure(
  pictures: readonly Picture[],
  options: FigureText & { readonly columns: number; readonly column: number },
): Figure {
  const { name, title, caption, columns, column } = options;
  const sizes = pictures.map(({ values, cell }) => {
    const [height, width] = values.shape.slice(-2) as [number, number];
    const scale = cell ?? column / width;
    return { width: width * scale, height: height * scale };
  });
  const labels = pictures.map(({ label }) => label);
  const labelHeight = panelLabelHeight(labels, column);
  const plot = { width: columns * column + (columns - 1) * 24, height: 0 };
  const corners = sizes.map((_, i) => {
    if (i % columns === 0 && i > 0) {
      const above = sizes.slice(i - columns, i).map(({ height }) => height);
      plot.height += Math.max(...above) + labelHeight + 14;
    }
    return { left: (i % columns) * (column + 24), top: plot.height };
  });
  const lastRow = sizes.slice(Math.floor((sizes.length - 1) / columns) * columns);
  plot.height += Math.max(...lastRow.map(({ height }) => height));
  const domains = corners.map(({ left, top }, i) => ({
    x: [left / plot.width, (left + sizes[i]!.width) / plot.width] as const,
    y: [1 - (top + sizes[i]!.height) / plot.height, 1 - top / plot.height] as const,
  }));
  return assembleFigure(
    { name, title, caption },
    pictures.map((picture, i) => ({ ...heatmap(picture), xaxis: axisId("x", i), yaxis: axisId("y", i) })),
    {
      ...Object.assign({}, ...pictures.map((picture, i) => bareAxes(picture, domains[i]!, i))),
      annotations: labels.map((label, i) => panelLabel(label, domains[i]!, column)),
    },
    { ...plot, margin: { left: 20, right: 20, top: labelHeight + 4, bottom: 20 } },
  );
}

/** A frame without ticks; row 0 at the top. */
function bareAxes(
  { values }: Picture,
  domain: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
  i: number,
): Record<string, unknown> {
  const [height, width] = values.shape.slice(-2) as [number, number];
  const bare = { showticklabels: false, ticks: "", showgrid: false, mirror: true };
  return {
    [axisKey("x", i)]: { ...bare, domain: domain.x, anchor: axisId("y", i), range: [-0.5, width - 0.5] },
    [axisKey("y", i)]: { ...bare, domain: domain.y, anchor: axisId("x", i), range: [height - 0.5, -0.5] },
  };
}

function heatmap({ values, groups }: Picture) {
  const [height, width] = values.shape.slice(-2) as [number, number];
  const rows = Array.from({ length: height }, (_, r) =>
    Array.from(values.data.subarray(r * width, (r + 1) * width), compact),
  );
  const limit = symmetricLimit([values.data]);
  const scale = groups
    ? { colorscale: groupScale, zmin: -1.5, zmax: groupHues.length - 1.5 }
    : { colorscale: divergingScale, zmin: -limit, zmax: limit };
  return { type: "heatmap", z: rows, showscale: false, ...scale };
}

/** White for no group, then the groups' colours, each over a whole step. */
const groupHues = [ink.paper, ...groupColors, "#999999", "#f0e442", "#332288"];
const groupScale = groupHues.flatMap((color, i) => [
  [i / groupHues.length, color],
  [(i + 1) / groupHues.length, color],
]);
