/**
 * [8, 9]: the derivative by each of the parameters A, C, ln βx, ln βy, q, x0, y0, τ as a mixture of the columns
 * w, xw, yw, x²w, xyw, y²w, t, xt, yt (see gabor-sums.ts).
 */
export function mixing(p: Float64Array, mix: Float64Array): void {
  const A = p[0];
  const C = p[1];
  const betaX = Math.exp(p[2]);
  const betaY = Math.exp(p[3]);
  const q = p[4];
  const cos = Math.cos(p[7]);
  const sin = Math.sin(p[7]);
  const size = A * A * q + C * C;
  const across = 2 * (betaX - betaY);
  mix.fill(0);
  // P = (A·q·w + C·t)/size and Q = (A·t - C·w)/size; both stay 0 where the function is
  if (size > 0) {
    mix[0] = (A * q) / size;
    mix[6] = C / size;
    mix[9] = C / size;
    mix[15] = -A / size;
    mix[36] = (-C * C) / (2 * q * size);
    mix[42] = (C * A) / (2 * q * size);
  }
  mix[43] = -cos / (2 * q);
  mix[44] = -sin / (2 * q);
  mix[21] = -betaX * cos * cos;
  mix[22] = -2 * betaX * cos * sin;
  mix[23] = -betaX * sin * sin;
  mix[30] = -betaY * sin * sin;
  mix[31] = 2 * betaY * cos * sin;
  mix[32] = -betaY * cos * cos;
  mix[46] = 2 * (betaX * cos * cos + betaY * sin * sin);
  mix[47] = across * cos * sin;
  mix[51] = cos;
  mix[55] = across * cos * sin;
  mix[56] = 2 * (betaX * sin * sin + betaY * cos * cos);
  mix[60] = sin;
  mix[66] = across * cos * sin;
  mix[67] = -across * (cos * cos - sin * sin);
  mix[68] = -across * cos * sin;
  mix[70] = sin;
  mix[71] = -cos;
}
