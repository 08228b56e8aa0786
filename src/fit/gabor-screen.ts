import type { Field } from "./gabor-sums.js";

/** A Gabor without amplitude and phase, in pixels: where a fit may start. */
export interface Candidate {
  readonly sigmaX: number;
  readonly sigmaY: number;
  /** radians per pixel */
  readonly frequency: number;
  readonly x0: number;
  readonly y0: number;
  readonly tau: number;
}

/** A candidate with the best amplitude for it. */
export interface Screened extends Candidate {
  /** coefficient of E·cos(f·x') */
  readonly even: number;
  /** coefficient of E·sin(f·x') */
  readonly odd: number;
  /** the share of Σ data² over the screened pixels that is left */
  readonly left: number;
}

/** Exponents of the envelope below this are left out of screening. */
const reach = 8;
/** Patches of more pixels are screened on every second row and, in it, every second pixel, the odd ones and the even ones in turn. */
const dense = 500;

/** Σ data² over the pixels that screening looks at. */
export function screenedSquare(field: Field): number {
  const step = field.height * field.width > dense ? 2 : 1;
  let square = 0;
  for (let row = 0; row < field.height; row += step) {
    for (let c = firstColumn(row, step); c < field.width; c += step) square += field.data[row * field.width + c] ** 2;
  }
  return square;
}

/**
 * The best amplitude and phase for a candidate: least squares of the data on E·cos(f·x') and E·sin(f·x'), in which the
 * model is linear, over part of the pixels.
 */
export function screen(field: Field, square: number, candidate: Candidate): Screened {
  const { height: H, width: W, data } = field;
  const { sigmaX, sigmaY, frequency: f } = candidate;
  const betaX = 0.5 / (sigmaX * sigmaX);
  const betaY = 0.5 / (sigmaY * sigmaY);
  const cos = Math.cos(candidate.tau);
  const sin = Math.sin(candidate.tau);
  const x0 = candidate.x0 + (W - 1) / 2;
  const y0 = (H - 1) / 2 - candidate.y0;
  const xx = betaX * cos * cos + betaY * sin * sin;
  const xy = (betaX - betaY) * sin * cos;
  const yy = betaX * sin * sin + betaY * cos * cos;
  const alongY = (betaX * betaY) / xx;
  const step = H * W > dense ? 2 : 1;
  const ratioRatio = Math.exp(-2 * xx * step * step);
  const turn = Math.cos(f * cos * step);
  const turnSine = Math.sin(f * cos * step);

  let pp = 0;
  let ps = 0;
  let ss = 0;
  let dp = 0;
  let ds = 0;
  for (let row = 0; row < H; row += step) {
    const y = y0 - row;
    const room = (reach - alongY * y * y) / xx;
    if (!(room > 0)) continue;
    const middle = x0 - (xy * y) / xx;
    const half = Math.sqrt(room);
    const offset = firstColumn(row, step);
    const first = offset + step * Math.max(0, Math.ceil((middle - half - offset) / step));
    const last = Math.min(W - 1, Math.floor(middle + half));
    const x = first - x0;
    let E = Math.exp(-(xx * x * x + 2 * xy * x * y + yy * y * y));
    let ratio = Math.exp(-(xx * step * (2 * x + step) + 2 * xy * step * y));
    const u = x * cos + y * sin;
    let c = Math.cos(f * u);
    let s = Math.sin(f * u);
    const end = row * W + last;
    for (let i = row * W + first; i <= end; i += step) {
      const P = E * c;
      const S = E * s;
      const d = data[i];
      pp += P * P;
      ps += P * S;
      ss += S * S;
      dp += d * P;
      ds += d * S;
      const turned = turn * c - turnSine * s;
      s = turn * s + turnSine * c;
      c = turned;
      E *= ratio;
      ratio *= ratioRatio;
    }
  }
  const size = pp * ss - ps * ps;
  // too little carrier within the envelope, or all of it between the pixels: one of the two is enough
  if (!(size > 1e-9 * pp * ss)) {
    const even = pp > 0 ? dp / pp : 0;
    return { ...candidate, even, odd: 0, left: 1 - (even * dp) / square };
  }
  const even = (ss * dp - ps * ds) / size;
  const odd = (pp * ds - ps * dp) / size;
  return { ...candidate, even, odd, left: 1 - (even * dp + odd * ds) / square };
}

function firstColumn(row: number, step: number): number {
  return step === 1 ? 0 : (row >> 1) & 1;
}
