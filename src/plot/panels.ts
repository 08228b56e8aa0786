import { labelText, wrapText } from "./text.js";
import { fontSize } from "./theme.js";

/** Panels of one size in rows and columns, in pixels. */
export interface PanelPlan {
  readonly count: number;
  readonly columns: number;
  readonly panelWidth: number;
  readonly panelHeight: number;
  readonly gapX: number;
  readonly gapY: number;
}

/** Where panels lie: the plot's size in pixels and each panel's part of it (0 to 1, y up). */
export interface PanelLayout {
  readonly width: number;
  readonly height: number;
  readonly domains: readonly { readonly x: readonly [number, number]; readonly y: readonly [number, number] }[];
}

/** Lays panels out from the top left, row by row. */
export function layPanels(plan: PanelPlan): PanelLayout {
  const columns = Math.min(plan.columns, plan.count);
  const rows = Math.ceil(plan.count / columns);
  const width = columns * plan.panelWidth + (columns - 1) * plan.gapX;
  const height = rows * plan.panelHeight + (rows - 1) * plan.gapY;
  const domains = Array.from({ length: plan.count }, (_, i) => {
    const left = (i % columns) * (plan.panelWidth + plan.gapX);
    const top = Math.floor(i / columns) * (plan.panelHeight + plan.gapY);
    return {
      x: [left / width, (left + plan.panelWidth) / width] as const,
      y: [1 - (top + plan.panelHeight) / height, 1 - top / height] as const,
    };
  });
  return { width, height, domains };
}

/** plotly's name of axis `index`: `x`, `x2`, `x3`, …. */
export function axisId(letter: "x" | "y", index: number): string {
  return index === 0 ? letter : `${letter}${index + 1}`;
}

/** The layout's key of axis `index`: `xaxis`, `xaxis2`, …. */
export function axisKey(letter: "x" | "y", index: number): string {
  return index === 0 ? `${letter}axis` : `${letter}axis${index + 1}`;
}

/** A panel's label above its left corner, wrapped to the panel. */
export function panelLabel(text: string, domain: PanelLayout["domains"][number], panelWidth: number) {
  const lines = wrapText(text, Math.max(8, Math.floor(panelWidth / (fontSize.text * 0.6))));
  return {
    text: lines.map(labelText).join("<br>"),
    showarrow: false,
    align: "left",
    font: { size: fontSize.text },
    xref: "paper",
    yref: "paper",
    x: domain.x[0],
    y: domain.y[1],
    xanchor: "left",
    yanchor: "bottom",
    yshift: 2,
    xshift: -2,
  };
}

/** The pixels that panel labels take above a panel. */
export function panelLabelHeight(labels: readonly string[], panelWidth: number): number {
  const most = Math.max(8, Math.floor(panelWidth / (fontSize.text * 0.6)));
  return 8 + Math.max(...labels.map((label) => wrapText(label, most).length)) * 17;
}
