import { type Gabor, renderGabor } from "../../src/math/gabor.js";
import type { Grid } from "../../src/math/grid.js";
import { fillNormal, uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

const source = randomStream(11, "tests");

/** A Gabor by its σ in pixels and its carrier in cycles per pixel. */
export function gaborFrom(
  shape: { readonly sigmaX: number; readonly sigmaY: number; readonly cycles: number },
  rest: Partial<Gabor> = {},
): Gabor {
  const { sigmaX, sigmaY, cycles } = shape;
  const betas = { betaX: 0.5 / sigmaX ** 2, betaY: 0.5 / sigmaY ** 2 };
  return { amplitude: 1, ...betas, frequency: 2 * Math.PI * cycles, phase: 0.6, x0: 0.7, y0: -1.2, tau: 0.5, ...rest };
}

/** Gabors of the shapes of simple cells: nx .15 to .8, ny .15 to 1.2, carriers .05 to .25 cycles a pixel. */
export function drawGabors(count: number): Gabor[] {
  const drawn: Gabor[] = [];
  for (let row = 0; drawn.length < count; row++) {
    const u = (i: number) => uniformAt(source, row, i);
    const cycles = 0.05 * 5 ** u(0);
    const [sigmaX, sigmaY] = [(0.15 + 0.65 * u(1)) / cycles, (0.15 + 1.05 * u(2)) / cycles];
    if (sigmaX > 6 || sigmaY < 1 || sigmaY > 7) continue;
    const place = { x0: 8 * u(3) - 4, y0: 8 * u(4) - 4, tau: Math.PI * u(6) };
    drawn.push(gaborFrom({ sigmaX, sigmaY, cycles }, { ...place, phase: 2 * Math.PI * u(5) }));
  }
  return drawn;
}

/** The Gabor over the grid plus white noise whose variance is `share` of its mean square. */
export function noisyField(gabor: Gabor, grid: Grid, share: number, seed: number): Tensor {
  const clean = renderGabor(gabor, grid).data;
  const noise = new Float32Array(clean.length);
  fillNormal(noise, source, 100_000 + seed);
  const square = Array.from(clean).reduce((sum, x) => sum + x * x, 0) / clean.length;
  const deviation = Math.sqrt(share * square);
  return tensor(
    Float64Array.from(clean, (x, i) => x + deviation * noise[i]),
    [grid.height, grid.width],
  );
}
