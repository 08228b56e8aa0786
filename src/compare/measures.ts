import {
  frequencySelectivity,
  orientationHalfWidth,
  peakFrequency,
  preferredOrientation,
  type ReferenceHistogram,
  simpleCellShape,
} from "../cells/macaque-v1.js";
import { binOf } from "../math/distributions.js";
import { aboutMedian, alongLine, aroundCircle, type Contest } from "./distances.js";
import type { KernelMeasures } from "./kernel-measures.js";

/** A published distribution, in the unit of the measure that it is set beside. */
export interface Reference {
  readonly cells: string;
  readonly source: string;
  readonly n: number;
  /** null where the source states none and the measure has no natural one */
  readonly median: number | null;
  /** null, with `counts`, where only a median is published */
  readonly edges: readonly number[] | null;
  readonly counts: readonly number[] | null;
}

/** One measure: what it takes from a kernel, and how its sample is compared. */
export interface Measure {
  readonly name: string;
  /** as printed */
  readonly label: string;
  /** as printed; empty for a pure number */
  readonly unit: string;
  /** the definition and what to mind, in a sentence or two */
  readonly note: string;
  /** the value in `unit`; null where the kernel has none */
  readonly valueOf: (kernel: KernelMeasures) => number | null;
  /** why a kernel has no value */
  readonly absence?: string;
  /** a measure on a circle has no quartiles */
  readonly circular?: boolean;
  /** log2 values are shown and compared about their own median */
  readonly centred?: boolean;
  readonly reference?: Reference;
  readonly contest?: (values: readonly number[]) => Contest<number>;
}

const degrees = 180 / Math.PI;
const { edges: shapeEdges, counts: shapeCounts } = simpleCellShape;
const rows = shapeCounts.map((row) => row.reduce((sum, count) => sum + count, 0));
const columns = shapeCounts.map((_, column) => shapeCounts.reduce((sum, row) => sum + row[column], 0));

/** The cells of the (nx, ny) table by ny's bin less nx's. */
const diagonals = Array.from({ length: 9 }, (_, i) =>
  shapeCounts.flatMap((row, nx) => row.filter((_, ny) => ny - nx === i - 4)).reduce((sum, count) => sum + count, 0),
);

function onLine(edges: readonly number[], counts: readonly number[]): (values: readonly number[]) => Contest<number> {
  return (values) => alongLine(values, edges, counts);
}

function shapeReference(edges: readonly number[], counts: readonly number[], median: number | null): Reference {
  const { cells, source, n } = simpleCellShape;
  return { cells, source, n, median, edges, counts };
}

function referenceOf({ cells, source, n, median, edges, counts }: ReferenceHistogram): Reference {
  return { cells, source, n, median: median ?? null, edges, counts };
}

/** The bin of nx or ny, on beyond the table's ends. */
function shapeBin(value: number): number {
  return Math.floor((Math.log10(value) + 1) / 0.24 + 1e-9);
}

function quarterTurnBin(angle: number): number {
  const { edges } = preferredOrientation.simpleFoveal;
  return binOf(angle >= edges[4] ? angle - 180 : angle, edges);
}

function fromCardinal(angle: number): number {
  const within = angle % 90;
  return Math.min(within, 90 - within);
}

const orientationCounts = preferredOrientation.simpleFoveal.counts;
const cardinalCounts = [orientationCounts[0] + orientationCounts[2], orientationCounts[1] + orientationCounts[3]];
const frequencies = peakFrequency.simpleFoveal;
const logEdges = frequencies.edges.map((edge) => Math.log2(edge));
const aboutReferenceMedian = logEdges.map((edge) => edge - Math.log2(frequencies.median));

