import { describe, expect, it } from "vitest";
import { type Outcome, warningsOf } from "../../src/fit/gabor-warnings.js";
import type { LeastSquaresFit } from "../../src/math/levenberg-marquardt.js";

const gabor = { amplitude: 1, betaX: 0.1, betaY: 0.1, frequency: 1, phase: 0, x0: 0, y0: 0, tau: 0 };
const small = { ...gabor, amplitude: 0.1, frequency: 0.1, phase: 0.1, tau: 0.1 };
const plain: Outcome = {
  blob: false,
  round: false,
  exchanged: false,
  pixels: 256,
  largest: 1,
  gabor,
  standardErrors: small,
};

/** The warnings of a fit that ended with these parameters on a bound (-1 lower, 1 upper). */
function warnings(outcome: Partial<Outcome> = {}, fit: { at?: [number, 1 | -1]; stopped?: string } = {}): string[] {
  const atBound = new Int8Array(8);
  if (fit.at) atBound[fit.at[0]] = fit.at[1];
  const record = { atBound, stopped: fit.stopped ?? "step", iterations: 200 } as Partial<LeastSquaresFit>;
  return warningsOf(record as LeastSquaresFit, { ...plain, ...outcome });
}

describe("the warnings of a Gabor fit", () => {
  it("are none where nothing is the matter", () => {
    expect(warnings()).toEqual([]);
    expect(warnings({}, { stopped: "gradient" })).toEqual([]);
  });

  it.each<[[number, 1 | -1], string]>([
    [[2, 1], "sigmaX ended on its lower bound, 0.4 pixels"],
    [[2, -1], "sigmaX ended on its upper bound, 2 patch widths"],
    [[3, 1], "sigmaY ended on its lower bound, 0.4 pixels"],
    [[3, -1], "sigmaY ended on its upper bound, 2 patch widths"],
    [[5, -1], "x0 ended on its bound, the patch's left edge"],
    [[5, 1], "x0 ended on its bound, the patch's right edge"],
    [[6, -1], "y0 ended on its bound, the patch's lower edge"],
    [[6, 1], "y0 ended on its bound, the patch's upper edge"],
    [[4, 1], "frequency ended on its upper bound, the Nyquist frequency along an axis"],
    [
      [4, -1],
      "frequency ended on its lower bound, a sixtieth of a cycle across the patch: amplitude and phase only scale and tilt the envelope",
    ],
  ])("name the bound on which parameter %j ended", (at, message) => {
    expect(warnings({}, { at })).toEqual([message]);
  });

  it("name the axes of a blob as the canonical parameters do", () => {
    expect(warnings({ blob: true, exchanged: true }, { at: [2, 1] })[0]).toBe(
      "sigmaY ended on its lower bound, 0.4 pixels",
    );
    expect(warnings({ blob: true, exchanged: true }, { at: [3, -1] })[0]).toBe(
      "sigmaX ended on its upper bound, 2 patch widths",
    );
  });

  it("say what is not identified", () => {
    expect(warnings({ pixels: 7 }, { stopped: "singular" })).toEqual([
      "the field has 7 pixels, fewer than the 8 parameters: they are not identified",
    ]);
    expect(warnings({}, { stopped: "singular" })).toEqual([
      "the parameters are not identified one by one: their derivatives are linearly dependent (JᵀJ is singular)",
    ]);
    expect(warnings({ blob: true }, { at: [4, -1] })).toEqual([
      "no carrier (frequency 0): the phase is 0 or π by convention and the longer axis is called x'",
    ]);
    expect(warnings({ round: true }, { stopped: "singular" })).toEqual([
      "a round blob has no direction: tau is 0 by convention",
    ]);
    expect(warnings({ largest: 0.125 })).toEqual([
      "the amplitude is 8 times the field's largest value: amplitude, phase and frequency hardly act apart within the envelope",
    ]);
    expect(warnings({ largest: 0.25 })).toEqual([]);
  });

  it("say what is not resolved, by its standard error", () => {
    const errors = (change: object) => warnings({ standardErrors: { ...small, ...change } });
    expect(errors({ frequency: 1.01 })).toEqual([
      "the carrier is not told from none: frequency is below its standard error",
    ]);
    expect(errors({ phase: 1.82 })).toEqual(["the phase is not resolved: its standard error is that of any angle"]);
    expect(errors({ tau: 0.91 })).toEqual(["tau is not resolved: its standard error is that of any direction"]);
    expect(errors({ frequency: 0.99, phase: 1.81, tau: 0.9 })).toEqual([]);
  });

  it("say that the fit has not converged", () => {
    expect(warnings({}, { stopped: "limit" })).toEqual(["not converged: the fit ran into its limit of 200 steps"]);
  });
});
