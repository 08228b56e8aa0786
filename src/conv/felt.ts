/**
 * Whether a number of an operand that is not finite must show in the result, whatever the algorithm: a product with 0 is NaN too,
 * and no sum brings NaN or an infinity back. A result smaller than the operand is then the cheaper one to look at.
 */
import type { Tensor } from "../tensor/tensor.js";
import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";

/** Elements of an operand below which looking at it costs nothing beside the call. */
const few = 2 ** 14;

/** Whether every place of the output meets a cell of the image, and not the zeros of the padding alone. */
function everyPlaceReads({ output, stride, tapAt, source }: Axis): boolean {
  for (let place = 0; place < output; place++)
    if (!tapAt.some((tap) => source[place * stride + tap]! >= 0)) return false;
  return true;
}

/** Whether every cell of the image is read at some place. */
function everyCellIsRead({ input, output, stride, tapAt, source }: Axis): boolean {
  const read = new Uint8Array(input);
  for (let place = 0; place < output; place++)
    for (const tap of tapAt) if (source[place * stride + tap]! >= 0) read[source[place * stride + tap]!] = 1;
  return !read.includes(0);
}

/** Whether to leave the check of an operand to the result: each of its numbers is in some sum, and these are far fewer. */
export function shownByResult(g: Geometry, name: string, operand: Tensor, results: number): boolean {
  if (operand.data.length < few || 2 * results > operand.data.length || g.connections) return false;
  if (name === "outputGradient") return g.axes.every(everyPlaceReads);
  return name === "input" && g.axes.every(everyCellIsRead);
}
