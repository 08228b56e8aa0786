/** Long sums of float32 results, in float64 and in a fixed order. Loops take four at once, which takes two thirds of the time. */

/** Adds `count` numbers from the place `first` on to sums from `at` on. */
export function addRun(from: Float32Array, first: number, into: Float64Array, at: number, count: number): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    into[at + i]! += from[first + i]!;
    into[at + i + 1]! += from[first + i + 1]!;
    into[at + i + 2]! += from[first + i + 2]!;
    into[at + i + 3]! += from[first + i + 3]!;
  }
  for (; i < count; i++) into[at + i]! += from[first + i]!;
}

/** Numbers that are added at once: the sums stay in the first level of the cache. */
const run = 2048;

/** Adds the parts in their order, so that it does not matter which thread was the first. */
export function addInOrder(parts: readonly Float32Array[], result: Float32Array): void {
  const sums = new Float64Array(run);
  for (let from = 0; from < result.length; from += run) {
    const count = Math.min(run, result.length - from);
    sums.fill(0);
    let part = 0;
    for (; part + 4 <= parts.length; part += 4) addFour(parts.slice(part, part + 4), from, sums, count);
    for (; part < parts.length; part++) addRun(parts[part]!, from, sums, 0, count);
    result.set(sums.subarray(0, count), from);
  }
}

/** Adds four parts, one after the other, while a sum is in a register. */
function addFour(parts: readonly Float32Array[], from: number, sums: Float64Array, count: number): void {
  const [a, b, c, d] = parts as [Float32Array, Float32Array, Float32Array, Float32Array];
  for (let i = 0; i < count; i++) sums[i] = sums[i]! + a[from + i]! + b[from + i]! + c[from + i]! + d[from + i]!;
}
