/** The transforms of Winograd's filters as a WebAssembly module; what each function does is told in `winograd-functions.ts`. */
import { assemble, defineFunction, type Expr, type FunctionBuilder, type Local, type Statement } from "./assembler.js";
import { advance, integers, times, transposed } from "./emit.js";
import { f32, f32x4, i32, v128 } from "./instructions.js";
import { axisPrograms, type Filter } from "./winograd-functions.js";
import type { Program } from "./winograd-programs.js";
import { multiplyPoints, shallow } from "./winograd-shallow.js";

type I = Local<"i32">;
type V = Expr<"v128">;

const four = [0, 1, 2, 3] as const;

/** Repeats the body `count` times, a constant. */
function repeat(counter: I, count: number, body: readonly Statement[]): Statement[] {
  if (count === 1) return [...body];
  return [counter.set(i32.const(count)), times(counter, body)];
}

/** The instructions of a program, on inputs that are set; `outputs` are its results. */
function run(f: FunctionBuilder, program: Program, inputs: readonly V[]): { body: Statement[]; outputs: V[] } {
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

/** Reads `count` cells of four lanes as `count` vectors, whole vectors at a time: what lies behind a row is read and not used. */
function readRow(f: FunctionBuilder, from: readonly I[], count: number): { body: Statement[]; cells: V[] } {
  const body: Statement[] = [];
  const cells: V[] = [];
  for (let first = 0; first < count; first += 4) {
    const [rows, scratch, into] = [f.locals("v128", 4), f.locals("v128", 4), f.locals("v128", 4)];
    const exchanged = transposed(rows, scratch);
    body.push(...rows.map((row, i) => row.set(v128.load(from[i]!, 4 * first))), ...exchanged.body);
    exchanged.columns.slice(0, count - first).forEach((column, i) => {
      body.push(into[i]!.set(column));
      cells.push(into[i]!);
    });
  }
  return { body, cells };
}

const analysisParameters = integers(
  "into",
  "pointStride",
  "panelStride",
  "halves",
  "lanes",
  "panels",
  "stepTable",
  "steps",
  "pitch",
  "scratch",
);

function analysis(name: string, y: Program, x: Program) {
  return defineFunction(name, analysisParameters, (f, p) => {
    const from = f.locals("i32", 4);
    const [work, column, to, counter, rowStride] = f.locals("i32", 5) as [I, I, I, I, I];
    const [lane, half, step, count, value] = f.locals("i32", 5) as [I, I, I, I, I];
    const width = x.outputs.length;
    const row = readRow(f, from, x.inputs);
    const alongX = run(f, x, row.cells);
    const down = f.locals("v128", y.inputs);
    const alongY = run(f, y, down);
    const rows = [
      work.set(p.scratch),
      ...from.map((pointer, i) => pointer.set(i32.add(i32.load(lane, 4 * i), i32.load(step)))),
      ...repeat(counter, y.inputs, [
        ...row.body,
        ...alongX.body,
        ...alongX.outputs.map((result, i) => v128.store(work, result, 16 * i)),
        ...from.map((pointer) => advance(pointer, p.pitch)),
        advance(work, 16 * width),
      ]),
    ];
    const columns = [
      work.set(p.scratch),
      column.set(value),
      ...repeat(counter, width, [
        ...down.map((cell, i) => cell.set(v128.load(work, 16 * width * i))),
        ...alongY.body,
        to.set(column),
        ...alongY.outputs.flatMap((result, i) => [...(i > 0 ? [advance(to, rowStride)] : []), v128.store(to, result)]),
        advance(column, p.pointStride),
        advance(work, 16),
      ]),
    ];
    // Both halves of a panel in turn, since they share the lines of the cache.
    const eachHalf = [
      lane.set(p.lanes),
      half.set(p.halves),
      times(half, [...rows, ...columns, advance(value, 16), advance(lane, 16)]),
    ];
    return [
      rowStride.set(i32.mul(p.pointStride, width)),
      times(p.panels, [
        value.set(p.into),
        step.set(p.stepTable),
        count.set(p.steps),
        times(count, [...eachHalf, advance(step, 4)]),
        advance(p.into, p.panelStride),
        p.lanes.set(lane),
      ]),
    ];
  });
}

/** Writes or adds `cells` to four lanes at `to`, no byte beyond them. */
function writeRow(f: FunctionBuilder, to: readonly I[], cells: readonly V[], add: boolean): Statement[] {
  const [scratch, value] = [f.locals("v128", 4), f.local("v128")];
  const quads = Array.from({ length: Math.ceil(cells.length / 4) }, (_, i) => 4 * i);
  return quads.reverse().flatMap((first) => {
    const part = cells.slice(first, first + 4);
    const all = four.map((i) => part[i] ?? part[0]!);
    const { body, columns } = transposed(all, scratch);
    const lanes = four.flatMap((lane) => {
      const pointer = to[lane]!;
      const offset = 4 * first;
      const column = columns[lane]!;
      return [
        value.set(add ? f32x4.add(v128.load(pointer, offset), column) : column),
        ...(part.length === 4 ? [v128.store(pointer, value, offset)] : []),
        ...(part.length === 2 || part.length === 3 ? [v128.store64Lane(pointer, value, 0, offset)] : []),
        ...(part.length === 3 ? [v128.store32Lane(pointer, value, 2, offset + 8)] : []),
        ...(part.length === 1 ? [v128.store32Lane(pointer, value, 0, offset)] : []),
      ];
    });
    return [...body, ...lanes];
  });
}

const synthesisParameters = integers(
  "source",
  "pointStride",
  "sourceStep",
  "lanes",
  "groups",
  "stepTable",
  "steps",
  "pitch",
  "scratch",
);

/**
 * Patches are written from their last row and their last cells on: a place that two of them share lies farther on in the earlier
 * one, so that the earlier one is added first, in one group of lanes as in two.
 */
function synthesis(name: string, y: Program, x: Program, add: boolean) {
  return defineFunction(name, synthesisParameters, (f, p) => {
    const to = f.locals("i32", 4);
    const [work, column, from, counter, rowStride] = f.locals("i32", 5) as [I, I, I, I, I];
    const [lane, group, value, start] = f.locals("i32", 4) as [I, I, I, I];
    const [width, height] = [x.inputs, y.outputs.length];
    const down = f.locals("v128", y.inputs);
    const alongY = run(f, y, down);
    const across = f.locals("v128", width);
    const alongX = run(f, x, across);
    const rowBytes = 16 * width;
    const columns = [
      work.set(p.scratch),
      column.set(value),
      ...repeat(counter, width, [
        from.set(column),
        ...down.flatMap((cell, i) => [...(i > 0 ? [advance(from, rowStride)] : []), cell.set(v128.load(from))]),
        ...alongY.body,
        ...alongY.outputs.map((result, i) => v128.store(work, result, rowBytes * i)),
        advance(column, p.pointStride),
        advance(work, 16),
      ]),
    ];
    const rows = [
      work.set(i32.add(p.scratch, rowBytes * (height - 1))),
      start.set(i32.add(i32.load(p.stepTable), i32.mul(p.pitch, height - 1))),
      ...to.map((pointer, i) => pointer.set(i32.add(i32.load(lane, 4 * i), start))),
      ...repeat(counter, height, [
        ...across.map((cell, i) => cell.set(v128.load(work, 16 * i))),
        ...alongX.body,
        ...writeRow(f, to, alongX.outputs, add),
        ...to.map((pointer) => pointer.set(i32.sub(pointer, p.pitch))),
        advance(work, -rowBytes),
      ]),
    ];
    return [
      rowStride.set(i32.mul(p.pointStride, width)),
      times(p.steps, [
        value.set(p.source),
        lane.set(p.lanes),
        group.set(p.groups),
        times(group, [...columns, ...rows, advance(value, 16), advance(lane, 16)]),
        advance(p.source, p.sourceStep),
        advance(p.stepTable, 4),
      ]),
    ];
  });
}

/** The bytes of the module of one filter, which works in the memory `env.memory`; with `fused` its products are. */
export function winogradModule(yFilter: Filter, xFilter: Filter, fused = false): Uint8Array {
  const [y, x] = [axisPrograms(yFilter), axisPrograms(xFilter)];
  const points = y.data.outputs.length * x.data.outputs.length;
  const products = multiplyPoints(fused);
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
      products,
      shallow("shallowOutput", points, products, output),
      shallow("shallowInput", points, products, input),
    ],
  });
}
