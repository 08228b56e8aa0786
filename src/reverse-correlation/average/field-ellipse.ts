import type { Gabor } from "../../math/gabor.js";
import { checkGrid, type Grid, xOfColumn, yOfRow } from "../../math/grid.js";
import { checkFinite, checkNumber, checkOptions, checkShare, checkTensor } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { shapeText, type Tensor } from "../../tensor/tensor.js";

/** A value with its standard error. */
export interface Measured {
  readonly value: number;
  readonly standardError: number;
}

/** Where a receptive field lies, as an ellipse. Lengths in the grid's unit, y up. */
export interface FieldEllipse {
  readonly kind: "field-ellipse";
  readonly method: "moments" | "gabor";
  readonly x: Measured;
  readonly y: Measured;
  /** standard deviations of the field's envelope along its axes, the longer first */
  readonly major: Measured;
  readonly minor: Measured;
  /** direction of the longer axis, radians in [0, π) */
  readonly angle: Measured;
  readonly level: number;
  /** semi-axes of the ellipse that holds the share `level` of a Gaussian envelope: `σ·√(-2·ln(1 - level))` */
  readonly semiAxes: readonly [major: number, minor: number];
  /** semi-axes along x and y of the region that holds the centre with confidence `level`, its errors along x and y taken as independent */
  readonly centreRegion: readonly [x: number, y: number];
  readonly warnings: readonly string[];
}

export interface FieldEllipseOptions {
  /** default the field's shape with step 1 */
  readonly grid?: Grid;
  /** the standard error of each weight, one for all or [height, width]; default 0 */
  readonly noise?: number | Tensor;
  /** [height, width], other than 0 where weights count: the significant part say; default everywhere */
  readonly mask?: Tensor;
  /** default .95 */
  readonly level?: number;
}

/** Five numbers, from which an ellipse is drawn. */
type Moments = readonly [x: number, y: number, xx: number, xy: number, yy: number];

/**
 * The ellipse of a field's energy: its centre `Σ w²·r / Σ w²` and its covariance `C = Σ w²·(r - r̄)(r - r̄)ᵀ / Σ w²`.
 *
 * For noise of standard error e the energy is `w² - e²`, which is right on average without any threshold, so that the noise far
 * from the field widens the standard errors but not the ellipse. A Gaussian envelope of standard deviation σ has energy of
 * standard deviation σ/√2: `2C` is the envelope's covariance. Standard errors by propagation of `4w²e² + 2e⁴`, weights
 * independent.
 *
 * @param field [height, width]
 * @throws InputError if shapes differ, a number is not finite, or the energy left is not above 0 in every direction
 * @see Jones & Palmer 1987, J Neurophysiol 58:1187, for the field's envelope
 */
export function fieldEllipse(field: Tensor, options: FieldEllipseOptions = {}): FieldEllipse {
  const where = "fieldEllipse";
  checkTensor(where, "field", field, 2);
  checkFinite(where, "field", field.data);
  checkOptions(where, options, ["grid", "noise", "mask", "level"]);
  const [height, width] = field.shape;
  const { grid = { height, width }, level = 0.95 } = options;
  checkGrid(where, grid);
  checkShare(where, "level", level);
  if (grid.height !== height || grid.width !== width)
    refuse(where, `grid is ${grid.height}x${grid.width}, the field has shape ${shapeText(field.shape)}`);
  const errors = valuesOf(where, "noise", options.noise ?? 0, field);
  const wrong = Array.prototype.findIndex.call(errors, (error) => error < 0);
  if (wrong >= 0)
    refuse(where, `noise is ${errors[wrong]} at weight ${wrong}, standard errors of at least 0 are needed`);
  const mask = valuesOf(where, "mask", options.mask ?? 1, field);
  const energy = Float64Array.from(field.data, (w, i) => (mask[i] === 0 ? 0 : w * w - errors[i] ** 2));
  const total = energy.reduce((sum, e) => sum + e, 0);
  if (!(total > 0)) refuse(where, "field has no energy beyond its noise, there is nothing to enclose");
  const moments = momentsOf(energy, total, grid);
  const shape = axesOf(moments);
  if (!(shape.minor > 0)) refuse(where, "field has no extent along an axis beyond its noise, no ellipse encloses it");
  const variance = Float64Array.from(field.data, (w, i) =>
    mask[i] === 0 ? 0 : 4 * (w * w - errors[i] ** 2) * errors[i] ** 2 + 2 * errors[i] ** 4,
  );
  return ellipseOf("moments", moments, covarianceOf(moments, variance, total, grid), level);
}

/**
 * The ellipse of a Gabor's Gaussian envelope, `σ = 1/√(2β)` along and across its carrier.
 *
 * @param gabor a fit's
 * @param standardErrors of its parameters; NaN where one is not known, which the result repeats
 * @param level default .95
 * @throws InputError if a β is not above 0 or the level is out of range
 */
