import { alongBound, type LeastSquaresProblem } from "../math/levenberg-marquardt.js";
import type { SpatialField } from "./field-of.js";

/*
 * A difference of Gaussians in pixels: w = Kc·exp(-r²/2σc²) - Ks·exp(-r²/2σs²), r from (x0, y0).
 * Parameters p = [Kc, Ks, x0, y0, ln σc, ln σs]; y up, the origin at the patch's centre.
 */
export const dogParameterCount = 6;

/** The least ratio σs/σc: closer than this the two Gaussians are one. */
export const leastRatio = 1.1;
/** pixels, and patch widths: the bounds of both σ */
export const dogSigmaBounds = { least: 0.4, mostWidths: 2 } as const;

/** The least-squares problem of a field, within bounds. */
export function dogProblem({ data, grid }: SpatialField): LeastSquaresProblem {
  const [halfX, halfY] = [(grid.width - 1) / 2, (grid.height - 1) / 2];
  const [least, most] = [
    Math.log(dogSigmaBounds.least),
    Math.log(dogSigmaBounds.mostWidths * Math.max(grid.width, grid.height)),
  ];
  return {
    parameters: dogParameterCount,
    lower: [-Infinity, -Infinity, -halfX, -halfY, least, least],
    upper: [Infinity, Infinity, halfX, halfY, most - Math.log(leastRatio), most],
    moveBounds: (p, lower) => {
      lower[5] = p[4] + Math.log(leastRatio);
    },
    accumulate: (p, normal, gradient) => {
      const sum = accumulate(data, grid, p, normal, gradient);
      if (p[5] <= p[4] + Math.log(leastRatio) && gradient[5] >= 0)
        alongBound(normal, gradient, { held: 5, by: 4, slope: 1 });
      return sum;
    },
  };
}

const row = new Float64Array(dogParameterCount);

function accumulate(
  data: Float64Array,
  { height, width }: { readonly height: number; readonly width: number },
  p: Float64Array,
  normal: Float64Array,
  gradient: Float64Array,
): number {
  const n = dogParameterCount;
  normal.fill(0);
  gradient.fill(0);
  let sum = 0;
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const residual = derivatives(p, c - (width - 1) / 2, (height - 1) / 2 - r) - data[r * width + c];
      sum += residual * residual;
      for (let a = 0; a < n; a++) {
        gradient[a] += row[a] * residual;
        for (let b = 0; b <= a; b++) normal[a * n + b] += row[a] * row[b];
      }
    }
  }
  for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) normal[b * n + a] = normal[a * n + b];
  return sum;
}

/** The value at a point, and its derivatives by the parameters in `row`. */
function derivatives(p: ArrayLike<number>, x: number, y: number): number {
  const [dx, dy] = [x - p[2], y - p[3]];
  const square = dx * dx + dy * dy;
  const [betaC, betaS] = [Math.exp(-2 * p[4]), Math.exp(-2 * p[5])];
  const [centre, surround] = [Math.exp((-square * betaC) / 2), Math.exp((-square * betaS) / 2)];
  const slope = p[0] * centre * betaC - p[1] * surround * betaS;
  row[0] = centre;
  row[1] = -surround;
  row[2] = slope * dx;
  row[3] = slope * dy;
  row[4] = p[0] * centre * square * betaC;
  row[5] = -p[1] * surround * square * betaS;
  return p[0] * centre - p[1] * surround;
}

/** The function over the grid, `[height, width]`. */
export function dogValues(
  p: ArrayLike<number>,
  { height, width }: { readonly height: number; readonly width: number },
): Float64Array {
  return Float64Array.from({ length: height * width }, (_, i) =>
    derivatives(p, (i % width) - (width - 1) / 2, (height - 1) / 2 - Math.floor(i / width)),
  );
}

/** The amplitudes that fit best at a place and two widths, in which the function is linear; undefined where they are dependent. */
export function bestAmplitudes(field: SpatialField, x0: number, y0: number, sigmaC: number, sigmaS: number) {
  const { data, grid } = field;
  const shape = (amplitudes: readonly [number, number]) =>
    dogValues([...amplitudes, x0, y0, Math.log(sigmaC), Math.log(sigmaS)], grid);
  const [centre, surround] = [shape([1, 0]), shape([0, -1])];
  let [cc, cs, ss, cd, sd, dd] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    cc += centre[i] * centre[i];
    cs += centre[i] * surround[i];
    ss += surround[i] * surround[i];
    cd += centre[i] * data[i];
    sd += surround[i] * data[i];
    dd += data[i] * data[i];
  }
  const determinant = cc * ss - cs * cs;
  if (!(determinant > 1e-9 * cc * ss)) return undefined;
  const kc = (cd * ss - sd * cs) / determinant;
  const ks = -(sd * cc - cd * cs) / determinant;
  return { start: [kc, ks, x0, y0, Math.log(sigmaC), Math.log(sigmaS)], left: dd - kc * cd + ks * sd };
}
