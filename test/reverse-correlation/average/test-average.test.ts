import { expect, it } from "vitest";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikeTriggeredAverageNull } from "../../../src/reverse-correlation/average/average-null.js";
import { permutationTest } from "../../../src/reverse-correlation/average/permutation-test.js";
import { testAverage } from "../../../src/reverse-correlation/average/test-average.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";

it("an average is tested as a whole and weight by weight in one go, with the numbers of either test", () => {
  const stimulus = whiteNoise({ grid: { height: 6, width: 5 }, frames: 3000, frameSeconds: 0.02, seed: 1 });
  const gabor = { amplitude: 1, betaX: 0.3, betaY: 0.3, frequency: 1.2, phase: 0.4, x0: 0, y0: 0, tau: 0.5 };
  const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 100, seed: 1 });
  const options = { lags: 3, nullDraws: 39, seed: 7 };
  const { whole, weights } = testAverage(stimulus, spikes, options);
  expect(whole).toEqual(spikeTriggeredAverageNull(stimulus, spikes, options));
  expect(weights).toEqual(permutationTest(stimulus, spikes, options));
  expect(weights.significantWeights).toBeGreaterThan(0);
  expect(() => testAverage(stimulus, spikes, { ...options, nullDraws: 18 })).toThrow(
    "testAverage: nullDraws is 18, a whole number of at least 19 is needed",
  );
  expect(() => testAverage(stimulus, spikes, { ...options, level: 0.01, nullDraws: 98 })).toThrow("at least 99");
});
