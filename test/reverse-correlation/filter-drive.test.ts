import { expect, test } from "vitest";
import { checkKernel, filterDrive } from "../../src/reverse-correlation/filter-drive.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { tensor } from "../../src/tensor/tensor.js";

const grid = { height: 3, width: 2 };

test("the drive is the sum over lags and pixels, frames before the first counting as 0", () => {
  const frames = 2500;
  const stimulus = whiteNoise({ grid, frames, frameSeconds: 0.01, seed: 1 });
  const kernel = tensor(
    Array.from({ length: 24 }, (_, i) => Math.cos(i)),
    [4, 3, 2],
  );
  const shown = stimulus.read(0, frames);
  const drive = filterDrive(kernel, stimulus);
  for (const t of [0, 1, 2, 3, 1023, 1024, 1025, 2499]) {
    let sum = 0;
    for (let k = 0; k < 4 && k <= t; k++)
      for (let p = 0; p < 6; p++) sum += kernel.data[6 * k + p]! * shown[6 * (t - k) + p]!;
    expect(drive[t]).toBeCloseTo(sum, 10);
  }
});

test("a kernel of another size is refused", () => {
  const stimulus = stimulusFrom(tensor(new Float32Array(12), [2, 3, 2]), { frameSeconds: 0.01 });
  expect(() => checkKernel("f", tensor(new Float32Array(6), [1, 2, 3]), stimulus)).toThrow(
    "f: kernel has shape [1, 2, 3], the stimulus's grid of 3x2",
  );
});
