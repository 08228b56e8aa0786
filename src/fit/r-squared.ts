/** `1 - Σ(data - model)² / Σ(data - mean)²`, about the data's own mean; NaN where the data are constant. */
export function rSquaredOf(data: ArrayLike<number>, model: ArrayLike<number>): number {
  let mean = 0;
  for (let i = 0; i < data.length; i++) mean += data[i] / data.length;
  let [left, all] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    left += (data[i] - model[i]) ** 2;
    all += (data[i] - mean) ** 2;
  }
  return all > 0 ? 1 - left / all : NaN;
}
