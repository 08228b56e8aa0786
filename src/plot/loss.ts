import { checkChoice, checkFinite, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { logTicks, scales } from "./log-axis.js";
import { type Quantity, quantityText } from "./text.js";
import { groupColor } from "./theme.js";

/** One training run's loss. */
export interface LossCurve {
  readonly label: string;
  readonly loss: ArrayLike<number>;
  /** the step of each entry; default 1, 2, 3, … */
  readonly step?: ArrayLike<number>;
}

/** How losses are drawn. */
export interface LossOptions extends FigureText {
  /** what was minimised */
  readonly value: Quantity;
  /** default linear; a logarithmic axis needs losses above 0 */
  readonly scale?: "linear" | "log";
}

/**
 * Loss over the steps of training, one line a run.
 *
 * @throws InputError if there is no curve, a curve is empty, or a value cannot stand on its axis
 */
export function lossFigure(curves: readonly LossCurve[], options: LossOptions): Figure {
  const where = "lossFigure";
  checkOptions(where, options, [...figureTextOptions, "value", "scale"]);
  checkChoice(where, "scale", options.scale ?? "linear", scales);
  if (curves.length === 0) refuse(where, "curves is an empty list, at least one is needed");
  for (const curve of curves) checkCurve(where, curve, options.scale === "log");
  const plot = { width: 520, height: 280 };
  const legend = legendAbove(
    curves.map((curve) => curve.label),
    plot,
  );
  return assembleFigure(
    textOf(options),
    curves.map((curve, i) => ({
      type: "scatter",
      mode: "lines",
      name: curve.label,
      x: Array.from(curve.loss, (_, k) => curve.step?.[k] ?? k + 1),
      y: Array.from(curve.loss, compact),
      line: { color: groupColor(i), width: 1.8, dash: (["solid", "dash", "dot"] as const)[Math.floor(i / 6) % 3] },
      hovertemplate: "step %{x}: %{y:.4g}",
    })),
    {
      xaxis: { title: { text: quantityText({ label: "training", unit: "steps" }) }, rangemode: "tozero" },
      yaxis: {
        type: options.scale ?? "linear",
        title: { text: quantityText(options.value) },
        ...logTicks(options.scale),
      },
      showlegend: true,
      legend: legend.layout,
    },
    { ...plot, margin: { ...axesMargin, top: legend.height } },
  );
}

function checkCurve(where: string, curve: LossCurve, log: boolean): void {
  const { label, loss, step } = curve;
  if (loss.length === 0) refuse(where, `"${label}" is empty, at least one loss is needed`);
  checkFinite(where, `"${label}"`, loss);
  if (step && step.length !== loss.length)
    refuse(where, `"${label}" has ${step.length} steps and ${loss.length} losses, as many of both are needed`);
  const low = log ? Array.from(loss).findIndex((value) => value <= 0) : -1;
  if (low >= 0) refuse(where, `"${label}"[${low}] is ${loss[low]}, above 0 is needed on a logarithmic axis`);
}
