import { mixing } from "./gabor-mixing.js";

/*
 * The sums of a Gabor's least squares over the pixels of a patch, in pixels.
 *
 * Parameters p = [A, C, ln βx, ln βy, q, x0, y0, τ] with q = f² > 0. With E the envelope, P = E·cos(f·x') and
 * Q = E·sin(f·x')/f the function is w = A·P - C·Q, so A = α·cos φ and C = α·f·sin φ. It is linear in A and C, and smooth in
 * q through 0, where it becomes E·(A - C·x'): a field like a Gaussian's derivative is an ordinary point here, while in
 * (α, f, φ) it lies at α = ∞.
 *
 * With t = C·P + A·q·Q every derivative is one of nine columns w, x·w, y·w, x²·w, xy·w, y²·w, t, x·t, y·t, mixed by numbers
 * that do not depend on the pixel (x, y are taken from the centre). So JᵀJ needs only the moments of w² to degree 4, of w·t
 * to degree 3 and of t² to degree 2, and along a row y is constant: 18 running sums a pixel instead of 45.
 */

/** The order of the parameters. */
export const parameterCount = 8;

/** A patch prepared for the sums. */
export interface Field {
  readonly height: number;
  readonly width: number;
  /** [H, W] */
  readonly data: Float64Array;
  /** [H, W+1]: Σ data² of a row left of each column; what the envelope does not reach counts with its whole square */
  readonly left: Float64Array;
  /** [H, W+1]: Σ data² of a row from each column on */
  readonly right: Float64Array;
  /** Σ data² */
  readonly square: number;
}

/** Exponents of the envelope below this are left out: E < 1.6e-8 there, and so is what they would add. */
const reach = 18;

/** A field with the running sums of its squares. */
export function prepareField(data: Float64Array, height: number, width: number): Field {
  const left = new Float64Array(height * (width + 1));
  const right = new Float64Array(height * (width + 1));
  let square = 0;
  for (let row = 0; row < height; row++) {
    const at = row * (width + 1);
    for (let c = 0; c < width; c++) left[at + c + 1] = left[at + c] + data[row * width + c] ** 2;
    for (let c = width - 1; c >= 0; c--) right[at + c] = right[at + c + 1] + data[row * width + c] ** 2;
    square += right[at];
  }
  return { height, width, data, left, right, square };
}

/** Where the moments lie in their array: w²·x^i·y^j for i + j <= 4, w·t to 3, t² to 2, then r·w to 2 and r·t to 1. */
const momentCount = 15 + 10 + 6 + 6 + 3;
/** The columns as [square's part, i, j], w first: which moment is the product of two columns. */
const columns: readonly (readonly [part: 0 | 1, i: number, j: number])[] = [
  [0, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, 2, 0],
  [0, 1, 1],
  [0, 0, 2],
  [1, 0, 0],
  [1, 1, 0],
  [1, 0, 1],
];
const columnCount = columns.length;
/** The place of x^i·y^j within a part: by degree, then by the power of y. */
const place = (i: number, j: number): number => ((i + j) * (i + j + 1)) / 2 + j;
const partStart = [0, 15, 25];
/** [9, 9]: the moment that is the product of two columns. */
const productPlace = Uint8Array.from(
  columns.flatMap(([p, i, j]) => columns.map(([q, k, l]) => partStart[p + q] + place(i + k, j + l))),
);
/** [9]: the moment that is the product of the residuals and a column. */
const residualPlace = Uint8Array.from(columns.map(([p, i, j]) => (p === 0 ? 31 : 37) + place(i, j)));

/** Room for the sums, reused from one evaluation to the next. */
export interface SumsRoom {
  readonly moments: Float64Array;
  readonly mix: Float64Array;
  readonly half: Float64Array;
}

/** Fresh room for the sums. */
export function sumsRoom(): SumsRoom {
  return {
    moments: new Float64Array(momentCount),
    mix: new Float64Array(parameterCount * columnCount),
    half: new Float64Array(parameterCount * columnCount),
  };
}

/** Fills `normal` (JᵀJ) and `gradient` (Jᵀr, r = w - data) at `p`; returns Σ r². */
export function gaborSums(
  field: Field,
  room: SumsRoom,
  p: Float64Array,
  normal: Float64Array,
  gradient: Float64Array,
): number {
  const sum = gaborMoments(field, p, room.moments);
  mixing(p, room.mix);
  const { moments, mix, half } = room;
  for (let a = 0; a < parameterCount; a++) {
    let along = 0;
    for (let k = 0; k < columnCount; k++) {
      along += mix[a * columnCount + k] * moments[residualPlace[k]];
      let product = 0;
      for (let l = 0; l < columnCount; l++) {
        product += mix[a * columnCount + l] * moments[productPlace[k * columnCount + l]];
      }
      half[a * columnCount + k] = product;
    }
    gradient[a] = along;
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let k = 0; k < columnCount; k++) product += half[a * columnCount + k] * mix[b * columnCount + k];
      normal[a * parameterCount + b] = product;
      normal[b * parameterCount + a] = product;
    }
  }
  return sum;
}

