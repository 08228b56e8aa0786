/*
 * The sums of a space-time Gabor's least squares, in pixels and frames.
 *
 * Parameters p = [A, B, ln βx, ln βy, f, x0, y0, τ, ln βt, t0, ω], A = α·cos φ and B = α·sin φ. The function is the real part
 * of a product, w(k, p) = Re[S(p)·T(k)], of S = exp(-βx·x'² - βy·y'² + i·f·x') and T = (A + iB)·exp(-βt·u² + i·ω·u),
 * u = k - t0, and so is each derivative: Re[S_a·T_a] with a column S_a over pixels and a column T_a over lags. Therefore
 * Σ Re[S_a·T_a]·Re[S_b·T_b] = ½·Re[(Σ S_a·S_b)·(Σ T_a·T_b) + (Σ S_a·S̄_b)·(Σ T_a·T̄_b)]: JᵀJ takes sums over pixels and over
 * lags, never over their product.
 */

/** The order of the parameters. */
export const spaceTimeParameterCount = 11;

/** A field in space and time, as the sums take it. */
export interface SpaceTimeField {
  readonly lags: number;
  readonly height: number;
  readonly width: number;
  /** [lags, height, width] */
  readonly data: Float64Array;
}

/** Complex columns, `[columns, length]`. */
export interface Columns {
  readonly length: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const spaceCount = 7;
const timeCount = 6;
/** [11]: the column over pixels and the column over lags whose product is a parameter's derivative. */
const spaceOf = Uint8Array.of(0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0);
const timeOf = Uint8Array.of(0, 1, 2, 2, 2, 2, 2, 2, 3, 4, 5);

/** Room for the sums, reused from one evaluation to the next. */
export interface SpaceTimeRoom {
  /** S and its derivatives by ln βx, ln βy, f, x0, y0, τ */
  readonly space: Columns;
  /** T by A, T by B, T and its derivatives by ln βt, t0, ω */
  readonly time: Columns;
  /** Σ r·S over pixels, at each lag */
  readonly alongTime: Columns;
  /** Σ r·T over lags, at each pixel */
  readonly alongSpace: Columns;
  readonly spaceProducts: Products;
  readonly timeProducts: Products;
}

/** `Σ c_a·c_b` and `Σ c_a·c̄_b` of every pair of columns, `[columns, columns]`. */
interface Products {
  readonly plainRe: Float64Array;
  readonly plainIm: Float64Array;
  readonly conjugateRe: Float64Array;
  readonly conjugateIm: Float64Array;
}

const columnsOf = (count: number, length: number): Columns => ({
  length,
  re: new Float64Array(count * length),
  im: new Float64Array(count * length),
});

const productsOf = (count: number): Products => ({
  plainRe: new Float64Array(count * count),
  plainIm: new Float64Array(count * count),
  conjugateRe: new Float64Array(count * count),
  conjugateIm: new Float64Array(count * count),
});

/** Fresh room for the sums over a field. */
export function spaceTimeRoom({ lags, height, width }: SpaceTimeField): SpaceTimeRoom {
  return {
    space: columnsOf(spaceCount, height * width),
    time: columnsOf(timeCount, lags),
    alongTime: columnsOf(1, lags),
    alongSpace: columnsOf(1, height * width),
    spaceProducts: productsOf(spaceCount),
    timeProducts: productsOf(timeCount),
  };
}

/** Fills `normal` (JᵀJ) and `gradient` (Jᵀr, r = w - data) at `p`; returns Σ r². */
export function spaceTimeSums(
  field: SpaceTimeField,
  room: SpaceTimeRoom,
  p: Float64Array,
  normal: Float64Array,
  gradient: Float64Array,
): number {
  const { space, time, alongTime, alongSpace, spaceProducts: s, timeProducts: t } = room;
  const n = spaceTimeParameterCount;
  fillSpace(field, p, space);
  fillTime(p, time);
  const sum = residualSums(field, room);
  multiply(space, spaceCount, s);
  multiply(time, timeCount, t);
  for (let a = 0; a < n; a++) {
    gradient[a] =
      spaceOf[a] === 0 ? realProduct(time, timeOf[a], alongTime) : realProduct(space, spaceOf[a], alongSpace);
    for (let b = 0; b <= a; b++) {
      const i = spaceOf[a] * spaceCount + spaceOf[b];
      const j = timeOf[a] * timeCount + timeOf[b];
      const plain = s.plainRe[i] * t.plainRe[j] - s.plainIm[i] * t.plainIm[j];
      const conjugate = s.conjugateRe[i] * t.conjugateRe[j] - s.conjugateIm[i] * t.conjugateIm[j];
      normal[a * n + b] = normal[b * n + a] = (plain + conjugate) / 2;
    }
  }
  return sum;
}

/** S over the pixels, and its derivatives. */
function fillSpace(
  { height: H, width: W }: SpaceTimeField,
  p: ArrayLike<number>,
  { length: P, re, im }: Columns,
): void {
  const [betaX, betaY, f] = [Math.exp(p[2]), Math.exp(p[3]), p[4]];
  const [cos, sin] = [Math.cos(p[7]), Math.sin(p[7])];
  for (let i = 0; i < P; i++) {
    const dx = (i % W) - (W - 1) / 2 - p[5];
    const dy = (H - 1) / 2 - Math.floor(i / W) - p[6];
    const along = dx * cos + dy * sin;
    const across = dy * cos - dx * sin;
    const envelope = Math.exp(-betaX * along * along - betaY * across * across);
    const [sr, si] = [envelope * Math.cos(f * along), envelope * Math.sin(f * along)];
    // ∂S/∂x' = (-2βx·x' + i·f)·S, ∂S/∂y' = -2βy·y'·S
    const slope = -2 * betaX * along;
    const [alongRe, alongIm] = [slope * sr - f * si, slope * si + f * sr];
    const down = -2 * betaY * across;
    const [acrossRe, acrossIm] = [down * sr, down * si];
    re[i] = sr;
    im[i] = si;
    re[P + i] = -betaX * along * along * sr;
    im[P + i] = -betaX * along * along * si;
    re[2 * P + i] = -betaY * across * across * sr;
    im[2 * P + i] = -betaY * across * across * si;
    re[3 * P + i] = -along * si;
    im[3 * P + i] = along * sr;
    re[4 * P + i] = -cos * alongRe + sin * acrossRe;
    im[4 * P + i] = -cos * alongIm + sin * acrossIm;
    re[5 * P + i] = -sin * alongRe - cos * acrossRe;
    im[5 * P + i] = -sin * alongIm - cos * acrossIm;
    re[6 * P + i] = across * alongRe - along * acrossRe;
    im[6 * P + i] = across * alongIm - along * acrossIm;
  }
}

/** T over the lags: by A and by B, itself, and its derivatives. */
function fillTime(p: ArrayLike<number>, { length: L, re, im }: Columns): void {
  const [betaT, t0, drift] = [Math.exp(p[8]), p[9], p[10]];
  for (let k = 0; k < L; k++) {
    const u = k - t0;
    const envelope = Math.exp(-betaT * u * u);
    const [gr, gi] = [envelope * Math.cos(drift * u), envelope * Math.sin(drift * u)];
    const [tr, ti] = [p[0] * gr - p[1] * gi, p[0] * gi + p[1] * gr];
    re[k] = gr;
    im[k] = gi;
    re[L + k] = -gi;
    im[L + k] = gr;
    re[2 * L + k] = tr;
    im[2 * L + k] = ti;
    re[3 * L + k] = -betaT * u * u * tr;
    im[3 * L + k] = -betaT * u * u * ti;
    // ∂T/∂t0 = (2βt·u - i·ω)·T
    re[4 * L + k] = 2 * betaT * u * tr + drift * ti;
    im[4 * L + k] = 2 * betaT * u * ti - drift * tr;
    re[5 * L + k] = -u * ti;
    im[5 * L + k] = u * tr;
  }
}

/** Σ r², and the residuals' sums with S at each lag and with T at each pixel. */
function residualSums({ data }: SpaceTimeField, { space, time, alongTime, alongSpace }: SpaceTimeRoom): number {
  const [P, L] = [space.length, time.length];
  const { re: sRe, im: sIm } = space;
  alongSpace.re.fill(0);
  alongSpace.im.fill(0);
  let sum = 0;
  for (let k = 0; k < L; k++) {
    const [tr, ti] = [time.re[2 * L + k], time.im[2 * L + k]];
    let [ofLagRe, ofLagIm] = [0, 0];
    for (let i = 0; i < P; i++) {
      const r = sRe[i] * tr - sIm[i] * ti - data[k * P + i];
      sum += r * r;
      ofLagRe += r * sRe[i];
      ofLagIm += r * sIm[i];
      alongSpace.re[i] += r * tr;
      alongSpace.im[i] += r * ti;
    }
    alongTime.re[k] = ofLagRe;
    alongTime.im[k] = ofLagIm;
  }
  return sum;
}

function multiply({ length, re, im }: Columns, count: number, out: Products): void {
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let [rr, ii, ri, ir] = [0, 0, 0, 0];
      for (let i = 0, j = a * length, k = b * length; i < length; i++, j++, k++) {
        rr += re[j] * re[k];
        ii += im[j] * im[k];
        ri += re[j] * im[k];
        ir += im[j] * re[k];
      }
      const [there, back] = [a * count + b, b * count + a];
      out.plainRe[there] = out.plainRe[back] = rr - ii;
      out.plainIm[there] = out.plainIm[back] = ri + ir;
      out.conjugateRe[there] = out.conjugateRe[back] = rr + ii;
      out.conjugateIm[there] = ir - ri;
      out.conjugateIm[back] = ri - ir;
    }
  }
}

/** `Re Σ c·other` of one column. */
function realProduct({ length, re, im }: Columns, column: number, other: Columns): number {
  let sum = 0;
  for (let i = 0, j = column * length; i < length; i++, j++) sum += re[j] * other.re[i] - im[j] * other.im[i];
  return sum;
}

/** What the field holds of a carrier and place in space, at each lag: `Σ_p data(k, p)·conj S(p)`, S as at `p`. */
export function demodulated(field: SpaceTimeField, room: SpaceTimeRoom, p: ArrayLike<number>): Columns {
  const { lags, data } = field;
  fillSpace(field, p, room.space);
  const { re, im, length: P } = room.space;
  const out = columnsOf(1, lags);
  for (let k = 0; k < lags; k++) {
    for (let i = 0; i < P; i++) {
      out.re[k] += data[k * P + i] * re[i];
      out.im[k] -= data[k * P + i] * im[i];
    }
  }
  return out;
}
