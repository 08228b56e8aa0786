import { type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { averagePool, averagePoolGradient } from "./pool-average.js";
import { maxPool, maxPoolGradient } from "./pool-max.js";
import type { Rule } from "./pool-options.js";
import { powerPool, powerPoolGradient } from "./pool-power.js";
import { weightedPool, weightedPoolGradient } from "./pool-weighted.js";
import type { Windows } from "./pool-windows.js";

/** The output of a pooling whose arguments are checked. */
export function runPool(w: Windows, rule: Rule, input: Tensor): Tensor {
  const output = zeros(w.outputShape, typeOf(input));
  const [V, Z] = [input.data, output.data];
  if (rule.kind === "max") maxPool(w, V, Z);
  else if (rule.kind === "average") averagePool(w, rule.countPadding, V, Z);
  else if (rule.kind === "power") powerPool(w, rule.p, V, Z);
  else weightedPool(w, rule, V, Z);
  return output;
}

/** The gradient of a pooling whose arguments are checked; it is summed in float64 and rounded once. */
export function runPoolGradient(w: Windows, rule: Rule, outputGradient: Tensor, input: Tensor): Tensor {
  const gradient = zeros(w.inputShape, typeOf(input));
  const [G, V, dV] = [outputGradient.data, input.data, gradient.data];
  if (rule.kind === "max") maxPoolGradient(w, G, V, dV);
  else if (rule.kind === "average") averagePoolGradient(w, rule.countPadding, G, dV);
  else if (rule.kind === "power") powerPoolGradient(w, rule.p, G, V, dV);
  else weightedPoolGradient(w, rule, G, dV);
  return gradient;
}
