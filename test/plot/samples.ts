import { renderGabor } from "../../src/math/gabor.js";
import { distributionFigure } from "../../src/plot/distribution.js";
import { eigenvalueFigure } from "../../src/plot/eigenvalues.js";
import { fieldPanelsFigure } from "../../src/plot/field-panels.js";
import type { Figure } from "../../src/plot/figure.js";
import { gaborSpaceFigure } from "../../src/plot/gabor-space.js";
import { lossFigure } from "../../src/plot/loss.js";
import { kernelMosaicFigure, kernelMosaicsFigure } from "../../src/plot/mosaic.js";
import { parameterErrorsFigure } from "../../src/plot/parameter-errors.js";
import { receptiveFieldFigure } from "../../src/plot/receptive-field.js";
import { singularValuesFigure } from "../../src/plot/singular-values.js";
import { spaceTimeFigure } from "../../src/plot/space-time.js";
import { temporalProfileFigure } from "../../src/plot/temporal-profile.js";
import { temporalProfilesFigure } from "../../src/plot/temporal-profiles.js";
import { theoryFigure } from "../../src/plot/theory.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

/** A name, a title and a caption. */
export const text = { name: "sample", title: "A sample", caption: "What is shown." };

export const gabor = { amplitude: 1, betaX: 0.05, betaY: 0.03, frequency: 0.9, phase: 0.4, x0: 0, y0: 1, tau: 0.6 };

/** A Gabor field of 12 x 16 pixels. */
export const field: Tensor = renderGabor(gabor, { height: 12, width: 16 });

/** `count` kernels of 5 x 5: kernel k holds k + 1 at its top left, -1 at its bottom right, else 0. */
export function kernels(count: number): Tensor {
  const data = new Float32Array(count * 25);
  for (let k = 0; k < count; k++) {
    data[k * 25] = k + 1;
    data[k * 25 + 24] = -1;
  }
  return tensor(data, [count, 1, 5, 5]);
}

export const spectrum = {
  eigenvalues: [-0.6, -0.1, 0, 0.05, 0.1, 0.7, 0.9],
  nullBand: { low: [-0.3, -0.3, -0.25, -0.2], high: [0.3, 0.3, 0.25, 0.2] },
  significant: [
    { index: 6, sign: 1 },
    { index: 5, sign: 1 },
    { index: 0, sign: -1 },
  ],
} as const;

export const reference = {
  label: "macaque",
  edges: [0.1, 0.3, 0.9],
  counts: [
    [1, 2],
    [3, 4],
  ],
};

export const row = { label: "frequency (cycles/pixel)", truth: 0.1, estimate: 0.12, standardError: 0.01 };

const strip = tensor(Float32Array.from([...field.data, ...field.data.map((v) => -2 * v)]), [2, 12, 16]);
const shapes = { label: "learned", nx: [0.2, 0.4], ny: [0.3, 0.8] };
const unit = { label: "frequency", unit: "cycles/degree" };

/** One figure of each kind. */
export const samples: readonly Figure[] = [
  receptiveFieldFigure({ kernel: field }, text),
  receptiveFieldFigure({ kernel: field, grid: { height: 12, width: 16, step: 0.1 } }, text),
  fieldPanelsFigure(
    ["truth", "average", "fit", "residual", "more"].map((label) => ({ label, kernel: field })),
    { ...text, columns: 3 },
  ),
  spaceTimeFigure({ kernel: strip }, { ...text, frameSeconds: 0.02 }),
  eigenvalueFigure(spectrum, text),
  kernelMosaicFigure({ kernels: kernels(7), framed: [2] }, { ...text, normalise: true, frameMeaning: "not a Gabor" }),
  kernelMosaicsFigure(
    ["learned", "fits", "initial", "scrambled"].map((label) => ({ label, kernels: kernels(6) })),
    { ...text, normalise: false },
  ),
  gaborSpaceFigure([shapes], { ...text, scale: "log", reference }),
  gaborSpaceFigure([shapes], { ...text, scale: "linear" }),
  distributionFigure([{ label: "learned", counts: [3, 1, 0] }], {
    ...text,
    quantity: unit,
    edges: [0.5, 1, 2, 4],
    scale: "log",
    reference: { label: "macaque", counts: [5, 5, 10] },
  }),
  lossFigure([{ label: "seed 1", loss: [1, 0.5, 0.3] }], {
    ...text,
    value: { label: "loss", unit: "variance" },
    scale: "log",
  }),
  theoryFigure([{ label: "20 seeds", x: [10, 100], y: [0.5, 0.9], error: [0.1, 0.05] }], {
    ...text,
    x: { label: "spikes", unit: "spikes" },
    y: { label: "correlation", unit: "" },
    theory: [{ label: "theory", x: [10, 100], y: [0.6, 0.9] }],
    xScale: "log",
  }),
  theoryFigure([{ label: "fits", x: [0.1, 0.2], y: [0.11, 0.19] }], { ...text, x: unit, y: unit, identity: true }),
  parameterErrorsFigure(
    [{ label: "simple cell", rows: [row, { ...row, label: "amplitude (contrast)", theory: 0.11 }] }],
    text,
  ),
  temporalProfileFigure(
    { values: [0, 1, -0.5], band: { low: [-0.2, -0.2, -0.2], high: [0.2, 0.2, 0.2] } },
    { ...text, frameSeconds: 0.0156, bandLabel: "95 % of 999 shifts" },
  ),
  temporalProfilesFigure(
    [
      { label: "excitatory 1", values: [0, 1, -0.5] },
      { label: "suppressive 1", values: [0.2, 0.1, 0.9] },
    ],
    { ...text, frameSeconds: 0.002 },
  ),
  singularValuesFigure([3, 1, 0.1], { ...text, nullLimit: { label: "null", values: [0.5, 0.4, 0.3] } }),
];
