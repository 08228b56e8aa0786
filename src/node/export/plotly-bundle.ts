import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The source of plotly.js, one script that defines `Plotly`. */
export function plotlyBundle(): string {
  return readFileSync(createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min"), "utf8");
}
