import { InputError } from "../tensor/errors.js";

/** What a reader or an estimator refuses, by its own words, and the option of `striate revcor` that answers it. */
const hints: readonly (readonly [refused: RegExp, hint: string])[] = [
  [/no variable "counts"/, "--spikes names the spikes, with --spikes-are times where they are seconds"],
  [/no variable "stim"/, "--stimulus names the frames"],
  [/seconds a frame was shown are needed/, "--frame-seconds gives them"],
  [/, cell is needed/, "--cell says which"],
  [/with frameAxis "(first|last)" they agree/, "that is --frame-axis $1"],
  [/fold \d+ (?:leaves|holds) no spike/, "--folds 0 leaves the held-out prediction out"],
];

/** A refusal with the option that answers it; every other error as it is. */
export function hinted(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  for (const [refused, hint] of hints) {
    const found = refused.exec(error.message);
    if (found !== null) return new InputError(`${error.message} (${hint.replace("$1", found[1] ?? "")})`);
  }
  return error;
}
