/** The kernels of float64 matrices; what each does is told in `double-kernels.ts` and `double-reduction.ts`. */
export interface DoubleFunctions {
  readonly multiplyDoubles: (
    A: number,
    B: number,
    C: number,
    rows: number,
    columns: number,
    depth: number,
    pitch: number,
    skew: number,
  ) => void;
  readonly solveDoubles: (P: number, L: number, panels: number, steps: number, depth: number, skew: number) => void;
  readonly updateAndMultiply: (
    A: number,
    first: number,
    count: number,
    v: number,
    w: number,
    u: number,
    product: number,
  ) => void;
}
