import { checkFinite, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact, weight } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { type Quantity, quantityText } from "./text.js";
import { groupColor, groupSymbol, ink } from "./theme.js";

/** A time course with what the legend calls it. */
export interface LabelledProfile {
  readonly label: string;
  /** [lags], lag 0 first */
  readonly values: ArrayLike<number>;
}

/** How time courses are drawn together. */
export interface TemporalProfilesOptions extends FigureText {
  /** seconds a frame */
  readonly frameSeconds: number;
  /** default `weight`, without a unit */
  readonly value?: Quantity;
}

/**
 * Several time courses on common axes: the weight of each lag before the spike, one line each.
 *
 * @param profiles each `{ label, values }`, values [lags], all of as many lags
 * @throws InputError if there is no time course, they differ in length, or hold NaN or infinities
 */
export function temporalProfilesFigure(profiles: readonly LabelledProfile[], options: TemporalProfilesOptions): Figure {
  const where = "temporalProfilesFigure";
  checkOptions(where, options, [...figureTextOptions, "frameSeconds", "value"]);
  checkPositive(where, "frameSeconds", options.frameSeconds);
  checkProfiles(where, profiles);
  const plot = { width: 480, height: 260 };
  const legend = legendAbove(
    profiles.map(({ label }) => label),
    plot,
  );
  const milliseconds = Array.from(profiles[0]!.values, (_, lag) => compact(1000 * lag * options.frameSeconds));
  return assembleFigure(
    textOf(options),
    profiles.map(({ label, values }, i) => ({
      type: "scatter",
      mode: "lines+markers",
      name: label,
      x: milliseconds,
      y: Array.from(values, compact),
      line: { color: groupColor(i), width: 1.8 },
      marker: { color: groupColor(i), symbol: groupSymbol(i), size: 6 },
      hovertemplate: "%{x:.4g} ms: %{y:.4g}<extra></extra>",
    })),
    {
      xaxis: { title: { text: quantityText({ label: "lag before the spike", unit: "ms" }) }, showgrid: false },
      yaxis: { title: { text: quantityText(options.value ?? weight) }, zeroline: true, zerolinecolor: ink.line },
      showlegend: true,
      legend: legend.layout,
    },
    { ...plot, margin: { ...axesMargin, top: legend.height } },
  );
}

function checkProfiles(where: string, profiles: readonly LabelledProfile[]): void {
  if (profiles.length === 0) refuse(where, "profiles is an empty list, at least one time course is needed");
  const lags = profiles[0]!.values.length;
  if (lags === 0) refuse(where, `"${profiles[0]!.label}" has no lags, at least one is needed`);
  for (const { label, values } of profiles) {
    if (values.length !== lags)
      refuse(where, `"${label}" has ${values.length} lags, ${lags} are needed as of the first`);
    checkFinite(where, `"${label}"`, values);
  }
}
