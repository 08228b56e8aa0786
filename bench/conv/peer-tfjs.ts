/**
 * TensorFlow.js on its WebAssembly backend, in its own layout: images NHWC, kernels HWIO, turned before the clock starts.
 *
 * Its backend has no kernel for the gradient of the kernels. The way round: exchange images and channels, so that the gradient
 * is a convolution with the output's gradient as the kernel; the turning of V and G then belongs to the call.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { answer, type Prepared, type Problem, readArray } from "./peer-protocol.js";

interface TfTensor {
  readonly shape: readonly number[];
  readonly data: () => Promise<Float32Array>;
  readonly dispose: () => void;
}
type Pads = "valid" | readonly (readonly [number, number])[];
/** The parts of @tensorflow/tfjs-core that are called. */
interface Tf {
  readonly env: () => {
    readonly set: (flag: string, value: boolean) => void;
    readonly getAsync: (flag: string) => Promise<unknown>;
  };
  readonly engine: () => { readonly startScope: () => void; readonly endScope: () => void };
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly version_core: string;
  readonly tensor4d: (data: Float32Array, shape: readonly number[]) => TfTensor;
  readonly transpose: (x: TfTensor, order: readonly number[]) => TfTensor;
  readonly reverse: (x: TfTensor, axes: readonly number[]) => TfTensor;
  readonly slice: (x: TfTensor, begin: readonly number[], size: readonly number[]) => TfTensor;
  readonly tidy: (run: () => TfTensor) => TfTensor;
  readonly conv2d: (x: TfTensor, k: TfTensor, stride: number, pad: Pads, format: "NHWC", dilation?: number) => TfTensor;
  readonly conv2dTranspose: (x: TfTensor, k: TfTensor, out: readonly number[], stride: number, pad: Pads) => TfTensor;
}
interface TfWasm {
  readonly setWasmPaths: (folder: string) => void;
  readonly setThreadsCount: (count: number) => void;
  readonly getThreadsCount: () => number;
}

const [core, backend] = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"] as const;
const threads = Number(process.argv[2] ?? 1);
let tf: Tf;

async function start(): Promise<string> {
  tf = (await import(core)) as Tf;
  const wasm = (await import(backend)) as TfWasm;
  const folder = dirname(createRequire(import.meta.url).resolve(`${backend}/package.json`));
  wasm.setWasmPaths(`${folder}/wasm-out/`);
  wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? "SIMD" : "no SIMD";
  const count = wasm.getThreadsCount();
  const limit = count < threads ? ", all that it starts in Node" : "";
  return `TensorFlow.js ${tf.version_core}, wasm, ${simd}, NHWC, ${count} thread${count > 1 ? "s" : ""}${limit}`;
}

function padded(pad: number): Pads {
  return pad === 0
    ? "valid"
    : [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ];
}

const toNHWC = [0, 2, 3, 1];
const toHWIO = [2, 3, 1, 0];

const toNCHW = [0, 3, 1, 2];

/** A call, and the order of axes that brings its result back to NCHW or, for kernels, OIHW. */
interface Route {
  readonly call: () => TfTensor;
  readonly back: readonly number[];
}

function turned({ shape: s, places, folder }: Problem, name: "V" | "K" | "G"): TfTensor {
  const shapes = {
    V: [s.batch, s.inChannels, s.size, s.size],
    K: [s.outChannels, s.inChannels, s.kernel, s.kernel],
    G: [s.batch, s.outChannels, places, places],
  };
  const plain = tf.tensor4d(readArray(folder, name), shapes[name]);
  const tensor = tf.transpose(plain, name === "K" ? toHWIO : toNHWC);
  plain.dispose();
  return tensor;
}

function forward(problem: Problem): Route {
  const [V, K] = [turned(problem, "V"), turned(problem, "K")];
  return { call: () => tf.conv2d(V, K, problem.shape.stride, padded(problem.pad), "NHWC"), back: toNCHW };
}

function kernelGradient(problem: Problem): Route {
  const [V, G] = [turned(problem, "V"), turned(problem, "G")];
  const { inChannels, kernel, outChannels, stride } = problem.shape;
  const call = () => {
    const images = tf.transpose(V, [3, 1, 2, 0]);
    const Z = tf.conv2d(images, tf.transpose(G, [1, 2, 0, 3]), 1, padded(problem.pad), "NHWC", stride);
    return tf.transpose(tf.slice(Z, [0, 0, 0, 0], [inChannels, kernel, kernel, outChannels]), [1, 2, 0, 3]);
  };
  return { call, back: [3, 2, 0, 1] };
}

function inputGradient(problem: Problem): Route {
  const [K, G] = [turned(problem, "K"), turned(problem, "G")];
  const { shape: s, pad, route } = problem;
  if (route === "conv2dTranspose") {
    const shape = [s.batch, s.size, s.size, s.inChannels];
    return { call: () => tf.conv2dTranspose(G, K, shape, s.stride, padded(pad)), back: toNCHW };
  }
  const flipped = tf.transpose(tf.reverse(K, [0, 1]), [0, 1, 3, 2]);
  return { call: () => tf.conv2d(G, flipped, 1, padded(s.kernel - 1 - pad), "NHWC"), back: toNCHW };
}

const routes = { f: forward, g: kernelGradient, h: inputGradient } as const;

/** A scope holds every tensor of the problem, so that ending it frees them. */
async function prepare(problem: Problem): Promise<Prepared> {
  tf.engine().startScope();
  const { call, back } = routes[problem.pass](problem);
  let last: TfTensor | undefined;
  return {
    run: () => {
      last?.dispose();
      last = tf.tidy(call);
    },
    result: () => tf.transpose(last!, back).data(),
    free: () => tf.engine().endScope(),
  };
}

await answer(start, prepare);
