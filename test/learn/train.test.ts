import { describe, expect, it } from "vitest";
import type { Optimiser } from "../../src/learn/adam.js";
import { type TrainingProgress, train } from "../../src/learn/train.js";
import { tensor } from "../../src/tensor/tensor.js";

/** Steps down the bowl ½(x - batch)². */
const descent: Optimiser = ([x], [gradient], rate) => {
  x.data[0] -= rate * gradient.data[0];
};

function bowl() {
  const x = tensor(Float64Array.of(8), [1]);
  const seen: string[] = [];
  const network = {
    parameters: [x],
    evaluate: (centre: number) => {
      seen.push(`evaluate ${centre}`);
      const away = x.data[0] - centre;
      return { loss: away ** 2 / 2, gradients: [tensor(Float64Array.of(away), [1])] };
    },
    settle: () => void seen.push("settle"),
  };
  return { x, seen, network };
}

describe("the training loop", () => {
  it("evaluates each step's own batch, then updates at the step's rate, then settles", () => {
    const { x, seen, network } = bowl();
    const course = train(network, {
      steps: 2,
      batch: (step) => step,
      optimiser: descent,
      schedule: (step) => (step === 0 ? 0.5 : 1),
    });
    expect(seen).toEqual(["evaluate 0", "settle", "evaluate 1", "settle"]);
    expect(x.data[0]).toBe(1);
    expect(course).toEqual({ losses: Float64Array.of(32, 4.5), steps: 2, stopped: "steps" });
  });

  it("tells of every step", () => {
    const told: TrainingProgress[] = [];
    const plan = { steps: 3, batch: () => 0, optimiser: descent, schedule: () => 0.5 };
    train(bowl().network, { ...plan, onProgress: (progress) => told.push(progress) });
    expect(told.map(({ done, total, unit }) => [done, total, unit])).toEqual([1, 2, 3].map((n) => [n, 3, "steps"]));
    expect(told[0].loss).toBe(32);
  });

  it("stops between steps when it is aborted, and keeps what it has", () => {
    const { x, network } = bowl();
    const signal = { aborted: false };
    const course = train(network, {
      steps: 10,
      batch: () => 0,
      optimiser: descent,
      schedule: () => 0.5,
      signal,
      onProgress: ({ done }) => {
        signal.aborted = done === 2;
      },
    });
    expect(course).toEqual({ losses: Float64Array.of(32, 8), steps: 2, stopped: "aborted" });
    expect(x.data[0]).toBe(2);
  });
});