/** The measures in the order in which they are shown; the place of each decides its random draws, so new ones come last. */
export const measures: readonly Measure[] = [
  {
    name: "nx",
    label: "nx",
    unit: "",
    note: "σx·f/2π: the envelope's σ along the carrier in periods of it.",
    valueOf: (kernel) => kernel.nx,
    reference: shapeReference(shapeEdges, rows, simpleCellShape.quartiles[0][1]),
    contest: onLine(shapeEdges, rows),
  },
  {
    name: "ny",
    label: "ny",
    unit: "",
    note: "σy·f/2π: the envelope's σ along the bars in periods of the carrier.",
    valueOf: (kernel) => kernel.ny,
    reference: shapeReference(shapeEdges, columns, simpleCellShape.quartiles[1][1]),
    contest: onLine(shapeEdges, columns),
  },
  {
    name: "elongation",
    label: "bin of ny less bin of nx",
    unit: "bins",
    note: "Bins of the (nx, ny) table, each a factor of 1.74: above 0 the envelope is longer than wide.",
    valueOf: (kernel) => shapeBin(kernel.ny) - shapeBin(kernel.nx),
    absence: "no carrier",
    reference: shapeReference([-4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5], diagonals, 0),
    contest: onLine([-4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5], diagonals),
  },
  {
    name: "orientation",
    label: "orientation",
    unit: "°",
    note: "The direction of the bars. The distance is the largest over any run of neighbouring bins, since a circle has no start; 0° is taken as horizontal in both.",
    valueOf: (kernel) => kernel.orientation * degrees,
    circular: true,
    reference: referenceOf(preferredOrientation.simpleFoveal),
    contest: (values) => aroundCircle(values.map(quarterTurnBin), orientationCounts),
  },
  {
    name: "fromCardinal",
    label: "angle from the nearest of horizontal and vertical",
    unit: "°",
    note: "Two bins, cardinal and oblique; it does not depend on which of the two is called 0°.",
    valueOf: (kernel) => fromCardinal(kernel.orientation * degrees),
    reference: { ...referenceOf(preferredOrientation.simpleFoveal), edges: [0, 22.5, 45], counts: cardinalCounts },
    contest: onLine([0, 22.5, 45], cardinalCounts),
  },
  {
    name: "frequencySpread",
    label: "peak frequency about its median",
    unit: "octaves",
    note: "Pixels have no degrees, so only the spread is compared: each distribution is shifted to its own median.",
    valueOf: (kernel) => (kernel.peakCyclesPerUnit === null ? null : Math.log2(kernel.peakCyclesPerUnit)),
    absence: "lowpass",
    centred: true,
    reference: { ...referenceOf(frequencies), median: 0, edges: aboutReferenceMedian },
    contest: (values) => aboutMedian(values, logEdges, frequencies.counts),
  },
  {
    name: "frequencySelectivity",
    label: "low/high cut-off · 100",
    unit: "",
    note: "100·2^-b for a bandwidth of b octaves at .707 of the peak; 0 where there is no low cut-off.",
    valueOf: (kernel) => (kernel.bandwidthOctaves === null ? 0 : 100 * 2 ** -kernel.bandwidthOctaves),
    reference: referenceOf(frequencySelectivity.simple),
    contest: onLine(frequencySelectivity.simple.edges, frequencySelectivity.simple.counts),
  },
  {
    name: "bandwidth",
    label: "frequency bandwidth at .707",
    unit: "octaves",
    note: "The full width; compared as low/high cut-off.",
    valueOf: (kernel) => kernel.bandwidthOctaves,
    absence: "no low cut-off",
  },
  {
    name: "orientationHalfWidth",
    label: "orientation half-width at .707",
    unit: "°",
    note: "Of a linear filter; the published median is of responses, simple and complex cells together, and has no histogram here.",
    valueOf: (kernel) => (kernel.orientationHalfWidth === null ? null : kernel.orientationHalfWidth * degrees),
    absence: "no orientation falls to .707",
    reference: {
      cells: orientationHalfWidth.cells,
      source: orientationHalfWidth.source,
      n: orientationHalfWidth.n,
      median: orientationHalfWidth.median,
      edges: null,
      counts: null,
    },
  },
  {
    name: "phase",
    label: "phase, folded",
    unit: "°",
    note: "0° even, 90° odd.",
    valueOf: (kernel) => kernel.phase * degrees,
  },
  {
    name: "symmetry",
    label: "symmetry index",
    unit: "",
    note: "(E - O)/(E + O) of the energies of the even and odd parts: 1 even, -1 odd.",
    valueOf: (kernel) => kernel.symmetry,
  },
  {
    name: "aspect",
    label: "aspect σy/σx",
    unit: "",
    note: "The envelope's length over its width; compared by the bins of ny and nx.",
    valueOf: (kernel) => kernel.aspect,
  },
];

/** The peak frequency in cycles per degree, for kernels whose pixels have a size. */
export function frequencyMeasure(degreesPerPixel: number): Measure {
  return {
    name: "frequency",
    label: "peak frequency",
    unit: "cycles/degree",
    note: `With ${degreesPerPixel}° a pixel.`,
    valueOf: (kernel) => (kernel.peakCyclesPerUnit === null ? null : kernel.peakCyclesPerUnit / degreesPerPixel),
    absence: "lowpass",
    reference: referenceOf(frequencies),
    contest: onLine(frequencies.edges, frequencies.counts),
  };
}
