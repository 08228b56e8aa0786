/** The shapes that the convolution is measured on. Letters: V the input, K the kernels, G the gradient of the output. */
import { geometryOf } from "../../src/conv/geometry.js";
import { type Gabor, renderGabor } from "../../src/math/gabor.js";
import { sharedZeros } from "../../src/tensor/storage.js";
import { sizeOf, type Tensor } from "../../src/tensor/tensor.js";
import { normal } from "../harness.js";

export type Pass = "f" | "g" | "h";

/** Forward, gradient of the kernels, gradient of the input. */
export const passes: readonly Pass[] = ["f", "g", "h"];

export interface Shape {
  readonly id: string;
  readonly batch: number;
  readonly inChannels: number;
  /** pixels of the input along each side */
  readonly size: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: "valid" | "same";
  /** the multiples of R that one thread is to reach */
  readonly reach: Readonly<Record<Pass, number>>;
}

type Layer = readonly [batch: number, inChannels: number, size: number, outChannels: number, kernel: number];

function shapeOf(
  id: string,
  [batch, inChannels, size, outChannels, kernel]: Layer,
  [stride, padding]: readonly [number, "valid" | "same"],
  [f, g, h]: readonly [number, number, number],
): Shape {
  return { id, batch, inChannels, size, outChannels, kernel, stride, padding, reach: { f, g, h } };
}

export const shapes: readonly Shape[] = [
  shapeOf("S1", [64, 1, 32, 64, 11], [1, "valid"], [3, 3, 3]),
  shapeOf("S2", [64, 3, 32, 64, 11], [1, "valid"], [6.5, 5.5, 5.5]),
  shapeOf("S3", [64, 3, 32, 64, 5], [1, "same"], [2.5, 2.4, 2.1]),
  shapeOf("S4", [128, 64, 16, 64, 3], [1, "valid"], [2.7, 2.8, 2.7]),
  shapeOf("S5", [128, 3, 64, 96, 11], [4, "valid"], [2, 2.2, 2.1]),
  shapeOf("S6", [1, 1, 512, 64, 31], [1, "same"], [16, 16, 14]),
  shapeOf("S7", [1, 1, 1024, 32, 63], [1, "same"], [60, 60, 50]),
];

export function inputShape({ batch, inChannels, size }: Shape): number[] {
  return [batch, inChannels, size, size];
}

export function kernelShape({ outChannels, inChannels, kernel }: Shape): number[] {
  return [outChannels, inChannels, kernel, kernel];
}

export function outputShape(shape: Shape): readonly number[] {
  return geometryOf("bench", inputShape(shape), kernelShape(shape), shape).outputShape;
}

/** Cells of padding on each side: the kernels are odd. */
export function paddingOf({ kernel, padding }: Shape): number {
  return padding === "same" ? (kernel - 1) / 2 : 0;
}

/** Floating-point operations of the direct sum, the same for the three passes. */
export function operationsOf(shape: Shape): number {
  return 2 * sizeOf(outputShape(shape)) * sizeOf(kernelShape(shape).slice(1));
}

/** A bank of elongated Gabors at every orientation, of two frequencies, in quadrature. */
function gaborBank(count: number, size: number): Float32Array {
  const grid = { height: size, width: size, step: 1 };
  const bank = new Float32Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const [sigma, period] = i % 4 < 2 ? [size / 7, size / 4] : [size / 9, size / 6];
    const gabor: Gabor = {
      amplitude: 1,
      betaX: 1 / (2 * sigma ** 2),
      betaY: 1 / (2 * (1.6 * sigma) ** 2),
      frequency: (2 * Math.PI) / period,
      phase: (i % 2) * (Math.PI / 2),
      x0: 0,
      y0: 0,
      tau: (Math.PI * Math.floor(i / 4)) / (count / 4),
    };
    bank.set(renderGabor(gabor, grid).data, i * size * size);
  }
  return bank;
}

export interface Arrays {
  readonly V: Tensor;
  readonly K: Tensor;
  readonly G: Tensor;
}

/** Normal numbers; kernels of one channel above 11 pixels are a bank of Gabors. On shared memory, so that threads use them in place. */
export function arraysOf(shape: Shape): Arrays {
  const [V, K, G] = [inputShape(shape), kernelShape(shape), outputShape(shape)].map((size) => sharedZeros(size)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  V.data.set(normal(V.data.length, 1));
  K.data.set(shape.kernel > 11 ? gaborBank(shape.outChannels, shape.kernel) : normal(K.data.length, 2));
  G.data.set(normal(G.data.length, 3));
  return { V, K, G };
}
