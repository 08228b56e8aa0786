/** Models of a few nodes in ONNX's protobuf format, as bytes. Numbers in the calls of `field` are those of onnx.proto. */

/** A tensor that is part of the model. */
export interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly integers?: Readonly<Record<string, readonly number[]>>;
}

/** A tensor that is handed in, or comes out. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

const encoder = new TextEncoder();

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.of(...bytes, value);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A number is a varint, the rest has its length in front. */
function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === "number") return joined([varint(number * 8), varint(value)]);
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  return joined([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

const float32 = 1;
const int64 = 7;
const listOfIntegers = 7;

function constantOf({ name, shape, data }: Constant): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = data instanceof Float32Array ? float32 : int64;
  return joined([...shape.map((length) => field(1, length)), field(2, type), field(8, name), field(9, raw)]);
}

function nodeOf({ type, inputs, output, integers = {} }: Node): Uint8Array {
  const attributes = Object.entries(integers).map(([name, values]) =>
    field(5, joined([field(1, name), ...values.map((value) => field(8, value)), field(20, listOfIntegers)])),
  );
  return joined([...inputs.map((input) => field(1, input)), field(2, output), field(4, type), ...attributes]);
}

function portOf({ name, shape }: Port): Uint8Array {
  const lengths = joined(shape.map((length) => field(1, field(1, length))));
  return joined([field(1, name), field(2, field(1, joined([field(1, float32), field(2, lengths)])))]);
}

/** The bytes of a model. */
export function onnxModel(graph: {
  readonly inputs: readonly Port[];
  readonly constants?: readonly Constant[];
  readonly nodes: readonly Node[];
  readonly output: Port;
}): Uint8Array {
  const { inputs, constants = [], nodes, output } = graph;
  const body = joined([
    ...nodes.map((node) => field(1, nodeOf(node))),
    field(2, "layer"),
    ...constants.map((constant) => field(5, constantOf(constant))),
    ...inputs.map((input) => field(11, portOf(input))),
    field(12, portOf(output)),
  ]);
  const [version, operators] = [8, 13];
  return joined([field(1, version), field(7, body), field(8, field(2, operators))]);
}
