import { describe, expect, it } from "vitest";
import * as striate from "../src/index.js";

/** What scripts may rely on. A name more is a decision; a name less breaks somebody. */
const face = [
  "InputError",
  "biasGradient",
  "canonicalGabor",
  "cellFrom",
  "compareWithV1",
  "complexCell",
  "conv",
  "convInputGradient",
  "convKernelGradient",
  "eigenvalueFigure",
  "fieldPanelsFigure",
  "fitDifferenceOfGaussians",
  "fitGabor",
  "gaborAt",
  "gaborShape",
  "kernelBuild",
  "kernelMosaicFigure",
  "kernelMosaicsFigure",
  "learnKernels",
  "listMat",
  "phaseScrambled",
  "poissonSpikes",
  "preparePhotograph",
  "principalAngles",
  "quadraturePair",
  "readMat",
  "readNpy",
  "readNpz",
  "receptiveFieldFigure",
  "recordingFromMat",
  "recordingFromNpz",
  "renderGabor",
  "simpleCell",
  "spaceTimeFigure",
  "spaceTimeSeparability",
  "spikeTriggeredAverage",
  "spikeTriggeredAverageNull",
  "spikeTriggeredCovariance",
  "spikesFrom",
  "spikesFromTimes",
  "stimulusFrom",
  "stimulusFromProtocol",
  "temporalProfileFigure",
  "tensor",
  "theory",
  "whiteNoise",
  "writeNpy",
  "writeNpz",
  "zeros",
];

describe("the public face", () => {
  it("has exactly the names that are committed here", () => {
    expect(Object.keys(striate).sort()).toEqual(face);
  });
});
