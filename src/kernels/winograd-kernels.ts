/** The transforms of Winograd's filters as a WebAssembly module; what each function does is told in `winograd-functions.ts`. */
import { assemble, defineFunction, doWhile, type Expr, type Local, type Statement } from "./assembler.js";
import { f32, f32x4, i32, i32x4, i64x2, v128 } from "./instructions.js";
import { axisPrograms, type Filter } from "./winograd-functions.js";
import type { Program } from "./winograd-programs.js";
import { multiplyPoints, shallow } from "./winograd-shallow.js";

type I = Local<"i32">;
type V = Expr<"v128">;

interface Builder {
  readonly local: <T extends "i32" | "v128">(type: T) => Local<T>;
  readonly locals: <T extends "i32" | "v128">(type: T, count: number) => Local<T>[];
}

const four = [0, 1, 2, 3] as const;

function advance(pointer: I, by: Expr<"i32"> | number): Statement {
  return pointer.set(i32.add(pointer, by));
}

/** Repeats the body `count` times, a constant. */
function repeat(counter: I, count: number, body: readonly Statement[]): Statement[] {
  if (count === 1) return [...body];
  return [counter.set(i32.const(count)), doWhile(body, counter.tee(i32.sub(counter, 1)))];
}

/** The instructions of a program, on inputs that are set; `outputs` are its results. */
function run(f: Builder, program: Program, inputs: readonly V[]): { body: Statement[]; outputs: V[] } {
  const registers: V[] = [...inputs];
  const body = program.steps.map((step) => {
    const value =
      step.kind === "scale"
        ? f32x4.mul(registers[step.a]!, f32x4.splat(f32.const(step.by)))
        : f32x4[step.kind](registers[step.a]!, registers[step.b]!);
    const local = f.local("v128");
    registers.push(local);
    return local.set(value);
  });
  return { body, outputs: program.outputs.map((at) => registers[at]!) };
}

/** Four vectors with rows and columns exchanged, into four locals. */
function transpose(rows: readonly V[], scratch: readonly Local<"v128">[]): { body: Statement[]; columns: V[] } {
  const [r0, r1, r2, r3] = rows as [V, V, V, V];
  const [s0, s1, s2, s3] = scratch as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  return {
    body: [
      s0.set(i32x4.shuffle(r0, r1, [0, 4, 1, 5])),
      s1.set(i32x4.shuffle(r2, r3, [0, 4, 1, 5])),
      s2.set(i32x4.shuffle(r0, r1, [2, 6, 3, 7])),
      s3.set(i32x4.shuffle(r2, r3, [2, 6, 3, 7])),
    ],
    columns: [
      i64x2.shuffle(s0, s1, [0, 2]),
      i64x2.shuffle(s0, s1, [1, 3]),
      i64x2.shuffle(s2, s3, [0, 2]),
      i64x2.shuffle(s2, s3, [1, 3]),
    ],
  };
}

const parameters = {
  at: "i32",
  pointStride: "i32",
  atStep: "i32",
  lanes: "i32",
  stepTable: "i32",
  steps: "i32",
  pitch: "i32",
  scratch: "i32",
} as const;

/** Reads `count` cells of four lanes as `count` vectors, whole vectors at a time: what lies behind a row is read and not used. */
function readRow(f: Builder, from: readonly I[], count: number): { body: Statement[]; cells: V[] } {
  const body: Statement[] = [];
  const cells: V[] = [];
  for (let first = 0; first < count; first += 4) {
    const [rows, scratch, into] = [f.locals("v128", 4), f.locals("v128", 4), f.locals("v128", 4)];
    const exchanged = transpose(rows, scratch);
    body.push(...rows.map((row, i) => row.set(v128.load(from[i]!, 4 * first))), ...exchanged.body);
    exchanged.columns.slice(0, count - first).forEach((column, i) => {
      body.push(into[i]!.set(column));
      cells.push(into[i]!);
    });
  }
  return { body, cells };
}

