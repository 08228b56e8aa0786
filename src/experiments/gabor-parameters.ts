import { type Gabor, gaborParameters } from "../math/gabor.js";
import type { Cell, Table } from "../plot/table.js";

/** How a parameter is printed: in the units that people read, degrees for angles and cycles for frequencies. */
export interface PrintedParameter {
  readonly name: keyof Gabor;
  readonly label: string;
  /** with `length` for the grid's unit of length */
  readonly unit: (length: string) => string;
  /** printed value = scale · value */
  readonly scale: number;
}

const degrees = 180 / Math.PI;
const none = () => "";

/** The eight parameters in the order of the Gabor, as tables and axes show them. */
export const printedParameters: readonly PrintedParameter[] = gaborParameters.map((name) => ({
  name,
  ...(
    {
      amplitude: { label: "amplitude α", unit: none, scale: 1 },
      betaX: { label: "βx", unit: (length) => `1/${length}²`, scale: 1 },
      betaY: { label: "βy", unit: (length) => `1/${length}²`, scale: 1 },
      frequency: { label: "frequency f/2π", unit: (length) => `cycles/${length}`, scale: 1 / (2 * Math.PI) },
      phase: { label: "phase φ", unit: () => "°", scale: degrees },
      x0: { label: "centre x0", unit: (length) => length, scale: 1 },
      y0: { label: "centre y0", unit: (length) => length, scale: 1 },
      tau: { label: "direction of the carrier τ", unit: () => "°", scale: degrees },
    } satisfies Record<keyof Gabor, Omit<PrintedParameter, "name">>
  )[name],
}));

/** One parameter of a fit beside its truth, in printed units. */
export interface ComparedParameter {
  readonly name: keyof Gabor;
  /** with its unit */
  readonly label: string;
  /** what the estimate is expected to be: the truth, or for the amplitude theory's scale of it */
  readonly expected: number;
  readonly truth: number;
  readonly estimate: number;
  readonly standardError: number;
}

/**
 * A fit's parameters beside the truth. An average's scale is not the filter's: it is compared with `expectedAmplitude`.
 * Angles are compared on the turn nearest to the truth.
 */
export function compareParameters(
  truth: Gabor,
  fit: { readonly gabor: Gabor; readonly standardErrors: Gabor },
  length: string,
  expectedAmplitude: number,
): ComparedParameter[] {
  const near = nearestForm(fit.gabor, truth);
  return printedParameters.map(({ name, label, unit, scale }) => {
    const unitText = unit(length);
    return {
      name,
      label: unitText === "" ? label : `${label} (${unitText})`,
      truth: scale * truth[name],
      expected: name === "amplitude" ? expectedAmplitude : scale * truth[name],
      estimate: scale * near[name],
      standardError: scale * fit.standardErrors[name],
    };
  });
}

/** The parameter vector of the same function whose angles lie nearest to those of `truth`. */
export function nearestForm(found: Gabor, truth: Gabor): Gabor {
  const turned = { ...found, tau: found.tau + Math.PI, phase: -found.phase };
  const near = Math.cos(found.tau - truth.tau) >= 0 ? found : turned;
  return { ...near, tau: unwrap(near.tau, truth.tau), phase: unwrap(near.phase, truth.phase) };
}

function unwrap(angle: number, near: number): number {
  return angle + 2 * Math.PI * Math.round((near - angle) / (2 * Math.PI));
}

/** The comparison as a table: truth, what theory expects, estimate ± standard error, and their distance in standard errors. */
export function parameterTable(title: string, rows: readonly ComparedParameter[], note: string): Table {
  return {
    kind: "table",
    title,
    columns: [
      { header: "parameter" },
      { header: "truth" },
      { header: "expected" },
      { header: "estimate ± standard error" },
      { header: "(estimate − expected) / standard error" },
    ],
    rows: rows.map((row): Cell[] => [
      row.label,
      { value: row.truth, digits: 4 },
      { value: row.expected, digits: 4 },
      { value: row.estimate, error: row.standardError },
      { value: (row.estimate - row.expected) / row.standardError, digits: 2 },
    ]),
    note,
  };
}
