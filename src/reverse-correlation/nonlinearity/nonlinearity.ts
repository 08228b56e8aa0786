/** What every nonlinearity has, whatever its form: the rate as a function of the filter's output. */
export interface NonlinearityBase {
  readonly kind: "nonlinearity";
  /** filter outputs that it takes */
  readonly dimensions: 1 | 2;
  /** spikes/s at the output z of one filter, or z and z2 of two */
  readonly rateAt: (z: number, z2?: number) => number;
  /** seconds a bin of the spikes that it was estimated from */
  readonly frameSeconds: number;
  /** `Σ n·ln λ - λ - ln n!` over the bins it was estimated from, nats; -Infinity where a spike falls where it gives 0 */
  readonly logLikelihood: number;
  readonly spikesUsed: number;
  /** spikes before the first full window of the filter */
  readonly spikesSkipped: number;
  readonly warnings: readonly string[];
}

/** The rate in bins of the filter's output. */
export interface HistogramNonlinearity extends NonlinearityBase {
  readonly form: "histogram";
  /** for each filter the bins' limits, ascending, one more than bins */
  readonly edges: readonly (readonly number[])[];
  /** for each filter the mean output in each bin */
  readonly centres: readonly (readonly number[])[];
  /** [bins], or [bins, bins2] row by row: spikes/s; NaN where no frame fell */
  readonly rates: Float64Array;
  /** of `rates`, from the scatter of the counts within the bin; where it holds no spike, what one spike would have given */
  readonly standardErrors: Float64Array;
  /** frames in each bin */
  readonly frames: Uint32Array;
  /** spikes in each bin */
  readonly spikes: Uint32Array;
  /** bins with fewer than ten spikes, whose standard errors say little */
  readonly sparse: readonly number[];
}

/** A penalised cubic spline of the logarithm of the rate. */
export interface SplineNonlinearity extends NonlinearityBase {
  readonly form: "spline";
  /** the output's range; beyond it the rate stays what it is at the end */
  readonly range: readonly [low: number, high: number];
  /** of the B-splines, of ln rate */
  readonly coefficients: Float64Array;
  /** the penalty's weight, chosen among a grid by the evidence */
  readonly smoothing: number;
  /** effective degrees of freedom */
  readonly freedom: number;
  /** of `rateAt`, spikes/s */
  readonly standardErrorAt: (z: number) => number;
  readonly converged: boolean;
}

/** A formula with a few parameters, fitted by Poisson likelihood. */
export interface ParametricNonlinearity extends NonlinearityBase {
  readonly form: "exponential" | "soft-rectified" | "power";
  /** by the letters of the formula: a and d in spikes/s (the power's a over the output's unit to the p), c in the output's unit */
  readonly parameters: Readonly<Record<string, number>>;
  /** from the expected information; NaN where the data do not determine a parameter or it ended on a bound */
  readonly standardErrors: Readonly<Record<string, number>>;
  readonly converged: boolean;
}

export type Nonlinearity = HistogramNonlinearity | SplineNonlinearity | ParametricNonlinearity;
