/** The functions of `winograd-kernels.ts` in plain TypeScript, bit for bit: every sum and product rounds in the same order. */
import type { Arena } from "./arena.js";
import {
  type Analysis,
  axisPrograms,
  type Filter,
  type Shallow,
  type Synthesis,
  type WinogradFunctions,
} from "./winograd-functions.js";
import type { Program } from "./winograd-programs.js";

const round = Math.fround;

/** Runs a program on the first `inputs` of `registers`; the results go to `out` at `first`, `stride` apart. */
function run(program: Program, registers: Float64Array, out: Float64Array, first: number, stride: number): void {
  const { inputs, steps, outputs } = program;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    const a = registers[step.a]!;
    registers[inputs + i] = round(
      step.kind === "scale" ? a * step.by : step.kind === "add" ? a + registers[step.b]! : a - registers[step.b]!,
    );
  }
  for (let i = 0; i < outputs.length; i++) out[first + i * stride] = registers[outputs[i]!]!;
}

const registersOf = ({ inputs, steps }: Program) => new Float64Array(inputs + steps.length);

function analysis(arena: Arena, y: Program, x: Program): Analysis {
  const [width, height] = [x.outputs.length, y.outputs.length];
  const [rx, ry] = [registersOf(x), registersOf(y)];
  const [rows, values] = [new Float64Array(y.inputs * width), new Float64Array(height * width)];
  const patch = (from: number, pitch: number) => {
    for (let i = 0; i < y.inputs; i++) {
      for (let j = 0; j < x.inputs; j++) rx[j] = arena.floats[((from + i * pitch) >> 2) + j]!;
      run(x, rx, rows, i * width, 1);
    }
    for (let j = 0; j < width; j++) {
      for (let i = 0; i < y.inputs; i++) ry[i] = rows[i * width + j]!;
      run(y, ry, values, j, width);
    }
  };
  return (into, pointStride, panelStride, halves, lanes, panels, stepTable, steps, pitch) => {
    const { floats: F, integers: I } = arena;
    for (let panel = 0; panel < panels; panel++) {
      for (let step = 0; step < steps; step++) {
        for (let lane = 0; lane < 4 * halves; lane++) {
          patch(I[(lanes >> 2) + 4 * panel * halves + lane]! + I[(stepTable >> 2) + step]!, pitch);
          const to = into + panel * panelStride + 16 * step * halves + 4 * lane;
          for (let p = 0; p < values.length; p++) F[(to + p * pointStride) >> 2] = values[p]!;
        }
      }
    }
  };
}

function synthesis(arena: Arena, y: Program, x: Program, add: boolean): Synthesis {
  const [width, height, across] = [x.inputs, y.outputs.length, x.outputs.length];
  const [rx, ry] = [registersOf(x), registersOf(y)];
  const [columns, patches] = [new Float64Array(height * width), new Float64Array(height * across)];
  const values = (source: number, pointStride: number) => {
    for (let j = 0; j < width; j++) {
      for (let i = 0; i < y.inputs; i++) ry[i] = arena.floats[(source + (i * width + j) * pointStride) >> 2]!;
      run(y, ry, columns, j, width);
    }
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) rx[j] = columns[i * width + j]!;
      run(x, rx, patches, i * across, 1);
    }
  };
  return (source, pointStride, sourceStep, lanes, groups, stepTable, steps, pitch) => {
    const { floats: F, integers: I } = arena;
    for (let step = 0; step < steps; step++) {
      for (let each = 0; each < 4 * groups; each++) {
        values(source + step * sourceStep + 4 * each, pointStride);
        const to = I[(lanes >> 2) + each]! + I[(stepTable >> 2) + step]!;
        for (let i = 0; i < height; i++) {
          for (let j = 0; j < across; j++) {
            const at = ((to + i * pitch) >> 2) + j;
            F[at] = add ? F[at]! + patches[i * across + j]! : patches[i * across + j]!;
          }
        }
      }
    }
  };
}

function multiplyPoints(F: Float32Array, A: number, B: number, C: number, points: number, depth: number): void {
  for (let p = 0; p < points; p++) {
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 8; column++) {
        const product = (k: number) => round(F[(A >> 2) + 4 * k + row]! * F[(B >> 2) + 8 * k + column]!);
        let sum = product(p * depth);
        for (let k = p * depth + 1; k < (p + 1) * depth; k++) sum = round(sum + product(k));
        F[(C >> 2) + (4 * p + row) * 8 + column] = sum;
      }
    }
  }
}

/** The twins of one filter, working on `arena`. */
export function winogradTwins(arena: Arena, yFilter: Filter, xFilter: Filter): WinogradFunctions {
  const [y, x] = [axisPrograms(yFilter), axisPrograms(xFilter)];
  const points = y.data.outputs.length * x.data.outputs.length;
  const multiply: WinogradFunctions["multiplyPoints"] = (A, B, C, count, depth) =>
    multiplyPoints(arena.floats, A, B, C, count, depth);
  const shallow =
    (transform: Synthesis): Shallow =>
    (A, B, C, depth, lanes, panels, stepTable, rows, pitch, scratch) => {
      for (let first = 0; first < panels; first += 2) {
        for (let row = 0; row < rows; row += 4) {
          const [count, steps] = [Math.min(4, rows - row), stepTable + 4 * row];
          for (let panel = first; panel < Math.min(first + 2, panels); panel++) {
            multiply(A + 4 * row * points * depth, B + 32 * panel * points * depth, C, points, depth);
            transform(C, 128, 32, lanes + 32 * panel, 2, steps, count, pitch, scratch);
          }
        }
      }
    };
  const output = synthesis(arena, y.output, x.output, false);
  const input = synthesis(arena, y.input, x.input, true);
  return {
    data: analysis(arena, y.data, x.data),
    kernel: analysis(arena, y.kernel, x.kernel),
    gradient: analysis(arena, y.gradient, x.gradient),
    output,
    weight: synthesis(arena, y.weight, x.weight, false),
    input,
    multiplyPoints: multiply,
    shallowOutput: shallow(output),
    shallowInput: shallow(input),
  };
}
