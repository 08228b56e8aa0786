/**
 * The three operations straight from their definitions, for any number of space dimensions, in float64, sharing no code with
 * the library: which cell every tap of every window reads, found by walking, and one sum over all of them.
 */

export interface Case {
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly boundary: "zero" | "wrap" | "edge" | "reflect" | "symmetric";
  readonly groups: number;
  readonly flip: boolean;
  readonly connections?: readonly (readonly boolean[])[];
}

/** The cells that numpy.pad repeats on both sides of a line of m cells, by walking outwards cell by cell. */
export function paddedLine(m: number, before: number, after: number, boundary: Case["boundary"]): (number | null)[] {
  const walk = (from: number, towards: 1 | -1, steps: number): (number | null)[] => {
    const cells: (number | null)[] = [];
    let at = from;
    let direction = towards;
    for (let i = 0; i < steps; i++) {
      const next = at + direction;
      const inside = next >= 0 && next < m;
      if (inside) at = next;
      else if (boundary === "wrap") at = next < 0 ? m - 1 : 0;
      else if (boundary === "symmetric") direction = direction === 1 ? -1 : 1;
      else if (boundary === "reflect" && m > 1) {
        direction = direction === 1 ? -1 : 1;
        at += direction;
      }
      if (boundary === "zero") cells.push(null);
      else cells.push(at);
    }
    return cells;
  };
  const middle = Array.from({ length: m }, (_, i) => i);
  return [...walk(0, -1, before).reverse(), ...middle, ...walk(m - 1, 1, after)];
}

export function outputSpace(c: Case): number[] {
  const space = c.kernel.length - 2;
  return c.input.slice(-space).map((m, a) => {
    const padded = m + c.padding[a]![0] + c.padding[a]![1];
    let places = 0;
    while (places * c.stride[a]! + (c.kernel[2 + a]! - 1) * c.dilation[a]! < padded) places++;
    return places;
  });
}

function* indices(shape: readonly number[]): Generator<number[]> {
  if (shape.length === 0) yield [];
  else for (let i = 0; i < shape[0]!; i++) for (const rest of indices(shape.slice(1))) yield [i, ...rest];
}

const flat = (index: readonly number[], shape: readonly number[]) => index.reduce((at, i, a) => at * shape[a]! + i, 0);

/** Which elements of V, K and Z take part in a product. */
export interface Product {
  v: number;
  k: number;
  z: number;
}

/** The products of one image with one pair of channels: which cell each tap of each window reads. */
function planeProducts(c: Case): Product[] {
  const space = c.kernel.length - 2;
  const spaceIn = c.input.slice(-space);
  const [taps, spaceOut] = [c.kernel.slice(2), outputSpace(c)];
  const lines = spaceIn.map((m, a) => paddedLine(m, c.padding[a]![0], c.padding[a]![1], c.boundary));
  const found: Product[] = [];
  for (const place of indices(spaceOut)) {
    for (const tap of indices(taps)) {
      const cell = place.map((p, a) => {
        const t = c.flip ? taps[a]! - 1 - tap[a]! : tap[a]!;
        return lines[a]![p * c.stride[a]! + t * c.dilation[a]!]!;
      });
      if (cell.some((at) => at === null)) continue;
      found.push({ v: flat(cell, spaceIn), k: flat(tap, taps), z: flat(place, spaceOut) });
    }
  }
  return found;
}

/** Calls `visit` for every product that the definition has. The record is the same each time, with other numbers. */
export function eachProduct(c: Case, visit: (product: Readonly<Product>) => void): void {
  const size = (shape: readonly number[]) => shape.reduce((x, y) => x * y, 1);
  const space = c.kernel.length - 2;
  const batched = c.input.length === space + 2;
  const inputs = c.input[batched ? 1 : 0]!;
  const [cells, taps, places] = [size(c.input.slice(-space)), size(c.kernel.slice(2)), size(outputSpace(c))];
  const [O, perGroup] = [c.kernel[0]!, c.kernel[1]!];
  const plane = planeProducts(c);
  const product = { v: 0, k: 0, z: 0 };
  for (let n = 0; n < (batched ? c.input[0]! : 1); n++) {
    for (let o = 0; o < O; o++) {
      const group = Math.floor((o * c.groups) / O);
      for (let l = 0; l < perGroup; l++) {
        const i = group * perGroup + l;
        if (c.connections && !c.connections[o]![i]) continue;
        for (const { v, k, z } of plane) {
          product.v = (n * inputs + i) * cells + v;
          product.k = (o * perGroup + l) * taps + k;
          product.z = (n * O + o) * places + z;
          visit(product);
        }
      }
    }
  }
}

/** Sums of products and of their magnitudes: `to[z] += a·b`. */
export function sumProducts(
  c: Case,
  length: number,
  term: (p: Readonly<Product>) => readonly [at: number, product: number],
): { sums: Float64Array; magnitudes: Float64Array } {
  const sums = new Float64Array(length);
  const magnitudes = new Float64Array(length);
  eachProduct(c, (p) => {
    const [at, product] = term(p);
    sums[at]! += product;
    magnitudes[at]! += Math.abs(product);
  });
  return { sums, magnitudes };
}