function analysis(name: string, y: Program, x: Program) {
  return defineFunction(name, parameters, (f, p) => {
    const [bases, from] = [f.locals("i32", 4), f.locals("i32", 4)];
    const [work, column, to, counter, rowStride] = f.locals("i32", 5) as [I, I, I, I, I];
    const width = x.outputs.length;
    const row = readRow(f, from, x.inputs);
    const alongX = run(f, x, row.cells);
    const down = f.locals("v128", y.inputs);
    const alongY = run(f, y, down);
    return [
      ...bases.map((base, i) => base.set(i32.load(p.lanes, 4 * i))),
      rowStride.set(i32.mul(p.pointStride, width)),
      doWhile(
        [
          work.set(p.scratch),
          ...from.map((pointer, i) => pointer.set(i32.add(bases[i]!, i32.load(p.stepTable)))),
          ...repeat(counter, y.inputs, [
            ...row.body,
            ...alongX.body,
            ...alongX.outputs.map((value, i) => v128.store(work, value, 16 * i)),
            ...from.map((pointer) => advance(pointer, p.pitch)),
            advance(work, 16 * width),
          ]),
          work.set(p.scratch),
          column.set(p.at),
          ...repeat(counter, width, [
            ...down.map((value, i) => value.set(v128.load(work, 16 * width * i))),
            ...alongY.body,
            to.set(column),
            ...alongY.outputs.flatMap((value, i) => [
              ...(i > 0 ? [advance(to, rowStride)] : []),
              v128.store(to, value),
            ]),
            advance(column, p.pointStride),
            advance(work, 16),
          ]),
          advance(p.at, p.atStep),
          advance(p.stepTable, 4),
        ],
        p.steps.tee(i32.sub(p.steps, 1)),
      ),
    ];
  });
}

/** Writes or adds `cells` to four lanes at `to`, no byte beyond them. */
function writeRow(f: Builder, to: readonly I[], cells: readonly V[], add: boolean): Statement[] {
  const body: Statement[] = [];
  for (let first = 0; first < cells.length; first += 4) {
    const part = cells.slice(first, first + 4);
    const scratch = f.locals("v128", 4);
    const exchanged = transpose(
      four.map((i) => part[i] ?? part[0]!),
      scratch,
    );
    const value = f.local("v128");
    body.push(...exchanged.body);
    for (const lane of four) {
      const pointer = to[lane]!;
      const offset = 4 * first;
      const column = exchanged.columns[lane]!;
      body.push(value.set(add ? f32x4.add(v128.load(pointer, offset), column) : column));
      if (part.length === 4) body.push(v128.store(pointer, value, offset));
      if (part.length === 2 || part.length === 3) body.push(v128.store64Lane(pointer, value, 0, offset));
      if (part.length === 3) body.push(v128.store32Lane(pointer, value, 2, offset + 8));
      if (part.length === 1) body.push(v128.store32Lane(pointer, value, 0, offset));
    }
  }
  return body;
}

function synthesis(name: string, y: Program, x: Program, add: boolean) {
  return defineFunction(name, parameters, (f, p) => {
    const [bases, to] = [f.locals("i32", 4), f.locals("i32", 4)];
    const [work, column, from, counter, rowStride] = f.locals("i32", 5) as [I, I, I, I, I];
    const width = x.inputs;
    const down = f.locals("v128", y.inputs);
    const alongY = run(f, y, down);
    const across = f.locals("v128", width);
    const alongX = run(f, x, across);
    return [
      ...bases.map((base, i) => base.set(i32.load(p.lanes, 4 * i))),
      rowStride.set(i32.mul(p.pointStride, width)),
      doWhile(
        [
          work.set(p.scratch),
          column.set(p.at),
          ...repeat(counter, width, [
            from.set(column),
            ...down.flatMap((value, i) => [...(i > 0 ? [advance(from, rowStride)] : []), value.set(v128.load(from))]),
            ...alongY.body,
            ...alongY.outputs.map((value, i) => v128.store(work, value, 16 * width * i)),
            advance(column, p.pointStride),
            advance(work, 16),
          ]),
          work.set(p.scratch),
          ...to.map((pointer, i) => pointer.set(i32.add(bases[i]!, i32.load(p.stepTable)))),
          ...repeat(counter, y.outputs.length, [
            ...across.map((value, i) => value.set(v128.load(work, 16 * i))),
            ...alongX.body,
            ...writeRow(f, to, alongX.outputs, add),
            ...to.map((pointer) => advance(pointer, p.pitch)),
            advance(work, 16 * width),
          ]),
          advance(p.at, p.atStep),
          advance(p.stepTable, 4),
        ],
        p.steps.tee(i32.sub(p.steps, 1)),
      ),
    ];
  });
}

/** The bytes of the module of one filter, which works in the memory `env.memory`. */
export function winogradModule(yFilter: Filter, xFilter: Filter): Uint8Array {
  const [y, x] = [axisPrograms(yFilter), axisPrograms(xFilter)];
  const points = y.data.outputs.length * x.data.outputs.length;
  const output = synthesis("output", y.output, x.output, false);
  const input = synthesis("input", y.input, x.input, true);
  return assemble({
    memory: { pages: 1, imported: true },
    functions: [
      analysis("data", y.data, x.data),
      analysis("kernel", y.kernel, x.kernel),
      analysis("gradient", y.gradient, x.gradient),
      output,
      synthesis("weight", y.weight, x.weight, false),
      input,
      multiplyPoints,
      shallow("shallowOutput", points, output),
      shallow("shallowInput", points, input),
    ],
  });
}
