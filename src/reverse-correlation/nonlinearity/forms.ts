import { softplus } from "../likelihood/poisson-link.js";

/** A formula of the rate with a few parameters. */
export interface RateForm {
  /** the letters of the formula */
  readonly names: readonly string[];
  /** the least value of each, for outputs of unit variance and a mean rate of 1 */
  readonly lower: readonly number[];
  readonly rate: (p: ArrayLike<number>, z: number) => number;
  /** Fills `into` with the derivatives of the rate by the parameters; returns the rate. */
  readonly derivatives: (p: ArrayLike<number>, z: number, into: Float64Array) => number;
  /** Parameters where searches may start, with a = 1 (and d a share of it), for outputs of unit variance: `at` gives their quantiles. */
  readonly starts: (at: (share: number) => number) => readonly (readonly number[])[];
  /** The parameters for outputs that were divided by `scale`, in the outputs' own unit. */
  readonly unscaled: (p: ArrayLike<number>, scale: number) => number[];
}

/** `a·exp(b·z)` */
const exponential: RateForm = {
  names: ["a", "b"],
  lower: [0, -Infinity],
  rate: (p, z) => p[0] * Math.exp(p[1] * z),
  derivatives: (p, z, into) => {
    into[0] = Math.exp(p[1] * z);
    into[1] = p[0] * z * into[0];
    return p[0] * into[0];
  },
  starts: () => [[1, 0]],
  unscaled: (p, scale) => [p[0], p[1] / scale],
};

/** `a·ln(1 + exp(b·(z - c)))`, without overflow */
const softRectified: RateForm = {
  names: ["a", "b", "c"],
  lower: [0, 1e-3, -Infinity],
  rate: (p, z) => p[0] * softplus(p[1] * (z - p[2])),
  derivatives: (p, z, into) => {
    const x = p[1] * (z - p[2]);
    const slope = 1 / (1 + Math.exp(-x));
    into[0] = softplus(x);
    into[1] = p[0] * slope * (z - p[2]);
    into[2] = -p[0] * slope * p[1];
    return p[0] * into[0];
  },
  starts: (at) => [0.2, 0.5, 0.8].flatMap((share) => [1, 4].map((b) => [1, b, at(share)])),
  unscaled: (p, scale) => [p[0], p[1] / scale, p[2] * scale],
};

/** `a·max(0, z - c)^p + d` */
const power: RateForm = {
  names: ["a", "c", "p", "d"],
  lower: [0, -Infinity, 0.05, 0],
  rate: (p, z) => (z > p[1] ? p[0] * (z - p[1]) ** p[2] : 0) + p[3],
  derivatives: (p, z, into) => {
    const over = z - p[1];
    into.fill(0);
    into[3] = 1;
    if (over <= 0) return p[3];
    const log = Math.log(over);
    into[0] = Math.exp(p[2] * log);
    into[1] = (-p[0] * p[2] * into[0]) / over;
    into[2] = p[0] * into[0] * log;
    return p[0] * into[0] + p[3];
  },
  starts: (at) => [0, 0.2, 0.5, 0.8].flatMap((share) => [1, 2].map((p) => [1, at(share), p, 0.05])),
  unscaled: (p, scale) => [p[0] / scale ** p[2], p[1] * scale, p[2], p[3]],
};

export const rateForms = { exponential, "soft-rectified": softRectified, power } as const;
export type RateFormName = keyof typeof rateForms;
