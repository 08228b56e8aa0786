import { type ReferenceTable, simpleCellShape } from "../cells/macaque-v1.js";
import { binOf } from "../math/distributions.js";
import { type RandomStream, randomStream } from "../math/random-streams.js";
import { quantileOfSorted } from "../math/statistics.js";
import { type CompareOptions, checkedComparison } from "./compare-options.js";
import { inPlane } from "./distances.js";
import { type ComparedKernel, classesOf, comparedKernel, type KernelClasses } from "./kernel-classes.js";
import type { FittedKernel } from "./kernel-measures.js";
import { frequencyMeasure, type Measure, measures, type Reference } from "./measures.js";
import { type Similarity, similarityOf } from "./similarity.js";

/** A sample of one measure. */
export interface Sample {
  /** how many kernels have a value */
  readonly n: number;
  /** Gabor-like kernels without one, and why */
  readonly leftOut: { readonly count: number; readonly reason: string };
  readonly values: readonly number[];
  /** type 7; null with no value and for angles around a circle */
  readonly median: number | null;
  readonly quartiles: readonly [number, number] | null;
}

/** One measure of the kernels beside its reference. */
export interface MeasureComparison {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly note: string;
  readonly ours: Sample;
  /** null where the project has no published figure */
  readonly reference: Reference | null;
  /** null without a value of ours or without a published histogram */
  readonly similarity: Similarity | null;
}

/** (nx, ny) at once. */
export interface JointComparison {
  readonly n: number;
  /** our kernels in the reference's bins, rows nx, columns ny */
  readonly counts: readonly (readonly number[])[];
  /** kernels outside the bins; they count in the distance */
  readonly outside: number;
  readonly points: readonly (readonly [number, number])[];
  readonly reference: ReferenceTable;
  readonly similarity: Similarity | null;
}

/** Fitted kernels beside macaque V1. Plain data. */
export interface Comparison {
  readonly kind: "comparison";
  readonly classes: KernelClasses;
  /** every kernel, in the order of the fits, Gabor-like or not */
  readonly kernels: readonly ComparedKernel[];
  readonly measures: readonly MeasureComparison[];
  readonly joint: JointComparison;
  readonly seed: number;
  readonly draws: number;
  readonly degreesPerPixel: number | null;
  readonly warnings: readonly string[];
}

/** Samples smaller than this are warned of. */
const fewValues = 5;

/**
 * Sets fitted kernels beside the published distributions of macaque V1.
 *
 * The distributions hold the fits with R² >= .7 (blobs and fits on a bound among them); every other fit is counted in
 * `classes` and kept in `kernels`. A similarity is 1 minus the largest difference of the cumulative distributions at the
 * reference's bins, with a 95 % bootstrap interval for which both samples are drawn anew.
 *
 * @param fits Gabor fits with lengths in pixels; at least one
 * @param options.seed of the bootstrap
 * @param options.draws of the bootstrap, default 1000, at least 100
 * @param options.degreesPerPixel lets the frequencies themselves be compared, in cycles per degree
 * @param options.kernelWidth pixels, for fits that carry no residual: strictness needs it
 * @returns the comparison; the same fits, seed and draws give the same numbers
 * @throws InputError if there is no fit, one is none, its kernel's width is not known, or an option is out of range
 * Source: the references' own (cells/macaque-v1.ts); the score as in Marques, Schrimpf & DiCarlo, bioRxiv (2021).
 */
export function compareWithV1(fits: readonly FittedKernel[], options: CompareOptions): Comparison {
  const { seed, draws, degreesPerPixel, widths } = checkedComparison("compareWithV1", fits, options);
  const kernels = fits.map((fit, i) => comparedKernel(fit, widths[i]));
  const counted = kernels.filter((kernel) => kernel.gaborLike);
  const asked = degreesPerPixel === null ? measures : [...measures, frequencyMeasure(degreesPerPixel)];
  const source = randomStream(seed, "bootstrap");
  // one million draws of two rows each for every measure; the joint one comes first
  const compared = asked.map((measure, i) => comparisonOf(measure, counted, source, (i + 1) * rowsEach, draws));
  const joint = jointOf(counted, source, draws);
  const warnings = compared.flatMap(({ label, ours }) => {
    if (ours.n >= fewValues) return [];
    return [`${label}: ${ours.n === 0 ? "no kernel has a value" : `${ours.n} values are few to compare`}`];
  });
  return {
    kind: "comparison",
    classes: classesOf(kernels),
    kernels,
    measures: compared,
    joint,
    seed,
    draws,
    degreesPerPixel,
    warnings,
  };
}

const rowsEach = 2_000_000;

function comparisonOf(
  measure: Measure,
  kernels: readonly ComparedKernel[],
  source: RandomStream,
  firstRow: number,
  draws: number,
): MeasureComparison {
  const { name, label, unit, note, contest, absence } = measure;
  const found = kernels
    .map((kernel) => measure.valueOf(kernel.measures))
    .filter((value) => value !== null && Number.isFinite(value)) as number[];
  const similarity =
    contest === undefined || found.length === 0 ? null : similarityOf(contest(found), source, firstRow, draws);
  const leftOut = { count: kernels.length - found.length, reason: absence ?? "" };
  const ours = sampleOf(found, leftOut, measure);
  return { name, label, unit, note, ours, reference: measure.reference ?? null, similarity };
}

function sampleOf(found: readonly number[], leftOut: Sample["leftOut"], { centred, circular }: Measure): Sample {
  const sorted = [...found].sort((a, b) => a - b);
  const middle = centred === true && found.length > 0 ? quantileOfSorted(sorted, 0.5) : 0;
  const values = found.map((value) => value - middle);
  const at = (p: number) => quantileOfSorted(sorted, p) - middle;
  if (found.length === 0 || circular === true)
    return { n: found.length, leftOut, values, median: null, quartiles: null };
  return { n: found.length, leftOut, values, median: at(0.5), quartiles: [at(0.25), at(0.75)] };
}

function jointOf(kernels: readonly ComparedKernel[], source: RandomStream, draws: number): JointComparison {
  const { edges, counts: published } = simpleCellShape;
  const points = kernels.map(({ measures: { nx, ny } }) => [nx, ny] as const);
  const counts = published.map((row) => row.map(() => 0));
  let outside = 0;
  for (const [nx, ny] of points) {
    const [row, column] = [binOf(nx, edges), binOf(ny, edges)];
    if (counts[row]?.[column] === undefined) outside++;
    else counts[row][column]++;
  }
  const similarity = points.length === 0 ? null : similarityOf(inPlane(points, edges, published), source, 0, draws);
  return { n: points.length, counts, outside, points, reference: simpleCellShape, similarity };
}
