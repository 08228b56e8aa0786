import { checkNumber, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { checkGrid, type Grid, pixelsOf, xOfColumn, yOfRow } from "./grid.js";

/**
 * The Gabor function's eight parameters:
 * `w(x,y) = α·exp(-βx·x'² - βy·y'²)·cos(f·x' + φ)`,
 * `x' = (x-x0)·cos τ + (y-y0)·sin τ`, `y' = -(x-x0)·sin τ + (y-y0)·cos τ`.
 */
export interface Gabor {
  /** α */
  readonly amplitude: number;
  /** βx, 1 / length²: the envelope along the carrier, `σx = 1/√(2βx)` */
  readonly betaX: number;
  /** βy, 1 / length²: the envelope along the bars, `σy = 1/√(2βy)` */
  readonly betaY: number;
  /** f, radians per unit of length */
  readonly frequency: number;
  /** φ, radians */
  readonly phase: number;
  /** x of the centre, to the right, units of length */
  readonly x0: number;
  /** y of the centre, up, units of length */
  readonly y0: number;
  /** τ, radians counter-clockwise: the direction x' in which the carrier runs; the bars lie at τ + π/2 */
  readonly tau: number;
}

/** The parameters in the order of every vector and matrix over them. */
export const gaborParameters = ["amplitude", "betaX", "betaY", "frequency", "phase", "x0", "y0", "tau"] as const;

/** Throws unless `value` is a Gabor: eight finite numbers, both βs above 0. */
export function checkGabor(where: string, value: unknown): asserts value is Gabor {
  if (typeof value !== "object" || value === null) {
    refuse(where, `gabor is ${describe(value)}, { ${gaborParameters.join(", ")} } is needed`);
  }
  const g = value as Gabor;
  for (const name of gaborParameters) checkNumber(where, `gabor.${name}`, g[name]);
  checkPositive(where, "gabor.betaX", g.betaX);
  checkPositive(where, "gabor.betaY", g.betaY);
}

/**
 * The Gabor function at one point: `α·exp(-βx·x'² - βy·y'²)·cos(f·x' + φ)`.
 *
 * @param g the eight parameters
 * @param x to the right of the patch's centre, in the Gabor's unit of length
 * @param y up from the patch's centre
 * @returns `w(x, y)`, in the unit of the amplitude
 * @throws InputError if a parameter is missing or not finite, or a β is not above 0
 * Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.10, equations 9.16 to 9.18, with (x0, y0) the centre.
 */
export function gaborAt(g: Gabor, x: number, y: number): number {
  checkGabor("gaborAt", g);
  return valueAt(g, Math.cos(g.tau), Math.sin(g.tau), x, y);
}

/**
 * The Gabor function at every pixel's centre: `w(x_c, y_r)`.
 *
 * @param g the eight parameters, in the grid's unit of length
 * @param grid the patch
 * @returns float32 `[height, width]`, row 0 at the top
 * @throws InputError if the Gabor or the grid is not one
 */
export function renderGabor(g: Gabor, grid: Grid): Tensor {
  checkGabor("renderGabor", g);
  checkGrid("renderGabor", grid);
  return tensor(Float32Array.from(gaborValues(g, grid)), [grid.height, grid.width]);
}

/** The Gabor function at every pixel's centre in float64, `[H, W]`; trusts its arguments. */
export function gaborValues(g: Gabor, grid: Grid): Float64Array {
  const { height, width } = grid;
  const [cos, sin] = [Math.cos(g.tau), Math.sin(g.tau)];
  const data = new Float64Array(pixelsOf(grid));
  for (let row = 0; row < height; row++) {
    const y = yOfRow(grid, row);
    for (let column = 0; column < width; column++) {
      data[row * width + column] = valueAt(g, cos, sin, xOfColumn(grid, column), y);
    }
  }
  return data;
}

/**
 * The one parameter vector that stands for a Gabor function: `α > 0`, `f >= 0`, `τ` in [0, π), `φ` in (-π, π].
 *
 * It rests on `α→-α, φ→φ+π`; `τ→τ+π, φ→-φ`; `f→-f, φ→-φ`. Without a carrier (`f = 0`) the phase only scales, so it goes
 * into the amplitude and becomes 0 (π where the blob is dark, since α stays positive), the longer axis is named x'
 * (`βx <= βy`), and where both axes are equal `τ` is 0.
 *
 * @param g any parameters of the function
 * @returns the canonical parameters of the same function; `amplitude` is 0 only where the function is 0 everywhere
 * @throws InputError if the Gabor is not one
 */
export function canonicalGabor(g: Gabor): Gabor {
  checkGabor("canonicalGabor", g);
  if (g.frequency === 0) return canonicalBlob(g);
  let { amplitude, phase } = g;
  if (g.frequency < 0) phase = -phase;
  if (amplitude < 0) {
    amplitude = -amplitude;
    phase += Math.PI;
  }
  const { angle, turns } = withinHalfTurn(g.tau);
  if (turns % 2 !== 0) phase = -phase;
  return { ...only(g), amplitude, frequency: Math.abs(g.frequency), phase: wrapPhase(phase), tau: angle };
}

/**
 * The two Gabors of a quadrature pair: they share all but the phase, `φ` and `φ - π/2` (a cosine and a sine in x').
 *
 * @param g the first of the pair
 * @returns `[g, g with phase φ - π/2]`
 * @throws InputError if the Gabor is not one
 */
export function quadraturePair(g: Gabor): readonly [Gabor, Gabor] {
  checkGabor("quadraturePair", g);
  return [only(g), { ...only(g), phase: g.phase - Math.PI / 2 }];
}

/** An angle brought into (-π, π]. */
export function wrapPhase(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return turned <= -Math.PI ? Math.PI : Math.min(turned, Math.PI) + 0;
}

function valueAt(g: Gabor, cos: number, sin: number, x: number, y: number): number {
  const along = (x - g.x0) * cos + (y - g.y0) * sin;
  const across = -(x - g.x0) * sin + (y - g.y0) * cos;
  const envelope = Math.exp(-g.betaX * along * along - g.betaY * across * across);
  return g.amplitude * envelope * Math.cos(g.frequency * along + g.phase);
}

/** The eight parameters alone, whatever else the record carries. */
function only(g: Gabor): Gabor {
  const { amplitude, betaX, betaY, frequency, phase, x0, y0, tau } = g;
  return { amplitude, betaX, betaY, frequency, phase, x0, y0, tau };
}

/** An angle in [0, π) and how many half turns were taken off; a rounding up to π itself counts as one more. */
function withinHalfTurn(tau: number): { angle: number; turns: number } {
  const turns = Math.floor(tau / Math.PI);
  const angle = tau - turns * Math.PI;
  if (angle >= Math.PI) return { angle: 0, turns: turns + 1 };
  return { angle: Math.max(angle, 0), turns };
}

function canonicalBlob(g: Gabor): Gabor {
  const scale = g.amplitude * Math.cos(g.phase);
  const swapped = g.betaX > g.betaY;
  const tau = g.betaX === g.betaY ? 0 : withinHalfTurn(swapped ? g.tau + Math.PI / 2 : g.tau).angle;
  return {
    ...only(g),
    amplitude: Math.abs(scale),
    betaX: Math.min(g.betaX, g.betaY),
    betaY: Math.max(g.betaX, g.betaY),
    frequency: 0,
    phase: scale < 0 ? Math.PI : 0,
    tau,
  };
}
