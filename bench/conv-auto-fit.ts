/** Coefficients of the costs from times: least squares of relative errors, no coefficient below 0. */
import { countsOf } from "../src/conv/cost.js";
import type { Costed } from "../src/conv/cost-coefficients.js";
import type { Operation } from "../src/conv/operation.js";
import { layerShapes, randomShapes, type Shape } from "./conv-auto-shapes.js";
import { applying, caseOf, hopeless, median, operations, timesOf } from "./conv-auto-times.js";

/** Minimises `Σ (Σ_j c_j x_ij - t_i)²` over `c >= 0`, one coefficient after the other. */
function nonNegative(rows: readonly (readonly number[])[], targets: readonly number[], c: number[]): void {
  const columns = c.map((_, j) => rows.map((row) => row[j]!));
  const norms = columns.map((column) => column.reduce((sum, x) => sum + x * x, 0));
  const residual = rows.map((row, i) => row.reduce((sum, x, j) => sum + x * c[j]!, -targets[i]!));
  for (let sweep = 0; sweep < 1000; sweep++) {
    for (let j = 0; j < c.length; j++) {
      if (norms[j] === 0) continue;
      const column = columns[j]!;
      let slope = 0;
      for (let i = 0; i < rows.length; i++) slope += column[i]! * residual[i]!;
      const step = Math.max(0, c[j]! - slope / norms[j]!) - c[j]!;
      c[j]! += step;
      for (let i = 0; step !== 0 && i < rows.length; i++) residual[i]! += step * column[i]!;
    }
  }
}

/**
 * Coefficients that make `Σ_j c_j x_ij` as near to the times as can be, by the logarithm of their ratio: least squares weighted
 * by the last estimate, in turns. What is off by more than e-fold counts less, since it comes from a disturbed machine or from
 * what the counts do not tell.
 */
export function fitted(rows: readonly (readonly number[])[], times: readonly number[]): number[] {
  const c: number[] = Array(rows[0]!.length).fill(0);
  let weights = times.map((time) => 1 / time);
  for (let turn = 0; turn < 12; turn++) {
    nonNegative(
      rows.map((row, i) => row.map((x) => x * weights[i]!)),
      times.map((time, i) => time * weights[i]!),
      c,
    );
    weights = rows.map((row, i) => {
      const estimate = Math.max(
        0.05 * times[i]!,
        row.reduce((sum, x, j) => sum + x * c[j]!, 0),
      );
      const off = Math.abs(Math.log(estimate / times[i]!));
      return Math.min(1, 1 / off) / Math.sqrt(estimate * times[i]!);
    });
  }
  return c;
}

/** One time of an algorithm. */
export interface Sample {
  readonly algorithm: Costed;
  readonly operation: Operation;
  readonly counts: Readonly<Record<string, number>>;
  readonly time: number;
}

/** How often a layer counts beside a random convolution. */
const layerWeight = 4;

/** Times every algorithm on the random convolutions and on the layers. */
export function fitSamples(count: number): Sample[] {
  const random = randomShapes(count, 2024).flatMap(samplesOf);
  const layers = layerShapes.flatMap(samplesOf);
  return [...random, ...Array<readonly Sample[]>(layerWeight).fill(layers).flat()];
}

function samplesOf(shape: Shape): Sample[] {
  return operations.flatMap(([operation]) => {
    const each = caseOf(shape, operation);
    const times = timesOf(each, applying(each), 5);
    const best = Math.min(...times.values());
    return [...times]
      .filter(([, time]) => time < 2 * hopeless * best)
      .map(([algorithm, time]) => ({
        algorithm,
        operation,
        counts: countsOf(algorithm, operation, shape.g),
        time,
      }));
  });
}

/** Prints the coefficients as src/conv/cost-coefficients.ts has them, and how far they miss the times. */
export function printFit(samples: readonly Sample[]): void {
  for (const algorithm of ["direct", "gemm", "winograd", "fft", "separable"] as const) {
    console.log(`  ${algorithm}: {`);
    for (const [operation] of operations) {
      const of = samples.filter((sample) => sample.algorithm === algorithm && sample.operation === operation);
      if (of.length === 0) {
        console.log(`    ${operation}: {},`);
        continue;
      }
      const names = Object.keys(of[0]!.counts);
      const rows = of.map(({ counts }) => names.map((name) => counts[name]!));
      const times = of.map(({ time }) => time);
      const c = fitted(rows, times).map((value) => Number(value.toPrecision(2)));
      const off = rows.map((row, i) => Math.abs(row.reduce((sum, x, j) => sum + x * c[j]!, 0) / times[i]! - 1));
      const list = names.map((name, j) => `${name}: ${c[j]}`).join(", ");
      const nine = [...off].sort((a, b) => a - b)[Math.floor(0.9 * off.length)]!;
      console.log(
        `    ${operation}: { ${list} }, // off by ${percent(median(off))}, 90 % by less than ${percent(nine)}`,
      );
    }
    console.log("  },");
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
