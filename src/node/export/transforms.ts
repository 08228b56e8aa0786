import type { Box } from "./svg-element.js";

/** `x' = a·x + c·y + e`, `y' = b·x + d·y + f`, as SVG orders them. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** First `second`, then `first`: the product of their matrices. */
function times([a, b, c, d, e, f]: Matrix, [A, B, C, D, E, F]: Matrix): Matrix {
  return [a * A + c * B, b * A + d * B, a * C + c * D, b * C + d * D, a * E + c * F + e, b * E + d * F + f];
}

/** The matrix of a `transform` attribute: the list of moves, turns and scalings that plotly writes. */
export function matrixOf(transform: string | null): Matrix {
  let matrix = identity;
  for (const [, name, list] of (transform ?? "").matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    const values = list!
      .split(/[\s,]+/)
      .filter((part) => part !== "")
      .map(Number);
    matrix = times(matrix, stepOf(name!, values));
  }
  return matrix;
}

function stepOf(name: string, [p = 0, q, r = 0]: readonly number[]): Matrix {
  if (name === "translate") return [1, 0, 0, 1, p, q ?? 0];
  if (name === "scale") return [p, 0, 0, q ?? p, 0, 0];
  if (name !== "rotate") return identity;
  const [cos, sin] = [Math.cos((p * Math.PI) / 180), Math.sin((p * Math.PI) / 180)];
  const [x, y] = [q ?? 0, r];
  return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
}

/** The smallest upright box around a transformed one. */
export function transformBox([a, b, c, d, e, f]: Matrix, box: Box): Box {
  const corners = [
    [box.left, box.top],
    [box.right, box.top],
    [box.left, box.bottom],
    [box.right, box.bottom],
  ].map(([x, y]) => [a * x! + c * y! + e, b * x! + d * y! + f] as const);
  return {
    left: Math.min(...corners.map(([x]) => x)),
    top: Math.min(...corners.map(([, y]) => y)),
    right: Math.max(...corners.map(([x]) => x)),
    bottom: Math.max(...corners.map(([, y]) => y)),
  };
}

/** The smallest box around both; `null` is nothing. */
export function joinBoxes(one: Box | null, other: Box | null): Box | null {
  if (one === null || other === null) return one ?? other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}
