/**
 * onnxruntime-web on its WebAssembly backend (NCHW, as ours), through models of one layer. A session copies what it is handed
 * into its memory and its result out of it: that is part of every call. Kernels of `f` and `h` are constants of the model.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { type Constant, type Node, onnxModel, type Port } from "./onnx-model.js";
import { answer, type Prepared, type Problem, readArray } from "./peer-protocol.js";

interface OrtTensor {
  readonly data: Float32Array;
}
interface Session {
  readonly run: (feeds: Readonly<Record<string, OrtTensor>>) => Promise<Readonly<Record<string, OrtTensor>>>;
  readonly release: () => Promise<void>;
}
/** The parts of onnxruntime-web that are called. */
interface Ort {
  readonly env: {
    readonly wasm: { numThreads?: number; wasmBinary?: Uint8Array };
    readonly versions: { readonly web?: string };
  };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OrtTensor;
  readonly InferenceSession: { readonly create: (model: Uint8Array, options: object) => Promise<Session> };
}

const name = "onnxruntime-web" as string;
const threads = Number(process.argv[2] ?? 1);
let ort: Ort;

async function start(): Promise<string> {
  ort = (await import(name)) as Ort;
  const folder = dirname(createRequire(import.meta.url).resolve(name));
  // From disk: it would fetch the file otherwise.
  ort.env.wasm.wasmBinary = readFileSync(`${folder}/ort-wasm-simd-threaded.wasm`);
  ort.env.wasm.numThreads = threads;
  return `onnxruntime-web ${ort.env.versions.web}, wasm, SIMD, NCHW, ${threads} thread${threads > 1 ? "s" : ""}`;
}

interface Model {
  readonly feeds: readonly ("V" | "K" | "G")[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
  readonly output: Port;
}

type Ports = Readonly<Record<"V" | "K" | "G", Port>>;

function portsOf({ shape: s, places }: Problem): Ports {
  return {
    V: { name: "V", shape: [s.batch, s.inChannels, s.size, s.size] },
    K: { name: "K", shape: [s.outChannels, s.inChannels, s.kernel, s.kernel] },
    G: { name: "G", shape: [s.batch, s.outChannels, places, places] },
  };
}

function convolution(inputs: readonly string[], pad: number, integers: Node["integers"] = {}): Node {
  return { type: "Conv", inputs, output: "result", integers: { pads: [pad, pad, pad, pad], ...integers } };
}

function forward(problem: Problem, ports: Ports): Model {
  const { stride } = problem.shape;
  return {
    feeds: ["V"],
    constants: [{ ...ports.K, data: readArray(problem.folder, "K") }],
    nodes: [convolution(["V", "K"], problem.pad, { strides: [stride, stride] })],
    output: { name: "result", shape: ports.G.shape },
  };
}

/** Images and channels exchanged: the gradient of the kernels is then a convolution with G as the kernel, dilated by the stride. */
function kernelGradient(problem: Problem, ports: Ports): Model {
  const { stride, kernel } = problem.shape;
  const exchange = (input: string, output: string): Node => ({
    type: "Transpose",
    inputs: [input],
    output,
    integers: { perm: [1, 0, 2, 3] },
  });
  const list = (name: string, values: readonly bigint[]): Constant => ({
    name,
    shape: [values.length],
    data: BigInt64Array.from(values),
  });
  return {
    feeds: ["V", "G"],
    constants: [list("from", [0n, 0n]), list("to", [BigInt(kernel), BigInt(kernel)]), list("axes", [2n, 3n])],
    nodes: [
      exchange("V", "images"),
      exchange("G", "kernels"),
      { ...convolution(["images", "kernels"], problem.pad, { dilations: [stride, stride] }), output: "whole" },
      { type: "Slice", inputs: ["whole", "from", "to", "axes"], output: "part" },
      exchange("part", "result"),
    ],
    output: { name: "result", shape: ports.K.shape },
  };
}

/** The kernels turned by 180 degrees, with outputs and inputs exchanged. */
function flipped({ shape: s, folder }: Problem): Constant {
  const [K, taps] = [readArray(folder, "K"), s.kernel ** 2];
  const data = new Float32Array(K.length);
  for (let o = 0; o < s.outChannels; o++) {
    for (let c = 0; c < s.inChannels; c++) {
      for (let t = 0; t < taps; t++) {
        data[(c * s.outChannels + o) * taps + t] = K[(o * s.inChannels + c) * taps + taps - 1 - t]!;
      }
    }
  }
  return { name: "K", shape: [s.inChannels, s.outChannels, s.kernel, s.kernel], data };
}

function inputGradient(problem: Problem, ports: Ports): Model {
  const { shape: s, pad, places, route } = problem;
  const output = { name: "result", shape: ports.V.shape };
  if (route !== "ConvTranspose") {
    const nodes = [convolution(["G", "K"], s.kernel - 1 - pad)];
    return { feeds: ["G"], constants: [flipped(problem)], nodes, output };
  }
  const rest = s.size - ((places - 1) * s.stride + s.kernel - 2 * pad);
  const integers = { strides: [s.stride, s.stride], pads: [pad, pad, pad, pad], output_padding: [rest, rest] };
  const nodes = [{ type: "ConvTranspose", inputs: ["G", "K"], output: "result", integers }];
  return { feeds: ["G"], constants: [{ ...ports.K, data: readArray(problem.folder, "K") }], nodes, output };
}

const models = { f: forward, g: kernelGradient, h: inputGradient } as const;

async function prepare(problem: Problem): Promise<Prepared> {
  const ports = portsOf(problem);
  const model = models[problem.pass](problem, ports);
  const bytes = onnxModel({ ...model, inputs: model.feeds.map((feed) => ports[feed]) });
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const feeds = Object.fromEntries(
    model.feeds.map((feed) => [feed, new ort.Tensor("float32", readArray(problem.folder, feed), ports[feed].shape)]),
  );
  let last: Float32Array | undefined;
  return {
    run: async () => {
      last = (await session.run(feeds)).result!.data;
    },
    result: () => last!,
    free: () => void session.release(),
  };
}

await answer(start, prepare);
