import type { SpikeTrain } from "../cells/response.js";
import { chooseFieldModel, type FieldModelChoice } from "../fit/choose-fit.js";
import { estimatesOverTime } from "../fit/held-out-estimates.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { InputError } from "../tensor/errors.js";
import type { Method, MethodSettings, Watched } from "./revcor-method.js";

/** What describes a field best on time that the description has not seen, or why that cannot be said; plain data. */
export type FieldChoice =
  | { readonly kind: "chosen"; readonly choice: FieldModelChoice; readonly blocks: number }
  | { readonly kind: "none"; readonly why: string };

/** Chooses among the functions that describe a field, on the field of each block of time; only for filters of a fixed sign. */
export function choiceOver(
  method: Method,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  settings: MethodSettings & { readonly folds: number },
  { onProgress, signal }: Watched,
): FieldChoice {
  const { folds: blocks, level } = settings;
  const quick = { ...settings, nullDraws: Math.ceil(2 / level - 1) };
  let done = 0;
  const estimate = (shown: Stimulus, fired: SpikeTrain): Estimate => {
    onProgress?.(done++, blocks);
    const { filters, ...found } = method.fit(shown, fired, quick, { signal }).found;
    const [{ grid, kernel }] = filters;
    const { spikesUsed, spikesSkipped, warnings } = found;
    return { kind: "estimate", method: method.words, grid, kernel, spikesUsed, spikesSkipped, warnings };
  };
  try {
    const parts = estimatesOverTime(stimulus, spikes, estimate, { blocks });
    onProgress?.(blocks, blocks);
    const choice = chooseFieldModel(parts, { frameSeconds: stimulus.frameSeconds });
    return { kind: "chosen", choice, blocks };
  } catch (error) {
    // A block without spikes, or whose field a method shrinks to 0, is no fault of the recording as a whole.
    if (error instanceof InputError) return { kind: "none", why: error.message.replace(/^\w+: /, "") };
    throw error;
  }
}
