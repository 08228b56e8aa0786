/** The gradient with respect to the input as a convolution of G, whose kernels are turned round. */
import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";

/** Where the cells of an axis lie in its padded line, if each lies there once. */
export function startOf({ source, input }: Axis): number | undefined {
  const first = source.findIndex((cell) => cell >= 0);
  const start = first - source[Math.max(0, first)]!;
  const once = source.every((cell, at) => cell === (at >= start && at < start + input ? at - start : -1));
  return first >= 0 && once ? start : undefined;
}

/**
 * The axis of the adjoint as a convolution of G: cell e of the padded line gets `Σ K(m) G((e - tap(m)) / s)` over the whole
 * quotients. It ends in the cells of the image where each has one place in the padded line, else in the padded line.
 */
function adjointAxis(axis: Axis): Axis {
  const start = startOf(axis);
  const output = start === undefined ? axis.source.length : axis.input;
  const reach = Math.max(axis.tapAt[0]!, axis.tapAt[axis.kernel - 1]!);
  const source = Int32Array.from({ length: output + reach }, (_, at) => {
    const place = (at - reach + (start ?? 0)) / axis.stride;
    return Number.isInteger(place) && place >= 0 && place < axis.output ? place : -1;
  });
  return {
    input: axis.output,
    kernel: axis.kernel,
    output,
    stride: 1,
    tapAt: axis.tapAt.map((at) => reach - at),
    source,
  };
}

/** The geometry of `h` as a convolution: G is its image, inputs and outputs of a group change places. */
export function adjointGeometry(g: Geometry): Geometry {
  const [z, y, x] = g.axes.map(adjointAxis) as [Axis, Axis, Axis];
  const [inputs, outputs] = [g.groups * g.inChannels, g.groups * g.outChannels];
  const connections = g.connections?.map((_, i) => g.connections![(i % outputs) * inputs + Math.floor(i / outputs)]!);
  return {
    ...g,
    inChannels: g.outChannels,
    outChannels: g.inChannels,
    axes: [z, y, x],
    connections,
    inputShape: g.outputShape,
    kernelShape: [inputs, g.outChannels, ...g.kernelShape.slice(2)],
    outputShape: [g.batch, inputs, z.output, y.output, x.output],
    cells: g.places,
    places: z.output * y.output * x.output,
  };
}

/** The adjoint of the padding: adds each padded cell to the cell that it repeats. */
export function foldPadding(g: Geometry, padded: Geometry, P: Float32Array, dV: Float32Array): void {
  const cells = g.axes.map((axis, i) =>
    startOf(axis) === undefined ? axis.source : Int32Array.from(Array(padded.axes[i]!.output).keys()),
  );
  const [z, y, x] = cells as [Int32Array, Int32Array, Int32Array];
  const [, rows, columns] = g.axes.map((axis) => axis.input) as [number, number, number];
  for (let plane = 0, from = 0; plane < P.length / padded.places; plane++) {
    for (const r0 of z) {
      for (const r1 of y) {
        const line = plane * g.cells + (r0 * rows + r1) * columns;
        for (let e = 0; e < x.length; e++, from++) if (r0 >= 0 && r1 >= 0 && x[e]! >= 0) dV[line + x[e]!]! += P[from]!;
      }
    }
  }
}
