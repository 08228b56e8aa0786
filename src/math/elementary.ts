const LN2_HIGH = 0xb17217f7 / 2 ** 32;
const LN2_LOW = 0xd1cf79ab * 2 ** -64;
const view = new DataView(new ArrayBuffer(8));

/**
 * The exponential, made only of + - * / so that every engine gives the same bits (`Math.exp` differs among them).
 * e^x = 2^k·e^r, r = x - k·ln 2 in [-ln 2 / 2, ln 2 / 2], e^r by the Taylor sum to r^13, whose rest is below 2^-58.
 *
 * @param x any number
 * @returns e^x within two units in the last place; 0 below -745.2 and Infinity above 709.8
 */
export function exponential(x: number): number {
  if (!(x > -745.2)) return Number.isNaN(x) ? Number.NaN : 0;
  if (x > 709.8) return Number.POSITIVE_INFINITY;
  const k = Math.round(x / Math.LN2);
  // ln 2 in two parts, the first with 32 bits, so that k times it is exact
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 13; n > 0; n--) sum = 1 + (sum * r) / n;
  // in two factors, since 2^k alone may leave the range where the product does not
  const half = k >> 1;
  return sum * powerOfTwo(half) * powerOfTwo(k - half);
}

/** 2^k for k from -1022 to 1023, by its exponent's bits: `**` is another function that engines may round as they like. */
function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  return view.getFloat64(0);
}
