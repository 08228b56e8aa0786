import { sameGrid } from "../math/grid.js";
import { mean, standardError } from "../math/statistics.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { checkChoice, checkFinite, checkOptions, checkPositive, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, tensor } from "../tensor/tensor.js";
import { type FieldFit, type FieldModel, fieldModels, fitFieldModel, parametersOf } from "./choose-fit-models.js";

/** How well something foretells the field of blocks that it was not fitted to. */
export interface HeldOutError {
  /** [blocks], mean square of held-out field minus model, in the field's unit squared; holds the held-out noise */
  readonly errors: Float64Array;
  /** their mean */
  readonly error: number;
  /** of the mean, from the scatter over blocks */
  readonly standardError: number;
}

/** One of the models compared. */
export interface ComparedModel extends HeldOutError {
  readonly model: FieldModel;
  /** numbers that were fitted: for an image times a time course, those of both */
  readonly parameters: number;
  /** mean over blocks of its error less that of the best model: the noise that all share is gone */
  readonly excess: number;
  /** of the excess, from the scatter of the differences over blocks */
  readonly excessError: number;
}

/** The model of a field that was chosen, and why. */
export interface FieldModelChoice {
  readonly kind: "field-model-choice";
  /** fewest parameters first */
  readonly models: readonly ComparedModel[];
  /** of a field of 0 */
  readonly none: HeldOutError;
  /** of the other blocks' average, described by no function */
  readonly average: HeldOutError;
  /** the fewest parameters whose excess is within one standard error of it */
  readonly chosen: FieldModel;
  /** the chosen model fitted to all blocks together */
  readonly fit: FieldFit;
  /** [lags, height, width], the field as that fit says it is */
  readonly field: Tensor;
  readonly warnings: readonly string[];
}

export interface ChooseFieldModelOptions {
  /** those compared; default all that the number of lags allows */
  readonly models?: readonly FieldModel[];
  /** time from one lag to the next; default 1, so that times are in frames */
  readonly frameSeconds?: number;
}

/**
 * Chooses what describes a receptive field by the error on blocks of time that the description has not seen.
 *
 * For each block every model is fitted to the other blocks' average, weighted by their spikes, and held against the block's own
 * estimate: `e = Σ (held-out - model)² / numbers`. That error holds the block's noise, the same for every model, so models are
 * compared by their difference in each block. Chosen is the model of fewest parameters whose mean difference from the best is
 * within one standard error of it. A difference of Gaussians and a Gabor are images and have a time course of their own; a
 * space-time Gabor needs at least 3 lags.
 *
 * @param parts estimates of one field from blocks of time that share no frame (`estimatesOverTime`), at least 2
 * @param options models, frameSeconds
 * @returns the errors of each model, of none and of the average alone; the choice and its fit to all blocks
 * @throws InputError if the parts are fewer than two, differ in shape, or a model cannot be fitted to such a field
 * @see Breiman, Friedman, Olshen & Stone 1984, Classification and Regression Trees, 3.4.3, for the rule of one standard error
 */
export function chooseFieldModel(parts: readonly Estimate[], options: ChooseFieldModelOptions = {}): FieldModelChoice {
  const where = "chooseFieldModel";
  checkOptions(where, options, ["models", "frameSeconds"]);
  checkParts(where, parts);
  const { frameSeconds = 1 } = options;
  checkPositive(where, "frameSeconds", frameSeconds);
  const lags = parts[0].kernel.shape[0];
  const names = modelsOf(where, lags, options.models);
  const others = parts.map((_, i) => averageOf(parts.filter((_, j) => j !== i)));
  const errorsOf = (fieldWithout: (i: number) => ArrayLike<number>) =>
    heldOut(parts.map(({ kernel }, i) => meanSquare(kernel.data, fieldWithout(i))));
  const scores = names.map((model) => errorsOf((i) => fitFieldModel(model, others[i], frameSeconds).field.data));
  const best = scores.reduce((least, score) => (score.error < least.error ? score : least));
  const models = names.map((model, k): ComparedModel => {
    const differences = heldOut(scores[k].errors.map((error, i) => error - best.errors[i]));
    const excess = { excess: differences.error, excessError: differences.standardError };
    return { model, parameters: parametersOf(model, lags), ...scores[k], ...excess };
  });
  const within = models.filter(({ excess, excessError }) => excess <= excessError);
  const [{ model: chosen }] = within;
  const none = errorsOf((i) => new Float64Array(parts[i].kernel.data.length));
  const average = errorsOf((i) => others[i].kernel.data);
  const { fit, field } = fitFieldModel(chosen, averageOf(parts), frameSeconds);
  const warnings = [...choiceWarnings(within[0], none, average), ...fit.warnings];
  return { kind: "field-model-choice", models, none, average, chosen, fit, field, warnings };
}

