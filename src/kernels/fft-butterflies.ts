/**
 * The discrete Fourier transforms of 2, 3, 4, 5 and 8 numbers, `y(k) = Σ x(j) exp(-2πi·j·k/r)`, written once for any arithmetic:
 * the WebAssembly kernels emit the operations, the plain twins carry them out, in the same order and so with the same bits.
 */

/** Real numbers as some arithmetic holds them. */
export interface Arithmetic<T> {
  readonly add: (a: T, b: T) => T;
  readonly sub: (a: T, b: T) => T;
  readonly mul: (a: T, b: T) => T;
  /** the constants of the radix, in the order of `constantsOf` */
  readonly constants: readonly T[];
  /** puts a number where input `q` lay until it is asked for: the registers do not hold eight at once */
  readonly park: (q: number, value: Complex<T>) => () => Complex<T>;
}

/** A complex number. */
export interface Complex<T> {
  readonly re: T;
  readonly im: T;
}

/** The lengths that have a butterfly. */
export const radices = [2, 3, 4, 5, 8] as const;
export type Radix = (typeof radices)[number];

/** The irrational numbers that a butterfly multiplies by. */
export function constantsOf(radix: Radix): readonly number[] {
  const turn = 2 * Math.PI;
  if (radix === 3) return [0.5, Math.sin(turn / 3)];
  if (radix === 5) return [0.25, Math.sqrt(5) / 4, Math.sin(turn / 5), Math.sin((2 * turn) / 5)];
  return radix === 8 ? [Math.SQRT1_2] : [];
}

/** The product of two complex numbers. */
export function multiply<T>(
  { add, sub, mul }: Pick<Arithmetic<T>, "add" | "sub" | "mul">,
  a: Complex<T>,
  b: Complex<T>,
): Complex<T> {
  return { re: sub(mul(a.re, b.re), mul(a.im, b.im)), im: add(mul(a.re, b.im), mul(a.im, b.re)) };
}

type Inputs<T> = (q: number) => Complex<T>;

function plus<T>({ add }: Arithmetic<T>, a: Complex<T>, b: Complex<T>): Complex<T> {
  return { re: add(a.re, b.re), im: add(a.im, b.im) };
}

function minus<T>({ sub }: Arithmetic<T>, a: Complex<T>, b: Complex<T>): Complex<T> {
  return { re: sub(a.re, b.re), im: sub(a.im, b.im) };
}

function times<T>({ mul }: Arithmetic<T>, a: Complex<T>, by: T): Complex<T> {
  return { re: mul(a.re, by), im: mul(a.im, by) };
}

/** a - i·b and a + i·b. */
function quarterTurns<T>({ add, sub }: Arithmetic<T>, a: Complex<T>, b: Complex<T>): [Complex<T>, Complex<T>] {
  return [
    { re: add(a.re, b.im), im: sub(a.im, b.re) },
    { re: sub(a.re, b.im), im: add(a.im, b.re) },
  ];
}

/** An output and its number. */
type Output<T> = readonly [q: number, value: Complex<T>];

function* two<T>(o: Arithmetic<T>, input: Inputs<T>): Generator<Output<T>> {
  const [a, b] = [input(0), input(1)];
  yield [0, plus(o, a, b)];
  yield [1, minus(o, a, b)];
}

function* three<T>(o: Arithmetic<T>, input: Inputs<T>): Generator<Output<T>> {
  const [a, b, c] = [input(0), input(1), input(2)];
  const sum = plus(o, b, c);
  const middle = minus(o, a, times(o, sum, o.constants[0]!));
  yield [0, plus(o, a, sum)];
  const [y1, y2] = quarterTurns(o, middle, times(o, minus(o, b, c), o.constants[1]!));
  yield [1, y1];
  yield [2, y2];
}

function fourOf<T>(o: Arithmetic<T>, a: Complex<T>, b: Complex<T>, c: Complex<T>, d: Complex<T>): Complex<T>[] {
  const [even, odd] = [plus(o, a, c), plus(o, b, d)];
  const [first, third] = quarterTurns(o, minus(o, a, c), minus(o, b, d));
  return [plus(o, even, odd), first, minus(o, even, odd), third];
}

function* four<T>(o: Arithmetic<T>, input: Inputs<T>): Generator<Output<T>> {
  const y = fourOf(o, input(0), input(1), input(2), input(3));
  for (const q of [0, 2, 1, 3]) yield [q, y[q]!];
}

function* five<T>(o: Arithmetic<T>, input: Inputs<T>): Generator<Output<T>> {
  const [quarter, root, s1, s2] = o.constants as [T, T, T, T];
  const [a, b, c, d, e] = [input(0), input(1), input(2), input(3), input(4)];
  const [outer, inner] = [plus(o, b, e), plus(o, c, d)];
  const [apart, close] = [minus(o, b, e), minus(o, c, d)];
  const sum = plus(o, outer, inner);
  yield [0, plus(o, a, sum)];
  // cos(2π/5) and cos(4π/5) are (-1 ± √5)/4.
  const middle = minus(o, a, times(o, sum, quarter));
  const aside = times(o, minus(o, outer, inner), root);
  const [near, far] = [plus(o, middle, aside), minus(o, middle, aside)];
  const [y1, y4] = quarterTurns(o, near, plus(o, times(o, apart, s1), times(o, close, s2)));
  yield [1, y1];
  yield [4, y4];
  const [y2, y3] = quarterTurns(o, far, minus(o, times(o, apart, s2), times(o, close, s1)));
  yield [2, y2];
  yield [3, y3];
}

function* eight<T>(o: Arithmetic<T>, input: Inputs<T>): Generator<Output<T>> {
  const even = fourOf(o, input(0), input(2), input(4), input(6));
  // Each is parked where it is taken from before the output that belongs there is written.
  const parked = [0, 4, 2, 6].map((q, i) => o.park(q, even[i]!));
  const odd = fourOf(o, input(1), input(3), input(5), input(7));
  const half = o.constants[0]!;
  // exp(-iπ/4)·b = ((re + im) + i(im - re))/√2, and exp(-3iπ/4)·b is -i times that.
  const turned = (b: Complex<T>) => times(o, { re: o.add(b.re, b.im), im: o.sub(b.im, b.re) }, half);
  const first = turned(odd[1]!);
  const e1 = parked[1]!();
  yield [1, plus(o, e1, first)];
  yield [5, minus(o, e1, first)];
  const third = turned(odd[3]!);
  const [y3, y7] = quarterTurns(o, parked[3]!(), third);
  yield [3, y3];
  yield [7, y7];
  const e0 = parked[0]!();
  yield [0, plus(o, e0, odd[0]!)];
  yield [4, minus(o, e0, odd[0]!)];
  const [y2, y6] = quarterTurns(o, parked[2]!(), odd[2]!);
  yield [2, y2];
  yield [6, y6];
}

const butterflies = { 2: two, 3: three, 4: four, 5: five, 8: eight } as const;

/**
 * The transform of as many numbers as the radix says. Outputs that the same two numbers make follow each other, and inputs are
 * asked for when they are needed, so that few numbers are held at once.
 */
export function butterfly<T>(radix: Radix, o: Arithmetic<T>, input: Inputs<T>): Generator<Output<T>> {
  return butterflies[radix](o, input);
}
