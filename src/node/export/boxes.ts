import type { DomElement } from "./dom.js";

/** A rectangle with sides along the axes, y down, as SVG has it. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** `x' = a·x + c·y + e`, `y' = b·x + d·y + f`: SVG's matrix(a, b, c, d, e, f). */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** The least box around both; nothing has no box. */
export function joinBoxes(a: Box | undefined, b: Box | undefined): Box | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** The box around a box that an element's `transform` has moved and turned. */
export function transformBox(element: DomElement, box: Box): Box {
  const text = element.getAttribute("transform");
  if (text === null || text === "") return box;
  const [a, b, c, d, e, f] = matrixOf(text);
  const corners = [
    [box.left, box.top],
    [box.right, box.top],
    [box.left, box.bottom],
    [box.right, box.bottom],
  ] as const;
  const x = corners.map(([u, v]) => a * u + c * v + e);
  const y = corners.map(([u, v]) => b * u + d * v + f);
  return { left: Math.min(...x), top: Math.min(...y), right: Math.max(...x), bottom: Math.max(...y) };
}

/** The matrix of a `transform` attribute, a list of steps of which the last is applied first. */
function matrixOf(text: string): Matrix {
  let matrix = identity;
  for (const [, name, list] of text.matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    const values = list!
      .split(/[\s,]+/)
      .filter((part) => part !== "")
      .map(Number);
    matrix = multiply(matrix, stepOf(name!, values));
  }
  return matrix;
}

function stepOf(name: string, values: readonly number[]): Matrix {
  const [first = 0, second, third] = values;
  if (name === "translate") return [1, 0, 0, 1, first, second ?? 0];
  if (name === "scale") return [first, 0, 0, second ?? first, 0, 0];
  if (name === "matrix" && values.length === 6) return values as unknown as Matrix;
  if (name !== "rotate") throw new Error(`transform has ${name}, which is not among those that plotly writes`);
  const angle = (first * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turn: Matrix = [cos, sin, -sin, cos, 0, 0];
  if (second === undefined || third === undefined) return turn;
  return multiply(multiply([1, 0, 0, 1, second, third], turn), [1, 0, 0, 1, -second, -third]);
}

function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}
