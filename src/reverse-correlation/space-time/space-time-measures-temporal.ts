/** What a time course of weights says, lag 0 first. */
export interface TemporalMeasures {
  /** the lag of the weight largest in magnitude */
  readonly peakLag: number;
  /** seconds from a frame to the response it drives most, the peak of a parabola through three lags */
  readonly timeToPeak: number;
  /** the largest magnitude of the sign opposite to the peak's, over the peak's; 0 for one phase, 1 for two equal ones */
  readonly biphasicIndex: number;
  /** seconds for which the peak's phase stays above half its height, lines between the lags */
  readonly duration: number;
  readonly warnings: readonly string[];
}

/** Measures of a time course that is not 0 throughout. Trusts its arguments. */
export function temporalMeasures(course: ArrayLike<number>, frameSeconds: number): TemporalMeasures {
  const last = course.length - 1;
  let peakLag = 0;
  for (let k = 1; k <= last; k++) if (Math.abs(course[k]) > Math.abs(course[peakLag])) peakLag = k;
  const peak = course[peakLag];
  // Upright: the peak is 1.
  const upright = Float64Array.from(course, (value) => value / peak);
  const least = upright.reduce((low, value) => Math.min(low, value), 0);
  const inside = peakLag > 0 && peakLag < last;
  const shift = inside ? vertex(upright[peakLag - 1], 1, upright[peakLag + 1]) : 0;
  const [before, after] = [halfAway(upright, peakLag, -1), halfAway(upright, peakLag, 1)];
  const warnings: string[] = [];
  if (!inside) warnings.push(`the peak lies at lag ${peakLag}, an end of the window`);
  if (before.cut || after.cut)
    warnings.push("the peak's phase reaches an end of the window: its duration is at least this");
  return {
    peakLag,
    timeToPeak: (peakLag + shift) * frameSeconds,
    biphasicIndex: -least,
    duration: (before.lags + after.lags) * frameSeconds,
    warnings,
  };
}

/** Where the parabola through (-1, a), (0, b), (1, c) has its top, b the largest; in lags. */
export function vertex(a: number, b: number, c: number): number {
  const curvature = a - 2 * b + c;
  return curvature < 0 ? (a - c) / (2 * curvature) : 0;
}

/** How far from the peak the course falls to half, in lags; `cut` where the window ends first. */
function halfAway(upright: Float64Array, peak: number, step: 1 | -1): { lags: number; cut: boolean } {
  for (let k = peak; k + step >= 0 && k + step < upright.length; k += step) {
    const [here, next] = [upright[k], upright[k + step]];
    if (next <= 0.5) return { lags: Math.abs(k - peak) + (here - 0.5) / (here - next), cut: false };
  }
  return { lags: step > 0 ? upright.length - 1 - peak : peak, cut: true };
}
