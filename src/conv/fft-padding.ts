/**
 * Boundaries other than zero. The padded image is made and convolved without padding; the gradient in the input is that of the
 * padded image, folded back: what the padding took from a cell it gives back to it.
 */
import type { Axis } from "./axis.js";
import { axisFacts } from "./fft-axis.js";
import type { Geometry } from "./geometry.js";

/** The axis over the padded image where something else than zeros is in the padding. */
function paddedAxis(axis: Axis): Axis {
  if (axisFacts(axis)) return axis;
  return { ...axis, input: axis.source.length, source: axis.source.map((_, at) => at) };
}

/** The geometry over the padded image, or `g` itself where only zeros are in the padding. */
export function paddedGeometry(g: Geometry): Geometry {
  const [z, y, x] = g.axes;
  const [rows, columns] = [paddedAxis(y), paddedAxis(x)];
  if (rows === y && columns === x) return g;
  return { ...g, axes: [z, rows, columns], cells: z.input * rows.input * columns.input };
}

/** The cell of the image at each place of the padded one along an axis, -1 for a zero. */
function cellsOf(axis: Axis, padded: Axis): ArrayLike<number> {
  return axis === padded ? Array.from({ length: axis.input }, (_, at) => at) : axis.source;
}

/** Calls `visit` with where each cell of a plane's padded image lies, and the cell of the plane that it repeats. */
function eachCell(g: Geometry, padded: Geometry, visit: (padded: number, cell: number) => void): void {
  const [rows, columns] = ([1, 2] as const).map((axis) => cellsOf(g.axes[axis], padded.axes[axis])) as [
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < columns.length; column++) {
      const [y, x] = [rows[row]!, columns[column]!];
      if (y >= 0 && x >= 0) visit(row * columns.length + column, y * g.axes[2].input + x);
    }
  }
}

/** The padded images of V. */
export function padded(g: Geometry, over: Geometry, V: Float32Array): Float32Array {
  const planes = V.length / g.cells;
  const images = new Float32Array(planes * over.cells);
  eachCell(g, over, (to, from) => {
    for (let plane = 0; plane < planes; plane++) images[plane * over.cells + to] = V[plane * g.cells + from]!;
  });
  return images;
}

/** Folds the gradients of padded images back to those of the planes that `wanted` names. */
export function fold(
  g: Geometry,
  over: Geometry,
  gradients: Float32Array,
  dV: Float32Array,
  wanted: Iterable<number>,
): void {
  for (const plane of wanted) {
    dV.fill(0, plane * g.cells, (plane + 1) * g.cells);
    eachCell(g, over, (from, to) => {
      dV[plane * g.cells + to]! += gradients[plane * over.cells + from]!;
    });
  }
}
