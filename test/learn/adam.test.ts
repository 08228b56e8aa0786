import { describe, expect, it } from "vitest";
import { adam } from "../../src/learn/adam.js";
import { tensor } from "../../src/tensor/tensor.js";

const settings = { meanDecay: 0.9, squareDecay: 0.99, epsilon: 1e-8 };
const one = (...values: number[]) => tensor(Float64Array.from(values), [values.length]);

describe("adam", () => {
  it("takes a first step of exactly its rate against the gradient's sign, whatever its size", () => {
    const x = one(1, 1);
    adam(settings)([x], [one(1e3, -1e-3)], 0.02);
    expect(x.data[0]).toBeCloseTo(0.98, 8);
    expect(x.data[1]).toBeCloseTo(1.02, 6);
  });

  it("takes the steps of an example worked by hand", () => {
    const x = one(0);
    const step = adam({ meanDecay: 0.9, squareDecay: 0.99, epsilon: 0.5 });
    // m = .1, v = .01, without their bias 1 and 1: -.1 · 1 / (1 + .5)
    step([x], [one(1)], 0.1);
    expect(x.data[0]).toBeCloseTo(-0.0666667, 7);
    // m = .09 - .2 = -.11, v = .0099 + .04 = .0499, without their bias -.11/.19 and .0499/.0199: .1 · .578947 / (1.583521 + .5)
    step([x], [one(-2)], 0.1);
    expect(x.data[0]).toBeCloseTo(-0.0666667 + 0.027787, 6);
  });

  it("follows the published recursion at its third step", () => {
    const x = one(0);
    const step = adam(settings);
    const gradients = [1, -2, 0.5];
    for (const gradient of gradients) step([x], [one(gradient)], 0.1);
    let [m, v, expected] = [0, 0, 0];
    gradients.forEach((gradient, i) => {
      m = 0.9 * m + 0.1 * gradient;
      v = 0.99 * v + 0.01 * gradient ** 2;
      expected -= (0.1 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.99 ** (i + 1))) + 1e-8);
    });
    expect(x.data[0]).toBeCloseTo(expected, 12);
  });

  it("finds the minimum of a badly scaled bowl, each parameter with a memory of its own", () => {
    const [x, y] = [one(3), one(-4)];
    const step = adam(settings);
    for (let t = 0; t < 2000; t++) step([x, y], [one(100 * (x.data[0] - 1)), one(0.01 * (y.data[0] - 2))], 0.02);
    expect(x.data[0]).toBeCloseTo(1, 3);
    expect(y.data[0]).toBeCloseTo(2, 3);
  });
});
