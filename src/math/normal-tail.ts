/** `ln φ(z)` and `ln Φ(z)` of the standard normal distribution, at any distance from 0. */
export function logNormal(z: number): { readonly density: number; readonly below: number } {
  const density = -0.5 * (z * z + Math.log(2 * Math.PI));
  if (z > 8) return { density, below: -Math.exp(density) / z };
  if (z > -2.5) return { density, below: Math.log(0.5 + Math.exp(density) * oddSeries(z)) };
  return { density, below: density - Math.log(inverseMills(-z)) };
}

/** `Σ z^(2k+1)/(2k+1)!!`, which is `(Φ(z) - ½)/φ(z)`. */
function oddSeries(z: number): number {
  let [term, sum] = [z, z];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return sum;
}

/** `φ(x)/Φ(-x)` by its continued fraction `x + 1/(x + 2/(x + 3/(x + …)))`, which needs fewer terms the larger x is. */
function inverseMills(x: number): number {
  let value = x;
  for (let k = 100; k > 0; k--) value = x + k / value;
  return value;
}
