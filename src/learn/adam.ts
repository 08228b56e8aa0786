import type { Tensor } from "../tensor/tensor.js";

/** The settings of Adam, apart from its rate, which follows a schedule. */
export interface AdamSettings {
  /** how much of the mean gradient is kept from step to step */
  readonly meanDecay: number;
  /** how much of the mean squared gradient is kept from step to step */
  readonly squareDecay: number;
  /** added to the root of the mean squared gradient */
  readonly epsilon: number;
}

/** Moves parameters against their gradients, in place; it remembers the gradients it has seen. */
export type Optimiser = (parameters: readonly Tensor[], gradients: readonly Tensor[], rate: number) => void;

/**
 * The optimiser Adam.
 *
 * `m ← β₁ m + (1 - β₁) ∂`, `v ← β₂ v + (1 - β₂) ∂²`, `x ← x - rate · m/(1 - β₁ᵗ) / (√(v/(1 - β₂ᵗ)) + ε)` at its step t = 1, 2, …
 *
 * @see Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1
 */
export function adam(settings: AdamSettings): Optimiser {
  const { meanDecay, squareDecay, epsilon } = settings;
  const memory: { m: Float64Array; v: Float64Array }[] = [];
  let t = 0;
  return (parameters, gradients, rate) => {
    t++;
    const meanWeight = 1 - meanDecay ** t;
    const squareWeight = 1 - squareDecay ** t;
    parameters.forEach((parameter, index) => {
      const x = parameter.data;
      const gradient = gradients[index].data;
      memory[index] ??= { m: new Float64Array(x.length), v: new Float64Array(x.length) };
      const { m, v } = memory[index];
      for (let i = 0; i < x.length; i++) {
        m[i] += (1 - meanDecay) * (gradient[i] - m[i]);
        v[i] += (1 - squareDecay) * (gradient[i] * gradient[i] - v[i]);
        x[i] -= (rate * (m[i] / meanWeight)) / (Math.sqrt(v[i] / squareWeight) + epsilon);
      }
    });
  };
}
