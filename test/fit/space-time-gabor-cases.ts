import { fillNormal, uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { type SpaceTimeGabor, type SpaceTimeGrid, spaceTimeGaborValues } from "../../src/math/space-time-gabor.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

const stream = randomStream(9, "tests");

/** Space-time Gabors of the kinds that cells have, in pixels and frames, for patches of `side` pixels and 10 lags. */
export function drawSpaceTimeGabors(count: number, side: number): SpaceTimeGabor[] {
  return Array.from({ length: count }, (_, row) => {
    const u = (i: number, least: number, most: number) => least + (most - least) * uniformAt(stream, row, i);
    const cycles = u(0, 0.12, 0.2);
    const [nx, ny] = [u(1, 0.28, 0.5), u(2, 0.3, 0.6)];
    const [sigmaX, sigmaY, sigmaT] = [nx / cycles, ny / cycles, u(3, 1.2, 2.5)];
    return {
      amplitude: u(4, 0.5, 2),
      betaX: 0.5 / sigmaX ** 2,
      betaY: 0.5 / sigmaY ** 2,
      frequency: 2 * Math.PI * cycles,
      phase: u(5, -Math.PI, Math.PI),
      x0: u(6, -0.12, 0.12) * side,
      y0: u(7, -0.12, 0.12) * side,
      tau: u(8, 0, Math.PI),
      betaT: 0.5 / sigmaT ** 2,
      t0: u(9, 3, 6),
      drift: u(10, -1.2, 1.2),
    };
  });
}

/** The field of a Gabor with independent normal noise of standard deviation `sigma`. */
export function noisySpaceTimeField(g: SpaceTimeGabor, over: SpaceTimeGrid, sigma: number, row: number): Tensor {
  const values = spaceTimeGaborValues(g, over);
  const noise = new Float32Array(values.length);
  fillNormal(noise, stream, 100_000 + row);
  return tensor(
    values.map((value, i) => value + sigma * noise[i]),
    [over.lags, over.grid.height, over.grid.width],
  );
}
