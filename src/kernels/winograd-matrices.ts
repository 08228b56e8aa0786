/** The matrices of Winograd's minimal filtering, in exact arithmetic. */

/** A fraction in lowest terms, the denominator positive. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** A matrix of fractions, by rows. */
export type RationalMatrix = readonly (readonly Rational[])[];

/**
 * The three matrices of F(m, r): `y = AT·((G·k) ⊙ (BT·v))` are the m sums `y(i) = Σ k(j) v(i + j)` over j < r, by
 * m + r - 1 products.
 */
export interface FilterMatrices {
  /** `[m][m + r - 1]` */
  readonly AT: RationalMatrix;
  /** `[m + r - 1][r]` */
  readonly G: RationalMatrix;
  /** `[m + r - 1][m + r - 1]` */
  readonly BT: RationalMatrix;
}

/** n/d in lowest terms. */
export function rational(n: bigint | number, d: bigint | number = 1): Rational {
  const [top, bottom] = [BigInt(n), BigInt(d)];
  let [a, b] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
  while (b !== 0n) [a, b] = [b, a % b];
  const by = bottom < 0n ? -a : a;
  return { n: top / by, d: bottom / by };
}

const zero = rational(0);
const one = rational(1);

/** The sum of two fractions. */
export function plus(a: Rational, b: Rational): Rational {
  return rational(a.n * b.d + b.n * a.d, a.d * b.d);
}

/** The product of two fractions. */
export function times(a: Rational, b: Rational): Rational {
  return rational(a.n * b.n, a.d * b.d);
}

function minus(a: Rational, b: Rational): Rational {
  return plus(a, { n: -b.n, d: b.d });
}

function power(a: Rational, exponent: number): Rational {
  return { n: a.n ** BigInt(exponent), d: a.d ** BigInt(exponent) };
}

/** The coefficients of `Π (x - p)`, the constant first, padded by zeros to `length`. */
function monic(points: readonly Rational[], length: number): Rational[] {
  let coefficients = [one];
  for (const p of points) {
    const [raised, kept] = [
      [zero, ...coefficients],
      [...coefficients, zero],
    ];
    coefficients = raised.map((c, i) => minus(c, times(p, kept[i]!)));
  }
  return [...coefficients, ...Array<Rational>(length - coefficients.length).fill(zero)];
}

const signed = (numerator: number, denominator = 1) => [
  rational(numerator, denominator),
  rational(-numerator, denominator),
];

/**
 * The finite points for each number of products, infinity besides. Pairs ±p share their multiplications. Of the sets of eighths
 * up to 4 that hold 0 and such pairs, these have the least error on normal data or nearly so, with multiplications by powers of
 * two, which round nothing, where they are as good.
 */
const finitePoints: readonly (readonly Rational[])[] = [
  [],
  [],
  [zero],
  [zero, one],
  [zero, ...signed(1)],
  [zero, ...signed(1), rational(2)],
  [zero, ...signed(3, 4), ...signed(3, 2)],
  [zero, ...signed(1), ...signed(5, 8), rational(5, 2)],
  [zero, ...signed(1), ...signed(1, 2), ...signed(2)],
];

/** The most products of a one-dimensional filter. */
export const mostProducts = finitePoints.length - 1;

function identity(size: number): Rational[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? one : zero)));
}

/** Exchanges rows and columns. */
export function transposed(matrix: RationalMatrix): Rational[][] {
  return matrix[0]!.map((_, j) => matrix.map((row) => row[j]!));
}

/**
 * The matrices of F(m, r) by Cook and Toom: polynomials are multiplied by their values at m + r - 1 points, and the transpose of
 * that product is the filter.
 *
 * @param points the finite points, m + r - 2 different ones; infinity is the last
 * @see Winograd, Arithmetic Complexity of Computations, 1980; Lavin and Gray, Fast algorithms for convolutional neural networks, 2016
 */
export function filterMatrices(m: number, r: number, points = finitePoints[m + r - 1]!): FilterMatrices {
  const products = m + r - 1;
  // One tap or one place needs no points: the products are those of the sum itself.
  if (r === 1) return { AT: identity(m), G: Array.from({ length: m }, () => [one]), BT: identity(m) };
  if (m === 1) return { AT: [Array(r).fill(one)], G: identity(r), BT: identity(r) };
  const last = (length: number) => Array.from({ length }, (_, i) => (i === length - 1 ? one : zero));
  const others = points.map((_, j) => points.filter((_, l) => l !== j));
  const norms = points.map((p, j) => others[j]!.reduce((product, q) => times(product, minus(p, q)), one));
  const values = (count: number) => points.map((p) => Array.from({ length: count }, (_, i) => power(p, i)));
  return {
    AT: transposed([...values(m), last(m)]),
    G: [...values(r).map((row, j) => row.map((v) => rational(v.n * norms[j]!.d, v.d * norms[j]!.n))), last(r)],
    BT: [...others.map((rest) => monic(rest, products)), monic(points, products)],
  };
}