export function gaborEllipse(gabor: Gabor, standardErrors: Gabor, level = 0.95): FieldEllipse {
  const where = "gaborEllipse";
  checkShare(where, "level", level);
  const sigma = (name: "betaX" | "betaY"): Measured => {
    const beta = gabor[name];
    if (!(beta > 0)) refuse(where, `${name} is ${beta}, a number above 0 is needed`);
    const value = 1 / Math.sqrt(2 * beta);
    return { value, standardError: (value / (2 * beta)) * standardErrors[name] };
  };
  const [along, across] = [sigma("betaX"), sigma("betaY")];
  const turned = across.value > along.value;
  const [major, minor] = turned ? [across, along] : [along, across];
  const angle = { value: (gabor.tau + (turned ? Math.PI / 2 : 0)) % Math.PI, standardError: standardErrors.tau };
  return described(
    "gabor",
    { value: gabor.x0, standardError: standardErrors.x0 },
    { value: gabor.y0, standardError: standardErrors.y0 },
    major,
    minor,
    angle,
    level,
  );
}

/** A value a pixel, from one number or a tensor of the field's shape. */
function valuesOf(where: string, name: string, value: number | Tensor, field: Tensor): ArrayLike<number> {
  if (typeof value === "number") {
    checkNumber(where, name, value);
    return new Float64Array(field.data.length).fill(value);
  }
  checkTensor(where, name, value, 2);
  checkFinite(where, name, value.data);
  if (value.shape.some((length, i) => length !== field.shape[i]))
    refuse(where, `${name} has shape ${shapeText(value.shape)}, the field has ${shapeText(field.shape)}`);
  return value.data;
}

/** The centre, and twice the covariance of the energy. */
function momentsOf(energy: Float64Array, total: number, grid: Grid): Moments {
  let [x, y, xx, xy, yy] = [0, 0, 0, 0, 0];
  eachPixel(grid, (px, py, i) => {
    x += (energy[i] * px) / total;
    y += (energy[i] * py) / total;
  });
  eachPixel(grid, (px, py, i) => {
    const share = (2 * energy[i]) / total;
    xx += share * (px - x) ** 2;
    xy += share * (px - x) * (py - y);
    yy += share * (py - y) ** 2;
  });
  return [x, y, xx, xy, yy];
}

/** Standard deviations along the axes and the longer one's direction in [0, π). */
function axesOf([, , xx, xy, yy]: Moments) {
  const mean = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  return {
    major: Math.sqrt(mean + spread),
    minor: Math.sqrt(mean - spread),
    angle: angle < 0 ? angle + Math.PI : angle,
  };
}

/** The covariance of the five moments, [5, 5]: each is a mean with weights e, `∂m/∂e_i = (f_i - m) / Σ e`. */
function covarianceOf(moments: Moments, variance: Float64Array, total: number, grid: Grid): Float64Array {
  const [x, y, xx, xy, yy] = moments;
  const covariance = new Float64Array(25);
  eachPixel(grid, (px, py, i) => {
    const [dx, dy] = [px - x, py - y];
    const slopes = [dx, dy, 2 * dx * dx - xx, 2 * dx * dy - xy, 2 * dy * dy - yy];
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++) covariance[5 * a + b] += (variance[i] * slopes[a] * slopes[b]) / total ** 2;
  });
  return covariance;
}

function ellipseOf(method: "moments", moments: Moments, V: Float64Array, level: number): FieldEllipse {
  const { major, minor, angle } = axesOf(moments);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  // Along a unit vector u the variance is uᵀCu; turning u by dθ exchanges the axes.
  const error = (...slopes: [number, number, number]) => Math.sqrt(Math.max(0, quadratic(V, [0, 0, ...slopes])));
  return described(
    method,
    { value: moments[0], standardError: Math.sqrt(Math.max(0, V[0])) },
    { value: moments[1], standardError: Math.sqrt(Math.max(0, V[6])) },
    { value: major, standardError: error(c * c, 2 * c * s, s * s) / (2 * major) },
    { value: minor, standardError: error(s * s, -2 * c * s, c * c) / (2 * minor) },
    { value: angle, standardError: error(-c * s, c * c - s * s, c * s) / (major ** 2 - minor ** 2) },
    level,
  );
}

function quadratic(V: Float64Array, slopes: readonly number[]): number {
  let sum = 0;
  for (let a = 0; a < 5; a++) for (let b = 0; b < 5; b++) sum += slopes[a] * V[5 * a + b] * slopes[b];
  return sum;
}

function described(
  method: FieldEllipse["method"],
  x: Measured,
  y: Measured,
  major: Measured,
  minor: Measured,
  angle: Measured,
  level: number,
): FieldEllipse {
  const reach = Math.sqrt(-2 * Math.log(1 - level));
  const round = major.value - minor.value < 2 * Math.hypot(major.standardError, minor.standardError);
  return {
    kind: "field-ellipse",
    method,
    x,
    y,
    major,
    minor,
    angle,
    level,
    semiAxes: [reach * major.value, reach * minor.value],
    centreRegion: [reach * x.standardError, reach * y.standardError],
    warnings: round ? ["the ellipse is not told from a circle: its angle is not determined"] : [],
  };
}

function eachPixel(grid: Grid, visit: (x: number, y: number, i: number) => void): void {
  for (let row = 0; row < grid.height; row++)
    for (let column = 0; column < grid.width; column++)
      visit(xOfColumn(grid, column), yOfRow(grid, row), row * grid.width + column);
}
