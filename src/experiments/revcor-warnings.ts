import type { RecordedCellResult } from "./revcor-result.js";

/** Every warning of what was estimated, fitted and foretold, each once, and what it is of where that is not the method itself. */
export function warningsOf({ found, field, choice, curve, heldOut }: RecordedCellResult): string[] {
  const of = (what: string, warnings: readonly string[] = []) => warnings.map((warning) => `${what}: ${warning}`);
  return [
    ...new Set([
      ...(found.converged ? [] : ["the search ended before it converged"]),
      ...found.warnings,
      ...of("ellipse", field?.ellipse?.warnings),
      ...of("difference of Gaussians", field?.differenceOfGaussians?.warnings),
      ...of("Gabor", field?.gabor?.warnings),
      ...of("space-time Gabor", field?.spaceTimeGabor?.warnings),
      ...(choice?.kind === "chosen" ? of("described best", choice.choice.warnings) : []),
      ...of("rate by the filter's output", curve?.warnings),
      ...of("held out", heldOut?.warnings),
    ]),
  ];
}