function checkParts(where: string, parts: readonly Estimate[]): void {
  if (!Array.isArray(parts) || parts.length < 2)
    refuse(where, `parts is ${describe(parts)}, a list of at least two estimates is needed`);
  parts.forEach((part, i) => {
    if (part?.kind !== "estimate") refuse(where, `parts[${i}] is ${describe(part)}, an estimate is needed`);
    const { kernel, grid, spikesUsed } = part as Estimate;
    checkTensor(where, `parts[${i}].kernel`, kernel, 3);
    checkFinite(where, `parts[${i}].kernel`, kernel.data);
    checkPositive(where, `parts[${i}].spikesUsed`, spikesUsed);
    const { shape } = parts[0].kernel;
    if (shapeText(kernel.shape) !== shapeText(shape) || !sameGrid(grid, parts[0].grid))
      refuse(
        where,
        `parts[${i}] has shape ${shapeText(kernel.shape)}, the grid and shape of parts[0] are needed, ${shapeText(shape)}`,
      );
  });
}

/** The models asked for, fewest parameters first. */
function modelsOf(where: string, lags: number, asked: readonly FieldModel[] | undefined): FieldModel[] {
  const names = asked ?? fieldModels.filter((model) => lags >= 3 || model !== "space-time-gabor");
  if (!Array.isArray(names) || names.length === 0)
    refuse(where, `models is ${describe(names)}, a list of at least one is needed`);
  names.forEach((name, i) => {
    checkChoice(where, `models[${i}]`, name, fieldModels);
    if (names.indexOf(name) !== i) refuse(where, `models[${i}] is "${name}" again, each is compared once`);
  });
  return [...names].sort((a, b) => parametersOf(a, lags) - parametersOf(b, lags));
}

/** The spike-weighted mean of some blocks. */
function averageOf(parts: readonly Estimate[]): Estimate {
  const sum = new Float64Array(parts[0].kernel.data.length);
  const spikesUsed = parts.reduce((total, part) => total + part.spikesUsed, 0);
  for (const { kernel, spikesUsed: weight } of parts)
    for (let i = 0; i < sum.length; i++) sum[i] += (weight / spikesUsed) * kernel.data[i];
  const spikesSkipped = parts.reduce((total, part) => total + part.spikesSkipped, 0);
  return { ...parts[0], kernel: tensor(sum, parts[0].kernel.shape), spikesUsed, spikesSkipped };
}

function heldOut(errors: ArrayLike<number>): HeldOutError {
  const copy = Float64Array.from(errors);
  return { errors: copy, error: mean(copy), standardError: standardError(copy) };
}

function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

function choiceWarnings(chosen: HeldOutError, none: HeldOutError, average: HeldOutError): string[] {
  const over = (a: HeldOutError, b: HeldOutError) => heldOut(a.errors.map((error, i) => error - b.errors[i]));
  const gain = over(none, chosen);
  const lost = over(chosen, average);
  const warnings: string[] = [];
  if (gain.error <= 2 * gain.standardError)
    warnings.push("the chosen model foretells the held-out blocks no better than a field of 0 does");
  if (lost.error > 2 * lost.standardError)
    warnings.push(
      "the other blocks' average foretells a block better than the chosen model: the field holds more than it",
    );
  return warnings;
}
