import type { MeasureComparison } from "../compare/compare-with-v1.js";
import { leastRSquared } from "../compare/kernel-classes.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import { binOf } from "../math/distributions.js";
import { renderGabor } from "../math/gabor.js";
import { distributionFigure } from "../plot/distribution.js";
import type { Figure } from "../plot/figure.js";
import { gaborSpaceFigure } from "../plot/gabor-space.js";
import { lossFigure } from "../plot/loss.js";
import { type KernelStack, kernelMosaicsFigure } from "../plot/mosaic.js";
import { tensor } from "../tensor/tensor.js";
import type { KernelSet, LearnedKernelsResult } from "./learned-kernels-result.js";

/** The learned kernels and their controls, how they were learned, and where they lie beside V1. */
export function learnedKernelsFigures(result: LearnedKernelsResult): Figure[] {
  const { learned, initial, scrambled } = result;
  return [mosaics(result), lossOf(result), shapesOf([learned, initial, scrambled]), ...distributionsOf(learned)];
}

function mosaics({ learned, initial, scrambled }: LearnedKernelsResult): Figure {
  const stack = ({ kernels, fits }: KernelSet, label: string): KernelStack => ({
    kernels,
    label,
    framed: notDescribed(fits),
  });
  return kernelMosaicsFigure(
    [
      stack(learned, "learned"),
      { kernels: fittedOf(learned), label: "their Gabor fits" },
      stack(initial, "initial"),
      stack(scrambled, "learned, phases scrambled"),
    ],
    {
      name: "learned-kernels",
      title: "The learned kernels, their Gabor fits, and two controls",
      caption: "Kernel i stands at the same place in every panel.",
      normalise: true,
      frameMeaning: "no Gabor describes the kernel (R² < .7)",
    },
  );
}

function notDescribed(fits: readonly GaborFit[]): number[] {
  return fits.flatMap(({ rSquared }, i) => (rSquared >= leastRSquared ? [] : [i]));
}

function fittedOf({ kernels, fits }: KernelSet) {
  const [count, channels, height, width] = kernels.shape;
  const planes = fits.map(({ gabor }) => Array.from(renderGabor(gabor, { height, width }).data));
  return tensor(planes.flat(), [count, channels, height, width]);
}

function lossOf({ training }: LearnedKernelsResult): Figure {
  return lossFigure([{ label: "batch of each step", loss: training.loss }], {
    name: "learned-kernels-loss",
    title: "How the network learned",
    caption:
      "The share of a batch's variance that the reconstruction leaves unexplained. It rises at first because the thresholds do, until each kernel is active at a tenth of the places.",
    value: { label: "variance unexplained", unit: "share" },
  });
}

function shapesOf(sets: readonly KernelSet[]): Figure {
  const groups = sets
    .map(({ name, comparison: { joint } }) => ({
      label: `${name} (${joint.n})`,
      nx: joint.points.map(([nx]) => nx),
      ny: joint.points.map(([, ny]) => ny),
    }))
    .filter(({ nx }) => nx.length > 0);
  const { reference } = sets[0].comparison.joint;
  return gaborSpaceFigure(groups, {
    name: "learned-kernels-shapes",
    title: "Shapes of the kernels beside macaque V1",
    caption: "Gabor-like kernels (R² ≥ .7) in the plane of Ringach (2002); greys: simple cells of macaque V1.",
    scale: "log",
    reference: { label: "macaque V1", edges: reference.edges, counts: reference.counts },
  });
}

const shown = ["nx", "ny", "orientation", "frequencySpread", "frequencySelectivity", "frequency"];

function distributionsOf({ comparison }: KernelSet): Figure[] {
  return comparison.measures
    .filter(({ name, reference, ours }) => shown.includes(name) && reference?.counts && ours.n > 0)
    .map(distributionOf);
}

function distributionOf({ name, label, unit, ours, reference }: MeasureComparison): Figure {
  const edges = reference?.edges ?? [];
  const bins = edges.length - 1;
  const counts = new Array<number>(bins).fill(0);
  let beyond = 0;
  for (const value of ours.values) {
    const bin = binOf(name === "orientation" && value >= edges[bins] ? value - 180 : value, edges);
    if (bin < 0 || bin === bins) beyond++;
    counts[Math.min(bins - 1, Math.max(0, bin))]++;
  }
  const log = name === "nx" || name === "ny" || name === "frequency";
  return distributionFigure([{ label: "learned", counts }], {
    name: `learned-kernels-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    title: `Learned kernels beside macaque V1: ${label}`,
    caption: [
      `Grey: ${reference?.cells}, ${reference?.source}.`,
      ...(beyond > 0 ? [`${beyond} beyond the published bins, counted in the last on that side.`] : []),
    ].join(" "),
    quantity: { label, unit },
    edges,
    scale: log ? "log" : "linear",
    reference: { label: "macaque V1", counts: reference?.counts ?? [] },
  });
}
