import type { Gabor } from "../math/gabor.js";
import { gaborShape } from "../math/gabor-shape.js";

/** What a comparison needs of a fitted kernel: any GaborFit has it. Lengths are in pixels. */
export interface FittedKernel {
  readonly gabor: Gabor;
  readonly rSquared: number;
  readonly warnings: readonly string[];
  /** its shape, [height, width], says how wide the kernel is */
  readonly residual?: { readonly shape: readonly number[] };
}

/** The measures of one fitted kernel. Plain data: what does not exist is null. */
export interface KernelMeasures {
  /** σx·f/2π, the envelope along the carrier in periods of it */
  readonly nx: number;
  /** σy·f/2π, the envelope along the bars in periods of the carrier */
  readonly ny: number;
  /** σy/σx */
  readonly aspect: number;
  /** the direction of the bars, radians in [0, π) */
  readonly orientation: number;
  /** the carrier, cycles per pixel */
  readonly cyclesPerUnit: number;
  /** where the Fourier amplitude peaks, cycles per pixel; null for a lowpass kernel */
  readonly peakCyclesPerUnit: number | null;
  /** full width at .707 of the peak amplitude, octaves; null where there is no low cut-off */
  readonly bandwidthOctaves: number | null;
  /** half-width at .707 of the peak amplitude, radians; null where no orientation falls that low, or none is preferred */
  readonly orientationHalfWidth: number | null;
  /** the phase folded to [0, π/2]: 0 even, π/2 odd */
  readonly phase: number;
  /** (E - O)/(E + O) of the energies of the even and odd parts about the centre: 1 even, -1 odd */
  readonly symmetry: number;
  /** one sign to within a tenth, and less than twice as long as wide */
  readonly blob: boolean;
}

/**
 * The measures of a Gabor by which populations are compared.
 *
 * The even and the odd part of `exp(-x²/2σx²)·cos(f·x + φ)` have the energies `cos²φ·(1 + q)` and `sin²φ·(1 - q)` up to a
 * factor, `q = exp(-(2π·nx)²)`: a narrow envelope leaves little of a sine, so that symmetry says more than the phase.
 */
export function measuresOf(gabor: Gabor): KernelMeasures {
  const shape = gaborShape(gabor);
  const { nx, ny, aspect, orientation, cyclesPerUnit } = shape;
  const lowpass = shape.peakCyclesPerUnit === 0;
  return {
    nx,
    ny,
    aspect,
    orientation,
    cyclesPerUnit,
    peakCyclesPerUnit: lowpass ? null : shape.peakCyclesPerUnit,
    bandwidthOctaves: finiteOrNull(shape.frequencyBandwidthOctavesRoot2),
    orientationHalfWidth: finiteOrNull(shape.orientationBandwidthRoot2),
    phase: foldedPhase(gabor.phase),
    symmetry: symmetryOf(gabor.phase, nx),
    blob: isBlob(nx, ny, aspect, gabor.phase),
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The phases φ, -φ, π - φ and φ - π show the same profile, mirrored or with its sign turned. */
function foldedPhase(phase: number): number {
  return Math.abs(Math.atan2(Math.abs(Math.sin(phase)), Math.abs(Math.cos(phase))));
}

function symmetryOf(phase: number, nx: number): number {
  const q = Math.exp(-((2 * Math.PI * nx) ** 2));
  const even = Math.cos(phase) ** 2 * (1 + q);
  const odd = Math.sin(phase) ** 2 * -Math.expm1(-((2 * Math.PI * nx) ** 2));
  return (even - odd) / (even + odd);
}

/** The largest weaker lobe of a blob, as a share of its stronger one. */
const weakLobe = 0.1;

/**
 * Whether the function is a spot: its weaker sign peaks below a tenth of the stronger one, and the central lobe, of the
 * Gaussian curvature `1/σx² + f²` across the bars, is less than twice as long as wide and less than twice as wide as long.
 */
function isBlob(nx: number, ny: number, aspect: number, phase: number): boolean {
  const elongation = Math.hypot(aspect, 2 * Math.PI * ny);
  if (elongation >= 2 || elongation <= 0.5) return false;
  let [least, most] = [0, 0];
  // steps of a hundredth of σx, as far as the envelope is above 3e-4
  for (let u = -4; u <= 4; u += 0.01) {
    const value = Math.exp((-u * u) / 2) * Math.cos(2 * Math.PI * nx * u + phase);
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return Math.min(-least, most) < weakLobe * Math.max(-least, most);
}