/** The moments of the model and of its residuals; returns Σ r². */
function gaborMoments(field: Field, p: Float64Array, moments: Float64Array): number {
  const { height: H, width: W, data, left, right } = field;
  const A = p[0];
  const C = p[1];
  const betaX = Math.exp(p[2]);
  const betaY = Math.exp(p[3]);
  const q = p[4];
  const f = Math.sqrt(q);
  const x0 = p[5] + (W - 1) / 2;
  const y0 = (H - 1) / 2 - p[6];
  const cos = Math.cos(p[7]);
  const sin = Math.sin(p[7]);

  // the exponent is xx·x² + 2·xy·x·y + yy·y²
  const xx = betaX * cos * cos + betaY * sin * sin;
  const xy = (betaX - betaY) * sin * cos;
  const yy = betaX * sin * sin + betaY * cos * cos;
  const alongY = (betaX * betaY) / xx;

  // a step of one column: the envelope's ratio itself changes by a constant ratio, (w, t) turn by f·cos τ
  const ratioRatio = Math.exp(-2 * xx);
  const turn = Math.cos(f * cos);
  const turnW = Math.sin(f * cos) / f;
  const turnT = Math.sin(f * cos) * f;

  moments.fill(0);
  let sum = 0;
  for (let row = 0; row < H; row++) {
    const y = y0 - row;
    const room = (reach - alongY * y * y) / xx;
    const edge = row * (W + 1);
    if (!(room > 0)) {
      sum += right[edge];
      continue;
    }
    const middle = x0 - (xy * y) / xx;
    const first = Math.max(0, Math.ceil(middle - Math.sqrt(room)));
    const last = Math.min(W - 1, Math.floor(middle + Math.sqrt(room)));
    if (last < first) {
      sum += right[edge];
      continue;
    }
    sum += left[edge + first] + right[edge + last + 1];

    let x = first - x0;
    let E = Math.exp(-(xx * x * x + 2 * xy * x * y + yy * y * y));
    let ratio = Math.exp(-(xx * (2 * x + 1) + 2 * xy * y));
    const u = x * cos + y * sin;
    const c = Math.cos(f * u);
    const s = Math.sin(f * u) / f;
    let w1 = A * c - C * s;
    let t1 = C * c + A * q * s;

    let ww0 = 0;
    let ww1 = 0;
    let ww2 = 0;
    let ww3 = 0;
    let ww4 = 0;
    let wt0 = 0;
    let wt1 = 0;
    let wt2 = 0;
    let wt3 = 0;
    let tt0 = 0;
    let tt1 = 0;
    let tt2 = 0;
    let rw0 = 0;
    let rw1 = 0;
    let rw2 = 0;
    let rt0 = 0;
    let rt1 = 0;
    const end = row * W + last;
    for (let i = row * W + first; i <= end; i++) {
      const w = E * w1;
      const t = E * t1;
      const r = w - data[i];
      sum += r * r;
      let m = w * w;
      ww0 += m;
      m *= x;
      ww1 += m;
      m *= x;
      ww2 += m;
      m *= x;
      ww3 += m;
      ww4 += m * x;
      m = w * t;
      wt0 += m;
      m *= x;
      wt1 += m;
      m *= x;
      wt2 += m;
      wt3 += m * x;
      m = t * t;
      tt0 += m;
      m *= x;
      tt1 += m;
      tt2 += m * x;
      m = r * w;
      rw0 += m;
      m *= x;
      rw1 += m;
      rw2 += m * x;
      m = r * t;
      rt0 += m;
      rt1 += m * x;
      const turned = turn * w1 - turnW * t1;
      t1 = turn * t1 + turnT * w1;
      w1 = turned;
      E *= ratio;
      ratio *= ratioRatio;
      x += 1;
    }

    const y2 = y * y;
    const y3 = y2 * y;
    moments[0] += ww0;
    moments[1] += ww1;
    moments[2] += ww0 * y;
    moments[3] += ww2;
    moments[4] += ww1 * y;
    moments[5] += ww0 * y2;
    moments[6] += ww3;
    moments[7] += ww2 * y;
    moments[8] += ww1 * y2;
    moments[9] += ww0 * y3;
    moments[10] += ww4;
    moments[11] += ww3 * y;
    moments[12] += ww2 * y2;
    moments[13] += ww1 * y3;
    moments[14] += ww0 * y2 * y2;
    moments[15] += wt0;
    moments[16] += wt1;
    moments[17] += wt0 * y;
    moments[18] += wt2;
    moments[19] += wt1 * y;
    moments[20] += wt0 * y2;
    moments[21] += wt3;
    moments[22] += wt2 * y;
    moments[23] += wt1 * y2;
    moments[24] += wt0 * y3;
    moments[25] += tt0;
    moments[26] += tt1;
    moments[27] += tt0 * y;
    moments[28] += tt2;
    moments[29] += tt1 * y;
    moments[30] += tt0 * y2;
    moments[31] += rw0;
    moments[32] += rw1;
    moments[33] += rw0 * y;
    moments[34] += rw2;
    moments[35] += rw1 * y;
    moments[36] += rw0 * y2;
    moments[37] += rt0;
    moments[38] += rt1;
    moments[39] += rt0 * y;
  }
  return sum;
}
