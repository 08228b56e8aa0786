/** A step of Householder's reduction to tridiagonal form, for `double-kernels.ts`. All addresses and offsets are in bytes. */
import { defineFunction, type Expr, type I32, type Local, type Statement, whileTrue } from "./assembler.js";
import { advance, integers } from "./emit.js";
import { f64, f64x2, i32, v128 } from "./instructions.js";

type I = Local<"i32">;

/** Arithmetic on one number or on two. */
interface Lanes<T extends "f64" | "v128"> {
  readonly load: (address: I32, offset?: number) => Expr<T>;
  readonly store: (address: I32, value: Expr<T>, offset?: number) => Statement;
  readonly add: (a: Expr<T>, b: Expr<T>) => Expr<T>;
  readonly sub: (a: Expr<T>, b: Expr<T>) => Expr<T>;
  readonly mul: (a: Expr<T>, b: Expr<T>) => Expr<T>;
}

const single: Lanes<"f64"> = f64;
const pair: Lanes<"v128"> = { load: v128.load, store: v128.store, add: f64x2.add, sub: f64x2.sub, mul: f64x2.mul };

/** A row's own numbers of v, w and u, and its sum. */
interface Row<T extends "f64" | "v128"> {
  readonly at: I;
  readonly v: Local<T>;
  readonly w: Local<T>;
  readonly u: Local<T>;
  readonly sum: Local<T>;
}

/** One step along two rows: what is at `offset` from the starts of the rows and vectors. */
function stepAlong<T extends "f64" | "v128">(
  { load, store, add, sub, mul }: Lanes<T>,
  rows: readonly Row<T>[],
  offset: I,
  vectors: { readonly v: I; readonly w: I; readonly u: I; readonly product: I },
  [v, w, u, product, x]: readonly Local<T>[],
): Statement[] {
  return [
    v!.set(load(i32.add(vectors.v, offset))),
    w!.set(load(i32.add(vectors.w, offset))),
    u!.set(load(i32.add(vectors.u, offset))),
    product!.set(load(i32.add(vectors.product, offset))),
    ...rows.flatMap((row) => [
      x!.set(sub(sub(load(i32.add(row.at, offset)), mul(row.v, w!)), mul(row.w, v!))),
      store(i32.add(row.at, offset), x!),
      row.sum.set(add(row.sum, mul(x!, u!))),
      product!.set(add(product!, mul(x!, row.u))),
    ]),
    store(i32.add(vectors.product, offset), product!),
  ];
}

/**
 * `A ← A - v·wᵀ - w·vᵀ` and `product += A·u` for rows `first` to `count`, an even number of them, of a lower triangle whose
 * row r starts r(r + 1)/2 numbers after A. Two rows at a time: four vectors are loaded once for both, and the triangle passes through
 * the cache once. Along a row even and odd places are summed apart.
 */
export const updateAndMultiply = defineFunction(
  "updateAndMultiply",
  integers("A", "first", "count", "v", "w", "u", "product"),
  (f, { A, first, count, v, w, u, product }) => {
    const [top, bottom, offset, wide, side] = f.locals("i32", 5) as [I, I, I, I, I];
    const rowOf = <T extends "f64" | "v128">(at: I, type: T): Row<T> => {
      const [own, other, factor, sum] = f.locals(type, 4) as [Local<T>, Local<T>, Local<T>, Local<T>];
      return { at, v: own, w: other, u: factor, sum };
    };
    const pairs = [rowOf(top, "v128"), rowOf(bottom, "v128")];
    const singles = [rowOf(top, "f64"), rowOf(bottom, "f64")] as const;
    const vectors = { v, w, u, product };
    const [pairScratch, scratch] = [f.locals("v128", 5), f.locals("f64", 5)];
    const [corner, below, last] = f.locals("f64", 3) as [Local<"f64">, Local<"f64">, Local<"f64">];
    const load = singles.flatMap((row, i) => [
      row.v.set(f64.load(i32.add(v, side), 8 * i)),
      row.w.set(f64.load(i32.add(w, side), 8 * i)),
      row.u.set(f64.load(i32.add(u, side), 8 * i)),
      pairs[i]!.v.set(f64x2.splat(row.v)),
      pairs[i]!.w.set(f64x2.splat(row.w)),
      pairs[i]!.u.set(f64x2.splat(row.u)),
      pairs[i]!.sum.set(f64x2.splat(f64.const(0))),
    ]);
    const [a, b] = singles;
    const minus = (value: Expr<"f64">, x: Expr<"f64">, y: Expr<"f64">) => f64.sub(value, f64.mul(x, y));
    const addTo = (place: number, ...terms: Expr<"f64">[]) =>
      f64.store(
        i32.add(product, side),
        terms.reduce((sum, term) => f64.add(sum, term), f64.load(i32.add(product, side), place)),
        place,
      );
    const diagonal = [
      corner.set(minus(minus(f64.load(i32.add(top, side)), a.v, a.w), a.w, a.v)),
      below.set(minus(minus(f64.load(i32.add(bottom, side)), b.v, a.w), b.w, a.v)),
      last.set(minus(minus(f64.load(i32.add(bottom, side), 8), b.v, b.w), b.w, b.v)),
      f64.store(i32.add(top, side), corner),
      f64.store(i32.add(bottom, side), below),
      f64.store(i32.add(bottom, side), last, 8),
      addTo(0, a.sum, f64.mul(corner, a.u), f64.mul(below, b.u)),
      addTo(8, b.sum, f64.mul(below, a.u), f64.mul(last, b.u)),
    ];
    return [
      top.set(i32.add(A, i32.shl(i32.mul(first, i32.add(first, 1)), 2))),
      whileTrue(i32.ltS(first, count), [
        side.set(i32.shl(first, 3)),
        wide.set(i32.and(side, i32.const(-16))),
        bottom.set(i32.add(i32.add(top, side), 8)),
        ...load,
        offset.set(i32.const(0)),
        whileTrue(i32.ltU(offset, wide), [
          ...stepAlong(pair, pairs, offset, vectors, pairScratch),
          advance(offset, 16),
        ]),
        ...singles.map((row, i) =>
          row.sum.set(f64.add(f64x2.extractLane(pairs[i]!.sum, 0), f64x2.extractLane(pairs[i]!.sum, 1))),
        ),
        whileTrue(i32.ltU(offset, side), [...stepAlong(single, singles, offset, vectors, scratch), advance(offset, 8)]),
        ...diagonal,
        top.set(i32.add(i32.add(bottom, side), 16)),
        advance(first, 2),
      ]),
    ];
  },
);
