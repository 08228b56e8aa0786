/** The three operations of a convolution by fast Fourier transforms in tiles, in float32. */

import { type FftKernels, fftKernels } from "../kernels/fft.js";
import { axisFacts } from "./fft-axis.js";
import { type Eights, eightsOf, runSpectralProduct } from "./fft-engine.js";
import { type Planes, productFits, type SpectralProduct } from "./fft-layout.js";
import { fold, padded, paddedGeometry } from "./fft-padding.js";
import { fftTiling, type Span, sidesOf, type Tiling } from "./fft-tiling.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { seenKernels } from "./seen-kernels.js";

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
  const sides = sidesOf(operation, g, items);
  const { depth } = sides;
  const swap =
    <T>(f: (a: number, b: number) => T) =>
    (a: number, b: number) =>
      f(b, a);
  const shape = { tiling, depth, rows: sides.first, columns: sides.second };
  const product: SpectralProduct = {
    forward: { ...shape, A: K, B: V, R: Z, atA: atK, atB: swap(atV), atR: swap(atZ) },
    inputGradient: { ...shape, A: Z, B: K, R: V, atA: atZ, atB: atK, atR: atV },
    kernelGradient: { ...shape, A: Z, B: V, R: K, atA: swap(atZ), atB: atV, atR: atK },
  }[operation];
  if (!tiling.swapped) return product;
  const { A, B, atA, atB, atR } = product;
  const turned = { rows: shape.columns, columns: shape.rows, A: B, B: A };
  return { ...product, ...turned, atA: swap(atB), atB: swap(atA), atR: swap(atR) };
}

const nothing = new Float32Array(0);

/** Whether all three operations of this convolution can be done by FFT: stride and dilation 1, a flat image. */
export function fftApplies(g: Geometry): boolean {
  return (["forward", "kernelGradient", "inputGradient"] as const).every((operation) =>
    productsOf(operation, g, { V: nothing, K: nothing, Z: nothing })?.every(({ p }) => productFits(p)),
  );
}

/** What an operation costs by FFT, in nanoseconds of the machine that its model was measured on; infinite where it does not apply. */
export function fftCost(operation: Operation, g: Geometry): number {
  return fftTiling(operation, g)?.cost ?? Number.POSITIVE_INFINITY;
}

/**
 * The products of an operation, and into how many parts each can be cut: eights of its rows, but one part where gradients of
 * several tiles meet when they are folded back to the cells that the padding repeats.
 */
function productsOf(operation: Operation, g: Geometry, data: Operands) {
  const tiling = fftTiling(operation, g);
  if (!tiling) return undefined;
  const over = paddedGeometry(g);
  const folds = over !== g && operation === "inputGradient";
  const whole = tiling.swapped || tiling.y.tiles * tiling.x.tiles === 1;
  return Array.from({ length: g.groups }, (_, group) => {
    const p = productOf(over, tiling, operation, data, group);
    return { p, eights: eightsOf(p), parts: folds && !whole ? 1 : eightsOf(p) };
  });
}

/**
 * Into how many parts an operation can be cut. Parts are made independently of each other, on as many threads as one likes, and
 * are the same bits in any company.
 */
export function fftParts(operation: Operation, g: Geometry): number {
  const products = productsOf(operation, g, { V: nothing, K: nothing, Z: nothing });
  return products?.reduce((sum, { parts }) => sum + parts, 0) ?? 0;
}

/** Parts of an operation: from the first to before the last. */
export type FftRange = Eights;

/** Runs the parts, and calls `done` with each product and the eights of its rows that were made. */
function run(
  g: Geometry,
  operation: Operation,
  data: Operands,
  k: FftKernels,
  range: FftRange | undefined,
  done?: (p: SpectralProduct, eights: Eights) => void,
): void {
  const products = productsOf(operation, g, data);
  if (!products) throw new Error("fftConv: the FFT does not take this convolution");
  let before = 0;
  for (const { p, eights, parts } of products) {
    const from = Math.max(0, (range?.from ?? before) - before);
    const to = Math.min(parts, (range?.to ?? before + parts) - before);
    before += parts;
    if (from >= to) continue;
    const made = parts === eights ? { from, to } : { from: 0, to: eights };
    runSpectralProduct(p, k, made);
    done?.(p, made);
  }
}

/** The planes of the results of some eights of rows. */
function planesIn(p: SpectralProduct, { from, to }: Eights): Set<number> {
  const planes = new Set<number>();
  for (let a = 8 * from; a < Math.min(p.rows, 8 * to); a++)
    for (let b = 0; b < p.columns; b++) planes.add(p.atR(a, b).plane);
  return planes;
}

/** `Z = c(K, V)`, or some parts of it. */
export function fftConv(
  g: Geometry,
  V: Float32Array,
  K: Float32Array,
  Z: Float32Array,
  k: FftKernels = fftKernels(),
  range?: FftRange,
): void {
  const over = paddedGeometry(g);
  run(g, "forward", { V: over === g ? V : padded(g, over, V), K: seenKernels(g, K), Z }, k, range);
}

/** `dK = g(G, V)`, or some parts of it. */
export function fftKernelGradient(
  g: Geometry,
  G: Float32Array,
  V: Float32Array,
  dK: Float32Array,
  k: FftKernels = fftKernels(),
  range?: FftRange,
): void {
  const over = paddedGeometry(g);
  run(g, "kernelGradient", { V: over === g ? V : padded(g, over, V), K: dK, Z: G }, k, range, (p, eights) => {
    if (!g.connections) return;
    for (const plane of planesIn(p, eights))
      if (!g.connections[plane]) dK.fill(0, plane * g.taps, (plane + 1) * g.taps);
  });
}

/** `dV = h(K, G)`, or some parts of it. */
export function fftInputGradient(
  g: Geometry,
  K: Float32Array,
  G: Float32Array,
  dV: Float32Array,
  k: FftKernels = fftKernels(),
  range?: FftRange,
): void {
  const over = paddedGeometry(g);
  const gradients = over === g ? dV : new Float32Array((dV.length / g.cells) * over.cells);
  run(g, "inputGradient", { V: gradients, K: seenKernels(g, K), Z: G }, k, range, (p, eights) => {
    if (over !== g) fold(g, over, gradients, dV, planesIn(p, eights));
  });
}
