import { describe, expect, it } from "vitest";
import { dogParameterCount, dogProblem, dogValues } from "../../src/fit/dog-problem.js";
import { fitDifferenceOfGaussians } from "../../src/fit/fit-difference-of-gaussians.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { mean as meanOf } from "../../src/math/statistics.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";

const side = 16;
const shape = { height: side, width: side };
const truth = [-0.3, -0.12, 1.4, -2.2, Math.log(1.3), Math.log(3.1)];

function noisy(seed: number, deviation: number, p: readonly number[] = truth) {
  const noise = new Float32Array(side * side);
  fillNormal(noise, randomStream(seed, "tests"), 0);
  return tensor(
    dogValues(p, shape).map((value, i) => value + deviation * noise[i]),
    [side, side],
  );
}

describe("the fit of a difference of Gaussians", () => {
  it("recovers a field without noise", () => {
    const fit = fitDifferenceOfGaussians(noisy(1, 0));
    expect(fit.rSquared).toBeCloseTo(1, 9);
    expect(fit.function.centre).toBeCloseTo(-0.3, 5);
    expect(fit.function.surround).toBeCloseTo(-0.12, 5);
    expect([fit.function.x0, fit.function.y0]).toEqual([expect.closeTo(1.4, 5), expect.closeTo(-2.2, 5)]);
    expect([fit.function.sigmaCentre, fit.function.sigmaSurround]).toEqual([
      expect.closeTo(1.3, 5),
      expect.closeTo(3.1, 5),
    ]);
    expect(fit.warnings).toEqual([]);
  });

  it("has the derivatives of its own values", () => {
    const field = { data: new Float64Array(side * side), grid: shape, type: "float64" as const };
    const [normal, gradient] = [new Float64Array(36), new Float64Array(6)];
    const half = (p: readonly number[]) => dogValues(p, shape).reduce((sum, value) => sum + value * value, 0) / 2;
    dogProblem(field).accumulate(Float64Array.from(truth), normal, gradient);
    for (let i = 0; i < dogParameterCount; i++) {
      const moved = (h: number) => truth.map((value, j) => (j === i ? value + h : value));
      expect(gradient[i]).toBeCloseTo((half(moved(1e-5)) - half(moved(-1e-5))) / 2e-5, 6);
    }
  });

  it("has standard errors that cover the truth (100 seeds, each parameter within 2 in 88 to 100 %)", () => {
    const within = new Array<number>(dogParameterCount).fill(0);
    const values = [-0.3, -0.12, 1.4, -2.2, 1.3, 3.1];
    for (let seed = 0; seed < 100; seed++) {
      const { parameters } = fitDifferenceOfGaussians(noisy(seed, 0.01));
      parameters.forEach(({ value, standardError }, i) => {
        if (Math.abs(value - values[i]) <= 2 * standardError) within[i]++;
      });
    }
    // 95.4 % with a binomial standard error of 2.1 %
    for (const count of within) expect(count).toBeGreaterThanOrEqual(88);
  });

  it("gives lengths in the grid's degrees", () => {
    const fit = fitDifferenceOfGaussians(noisy(1, 0), { grid: { ...shape, step: 0.5 } });
    expect(fit.function.sigmaCentre).toBeCloseTo(0.65, 5);
    expect(fit.function.y0).toBeCloseTo(-1.1, 5);
    expect(fit.parameters.map(({ unit }) => unit)).toEqual(["", "", "degree", "degree", "degree", "degree"]);
  });

  it("keeps R² and residual that belong together", () => {
    const field = noisy(4, 0.02);
    const { residual, rSquared } = fitDifferenceOfGaussians(field);
    const mean = meanOf(field.data);
    let [left, all] = [0, 0];
    for (let i = 0; i < field.data.length; i++) {
      left += residual.data[i] ** 2;
      all += (field.data[i] - mean) ** 2;
    }
    expect(rSquared).toBeCloseTo(1 - left / all, 12);
  });

  it("warns where the surround is not resolved or the centre leaves the patch", () => {
    const blob = [0.3, 0, 0, 0, Math.log(2), Math.log(5)];
    expect(fitDifferenceOfGaussians(noisy(2, 0.03, blob)).warnings.join()).toMatch(
      /surround is not resolved|not told apart/,
    );
    const outside = [0.3, 0.1, 10, 0, Math.log(2), Math.log(4)];
    expect(fitDifferenceOfGaussians(noisy(3, 0.001, outside)).warnings).toContain(
      "the centre ended on its bound, an edge of the patch",
    );
  });

  it("refuses fields that hold no function", () => {
    expect(() => fitDifferenceOfGaussians(zeros([4, 4]))).toThrow("fitDifferenceOfGaussians: field is constant");
    expect(() => fitDifferenceOfGaussians(zeros([2, 3]))).toThrow(
      "field has 6 pixels, more than the 6 parameters are needed",
    );
    expect(() => fitDifferenceOfGaussians(zeros([4]))).toThrow(
      "fitDifferenceOfGaussians: field has shape [4], 2 axes are needed",
    );
    expect(() => fitDifferenceOfGaussians(zeros([4, 4]), { starts: 3 } as never)).toThrow(
      'option "starts" is not known',
    );
  });
});
