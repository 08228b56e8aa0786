import type { Grid } from "../math/grid.js";

/** The unit of a grid's lengths: degrees where it names a step, else pixels. */
export function lengthOf(grid: Grid): string {
  return grid.step === undefined ? "pixel" : "degree";
}
