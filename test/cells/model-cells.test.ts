import { describe, expect, it } from "vitest";
import { complexCell } from "../../src/cells/complex-cell.js";
import { simpleCell } from "../../src/cells/simple-cell.js";
import { type Gabor, gaborAt } from "../../src/math/gabor.js";
import { xOfColumn, yOfRow } from "../../src/math/grid.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import type { Stimulus } from "../../src/stimuli/stimulus.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";

const gabor: Gabor = {
  amplitude: 0.8,
  betaX: 0.05,
  betaY: 0.03,
  frequency: 0.9,
  phase: 0.4,
  x0: 0.7,
  y0: -0.3,
  tau: 0.6,
};
// wider than high and with an odd number of pixels, so that a swapped axis or a lost rest shows
const grid = { height: 9, width: 11 };
const noise = whiteNoise({ grid, frames: 1500, frameSeconds: 0.01, seed: 8 });

/** `Σ w(x,y)·I(x,y)` in every frame, point by point. */
function slowDrive(g: Gabor, stimulus: Stimulus): Float64Array {
  const { height, width } = stimulus.grid;
  return Float64Array.from({ length: stimulus.frames }, (_, t) => {
    const frame = stimulus.read(t, 1);
    let sum = 0;
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        sum += gaborAt(g, xOfColumn(stimulus.grid, column), yOfRow(stimulus.grid, row)) * frame[row * width + column];
    return sum;
  });
}

/** The largest difference of two lists. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

const s = slowDrive(gabor, noise);
/** the weights are rounded to float32, 99 pixels of contrast about 1 */
const ROUNDING = 1e-6;

describe("simpleCell", () => {
  it("half-squares the linear drive of its Gabor", () => {
    const response = simpleCell(gabor).respond(noise);
    expect(
      distance(
        response.drive,
        s.map((x) => Math.max(0, x) ** 2),
      ),
    ).toBeLessThan(20 * ROUNDING);
    expect(Math.max(...s)).toBeGreaterThan(1);
    expect(Math.min(...response.drive)).toBe(0);
  });

  it("is linear or rectified where it is asked to be", () => {
    const linear = simpleCell(gabor, { nonlinearity: "linear" }).respond(noise).drive;
    const rectified = simpleCell(gabor, { nonlinearity: "rectified" }).respond(noise).drive;
    expect(distance(linear, s)).toBeLessThan(ROUNDING);
    expect(
      distance(
        rectified,
        s.map((x) => Math.max(0, x)),
      ),
    ).toBeLessThan(ROUNDING);
  });

  it("measures its field in the stimulus' unit of length", () => {
    const step = 0.25;
    const inDegrees = { ...gabor, betaX: 0.8, betaY: 0.48, frequency: 3.6, x0: 0.175, y0: -0.075 };
    const fine = whiteNoise({ grid: { ...grid, step }, frames: 50, frameSeconds: 0.01, seed: 8 });
    const linear = simpleCell(inDegrees, { nonlinearity: "linear" }).respond(fine).drive;
    expect(distance(linear, s.slice(0, 50))).toBeLessThan(ROUNDING);
  });

  it("gives the same bits for a frame whatever frames are about it", () => {
    const frames = tensor(noise.read(700, 1), [1, 9, 11]);
    const alone = simpleCell(gabor).respond(stimulusFrom(frames, { frameSeconds: 0.01 }));
    expect(alone.drive[0]).toBe(simpleCell(gabor).respond(noise).drive[700]);
  });

  it("records the cell, the stimulus and the frames' duration", () => {
    const cell = simpleCell({ ...gabor, label: "V1" } as Gabor, { nonlinearity: "rectified" });
    expect(cell.kind).toBe("cell");
    expect(cell.specification).toEqual({ name: "simple-cell", gabor, nonlinearity: "rectified" });
    expect(cell.respond(noise)).toMatchObject({
      kind: "response",
      frameSeconds: 0.01,
      cell: cell.specification,
      stimulus: noise.specification,
    });
  });

  it("refuses what is no Gabor, no option of its own, and no stimulus", () => {
    expect(() => simpleCell({ ...gabor, betaX: -1 })).toThrow(
      new InputError("simpleCell: gabor.betaX is -1, a number above 0 is needed"),
    );
    expect(() => simpleCell(gabor, { nonlinearity: "cubed" as "squared" })).toThrow(
      new InputError('simpleCell: nonlinearity is "cubed", one of "linear", "rectified", "squared" is needed'),
    );
    expect(() => simpleCell(gabor, { energy: true } as object)).toThrow(
      new InputError('simpleCell: option "energy" is not known, it takes nonlinearity'),
    );
    expect(() => simpleCell(gabor).respond(grid as unknown as Stimulus)).toThrow(
      new InputError("respond: stimulus is an object (Object), a stimulus is needed"),
    );
  });
});

describe("complexCell", () => {
  const s1 = slowDrive({ ...gabor, phase: gabor.phase - Math.PI / 2 }, noise);
  const energy = s.map((s0, t) => s0 * s0 + s1[t] * s1[t]);

  it("is √(s0² + s1²) of a quadrature pair, and its square with energy", () => {
    expect(distance(complexCell(gabor).respond(noise).drive, energy.map(Math.sqrt))).toBeLessThan(ROUNDING);
    expect(distance(complexCell(gabor, { energy: true }).respond(noise).drive, energy)).toBeLessThan(20 * ROUNDING);
  });

  it("answers to a grating alike at every phase, unlike a simple cell", () => {
    const phases = 8;
    const wide = { height: 41, width: 41 };
    const centred = { ...gabor, x0: 0, y0: 0, tau: 0, phase: 0 };
    const frames = Float32Array.from({ length: phases * 41 * 41 }, (_, i) => {
      const x = xOfColumn(wide, i % 41);
      return Math.cos(centred.frequency * x + (2 * Math.PI * Math.floor(i / 41 ** 2)) / phases);
    });
    const gratings = stimulusFrom(tensor(frames, [phases, 41, 41]), { frameSeconds: 0.01 });
    const spread = (drive: Float64Array) => 1 - Math.min(...drive) / Math.max(...drive);
    // the pair's own departure from quadrature is exp(-f²/β), 1e-7
    expect(spread(complexCell(centred).respond(gratings).drive)).toBeLessThan(2e-6);
    expect(spread(simpleCell(centred).respond(gratings).drive)).toBe(1);
  });

  it("records the cell", () => {
    expect(complexCell(gabor).specification).toEqual({ name: "complex-cell", gabor, energy: false });
  });

  it("refuses what is no Gabor, no option of its own, and no stimulus", () => {
    expect(() => complexCell({ ...gabor, tau: Number.NaN })).toThrow(
      new InputError("complexCell: gabor.tau is NaN, a finite number is needed"),
    );
    expect(() => complexCell(gabor, { energy: 1 as unknown as boolean })).toThrow(
      new InputError("complexCell: energy is 1, true or false is needed"),
    );
    expect(() => complexCell(gabor, { nonlinearity: "linear" } as object)).toThrow(
      new InputError('complexCell: option "nonlinearity" is not known, it takes energy'),
    );
    expect(() => complexCell(gabor).respond(undefined as unknown as Stimulus)).toThrow(
      new InputError("respond: stimulus is undefined, a stimulus is needed"),
    );
  });
});
