import { checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, tensor, typeOf } from "../tensor/tensor.js";
import { checkArray, checkSameType } from "./arrays.js";
import { conv } from "./conv.js";

/** How far from 1 the weights may add up: their own rounding moves the sum by less. */
const sumTolerance = { float32: 1e-6, float64: 1e-12 } as const;

/** Throws unless `value` is a tensor of one axis that is not empty. */
function checkSeries(where: string, name: string, value: unknown): asserts value is Tensor {
  checkArray(where, name, value);
  if (value.shape.length !== 1 || value.shape[0] === 0)
    refuse(where, `${name} has shape ${shapeText(value.shape)}, one axis of at least 1 is needed`);
}

/** Throws at a weight of the future, and at weights that are no average's. */
function checkWeights(where: string, { data: w }: Tensor, firstAge: number, tolerance: number): void {
  let sum = 0;
  w.forEach((weight, i) => {
    if (firstAge + i < 0 && weight !== 0)
      refuse(
        where,
        `w weighs age ${firstAge + i} by ${weight}: it looks into the future, ages of at least 0 are needed`,
      );
    if (weight < 0) refuse(where, `w[${i}] is ${weight}: with a negative weight it is a filter and no average`);
    sum += weight;
  });
  if (Math.abs(sum - 1) > tolerance)
    refuse(where, `w adds up to ${sum}: with a sum other than 1 it is a filter and no average`);
}

/**
 * The running average of a noisy sensor's readings, each weighted by its age.
 *
 * `s(t) = Σ_a x(a)·w(t - a)`: the convolution `x * w` of the textbook, in which a reading of age `t - a` has the weight of that
 * age. It is an average if the weights are at least 0 and add up to 1, and can be had at time t if it weighs no age below 0.
 *
 * @param x the readings, `[T]`, one a time step
 * @param w the weights, `[k]`: `w[i]` is that of age `firstAge + i`, in time steps
 * @param options.firstAge the age of the first weight, at most 0 and by default 0; the weights of ages below 0 must be 0
 * @returns s, `[T - oldest]`, of the readings' type, from `t = oldest` on, the age of the last weight: before that there are
 *   not readings of every age, and what could be had would be no average
 * @throws InputError if w weighs the future, is negative somewhere or does not add up to 1, or asks for an age that x has not
 * @see the chapter on convolutional networks, section on the convolution operation, equations 9.1 to 9.3
 */
export function sensorAverage(x: Tensor, w: Tensor, options: { readonly firstAge?: number } = {}): Tensor {
  const where = "sensorAverage";
  checkOptions(where, options, ["firstAge"]);
  checkSeries(where, "x", x);
  checkSeries(where, "w", w);
  checkSameType(where, ["x", x], ["w", w]);
  const { firstAge = 0 } = options;
  if (!Number.isSafeInteger(firstAge) || firstAge > 0)
    refuse(where, `firstAge is ${describe(firstAge)}, a whole number of at most 0 is needed`);
  checkWeights(where, w, firstAge, sumTolerance[typeOf(w)]);
  const weights = w.data.slice(-firstAge);
  if (weights.length > x.data.length)
    refuse(where, `w weighs ages up to ${weights.length - 1}, x has ${x.data.length} readings`);
  const kernel = tensor(weights, [1, 1, weights.length]);
  const s = conv(tensor(x.data, [1, x.data.length]), kernel, { flip: true });
  return tensor(s.data, [s.data.length]);
}
