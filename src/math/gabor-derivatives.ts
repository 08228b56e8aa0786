import { checkGabor, type Gabor } from "./gabor.js";

/**
 * The derivatives of the Gabor function at one point by its eight parameters, in the order of `gaborParameters`:
 * with `E = exp(-βx·x'² - βy·y'²)`, `C = cos(f·x' + φ)`, `S = sin(f·x' + φ)` and `D = ∂w/∂x' = -αE(2βx·x'·C + f·S)`,
 * `D' = ∂w/∂y' = -2βy·y'·w` they are `EC, -x'²w, -y'²w, -αE·x'S, -αES, -D·cos τ + D'·sin τ, -D·sin τ - D'·cos τ, D·y' - D'·x'`.
 *
 * @param g the eight parameters
 * @param x to the right of the patch's centre, in the Gabor's unit of length
 * @param y up from the patch's centre
 * @returns [8], the unit of the amplitude over that of the parameter
 * @throws InputError if the Gabor is not one
 */
export function gaborDerivatives(g: Gabor, x: number, y: number): Float64Array {
  checkGabor("gaborDerivatives", g);
  const [cos, sin] = [Math.cos(g.tau), Math.sin(g.tau)];
  const along = (x - g.x0) * cos + (y - g.y0) * sin;
  const across = -(x - g.x0) * sin + (y - g.y0) * cos;
  const envelope = Math.exp(-g.betaX * along * along - g.betaY * across * across);
  const wave = envelope * Math.cos(g.frequency * along + g.phase);
  const w = g.amplitude * wave;
  const odd = g.amplitude * envelope * Math.sin(g.frequency * along + g.phase);
  const byAlong = -2 * g.betaX * along * w - g.frequency * odd;
  const byAcross = -2 * g.betaY * across * w;
  return Float64Array.of(
    wave,
    -along * along * w,
    -across * across * w,
    -along * odd,
    -odd,
    -byAlong * cos + byAcross * sin,
    -byAlong * sin - byAcross * cos,
    byAlong * across - byAcross * along,
  );
}
