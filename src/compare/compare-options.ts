import { checkGabor } from "../math/gabor.js";
import { checkSeed } from "../math/random-streams.js";
import { checkInteger, checkOptions, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { FittedKernel } from "./kernel-measures.js";

export interface CompareOptions {
  /** of the bootstrap, a whole number from 0 to 2^53 - 1 */
  readonly seed: number;
  /** bootstrap draws, 100 to 1,000,000; default 1000 */
  readonly draws?: number;
  /** degrees of visual angle a pixel, where the kernels have such */
  readonly degreesPerPixel?: number;
  /** pixels; needed for fits that carry no residual */
  readonly kernelWidth?: number;
}

/** The options with their defaults, and the width of each fit's kernel. */
export interface CheckedComparison {
  readonly seed: number;
  readonly draws: number;
  readonly degreesPerPixel: number | null;
  readonly widths: readonly number[];
}

/** Throws unless fits and options can be used. */
export function checkedComparison(
  where: string,
  fits: readonly FittedKernel[],
  options: CompareOptions,
): CheckedComparison {
  if (!Array.isArray(fits)) refuse(where, `fits is ${describe(fits)}, a list of Gabor fits is needed`);
  if (fits.length === 0) refuse(where, "fits is empty, at least one is needed");
  checkOptions(where, options, ["seed", "draws", "degreesPerPixel", "kernelWidth"]);
  const { seed, draws = 1000, degreesPerPixel, kernelWidth } = options;
  checkSeed(where, seed);
  checkInteger(where, "draws", draws, 100, 1_000_000);
  if (degreesPerPixel !== undefined) checkPositive(where, "degreesPerPixel", degreesPerPixel);
  if (kernelWidth !== undefined) checkPositive(where, "kernelWidth", kernelWidth);
  const widths = fits.map((fit, i) => widthOf(where, fit, i, kernelWidth));
  return { seed, draws, degreesPerPixel: degreesPerPixel ?? null, widths };
}

/** The shorter side of a fit's kernel, in pixels. */
function widthOf(where: string, fit: FittedKernel, index: number, given: number | undefined): number {
  const name = `fits[${index}]`;
  if (typeof fit !== "object" || fit === null || typeof fit.rSquared !== "number" || !Array.isArray(fit.warnings)) {
    refuse(where, `${name} is ${describe(fit)}, { gabor, rSquared, warnings } is needed`);
  }
  checkGabor(`${where}: ${name}`, fit.gabor);
  const width = given ?? Math.min(...(fit.residual?.shape ?? []));
  if (!Number.isFinite(width)) {
    refuse(where, `${name} has no residual and kernelWidth is not given, the kernel's width in pixels is needed`);
  }
  return width;
}
