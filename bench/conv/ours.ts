/** The three passes as a user calls them. */
import { choose } from "../../src/conv/choose.js";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { geometryOf } from "../../src/conv/geometry.js";
import type { Algorithm } from "../../src/conv/options.js";
import { executeThreaded } from "../../src/conv/threaded.js";
import type { Tensor } from "../../src/tensor/tensor.js";
import { type Arrays, inputShape, kernelShape, type Pass, type Shape } from "./shapes.js";

/** Runs a pass by an algorithm. */
export function runPass(shape: Shape, pass: Pass, { V, K, G }: Arrays, algorithm: Algorithm = "auto"): Tensor {
  const options = { stride: shape.stride, padding: shape.padding, algorithm };
  if (pass === "f") return conv(V, K, options);
  if (pass === "g") return convKernelGradient(G, V, { ...options, kernelShape: kernelShape(shape) });
  return convInputGradient(K, G, { ...options, inputShape: inputShape(shape) });
}

/** A pass as `auto` runs it, without the checks at the door and into an array that is kept from call to call. */
export interface Alone {
  readonly algorithm: string;
  /** writes the result to an array of zeros */
  readonly run: (into: Tensor["data"]) => void;
}

const operations = { f: "forward", g: "kernelGradient", h: "inputGradient" } as const;

export function alone(shape: Shape, pass: Pass, { V, K, G }: Arrays): Alone {
  const g = geometryOf("bench", V.shape, K.shape, { stride: shape.stride, padding: shape.padding });
  const [A, B] = ({ f: [V, K], g: [G, V], h: [K, G] } as const)[pass];
  const algorithm = choose("bench", operations[pass], g, "auto", [A, B]);
  return { algorithm, run: (into) => executeThreaded(operations[pass], algorithm, g, A.data, B.data, into) };
}
