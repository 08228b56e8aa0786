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
  if (radix === 5) return [Math.cos(turn / 5), Math.cos((2 * turn) / 5), Math.sin(turn / 5), Math.sin((2 * turn) / 5)];
  return radix === 8 ? [Math.SQRT1_2] : [];
}

/** The product of two complex numbers. */
export function multiply<T>({ add, sub, mul }: Arithmetic<T>, a: Complex<T>, b: Complex<T>): Complex<T> {
  return { re: sub(mul(a.re, b.re), mul(a.im, b.im)), im: add(mul(a.re, b.im), mul(a.im, b.re)) };
}

type Numbers<T> = readonly Complex<T>[];

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

function two<T>(o: Arithmetic<T>, [a, b]: Numbers<T>): Complex<T>[] {
  return [plus(o, a!, b!), minus(o, a!, b!)];
}

function three<T>(o: Arithmetic<T>, [a, b, c]: Numbers<T>): Complex<T>[] {
  const sum = plus(o, b!, c!);
  const middle = minus(o, a!, times(o, sum, o.constants[0]!));
  return [plus(o, a!, sum), ...quarterTurns(o, middle, times(o, minus(o, b!, c!), o.constants[1]!))];
}

function four<T>(o: Arithmetic<T>, [a, b, c, d]: Numbers<T>): Complex<T>[] {
  const [even, odd] = [plus(o, a!, c!), plus(o, b!, d!)];
  const [first, third] = quarterTurns(o, minus(o, a!, c!), minus(o, b!, d!));
  return [plus(o, even, odd), first, minus(o, even, odd), third];
}

function five<T>(o: Arithmetic<T>, [a, b, c, d, e]: Numbers<T>): Complex<T>[] {
  const [c1, c2, s1, s2] = o.constants as [T, T, T, T];
  const [outer, inner] = [plus(o, b!, e!), plus(o, c!, d!)];
  const [apart, close] = [minus(o, b!, e!), minus(o, c!, d!)];
  const near = plus(o, plus(o, a!, times(o, outer, c1)), times(o, inner, c2));
  const far = plus(o, plus(o, a!, times(o, outer, c2)), times(o, inner, c1));
  const [y1, y4] = quarterTurns(o, near, plus(o, times(o, apart, s1), times(o, close, s2)));
  const [y2, y3] = quarterTurns(o, far, minus(o, times(o, apart, s2), times(o, close, s1)));
  return [plus(o, plus(o, a!, outer), inner), y1, y2, y3, y4];
}

function eight<T>(o: Arithmetic<T>, x: Numbers<T>): Complex<T>[] {
  const even = four(o, [x[0]!, x[2]!, x[4]!, x[6]!]);
  const odd = four(o, [x[1]!, x[3]!, x[5]!, x[7]!]);
  const half = o.constants[0]!;
  // exp(-iπ/4)·b = ((re + im) + i(im - re))/√2, and exp(-3iπ/4)·b is -i times that.
  const turned = (b: Complex<T>) => times(o, { re: o.add(b.re, b.im), im: o.sub(b.im, b.re) }, half);
  const first = turned(odd[1]!);
  const third = turned(odd[3]!);
  const [y2, y6] = quarterTurns(o, even[2]!, odd[2]!);
  const [y3, y7] = quarterTurns(o, even[3]!, third);
  return [
    plus(o, even[0]!, odd[0]!),
    plus(o, even[1]!, first),
    y2,
    y3,
    minus(o, even[0]!, odd[0]!),
    minus(o, even[1]!, first),
    y6,
    y7,
  ];
}

/** The transform of as many numbers as the radix says. */
export function butterfly<T>(radix: Radix, o: Arithmetic<T>, x: Numbers<T>): Complex<T>[] {
  if (radix === 2) return two(o, x);
  if (radix === 3) return three(o, x);
  if (radix === 4) return four(o, x);
  return radix === 5 ? five(o, x) : eight(o, x);
}
