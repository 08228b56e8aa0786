/**
 * Figures of macaque V1 to compare populations with. Each carries its source; those that others read off the published
 * figures and tables say so. Frequencies are in cycles per degree, sizes in degrees of visual angle.
 */

/** A published histogram of cells. */
export interface ReferenceHistogram {
  /** the cells, as printed: "simple cells, foveal" */
  readonly cells: string;
  /** the paper, and who binned it where that is another */
  readonly source: string;
  readonly unit: string;
  /** the bins' limits, ascending */
  readonly edges: readonly number[];
  /** cells in each bin */
  readonly counts: readonly number[];
  /** all cells of `counts` */
  readonly n: number;
  /** the median as the source states it */
  readonly median?: number;
}

/** Cells by two measures at once. */
export interface ReferenceTable {
  readonly cells: string;
  readonly source: string;
  /** the limits of both measures' bins */
  readonly edges: readonly number[];
  /** rows by the first measure, columns by the second */
  readonly counts: readonly (readonly number[])[];
  readonly n: number;
  /** first, second and third quartile of each measure, as the source states them */
  readonly quartiles: readonly [readonly [number, number, number], readonly [number, number, number]];
}

/** A published figure without its distribution. */
export interface ReferenceFigure {
  readonly cells: string;
  readonly source: string;
  readonly unit: string;
  readonly n: number;
  readonly median: number;
}

const devalois1982a = "De Valois, Yund & Hepler, Vision Res 22:531 (1982)";
const devalois1982b = "De Valois, Albrecht & Thorell, Vision Res 22:545 (1982)";
const schiller1976 = "Schiller, Finlay & Volman, J Neurophysiol 39:1334 (1976)";
const ringach2002 = "Ringach, Shapley & Hawken, J Neurosci 22:5639 (2002)";
const cavanaugh2002 = "Cavanaugh, Bair & Movshon, J Neurophysiol 88:2530 (2002)";

/**
 * Simple cells by (nx, ny), rows nx, columns ny; the limits are `10^(-1 + .24·i)`.
 * Source: Ringach, J Neurophysiol 88:455 (2002), as binned by Dapello et al., NeurIPS (2020), for VOneNet.
 */
export const simpleCellShape: ReferenceTable = {
  cells: "simple cells",
  source: "Ringach, J Neurophysiol 88:455 (2002), as binned by Dapello et al. (2020)",
  edges: [0, 1, 2, 3, 4, 5].map((i) => 10 ** (-1 + 0.24 * i)),
  counts: [
    [2, 0, 1, 0, 0],
    [8, 9, 4, 1, 0],
    [1, 2, 19, 17, 3],
    [0, 0, 1, 7, 4],
    [0, 0, 0, 0, 0],
  ],
  n: 79,
  quartiles: [
    [0.265, 0.365, 0.474],
    [0.27, 0.445, 0.688],
  ],
};

const quarterTurns = [-22.5, 22.5, 67.5, 112.5, 157.5];

/**
 * Preferred orientation in four bins of 45°, centred on 0°, 45°, 90° and 135°: the two cardinal and the two oblique ones.
 * Source: De Valois, Yund & Hepler, Vision Res 22:531 (1982).
 */
export const preferredOrientation = {
  simpleFoveal: {
    cells: "simple cells, foveal",
    source: devalois1982a,
    unit: "°",
    edges: quarterTurns,
    counts: [66, 49, 77, 54],
    n: 246,
  },
  all: {
    cells: "all cells",
    source: devalois1982a,
    unit: "°",
    edges: quarterTurns,
    counts: [110, 83, 100, 92],
    n: 385,
  },
} satisfies Record<string, ReferenceHistogram>;

const halfOctaves = [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11.2, 16, 22.4];

/**
 * The spatial frequency of the largest response to gratings.
 * Source: De Valois, Albrecht & Thorell, Vision Res 22:545 (1982).
 */
export const peakFrequency = {
  simpleFoveal: {
    cells: "simple cells, foveal",
    source: devalois1982b,
    unit: "cycles/degree",
    edges: halfOctaves,
    counts: [0, 4, 4, 8, 25, 33, 26, 28, 12, 5, 2, 1],
    n: 148,
    median: 2.8,
  },
  complexFoveal: {
    cells: "complex cells, foveal",
    source: devalois1982b,
    unit: "cycles/degree",
    edges: halfOctaves,
    counts: [0, 0, 0, 9, 9, 7, 10, 23, 12, 8, 3, 3],
    n: 84,
    median: 4.43,
  },
  simpleParafoveal: {
    cells: "simple cells, parafoveal",
    source: devalois1982b,
    unit: "cycles/degree",
    edges: halfOctaves,
    counts: [2, 4, 10, 12, 18, 7, 18, 3, 4, 0, 0, 0],
    n: 78,
    median: 1.74,
  },
  complexParafoveal: {
    cells: "complex cells, parafoveal",
    source: devalois1982b,
    unit: "cycles/degree",
    edges: halfOctaves,
    counts: [1, 2, 1, 2, 5, 15, 13, 9, 3, 2, 0, 0],
    n: 53,
    median: 2.84,
  },
} satisfies Record<string, ReferenceHistogram>;

