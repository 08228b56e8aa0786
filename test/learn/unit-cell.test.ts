import { describe, expect, it } from "vitest";
import { type RectifiedLayer, unitCell, unitGradient, unitView } from "../../src/learn/unit-cell.js";
import { learnTwoLayers } from "../../src/learn/unit-cell-network.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { correlation } from "../../src/math/statistics.js";
import { norm } from "../../src/math/vectors.js";
import { preparePhotograph } from "../../src/stimuli/photographs.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

function normals(shape: readonly number[], row: number, type: "float32" | "float64" = "float32"): Tensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b));
  fillNormal(values, randomStream(12, "tests"), row);
  return tensor(values, shape, type);
}

const layers: RectifiedLayer[] = [
  { kernels: normals([3, 1, 3, 2], 0), stride: 2 },
  { kernels: normals([4, 3, 2, 2], 1) },
];
const grid = { height: 9, width: 8 };
const unit = { channel: 2, row: 1, column: 1 };
const noise = whiteNoise({ grid, frames: 2000, frameSeconds: 0.02, seed: 6 });

/** The unit's output, written out. */
function slowOutput(frame: ArrayLike<number>): number {
  const [first, second] = layers.map(({ kernels }) => kernels.data);
  let sum = 0;
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 2; j++) {
        let below = 0;
        for (let m = 0; m < 3; m++)
          for (let n = 0; n < 2; n++) {
            const [row, column] = [2 * (unit.row + i) + m, 2 * (unit.column + j) + n];
            below += first[(c * 3 + m) * 2 + n] * frame[row * 8 + column];
          }
        sum += second[((unit.channel * 3 + c) * 2 + i) * 2 + j] * Math.max(0, below);
      }
  return Math.max(0, sum);
}

describe("a hidden unit as a cell", () => {
  it("gives what the layers give at its place", () => {
    const { drive } = unitCell(layers, unit).respond(noise);
    for (const t of [0, 1, 2, 3, 4, 999, 1999]) expect(drive[t]).toBeCloseTo(slowOutput(noise.read(t, 1)), 5);
    expect(drive.filter((value) => value > 0).length).toBeGreaterThan(200);
  });

  it("sees exactly the pixels that the layers' geometry says", () => {
    const { size, jump, offset } = unitView(layers);
    expect([size, jump, offset]).toEqual(
      [
        [5, 4],
        [2, 2],
        [0, 0],
      ].map((pair) => [...pair]),
    );
    const [top, left] = [offset[0] + unit.row * jump[0], offset[1] + unit.column * jump[1]];
    const { gradients } = unitGradient(layers, unit, tensor(noise.read(0, 500), [500, 9, 8]));
    const touched = new Set<number>();
    gradients.data.forEach((value, i) => {
      if (value !== 0) touched.add(i % 72);
    });
    const seen = Array.from({ length: 72 }, (_, i) => i).filter((i) => {
      const [row, column] = [Math.floor(i / 8) - top, (i % 8) - left];
      return row >= 0 && row < size[0] && column >= 0 && column < size[1];
    });
    expect([...touched].sort((a, b) => a - b)).toEqual(seen);
  });

  it("has the gradient that central differences give", () => {
    const double = layers.map(({ kernels, stride }) => ({
      kernels: tensor(kernels.data, kernels.shape, "float64"),
      ...(stride === undefined ? {} : { stride }),
    }));
    const frames = normals([8, 9, 8], 2, "float64");
    const { outputs, gradients } = unitGradient(double, unit, frames);
    expect(outputs.filter((r) => r > 0).length).toBeGreaterThan(0);
    for (let i = 0; i < frames.data.length; i += 5) {
      const at = (by: number) => {
        const moved = frames.data.slice();
        moved[i] += by;
        return unitGradient(double, unit, tensor(moved, frames.shape)).outputs[Math.floor(i / 72)];
      };
      expect(gradients.data[i]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 6);
    }
  });

  it("has a mean gradient that is what the average weighted by its output is expected to be (Stein)", () => {
    const frames = tensor(noise.read(0, 2000), [2000, 9, 8]);
    const { outputs, gradients } = unitGradient(layers, unit, frames);
    const [slope, average] = [new Float64Array(72), new Float64Array(72)];
    gradients.data.forEach((value, i) => {
      slope[i % 72] += value / 2000;
      average[i % 72] += (frames.data[i] * outputs[Math.floor(i / 72)]) / 2000;
    });
    // each weight of the average has a standard error of about √(E[r²]/2000)
    const error = Math.sqrt(outputs.reduce((sum, r) => sum + r * r, 0) / 2000 / 2000);
    const difference = norm(slope.map((value, i) => value - average[i])) / Math.sqrt(72);
    expect(difference).toBeLessThan(1.3 * error);
    expect(correlation(slope, average)).toBeGreaterThan(0.9);
  });

  it("refuses layers that do not fit, and a unit that is not there", () => {
    const refused = (f: () => unknown, message: string) => expect(f).toThrow(new InputError(message));
    refused(() => unitCell([], unit), "unitCell: layers is a list of 0, a list of at least one layer is needed");
    refused(
      () => unitCell([layers[1]], unit),
      "unitCell: layers[0].kernels has shape [4, 3, 2, 2], its input has 1 channels",
    );
    refused(
      () => unitCell(layers, { ...unit, channel: 4 }),
      "unitCell: unit.channel is 4, a whole number from 0 to 3 is needed",
    );
    refused(
      () => unitCell(layers, { ...unit, row: 3 }).respond(noise),
      "unit: it is at row 3, column 1; these frames give 3x3 units",
    );
  });
});

describe("two layers learned one upon the other", () => {
  const pixels = normals([90, 90], 3).data.map(
    (x, i) => 0.5 + 0.1 * x + 0.2 * Math.sign(Math.sin(i / 700 + (i % 90) / 6)),
  );
  const prepared = [preparePhotograph({ kind: "photograph", name: "made", pixels: tensor(pixels, [90, 90]) })];
  const settings = { seed: 3, kernels: [4, 3], sizes: [5, 2], stride: 2, steps: 8, heldOut: 0.2 } as const;

  it("have kernels of unit norm that fit each other, the same for the same seed", () => {
    const learned = learnTwoLayers(prepared, settings);
    expect(learned.map(({ kernels }) => kernels.shape)).toEqual([
      [4, 1, 5, 5],
      [3, 4, 2, 2],
    ]);
    for (const { kernels } of learned) expect(norm(kernels.data)).toBeCloseTo(Math.sqrt(kernels.shape[0]), 4);
    expect(learnTwoLayers(prepared, settings)).toEqual(learned);
    expect(learnTwoLayers(prepared, { ...settings, seed: 4 })).not.toEqual(learned);
    // the steps move both layers
    const [first, second] = learnTwoLayers(prepared, { ...settings, steps: 1 });
    expect([first.kernels, second.kernels]).not.toContainEqual(learned[0].kernels);
    expect(second.kernels).not.toEqual(learned[1].kernels);
  });
});
