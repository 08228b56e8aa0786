/** `Σ a_i·b_i`, in float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** `Σ v_i·x_(at + i)` over the numbers of v, in float64; four sums in a fixed order, so that the additions overlap. */
export function dotAt(v: Float64Array, x: Float32Array, at: number): number {
  const n = v.length;
  const whole = n - (n % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += v[i]! * x[at + i]!;
    b += v[i + 1]! * x[at + i + 1]!;
    c += v[i + 2]! * x[at + i + 2]!;
    d += v[i + 3]! * x[at + i + 3]!;
  }
  for (let i = whole; i < n; i++) a += v[i]! * x[at + i]!;
  return a + b + (c + d);
}

/** `√(Σ a_i²)`. */
export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

/** The largest |a_i|; 0 where there is none. */
export function largestMagnitude(a: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]));
  return most;
}
