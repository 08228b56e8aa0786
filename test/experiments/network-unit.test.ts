import { describe, expect, it } from "vitest";
import { networkUnitExperiment } from "../../src/experiments/network-unit.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { tensor } from "../../src/tensor/tensor.js";

/** A picture of bars and noise: edges to learn from. */
function made(index: number) {
  const noise = new Float32Array(100 * 130);
  fillNormal(noise, randomStream(index, "tests"), 7);
  const pixels = noise.map((x, i) => {
    const [row, column] = [Math.floor(i / 130), i % 130];
    return (
      0.5 + 0.04 * x + 0.2 * Math.sign(Math.sin(row / (4 + index) + column / 7)) * Math.sign(Math.sin(column / 11))
    );
  });
  return { kind: "photograph" as const, name: `bars ${index}`, pixels: tensor(pixels, [100, 130]) };
}

describe("the experiment on a hidden unit", () => {
  const settings = { ...networkUnitExperiment.defaults, ...networkUnitExperiment.smoke, frames: 6000 };
  const result = networkUnitExperiment.run(settings, { photographs: [made(0), made(1)] }, {});

  it("finds the network's own mean gradient as well as theory says", () => {
    // a correlation scatters by about (1 - r²)/√D
    expect(Math.abs(result.correlation - result.theory)).toBeLessThan(0.06);
    expect(result.correlation).toBeGreaterThan(0.85);
    expect(Math.abs(result.gain.found / result.gain.theory - 1)).toBeLessThan(0.1);
  });

  it("finds nothing but noise outside the field of view", () => {
    const { view } = result;
    expect([view.top, view.left, view.height, view.width]).toEqual([2, 2, 11, 11]);
    expect(Math.abs(view.noiseOutside - 1)).toBeLessThan(3 * view.noiseError);
    const outside = Array.from(result.expected.data).filter((_, i) => {
      const [row, column] = [Math.floor(i / 15), i % 15];
      return row < 2 || row > 12 || column < 2 || column > 12;
    });
    // what the transforms of the convolution round
    for (const value of outside) expect(Math.abs(value)).toBeLessThan(1e-6);
  });

  it("predicts each class of stimulus best from itself, and the other better than chance", () => {
    const { transfer } = result;
    const score = (from: string, to: string) =>
      transfer.find(({ fittedOn, predicts }) => fittedOn === from && predicts === to)?.correlation ?? NaN;
    expect(transfer.length).toBe(4);
    for (const name of ["noise", "photographs"]) expect(score(name, name)).toBeGreaterThan(0.6);
    expect(score("noise", "noise")).toBeGreaterThan(score("photographs", "noise"));
    for (const { correlation, error } of transfer) expect(correlation).toBeGreaterThan(5 * error);
  });

  it("is plain data, and reports it without a hole", () => {
    expect(structuredClone(result)).toEqual(result);
    const { findings, text, tables, figures } = networkUnitExperiment.section(result);
    expect(JSON.stringify([findings, text])).not.toMatch(/undefined|NaN|\[object/);
    expect(findings.length).toBe(10);
    for (const row of tables[0].rows) expect(row.length).toBe(tables[0].columns.length);
    expect(figures.length).toBeGreaterThanOrEqual(3);
  });
});
