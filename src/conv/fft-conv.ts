/** The three operations of a convolution by fast Fourier transforms in tiles, in float32. */
import { type FftKernels, fftKernels } from "../kernels/fft.js";
import { runSpectralProduct } from "./fft-engine.js";
import { type Planes, productFits, type SpectralProduct } from "./fft-layout.js";
import { axisFacts, fftTiling, type Span, type Tiling } from "./fft-tiling.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";

interface Operands {
  readonly V: Float32Array;
  readonly K: Float32Array;
  readonly Z: Float32Array;
}

type Role = "signal" | "other" | "result";

/** The planes of V, K and Z (or its gradient) in the parts that they have in an operation. */
function planesOf(g: Geometry, tiling: Tiling, operation: Operation, data: Operands) {
  const [, y, x] = g.axes;
  const roles: Record<Operation, readonly [V: Role, K: Role, Z: Role]> = {
    forward: ["signal", "other", "result"],
    kernelGradient: ["signal", "result", "other"],
    inputGradient: ["result", "other", "signal"],
  };
  const [V, K, Z] = roles[operation];
  const spans = (role: Role): { y: Span; x: Span } => ({ y: tiling.y[role], x: tiling.x[role] });
  const straight = { reversedY: false, reversedX: false };
  const flips = [axisFacts(y)!.flip, axisFacts(x)!.flip] as const;
  // A cross-correlation is a convolution with the kernel reversed; its adjoint in the input one with the kernel as it is.
  const turn = operation === "forward" ? flips.map((flip) => !flip) : flips;
  const reversed = operation === "kernelGradient" ? { reversedY: true, reversedX: true } : straight;
  return {
    V: { data: data.V, height: y.input, width: x.input, ...spans(V), ...straight },
    K: { data: data.K, height: y.kernel, width: x.kernel, ...spans(K), reversedY: turn[0]!, reversedX: turn[1]! },
    Z: { data: data.Z, height: y.output, width: x.output, ...spans(Z), ...reversed },
  } satisfies Record<string, Planes>;
}

/** The sum of products of one group; the lanes run over what fills eights best. */
function productOf(g: Geometry, tiling: Tiling, operation: Operation, data: Operands, group: number): SpectralProduct {
  const { inChannels: I, outChannels: O, groups } = g;
  const tiles = tiling.y.tiles * tiling.x.tiles;
  const items = g.batch * tiles;
  const { V, K, Z } = planesOf(g, tiling, operation, data);
  const image = (item: number, channels: number, channel: number) => ({
    plane: (Math.floor(item / tiles) * groups + group) * channels + channel,
    tile: item % tiles,
  });
  const atV = (item: number, c: number) => image(item, I, c);
  const atZ = (item: number, o: number) => image(item, O, o);
  const atK = (o: number, c: number) => ({ plane: (group * O + o) * I + c, tile: 0 });
  const eights = (count: number, times: number) => 8 * Math.ceil(count / 8) * times;
  const swap =
    <T>(f: (a: number, b: number) => T) =>
    (a: number, b: number) =>
      f(b, a);
  if (operation === "forward") {
    const depth = I;
    if (eights(O, items) <= eights(items, O))
      return { tiling, depth, rows: O, columns: items, A: K, B: V, R: Z, atA: atK, atB: swap(atV), atR: swap(atZ) };
    return { tiling, depth, rows: items, columns: O, A: V, B: K, R: Z, atA: atV, atB: swap(atK), atR: atZ };
  }
  if (operation === "inputGradient") {
    const depth = O;
    if (eights(items, O) <= eights(O, items) || I < 8)
      return { tiling, depth, rows: items, columns: I, A: Z, B: K, R: V, atA: atZ, atB: atK, atR: atV };
    return { tiling, depth, rows: I, columns: items, A: K, B: Z, R: V, atA: swap(atK), atB: swap(atZ), atR: swap(atV) };
  }
  const depth = items;
  if (O >= I) return { tiling, depth, rows: O, columns: I, A: Z, B: V, R: K, atA: swap(atZ), atB: atV, atR: atK };
  return { tiling, depth, rows: I, columns: O, A: V, B: Z, R: K, atA: swap(atV), atB: atZ, atR: swap(atK) };
}

const nothing = new Float32Array(0);

/** Whether all three operations of this convolution can be done by FFT: stride and dilation 1, zeros in the padding, a flat image. */
export function fftApplies(g: Geometry): boolean {
  return (["forward", "kernelGradient", "inputGradient"] as const).every((operation) => {
    const tiling = fftTiling(operation, g);
    const data = { V: nothing, K: nothing, Z: nothing };
    return tiling !== undefined && productFits(productOf(g, tiling, operation, data, 0));
  });
}

/** What an operation costs by FFT, in additions and multiplications of real numbers; infinite where it does not apply. */
export function fftCost(operation: Operation, g: Geometry): number {
  return fftTiling(operation, g)?.cost ?? Number.POSITIVE_INFINITY;
}

function run(g: Geometry, operation: Operation, data: Operands, k: FftKernels): void {
  const tiling = fftTiling(operation, g);
  if (!tiling) throw new Error("fftConv: the FFT does not take this convolution");
  for (let group = 0; group < g.groups; group++) runSpectralProduct(productOf(g, tiling, operation, data, group), k);
}

/** Sets the kernels of pairs that do not see each other to 0. */
function masked(g: Geometry, K: Float32Array): Float32Array {
  g.connections?.forEach((sees, pair) => {
    if (!sees) K.fill(0, pair * g.taps, (pair + 1) * g.taps);
  });
  return K;
}

/** `Z = c(K, V)`. */
export function fftConv(
  g: Geometry,
  V: Float32Array,
  K: Float32Array,
  Z: Float32Array,
  k: FftKernels = fftKernels(),
): void {
  run(g, "forward", { V, K: g.connections ? masked(g, K.slice()) : K, Z }, k);
}

/** `dK = g(G, V)`. */
export function fftKernelGradient(
  g: Geometry,
  G: Float32Array,
  V: Float32Array,
  dK: Float32Array,
  k: FftKernels = fftKernels(),
): void {
  run(g, "kernelGradient", { V, K: dK, Z: G }, k);
  masked(g, dK);
}

/** `dV = h(K, G)`. */
export function fftInputGradient(
  g: Geometry,
  K: Float32Array,
  G: Float32Array,
  dV: Float32Array,
  k: FftKernels = fftKernels(),
): void {
  run(g, "inputGradient", { V: dV, K: g.connections ? masked(g, K.slice()) : K, Z: G }, k);
}
