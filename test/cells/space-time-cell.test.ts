import { describe, expect, it } from "vitest";
import { simpleCell } from "../../src/cells/simple-cell.js";
import { spaceTimeCell } from "../../src/cells/space-time-cell.js";
import {
  biphasicTimeCourse,
  exampleDriftingGabor,
  exampleFrameSeconds,
  exampleGabor,
  exampleGrid,
  exampleLags,
  exampleSpaceTimeKernels,
} from "../../src/cells/space-time-cell-examples.js";
import { xOfColumn, yOfRow } from "../../src/math/grid.js";
import { renderSpaceTimeGabor } from "../../src/math/space-time-gabor.js";
import { norm } from "../../src/math/vectors.js";
import { filterDrive } from "../../src/reverse-correlation/filter-drive.js";
import { spaceTimeSeparability } from "../../src/reverse-correlation/space-time/separability.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";

const frameSeconds = exampleFrameSeconds;
// more than one block of 2^16 numbers
const noise = whiteNoise({ grid: exampleGrid, frames: 700, frameSeconds, seed: 3 });
const { separable, drifting } = exampleSpaceTimeKernels();

/** `Σ_k Σ_p w(k, p)·I(t - k, p)` at one frame, with what came before the stimulus as 0. */
function slowDrive(kernel: { readonly data: ArrayLike<number> }, t: number): number {
  let sum = 0;
  for (let k = 0; k < exampleLags && k <= t; k++) {
    const frame = noise.read(t - k, 1);
    for (let p = 0; p < 256; p++) sum += kernel.data[k * 256 + p] * frame[p];
  }
  return sum;
}

/** A grating of the example's carrier that drifts in direction τ, or against it, at 5 Hz. */
function grating(sense: 1 | -1) {
  const { frequency, tau } = exampleGabor;
  const frames = Float32Array.from({ length: 60 * 256 }, (_, i) => {
    const [x, y] = [xOfColumn(exampleGrid, i % 16), yOfRow(exampleGrid, Math.floor((i % 256) / 16))];
    const time = Math.floor(i / 256) * frameSeconds;
    return Math.cos(frequency * (x * Math.cos(tau) + y * Math.sin(tau)) - sense * 2 * Math.PI * 5 * time);
  });
  return stimulusFrom(tensor(frames, [60, 16, 16]), { frameSeconds });
}

