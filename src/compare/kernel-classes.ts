import { type Interval, wilsonInterval } from "../math/intervals.js";
import { type FittedKernel, type KernelMeasures, measuresOf } from "./kernel-measures.js";

/** The least R² of a fit that counts as a description of its kernel. */
export const leastRSquared = 0.7;

/** What a strict fit must keep to, in pixels; both σ are also under `widthShare` of the kernel's width. */
export const strictLimits = { leastCycles: 0.04, mostCycles: 0.45, leastSigmaX: 0.7, widthShare: 0.6 } as const;

/** Where most simple cells of macaque V1 lie. */
export const v1Box = { nx: [0.2, 0.6], ny: [0.2, 0.8] } as const;

/** One kernel in a comparison: how well it is fitted, what it measures, which classes it is in. */
export interface ComparedKernel {
  /** null for a kernel that is constant */
  readonly rSquared: number | null;
  readonly measures: KernelMeasures;
  /** R² >= .7: its measures enter the distributions */
  readonly gaborLike: boolean;
  /** also within `strictLimits` */
  readonly strict: boolean;
  /** strict, and in the box of nx and ny, which no blob reaches: at nx .2 its flank is a tenth */
  readonly inV1Box: boolean;
  /** the fit ended on a bound, whatever its R² */
  readonly onBound: boolean;
}

/** A count among cases, with Wilson's 95 % interval; the share and its interval are null where there is no case. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number | null;
  readonly interval: Interval | null;
}

/** How many kernels are what. Each is of all fits, except blobs, of the Gabor-like, and the box, of the strict ones. */
export interface KernelClasses {
  readonly fits: number;
  readonly gaborLike: Share;
  readonly notGabor: Share;
  readonly strict: Share;
  readonly onBound: Share;
  /** of the Gabor-like */
  readonly blobs: Share;
  /** of the strict */
  readonly inV1Box: Share;
}

/** A kernel's measures and classes; `width` is the kernel's in pixels. */
export function comparedKernel(fit: FittedKernel, width: number): ComparedKernel {
  const measures = measuresOf(fit.gabor);
  const gaborLike = fit.rSquared >= leastRSquared;
  const strict = gaborLike && withinLimits(fit, measures, width);
  const inBox = within(measures.nx, v1Box.nx) && within(measures.ny, v1Box.ny);
  return {
    rSquared: Number.isFinite(fit.rSquared) ? fit.rSquared : null,
    measures,
    gaborLike,
    strict,
    inV1Box: strict && inBox,
    onBound: fit.warnings.some((warning) => /\bbounds?\b/.test(warning)),
  };
}

/** The counts over a set of kernels. */
export function classesOf(kernels: readonly ComparedKernel[]): KernelClasses {
  const fits = kernels.length;
  const count = (is: (kernel: ComparedKernel) => boolean) => kernels.filter(is).length;
  const gaborLike = count((kernel) => kernel.gaborLike);
  const strict = count((kernel) => kernel.strict);
  return {
    fits,
    gaborLike: share(gaborLike, fits),
    notGabor: share(fits - gaborLike, fits),
    strict: share(strict, fits),
    onBound: share(
      count((kernel) => kernel.onBound),
      fits,
    ),
    blobs: share(
      count((kernel) => kernel.gaborLike && kernel.measures.blob),
      gaborLike,
    ),
    inV1Box: share(
      count((kernel) => kernel.inV1Box),
      strict,
    ),
  };
}

function share(count: number, of: number): Share {
  return { count, of, share: of === 0 ? null : count / of, interval: of === 0 ? null : wilsonInterval(count, of) };
}

function withinLimits({ gabor }: FittedKernel, { cyclesPerUnit }: KernelMeasures, width: number): boolean {
  const [sigmaX, sigmaY] = [1 / Math.sqrt(2 * gabor.betaX), 1 / Math.sqrt(2 * gabor.betaY)];
  const { leastCycles, mostCycles, leastSigmaX, widthShare } = strictLimits;
  const carrier = cyclesPerUnit >= leastCycles && cyclesPerUnit <= mostCycles;
  return carrier && sigmaX > leastSigmaX && sigmaX < widthShare * width && sigmaY < widthShare * width;
}

function within(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}
