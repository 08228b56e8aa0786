import type { RationalMatrix } from "./winograd-matrices.js";

/** One instruction: register `a` times a number, or the sum or the difference of two registers. */
export type Step =
  | { readonly kind: "scale"; readonly a: number; readonly by: number }
  | { readonly kind: "add" | "sub"; readonly a: number; readonly b: number };

/** A product of a fixed matrix with a vector as a list of instructions, which WebAssembly and the twin both run in this order. */
export interface Program {
  /** the vector is registers 0 to inputs - 1; each step makes the next register */
  readonly inputs: number;
  readonly steps: readonly Step[];
  /** the registers that hold the product */
  readonly outputs: readonly number[];
}

interface Term {
  readonly register: number;
  readonly by: number;
}

interface Builder {
  readonly step: (step: Step) => number;
  readonly sum: (terms: readonly Term[]) => number;
}

function builder(inputs: number, steps: Step[]): Builder {
  const made = new Map<string, number>();
  const step = (next: Step): number => {
    const key = JSON.stringify(next);
    const at = made.get(key) ?? inputs + steps.push(next) - 1;
    made.set(key, at);
    return at;
  };
  const scaled = (a: number, by: number) => (by === 1 ? a : step({ kind: "scale", a, by }));
  const sum = (terms: readonly Term[]): number => {
    const size = Math.abs(terms[0]!.by);
    // One factor for all terms is multiplied last, and a positive term comes first, to be free of a sign.
    if (terms.length > 1 && size !== 1 && terms.every(({ by }) => Math.abs(by) === size))
      return scaled(sum(terms.map(({ register, by }) => ({ register, by: by / size }))), size);
    const first = Math.max(
      0,
      terms.findIndex(({ by }) => by > 0),
    );
    const start = scaled(terms[first]!.register, terms[first]!.by);
    return terms.reduce((total, { register, by }, i) => {
      if (i === first) return total;
      return step({ kind: by > 0 ? "add" : "sub", a: total, b: scaled(register, Math.abs(by)) });
    }, start);
  };
  return { step, sum };
}

/** Pairs of rows that are alike but for signs. */
function pairsOf(rows: readonly (readonly number[])[]): Map<number, number> {
  const pairs = new Map<number, number>();
  const alike = (a: readonly number[], b: readonly number[]) => a.every((x, k) => Math.abs(x) === Math.abs(b[k]!));
  rows.forEach((row, i) => {
    if (pairs.has(i)) return;
    const j = rows.findIndex((other, at) => at > i && !pairs.has(at) && alike(row, other));
    if (j > i) {
      pairs.set(i, j);
      pairs.set(j, i);
    }
  });
  return pairs;
}

const columnsOf = (matrix: readonly (readonly number[])[]) => matrix[0]!.map((_, j) => matrix.map((row) => row[j]!));

/**
 * The program of a matrix. Two inputs whose columns are alike but for signs enter as their sum and their difference; two outputs
 * whose rows are alike leave as the sum and the difference of their even and their odd part: what opposite points share.
 */
export function programOf(exact: RationalMatrix): Program {
  const matrix = exact.map((row) => row.map(({ n, d }) => Math.fround(Number(n) / Number(d))));
  const inputs = matrix[0]!.length;
  const steps: Step[] = [];
  const { step, sum } = builder(inputs, steps);
  const columns = columnsOf(matrix);
  const twins = pairsOf(columns);
  const terms: Term[][] = matrix.map(() => []);
  columns.forEach((column, i) => {
    const j = twins.get(i);
    if (j !== undefined && j < i) return;
    column.forEach((by, row) => {
      if (by === 0) return;
      const opposite = j !== undefined && Math.sign(columns[j]![row]!) !== Math.sign(by);
      const register = j === undefined ? i : step({ kind: opposite ? "sub" : "add", a: i, b: j });
      terms[row]!.push({ register, by });
    });
  });
  return { inputs, steps, outputs: outputsOf(terms, inputs, { step, sum }, steps) };
}

function outputsOf(terms: readonly Term[][], inputs: number, { step, sum }: Builder, steps: readonly Step[]): number[] {
  const registers = inputs + steps.length;
  const rows = terms.map((row) => {
    const dense = Array<number>(registers).fill(0);
    for (const { register, by } of row) dense[register] = by;
    return dense;
  });
  const pairs = pairsOf(rows);
  const outputs = Array<number>(rows.length).fill(-1);
  terms.forEach((row, i) => {
    const j = pairs.get(i);
    if (outputs[i] !== -1) return;
    const [even, odd] = [true, false].map((same) =>
      row.filter(({ register, by }) => j !== undefined && (rows[j]![register] === by) === same),
    );
    if (j === undefined || even!.length === 0 || odd!.length === 0) {
      outputs[i] = sum(row);
      return;
    }
    const [a, b] = [sum(even!), sum(odd!)];
    outputs[i] = step({ kind: "add", a, b });
    outputs[j] = step({ kind: "sub", a, b });
  });
  return outputs;
}