describe("spaceTimeCell", () => {
  it("half-squares its filter over the frames of the past, the first of them 0 before the stimulus began", () => {
    const { drive } = spaceTimeCell({ kernel: separable }).respond(noise);
    for (const t of [0, 1, 5, 11, 12, 255, 256, 257, 699])
      expect(drive[t]).toBeCloseTo(Math.max(0, slowDrive(separable, t)) ** 2, 10);
    const linear = spaceTimeCell({ kernel: drifting }, { nonlinearity: "linear" }).respond(noise);
    expect([...linear.drive]).toEqual([...filterDrive(drifting, noise)]);
    const rectified = spaceTimeCell({ kernel: drifting }, { nonlinearity: "rectified" }).respond(noise);
    expect([...rectified.drive]).toEqual([...linear.drive].map((s) => Math.max(0, s)));
  });

  it("of a Gabor and one lag is the simple cell", () => {
    const { drive } = spaceTimeCell({ gabor: exampleGabor, temporal: [1] }).respond(noise);
    const simple = simpleCell(exampleGabor).respond(noise).drive;
    // the simple cell's weights are float32
    drive.forEach((value, t) => {
      expect(Math.abs(value - simple[t])).toBeLessThan(1e-4);
    });
  });

  it("is the same cell by its parameters and by its kernel", () => {
    const linear = { nonlinearity: "linear" } as const;
    const kernel = renderSpaceTimeGabor(exampleDriftingGabor, { grid: exampleGrid, lags: 12, frameSeconds });
    const a = spaceTimeCell({ gabor: exampleDriftingGabor, lags: 12 }, linear).respond(noise).drive;
    const b = spaceTimeCell({ kernel }, linear).respond(noise).drive;
    const temporal = biphasicTimeCourse(12, frameSeconds);
    const c = spaceTimeCell({ gabor: exampleGabor, temporal }, linear).respond(noise).drive;
    const d = spaceTimeCell({ kernel: separable }, linear).respond(noise).drive;
    const scale = norm(c) / norm(d);
    for (let t = 0; t < 700; t++) {
      expect(Math.abs(a[t] - b[t])).toBeLessThan(1e-5);
      expect(Math.abs(c[t] - scale * d[t])).toBeLessThan(1e-5);
    }
  });

  it("with a drift prefers bars that move in direction τ; a separable one prefers neither", () => {
    const mean = (cell: ReturnType<typeof spaceTimeCell>, sense: 1 | -1) =>
      cell
        .respond(grating(sense))
        .drive.subarray(12)
        .reduce((sum, x) => sum + x, 0);
    const moving = spaceTimeCell({ kernel: drifting });
    expect(mean(moving, 1)).toBeGreaterThan(10 * mean(moving, -1));
    const still = spaceTimeCell({ kernel: separable });
    expect(mean(still, 1) / mean(still, -1)).toBeCloseTo(1, 1);
  });

  it("says what it is as plain JSON that no later change of the argument reaches", () => {
    const temporal = [0, 1, -1];
    const cell = spaceTimeCell({ gabor: exampleGabor, temporal });
    temporal[1] = 5;
    expect(cell.specification).toEqual({
      name: "space-time-cell",
      gabor: exampleGabor,
      temporal: [0, 1, -1],
      nonlinearity: "squared",
    });
    const { specification } = spaceTimeCell({ gabor: exampleDriftingGabor, lags: 12 });
    expect(JSON.parse(JSON.stringify(specification))).toEqual(specification);
  });

  it("refuses a filter that is none, and a stimulus that it does not cover", () => {
    const refused = (f: () => unknown, message: string) => expect(f).toThrow(new InputError(message));
    refused(
      () => spaceTimeCell(undefined as never),
      "spaceTimeCell: filter is undefined, { kernel }, { gabor, temporal } or { gabor, lags } is needed",
    );
    refused(
      () => spaceTimeCell({ kernel: tensor([1, NaN], [2, 1, 1]) }),
      "spaceTimeCell: filter.kernel[1] is NaN, finite numbers are needed",
    );
    refused(
      () => spaceTimeCell({ kernel: tensor([], [0, 1, 1]) }),
      "spaceTimeCell: filter.kernel has shape [0, 1, 1], no axis may be 0",
    );
    refused(
      () => spaceTimeCell({ gabor: exampleGabor, temporal: [] }),
      "spaceTimeCell: filter.temporal is a list of 0, a weight for each lag is needed",
    );
    refused(
      () => spaceTimeCell({ gabor: exampleDriftingGabor, lags: 0 }),
      "spaceTimeCell: filter.lags is 0, a whole number of at least 1 is needed",
    );
    refused(
      () => spaceTimeCell({ kernel: tensor([1], [1, 1, 1]) }).respond(noise),
      "respond: the cell's kernel has shape [1, 1, 1], the stimulus's grid is 16x16 (step 1)",
    );
  });
});

describe("the examples", () => {
  it("have unit norm, and are separable and not", () => {
    expect(norm(separable.data)).toBeCloseTo(1, 6);
    expect(norm(drifting.data)).toBeCloseTo(1, 6);
    expect(spaceTimeSeparability(separable).index).toBeCloseTo(1, 9);
    expect(spaceTimeSeparability(drifting).index).toBeLessThan(0.75);
  });

  it("have a time course that turns its sign at √42/r and fades", () => {
    const fine = biphasicTimeCourse(1000, 0.0002);
    const turn = fine.findIndex((value, k) => k > 0 && value < 0);
    expect(turn * 0.0002).toBeCloseTo(Math.sqrt(42) / 100, 3);
    expect(norm(fine)).toBeCloseTo(1, 12);
    const coarse = biphasicTimeCourse(12, frameSeconds);
    expect(Math.abs(coarse[11])).toBeLessThan(0.02);
    expect(() => biphasicTimeCourse(1, 1)).toThrow("lags is 1");
  });
});
