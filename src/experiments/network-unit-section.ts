import { renderGabor } from "../math/gabor.js";
import { eigenvalueFigure } from "../plot/eigenvalues.js";
import { fieldPanelsFigure } from "../plot/field-panels.js";
import type { Figure } from "../plot/figure.js";
import { kernelMosaicFigure } from "../plot/mosaic.js";
import type { Table } from "../plot/table.js";
import { numberText } from "../plot/text.js";
import { tensor } from "../tensor/tensor.js";
import type { Finding, Section } from "./experiment.js";
import type { NetworkUnitResult } from "./network-unit-result.js";

/** The part of a report on a hidden unit. */
export function networkUnitSection(result: NetworkUnitResult): Section {
  const { settings, layers, unit, spikes, estimate, gabor, view } = result;
  const [first, second] = layers.map(({ shape }) => shape);
  return {
    title: "A hidden unit of a network, mapped like a cell",
    text: [
      `Two layers learned from photographs, one upon the other: ${first[0]} kernels of ${first[2]}×${first[3]} pixels, rectified, and ${second[0]} of ${second[2]}×${second[3]} upon their maps. A unit of the second layer (kernel ${unit.channel}) saw ${settings.frames.toLocaleString("en")} frames of white noise and fired ${spikes.toLocaleString("en")} Poisson spikes. The network says which ${view.height}×${view.width} pixels it can see, and, by Stein's identity E[r·I] = E[∂r/∂I], what its average before a spike is expected to be: its mean gradient, made backwards through the layers on other noise.`,
      "Models of a filter and a curve (LN) are fitted to spikes in noise, and to spikes in photographs; each then predicts the unit's output in new noise and in parts of the photographs that neither the network nor a model has seen.",
      ...estimate.warnings,
      ...gabor.warnings.map((warning) => `Gabor fit of the average: ${warning}.`),
    ],
    findings: findingsOf(result),
    tables: [transferTable(result)],
    figures: figuresOf(result),
  };
}

function findingsOf(result: NetworkUnitResult): Finding[] {
  const { correlation, theory, gain, view, covariance, filtersInView, shareByChance, gabor, unit } = result;
  // of a direction drawn at random: a beta distribution's standard deviation
  const chanceError = Math.sqrt((2 * shareByChance * (1 - shareByChance)) / (covariance.eigenvalues.length + 2));
  return [
    {
      name: "network unit: correlation of the STA with the network's mean gradient",
      value: numberText(correlation, 4),
      expected: `${numberText(theory, 4)} (theory)`,
    },
    {
      name: "network unit: norm of the STA along the mean gradient (contrast)",
      value: numberText(gain.found, 4),
      expected: `${numberText(gain.theory, 4)} (the network's)`,
    },
    {
      name: `network unit: power of the STA outside the ${view.height}×${view.width} field of view, over noise`,
      value: numberText(view.noiseOutside, 3),
      expected: `1 ± ${numberText(view.noiseError, 2)} (theory)`,
    },
    {
      name: "network unit: significant filters of the STC, energy within the field of view",
      value: filtersInView.length === 0 ? "none" : filtersInView.map((share) => numberText(share, 3)).join(", "),
      expected: `${numberText(shareByChance, 2)} ± ${numberText(chanceError, 1)} by chance`,
    },
    { name: "network unit: R² of a Gabor, fitted to the STA", value: numberText(gabor.rSquared, 3), expected: "" },
    {
      name: "network unit: share of the output's variance in noise that is linear in the image",
      value: numberText(unit.linearShare, 3),
      expected: "",
    },
    ...result.transfer.map(({ fittedOn, predicts, correlation: r, error }) => ({
      name: `network unit: LN model from ${fittedOn} predicts ${predicts} (correlation)`,
      value: `${numberText(r, 3)} ± ${numberText(error, 1)}`,
      expected: "",
    })),
  ];
}

function transferTable({ transfer }: NetworkUnitResult): Table {
  const classes = [...new Set(transfer.map(({ fittedOn }) => fittedOn))];
  return {
    kind: "table",
    title: "How well a model from one class of stimulus predicts the other",
    columns: [{ header: "fitted on" }, ...classes.map((name) => ({ header: `predicts ${name}` }))],
    rows: classes.map((name) => [
      name,
      ...transfer
        .filter((score) => score.fittedOn === name)
        .map(({ correlation, error }) => ({ value: correlation, error })),
    ]),
    note: "Correlation with the unit's own output, which has no noise of spikes, on frames that were not fitted; ± one standard error over ten stretches of them.",
  };
}

function figuresOf({ estimate, expected, gabor, layers, covariance }: NetworkUnitResult): Figure[] {
  const { grid, kernel } = estimate;
  const plane = (data: Float32Array | Float64Array) => ({ grid, kernel: tensor(data, [grid.height, grid.width]) });
  const fields = fieldPanelsFigure(
    [
      { label: "mean gradient of the network", ...plane(expected.data) },
      { label: "spike-triggered average", ...plane(kernel.data) },
      { label: "Gabor fit", grid, kernel: renderGabor(gabor.gabor, grid) },
    ],
    {
      name: "network-unit-field",
      title: "A hidden unit's field: what the network says, what its spikes say",
      caption: "One colour scale for all.",
      value: { label: "mean contrast before a spike", unit: "" },
    },
  );
  const kernels = kernelMosaicFigure(
    { kernels: layers[0] },
    {
      name: "network-unit-first-layer",
      title: "The kernels of the first layer",
      caption: "What the hidden unit is made of; each over its own largest magnitude.",
      normalise: true,
    },
  );
  const spectrum = eigenvalueFigure(covariance, {
    name: "network-unit-eigenvalues",
    title: "The hidden unit's spike-triggered covariance",
    caption: "Eigenvalues of C_spike - C_all, the average projected out where it is significant, and the null's band.",
  });
  const filters = covariance.significant.map(({ filter }, i) => ({ label: `filter ${i + 1}`, ...plane(filter.data) }));
  if (filters.length === 0) return [fields, kernels, spectrum];
  const found = fieldPanelsFigure(filters, {
    name: "network-unit-filters",
    title: "The significant filters of the covariance",
    caption: "In the order in which they were found, of unit norm.",
  });
  return [fields, kernels, spectrum, found];
}