/**
 * The correlation of the Gaussian copula by which samplers of model populations tie nx to the peak frequency.
 * Source: Dapello et al., NeurIPS (2020), VOneNet.
 */
export const shapeFrequencyCopula = 0.75;

const tens = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

/**
 * Spatial-frequency selectivity: the low cut-off over the high one, times 100, each where the response is .707 of its peak.
 * 46.1, the median of all cells, is about 1.12 octaves.
 * Source: Schiller, Finlay & Volman, J Neurophysiol 39:1334 (1976).
 */
export const frequencySelectivity = {
  simple: {
    cells: "simple cells",
    source: schiller1976,
    unit: "low/high cut-off · 100",
    edges: tens,
    counts: [0, 0, 0, 6, 5, 10, 7, 2, 0, 0],
    n: 30,
    median: 54,
  },
  complex: {
    cells: "complex cells",
    source: schiller1976,
    unit: "low/high cut-off · 100",
    edges: tens,
    counts: [0, 3, 4, 10, 17, 6, 2, 1, 0, 0],
    n: 43,
    median: 42.6,
  },
} satisfies Record<string, ReferenceHistogram>;

/** The median of simple and complex cells together, low/high cut-off · 100. Source: as `frequencySelectivity`. */
export const frequencySelectivityMedian = 46.1;

const thirteenths = Array.from({ length: 14 }, (_, i) => i / 13);
const fifths = Array.from({ length: 11 }, (_, i) => i / 5);

/**
 * The circular variance `1 - |Σ r·e^{2iθ}| / Σ r` of the responses to gratings; quartiles .335, .599, .782. 304 cells of
 * the 308 responded.
 * Source: Ringach, Shapley & Hawken, J Neurosci 22:5639 (2002).
 */
export const orientationCircularVariance = {
  cells: "all responsive cells",
  source: ringach2002,
  unit: "",
  edges: thirteenths,
  counts: [4, 21, 26, 17, 24, 20, 24, 22, 31, 33, 34, 36, 12],
  n: 304,
  median: 0.599,
  quartiles: [0.335, 0.599, 0.782],
} satisfies ReferenceHistogram & { quartiles: readonly number[] };

/** The half-width of orientation tuning at .707 of the peak. Source: as `orientationCircularVariance`. */
export const orientationHalfWidth: ReferenceFigure = {
  cells: "all responsive cells",
  source: ringach2002,
  unit: "°",
  n: 304,
  median: 23,
};

/** Spearman's correlation of circular variance and half-width. Source: as `orientationCircularVariance`. */
export const varianceHalfWidthCorrelation = 0.687;

/**
 * F1/F0, twice the first harmonic over the mean of the response to the preferred drifting grating. The cells above 1 are
 * the simple ones, 39.8 %.
 * Source: Ringach, Shapley & Hawken, J Neurosci 22:5639 (2002).
 */
export const modulationRatio = {
  cells: "all responsive cells",
  source: ringach2002,
  unit: "",
  edges: fifths,
  counts: [70, 47, 38, 17, 11, 11, 17, 39, 39, 15],
  n: 304,
  shareAboveOne: 0.398,
} satisfies ReferenceHistogram & { shareAboveOne: number };

const octaves = [0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16];

/**
 * Size tuning with gratings: the suppression index (peak - plateau)/peak, the diameter of the summation field and of the
 * surround, and their ratio.
 * Source: Cavanaugh, Bair & Movshon, J Neurophysiol 88:2530 (2002).
 */
export const sizeTuning = {
  suppressionIndex: {
    cells: "all cells",
    source: cavanaugh2002,
    unit: "",
    edges: [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2],
    counts: [66, 44, 38, 23, 16, 3],
    n: 190,
    median: 0.332,
  },
  summationField: {
    cells: "all cells",
    source: cavanaugh2002,
    unit: "°",
    edges: octaves,
    counts: [0, 9, 30, 55, 42, 10, 2, 0],
    n: 148,
    median: 0.777,
  },
  surroundDiameter: {
    cells: "all cells",
    source: cavanaugh2002,
    unit: "°",
    edges: octaves,
    counts: [0, 0, 2, 20, 33, 49, 40, 4],
    n: 148,
  },
  surroundOverSummation: {
    cells: "all cells",
    source: cavanaugh2002,
    unit: "",
    edges: [1, 2, 4, 8, 16, 32],
    counts: [69, 38, 31, 10, 0],
    n: 148,
    median: 2.19,
  },
} satisfies Record<string, ReferenceHistogram>;
