import { checkInteger, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { LearningSettings } from "./training-record.js";

/** The settings that hold unless others are asked for; docs/decisions/0004-learned-kernels.md says why these. */
export const defaultLearning: LearningSettings = {
  kernels: 48,
  kernelSize: 11,
  stride: 11,
  crops: 28,
  cropSize: 33,
  leastContrast: 0.3,
  heldOut: 0.1,
  steps: 1500,
  rate: 0.02,
  hold: 0.6,
  end: 0.05,
  meanDecay: 0.9,
  squareDecay: 0.99,
  targetActivity: 0.1,
  thresholdRate: 0.025,
  firstThreshold: 1,
  encoderGradient: false,
  balanced: true,
};

/** Throws at the first setting that is out of its range. */
export function checkLearningSettings(where: string, settings: LearningSettings): void {
  for (const name of ["kernels", "kernelSize", "stride", "crops", "cropSize", "steps"] as const) {
    checkInteger(where, name, settings[name], 1);
  }
  for (const name of ["rate", "firstThreshold"] as const) checkPositive(where, name, settings[name]);
  for (const name of ["hold", "end", "leastContrast"] as const) checkShare(where, name, settings[name], true);
  // at a threshold rate of 1 a threshold could come down to 0, from where nothing raises it
  for (const name of ["heldOut", "meanDecay", "squareDecay", "thresholdRate"] as const) {
    checkShare(where, name, settings[name], false);
  }
  const { targetActivity, kernelSize, cropSize } = settings;
  checkPositive(where, "targetActivity", targetActivity);
  checkShare(where, "targetActivity", targetActivity, true);
  for (const name of ["encoderGradient", "balanced"] as const) {
    if (typeof settings[name] !== "boolean")
      refuse(where, `${name} is ${describe(settings[name])}, true or false is needed`);
  }
  if (cropSize < kernelSize) refuse(where, `cropSize is ${cropSize}, at least kernelSize, ${kernelSize}, is needed`);
}

function checkShare(where: string, name: string, value: unknown, one: boolean): void {
  const fits = typeof value === "number" && value >= 0 && (one ? value <= 1 : value < 1);
  if (!fits) refuse(where, `${name} is ${describe(value)}, a number from 0 to ${one ? "1" : "below 1"} is needed`);
}
