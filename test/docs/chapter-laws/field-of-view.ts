import { convInputGradient } from "../../../src/conv/conv.js";
import { type FieldLayer, receptiveField } from "../../../src/conv/receptive-field.js";
import { fillNormal } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { groupColor } from "../../../src/plot/theme.js";
import { sizeOf, type Tensor, tensor, zeros } from "../../../src/tensor/tensor.js";
import type { Section } from "./section.js";
import { type Series, seriesFigure } from "./series.js";

const width = 65;
const channels = 8;

/** The shapes of a stack's maps from its input, of one channel, to its output, without padding. */
function shapesOf(layers: readonly FieldLayer[]): (readonly number[])[] {
  const space = (l: number) => receptiveField(layers.slice(0, l), { inputSpace: [width] }).outputSpace!;
  return [[1, width], ...layers.map((_, l) => [channels, ...space(l + 1)])];
}

/** The mean square, over draws of the kernels, of the gradient of the middle unit with respect to each cell of the input. */
function meanSquare(layers: readonly FieldLayer[], draws: number): Float64Array {
  const shapes = shapesOf(layers);
  const sum = new Float64Array(width);
  for (let draw = 0; draw < draws; draw++) {
    let G = zeros(shapes.at(-1)!, "float64");
    G.data[Math.floor(G.shape[1]! / 2)] = 1;
    for (let l = layers.length - 1; l >= 0; l--) {
      const { kernel, stride = 1, dilation = 1 } = layers[l]!;
      const K = normals([channels, shapes[l]![0]!, ...kernel], 100 * draw + l);
      G = convInputGradient(K, G, { stride, dilation, inputShape: shapes[l]! });
    }
    for (let i = 0; i < width; i++) sum[i]! += G.data[i]! ** 2 / draws;
  }
  return sum;
}

function normals(shape: readonly number[], row: number): Tensor {
  const draws = new Float32Array(sizeOf(shape));
  fillNormal(draws, randomStream(1, "tests"), row);
  return tensor(Float64Array.from(draws), shape);
}

const plain = (n: number): FieldLayer[] => Array.from({ length: n }, () => ({ kernel: [3] }));
const stacks: readonly (readonly [string, readonly FieldLayer[]])[] = [
  ["1 layer of 3", plain(1)],
  ["2 layers of 3", plain(2)],
  ["4 layers of 3", plain(4)],
  ["8 layers of 3", plain(8)],
  ["16 layers of 3", plain(16)],
  ["4 layers of 3, stride 2", plain(4).map((layer) => ({ ...layer, stride: 2 }))],
  ["4 layers of 3, dilations 1, 2, 4, 8", plain(4).map((layer, l) => ({ ...layer, dilation: 2 ** l }))],
  ["3 × (a layer of 5, a pool of 2)", [0, 1, 2].flatMap(() => [{ kernel: [5] }, { kernel: [2], stride: 2 }])],
];

function fieldTable() {
  const rows = stacks.map(([label, layers]) => {
    const { size, jump } = receptiveField(layers);
    const squares = [...meanSquare(layers, 50)];
    const cells = squares.flatMap((square, i) => (square > 0 ? [i] : []));
    const [first, last] = [cells[0]!, cells.at(-1)!];
    const total = squares.reduce((a, b) => a + b, 0);
    const middle = (first + last) / 2;
    const inner = squares.reduce((sum, q, i) => sum + (Math.abs(i - middle) <= size[0]! / 4 ? q : 0), 0);
    return [label, size[0]!, last - first + 1, jump[0]!, `${Math.round((100 * inner) / total)} %`];
  });
  return {
    kind: "table",
    title: "The field of view of a unit of the last layer",
    columns: [
      { header: "stack" },
      { header: "in theory", unit: "cells" },
      { header: "where the gradient is not 0", unit: "cells" },
      { header: "between neighbours", unit: "cells" },
      { header: "gradient's power in the middle half" },
    ],
    rows,
    note: "The gradient with respect to the input, over 50 draws of random kernels of 8 channels; pools are averages by random weights here.",
  } as const;
}

/** Random kernels pass the square of a gradient on as kernels of equal weights: n of them make the n-fold sum of a box. */
function boxes(n: number): number[] {
  let line = [1];
  for (let layer = 0; layer < n; layer++)
    line = Array.from({ length: line.length + 2 }, (_, i) => [i, i - 1, i - 2].reduce((s, j) => s + (line[j] ?? 0), 0));
  const total = line.reduce((a, b) => a + b, 0);
  return line.map((value) => value / total);
}

function fieldFigure() {
  const series = [1, 2, 4, 8, 16].flatMap((n, i): Series[] => {
    const squares = [...meanSquare(plain(n), 400)];
    const total = squares.reduce((a, b) => a + b, 0);
    const reach = Array.from({ length: 2 * n + 1 }, (_, j) => j - n);
    const common = { label: `${n} ${n === 1 ? "layer" : "layers"}`, x: reach, color: groupColor(i) };
    return [
      { ...common, y: boxes(n), mode: "lines", legend: false },
      { ...common, y: reach.map((x) => squares[(width - 1) / 2 + x]! / total), mode: "markers" },
    ];
  });
  return seriesFigure(
    series,
    [
      {
        x: { title: "cell of the input, from the unit's place", range: [-17, 17], dtick: 4 },
        y: { title: "share of the gradient's power", rangemode: "tozero" },
      },
    ],
    {
      name: "field-of-view",
      title: "A deep unit sees far, but looks mostly at the middle",
      caption:
        "Points: the gradient of a unit, measured over 400 draws of random kernels of 3; lines: n-fold sums of a box.",
      panelWidth: 500,
      panelHeight: 240,
    },
  );
}

export function fieldOfView(): Section {
  return { tables: { "field-of-view": fieldTable() }, figures: [fieldFigure()] };
}
