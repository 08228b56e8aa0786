import { checkInteger, checkNumber, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { canonicalGabor, checkGabor, type Gabor, gaborParameters, wrapPhase } from "./gabor.js";
import { checkGrid, type Grid, pixelsOf, xOfColumn, yOfRow } from "./grid.js";

/**
 * A Gabor in space and time, whose carrier drifts under an envelope that stays where it is:
 * `w(t,x,y) = α·exp(-βx·x'² - βy·y'² - βt·(t-t0)²)·cos(f·x' + φ + ω·(t-t0))`, x' and y' as in `Gabor`, t the lag.
 *
 * A lag counts time backwards, so for `ω > 0` the bars of the stimulus that drives the cell best move in the direction `τ`,
 * at the speed `ω/f`. The phase is that at the lag `t0`.
 */
export interface SpaceTimeGabor extends Gabor {
  /** βt, 1 / time²: the envelope over lags, `σt = 1/√(2βt)` */
  readonly betaT: number;
  /** the lag at which the envelope peaks, units of time before the response */
  readonly t0: number;
  /** ω, radians per unit of time; above 0 where the carrier drifts in direction τ, below where against it */
  readonly drift: number;
}

/** The parameters in the order of every vector and matrix over them. */
export const spaceTimeGaborParameters = [...gaborParameters, "betaT", "t0", "drift"] as const;

/** Where a field in space and time is sampled: a patch, and lags that are whole frames. */
export interface SpaceTimeGrid {
  readonly grid: Grid;
  /** lags 0 to lags - 1 */
  readonly lags: number;
  /** time from one lag to the next, in the unit of βt, t0 and ω; default 1, so that times are in frames */
  readonly frameSeconds?: number;
}

/** Throws unless `value` is a space-time Gabor: eleven finite numbers, the three βs above 0. */
export function checkSpaceTimeGabor(where: string, value: unknown): asserts value is SpaceTimeGabor {
  if (typeof value !== "object" || value === null) {
    refuse(where, `gabor is ${describe(value)}, { ${spaceTimeGaborParameters.join(", ")} } is needed`);
  }
  const g = value as SpaceTimeGabor;
  checkGabor(where, g);
  checkPositive(where, "gabor.betaT", g.betaT);
  checkNumber(where, "gabor.t0", g.t0);
  checkNumber(where, "gabor.drift", g.drift);
}

/**
 * The space-time Gabor at every lag and pixel: `w(k·frameSeconds, x_c, y_r)`.
 *
 * @param g the eleven parameters, in the grid's unit of length and the unit of time of `frameSeconds`
 * @param over the patch, the number of lags, the time from one to the next
 * @returns float32 `[lags, height, width]`, lag 0 first, row 0 at the top
 * @throws InputError if the Gabor, the grid, the lags or the frame's duration is not one
 * @see DeAngelis, Ohzawa & Freeman 1993, J Neurophysiol 69:1091, for such fields of simple cells
 */
export function renderSpaceTimeGabor(g: SpaceTimeGabor, over: SpaceTimeGrid): Tensor {
  const where = "renderSpaceTimeGabor";
  checkSpaceTimeGabor(where, g);
  checkGrid(where, over?.grid);
  checkInteger(where, "lags", over.lags, 1);
  if (over.frameSeconds !== undefined) checkPositive(where, "frameSeconds", over.frameSeconds);
  return tensor(Float32Array.from(spaceTimeGaborValues(g, over)), [over.lags, over.grid.height, over.grid.width]);
}

/** The space-time Gabor in float64, `[lags, height, width]`; trusts its arguments. */
export function spaceTimeGaborValues(g: SpaceTimeGabor, { grid, lags, frameSeconds = 1 }: SpaceTimeGrid): Float64Array {
  const pixels = pixelsOf(grid);
  const [cos, sin] = [Math.cos(g.tau), Math.sin(g.tau)];
  const values = new Float64Array(lags * pixels);
  for (let i = 0; i < pixels; i++) {
    const dx = xOfColumn(grid, i % grid.width) - g.x0;
    const dy = yOfRow(grid, Math.floor(i / grid.width)) - g.y0;
    const along = dx * cos + dy * sin;
    const across = dy * cos - dx * sin;
    const inSpace = g.amplitude * Math.exp(-g.betaX * along * along - g.betaY * across * across);
    for (let k = 0; k < lags; k++) {
      const t = k * frameSeconds - g.t0;
      const carrier = Math.cos(g.frequency * along + g.phase + g.drift * t);
      values[k * pixels + i] = inSpace * Math.exp(-g.betaT * t * t) * carrier;
    }
  }
  return values;
}

/**
 * The one parameter vector that stands for a space-time Gabor: `α > 0`, `f >= 0`, `τ` in [0, π), `φ` in (-π, π], `ω` of
 * either sign.
 *
 * It rests on `α→-α, φ→φ+π`; `τ→τ+π, φ→-φ, ω→-ω`; `f→-f, φ→-φ, ω→-ω`. Without a carrier in space (`f = 0`) the function only
 * flickers: then `ω >= 0`, the longer axis is named x' and `τ` is 0 where both are equal; with `ω = 0` too it is
 * `canonicalGabor`'s.
 *
 * @param g any parameters of the function
 * @returns the canonical parameters of the same function
 * @throws InputError if the Gabor is not one
 */
export function canonicalSpaceTimeGabor(g: SpaceTimeGabor): SpaceTimeGabor {
  checkSpaceTimeGabor("canonicalSpaceTimeGabor", g);
  const { betaT, t0 } = g;
  if (g.frequency !== 0 || g.drift === 0) {
    const space = canonicalGabor(g);
    // whether x' and the carrier along it still point the same way
    const sense = Math.sign(g.frequency) * Math.round(Math.cos(space.tau - g.tau));
    return { ...space, betaT, t0, drift: g.drift === 0 ? 0 : g.drift * sense };
  }
  const space = canonicalGabor({ ...g, amplitude: 1, phase: 0 });
  const phase = (g.drift < 0 ? -g.phase : g.phase) + (g.amplitude < 0 ? Math.PI : 0);
  return { ...space, amplitude: Math.abs(g.amplitude), phase: wrapPhase(phase), betaT, t0, drift: Math.abs(g.drift) };
}
