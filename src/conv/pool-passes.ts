/**
 * Sums and maxima over windows, one axis after the other: a box of k^d taps costs d·k steps, not k^d. The outermost axis comes
 * first, so that most of the work runs along whole rows, and the last axis, whose cells lie in lines, sees what is left.
 * Letters: outer index o, place j of the axis, tap t, inner index i.
 */
import type { Pass, Windows } from "./pool-windows.js";

export type Numbers = Float32Array | Float64Array;

/** One array before each pass over a plane, and one after the last: from the plane's cells to its places. */
export type Levels = readonly Float64Array[];

/** Room for the levels of one plane. */
export function levelsOf({ passes, cells, places }: Windows): Levels {
  const between = passes.slice(1).map(({ axis, outer, inner }) => new Float64Array(outer * axis.input * inner));
  return [new Float64Array(cells), ...between, new Float64Array(places)];
}

/** The sums over the windows of the plane of `V` that starts at `at`: the last level. `V` may be the first level. */
export function sumWindows({ passes }: Windows, V: Numbers, at: number, levels: Levels): Float64Array {
  passes.forEach((pass, n) => {
    const add = pass.inner === 1 ? sumLines : sumRows;
    add(pass, n === 0 ? V : levels[n]!, n === 0 ? at : 0, levels[n + 1]!);
  });
  return levels[passes.length]!;
}

/** The maxima over the windows of a plane, as `sumWindows`; a window without cells has minus infinity. */
export function maxWindows({ passes }: Windows, V: Numbers, at: number, levels: Levels): Float64Array {
  passes.forEach((pass, n) => {
    const take = pass.inner === 1 ? maxLines : maxRows;
    take(pass, n === 0 ? V : levels[n]!, n === 0 ? at : 0, levels[n + 1]!);
  });
  return levels[passes.length]!;
}

/** The adjoint of `sumWindows`: gives each place's number, in the last level, to all cells of its window: the first level. */
export function spreadWindows({ passes }: Windows, levels: Levels): Float64Array {
  for (let n = passes.length - 1; n >= 0; n--) {
    const pass = passes[n]!;
    const spread = pass.inner === 1 ? spreadLines : spreadRows;
    spread(pass, levels[n + 1]!, levels[n]!);
  }
  return levels[0]!;
}

function sumLines({ axis, outer }: Pass, V: Numbers, at: number, Z: Float64Array): void {
  const { input, output, step, first, count } = axis;
  for (let o = 0, z = 0; o < outer; o++) {
    const line = at + o * input;
    for (let j = 0; j < output; j++, z++) {
      let sum = 0;
      for (let t = count[j]!, v = line + first[j]!; t > 0; t--, v += step) sum += V[v]!;
      Z[z] = sum;
    }
  }
}

function sumRows({ axis, outer, inner }: Pass, V: Numbers, at: number, Z: Float64Array): void {
  const { input, output, step, first, count } = axis;
  for (let o = 0, z = 0; o < outer; o++) {
    for (let j = 0; j < output; j++, z += inner) {
      let v = at + (o * input + first[j]!) * inner;
      if (count[j] === 0) Z.fill(0, z, z + inner);
      else for (let i = 0; i < inner; i++) Z[z + i] = V[v + i]!;
      for (let t = 1; t < count[j]!; t++) {
        v += step * inner;
        for (let i = 0; i < inner; i++) Z[z + i]! += V[v + i]!;
      }
    }
  }
}

function maxLines({ axis, outer }: Pass, V: Numbers, at: number, Z: Float64Array): void {
  const { input, output, step, first, count } = axis;
  for (let o = 0, z = 0; o < outer; o++) {
    const line = at + o * input;
    for (let j = 0; j < output; j++, z++) {
      let most = Number.NEGATIVE_INFINITY;
      for (let t = count[j]!, v = line + first[j]!; t > 0; t--, v += step) most = Math.max(most, V[v]!);
      Z[z] = most;
    }
  }
}

function maxRows({ axis, outer, inner }: Pass, V: Numbers, at: number, Z: Float64Array): void {
  const { input, output, step, first, count } = axis;
  for (let o = 0, z = 0; o < outer; o++) {
    for (let j = 0; j < output; j++, z += inner) {
      let v = at + (o * input + first[j]!) * inner;
      if (count[j] === 0) Z.fill(Number.NEGATIVE_INFINITY, z, z + inner);
      else for (let i = 0; i < inner; i++) Z[z + i] = V[v + i]!;
      for (let t = 1; t < count[j]!; t++) {
        v += step * inner;
        for (let i = 0; i < inner; i++) Z[z + i] = Math.max(Z[z + i]!, V[v + i]!);
      }
    }
  }
}

function spreadLines({ axis, outer }: Pass, G: Float64Array, dV: Float64Array): void {
  const { input, output, step, first, count } = axis;
  dV.fill(0);
  for (let o = 0, z = 0; o < outer; o++) {
    const line = o * input;
    for (let j = 0; j < output; j++, z++) {
      const g = G[z]!;
      for (let t = count[j]!, v = line + first[j]!; t > 0; t--, v += step) dV[v]! += g;
    }
  }
}

function spreadRows({ axis, outer, inner }: Pass, G: Float64Array, dV: Float64Array): void {
  const { input, output, step, first, count } = axis;
  dV.fill(0);
  for (let o = 0, z = 0; o < outer; o++) {
    for (let j = 0; j < output; j++, z += inner) {
      let v = (o * input + first[j]!) * inner;
      for (let t = 0; t < count[j]!; t++, v += step * inner) {
        for (let i = 0; i < inner; i++) dV[v + i]! += G[z + i]!;
      }
    }
  }
}
