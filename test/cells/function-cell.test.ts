import { describe, expect, it } from "vitest";
import { cellFrom } from "../../src/cells/function-cell.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

const grid = { height: 8, width: 10 };
// several blocks of 2^16 numbers
const noise = whiteNoise({ grid, frames: 3001, frameSeconds: 0.02, seed: 1 });

/** The first pixel now, less half of it two frames ago and a quarter three frames ago. */
function looksBack(frames: Tensor): number[] {
  const [n, height, width] = frames.shape;
  const pixel = (t: number) => (t < 0 ? 0 : frames.data[t * height * width]);
  return Array.from({ length: n }, (_, t) => pixel(t) - pixel(t - 2) / 2 - pixel(t - 3) / 4);
}

describe("cellFrom", () => {
  it("gives what the function gives for each frame, in blocks of frames [n, height, width]", () => {
    const shapes: (readonly number[])[] = [];
    const last = (frames: Tensor) => {
      shapes.push(frames.shape);
      return Array.from({ length: frames.shape[0] }, (_, t) => frames.data[t * 80 + 79]);
    };
    const { drive } = cellFrom(last).respond(noise);
    for (const t of [0, 1, 818, 819, 820, 3000]) expect(drive[t]).toBe(noise.read(t, 1)[79]);
    // each frame once, and the first block's second, middle and last once more, alone
    expect(shapes.reduce((sum, [n]) => sum + n, 0)).toBe(3001 + 3);
    expect(shapes.length).toBeGreaterThan(2);
    expect(shapes.every((shape) => shape.length === 3 && shape[1] === 8 && shape[2] === 10)).toBe(true);
  });

  it.each([4, 10, 2000])("with %i lags gives what the function would give for the whole stimulus at once", (lags) => {
    const whole = looksBack(tensor(noise.read(0, 3001), [3001, 8, 10]));
    expect([...cellFrom(looksBack, { lags }).respond(noise).drive]).toEqual(whole);
  });

  it("refuses a function that looks farther back than its lags, or ahead, before it loses frames at a block's start", () => {
    expect(() => cellFrom(looksBack).respond(noise)).toThrow(
      /^respond: the cell's function gives -?[\d.]+ for frame \d+ alone, -?[\d.]+ among more frames: the option lags must say how many frames it looks at, it is 1$/,
    );
    expect(() => cellFrom(looksBack, { lags: 3 }).respond(noise)).toThrow("with the 2 before it");
    const ahead = (frames: Tensor) => looksBack(frames).map((_, t) => frames.data[(t + 1) * 80] ?? 0);
    expect(() => cellFrom(ahead, { lags: 5 }).respond(noise)).toThrow("with the 4 before it");
  });

  it("takes a function of chance, and one whose sums come in another order in a block", () => {
    let calls = 0;
    const chance = (frames: Tensor) => Array.from({ length: frames.shape[0] }, () => Math.sin(++calls * 12.9898));
    expect(cellFrom(chance).respond(noise).drive.length).toBe(3001);
    const rounding = (frames: Tensor) =>
      Array.from({ length: frames.shape[0] }, (_, t) => frames.data[t * 80] * (1 + 1e-6 * frames.shape[0]));
    expect(cellFrom(rounding).respond(noise).drive.length).toBe(3001);
  });

  it("makes every frame at most twice", () => {
    let made = 0;
    const read = (start: number, count: number) => {
      made += count;
      return noise.read(start, count);
    };
    cellFrom(looksBack, { lags: 1500 }).respond({ ...noise, read });
    expect(made).toBeLessThanOrEqual(2 * 3001);
    expect(made).toBeGreaterThan(3001);
  });

  it("lets the function keep and change its frames", () => {
    const kept: Tensor[] = [];
    const keep = (frames: Tensor) => {
      kept.push(frames);
      const first = Array.from({ length: frames.shape[0] }, (_, t) => frames.data[t * 80]);
      frames.data.fill(kept.length);
      return first;
    };
    const { drive } = cellFrom(keep).respond(noise);
    expect(drive[3000]).toBe(noise.read(3000, 1)[0]);
    expect(kept.map((frames) => frames.data[0])).toEqual(kept.map((_, i) => i + 1));
  });

  it("records its lags", () => {
    const response = cellFrom(looksBack, { lags: 4 }).respond(noise);
    expect(response).toMatchObject({
      kind: "response",
      frameSeconds: 0.02,
      cell: { name: "function", lags: 4 },
      stimulus: noise.specification,
    });
  });

  it("refuses a function that gives a wrong count or a number that is none", () => {
    const short = whiteNoise({ grid, frames: 5, frameSeconds: 0.02, seed: 1 });
    expect(() => cellFrom(() => [1, 2]).respond(short)).toThrow(
      new InputError("respond: the cell's function gave a list of 2 for 5 frames, one number each is needed"),
    );
    expect(() => cellFrom((() => undefined) as unknown as () => number[]).respond(short)).toThrow(
      new InputError("respond: the cell's function gave undefined for 5 frames, one number each is needed"),
    );
    expect(() => cellFrom(() => [1, 2, Number.NaN, 4, 5]).respond(short)).toThrow(
      new InputError("respond: the cell's function gave NaN in frame 2, finite numbers are needed"),
    );
  });

  it("refuses what is no function, lags below 1, options of other cells, and no stimulus", () => {
    expect(() => cellFrom(3 as unknown as () => number[])).toThrow(
      new InputError("cellFrom: respond is 3, a function is needed"),
    );
    expect(() => cellFrom(looksBack, { lags: 0 })).toThrow(
      new InputError("cellFrom: lags is 0, a whole number of at least 1 is needed"),
    );
    expect(() => cellFrom(looksBack, { energy: true } as object)).toThrow(
      new InputError('cellFrom: option "energy" is not known, it takes lags'),
    );
    expect(() => cellFrom(looksBack).respond(3 as never)).toThrow(
      new InputError("respond: stimulus is 3, a stimulus is needed"),
    );
  });
});
