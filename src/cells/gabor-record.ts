import type { Gabor } from "../math/gabor.js";

/** The eight parameters alone, so that a specification is a copy that no later change of the argument reaches. */
export function gaborRecord(gabor: Gabor): Gabor {
  const { amplitude, betaX, betaY, frequency, phase, x0, y0, tau } = gabor;
  return { amplitude, betaX, betaY, frequency, phase, x0, y0, tau };
}
