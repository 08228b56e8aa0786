/** The three passes as a user calls them. */
import { choose } from "../../src/conv/choose.js";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { geometryOf } from "../../src/conv/geometry.js";
import type { Algorithm } from "../../src/conv/options.js";
import type { Tensor } from "../../src/tensor/tensor.js";
import { type Arrays, inputShape, kernelShape, type Pass, type Shape } from "./shapes.js";

/** Runs a pass by an algorithm, into a tensor that is kept where one is given. */
export function runPass(
  shape: Shape,
  pass: Pass,
  { V, K, G }: Arrays,
  { algorithm = "auto", into }: { readonly algorithm?: Algorithm; readonly into?: Tensor } = {},
): Tensor {
  const options = { stride: shape.stride, padding: shape.padding, algorithm, ...(into && { into }) };
  if (pass === "f") return conv(V, K, options);
  if (pass === "g") return convKernelGradient(G, V, { ...options, kernelShape: kernelShape(shape) });
  return convInputGradient(K, G, { ...options, inputShape: inputShape(shape) });
}

const operations = { f: "forward", g: "kernelGradient", h: "inputGradient" } as const;

/** The algorithm that `auto` takes. */
export function algorithmOf(shape: Shape, pass: Pass, { V, K, G }: Arrays): string {
  const g = geometryOf("bench", V.shape, K.shape, { stride: shape.stride, padding: shape.padding });
  const operands = ({ f: [V, K], g: [G, V], h: [K, G] } as const)[pass];
  return choose("bench", operations[pass], g, "auto", operands);
}
