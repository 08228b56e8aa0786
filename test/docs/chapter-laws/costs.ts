import { type LayerCountsRequest, layerCounts } from "../../../src/conv/layer-counts.js";
import { convMatrix } from "../../../src/conv/matrix.js";
import { matrixCounts } from "../../../src/conv/matrix-counts.js";
import { denseMatrix } from "../../../src/conv/matrix-product.js";
import type { ConvOptions } from "../../../src/conv/options.js";
import { groupColor, groupSymbol } from "../../../src/plot/theme.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { picturesFigure } from "./pictures.js";
import type { Section } from "./section.js";
import { powersOfTen, type Series, seriesFigure } from "./series.js";

const digits = (value: number) => value.toLocaleString("en-US");

const layer = { inputShape: [16, 32, 32], kernelShape: [16, 16, 5, 5], options: { padding: "same" } } as const;
const layers: readonly (readonly [string, LayerCountsRequest])[] = [
  ["dense", { ...layer, kind: "dense" }],
  ["unshared", { ...layer, kind: "unshared" }],
  ["tiled, 2 × 2 kernels", { ...layer, kind: "tiled", tile: [2, 2] }],
  ["shared: convolution", { ...layer, kind: "shared" }],
  [
    "restricted, 4 groups",
    { ...layer, kernelShape: [16, 4, 5, 5], options: { padding: "same", groups: 4 }, kind: "restricted" },
  ],
];

function layerTable() {
  const rows = layers.map(([label, request]) => {
    const { parameters, multiplications } = layerCounts(request);
    return [label, digits(parameters.weights), digits(parameters.biases), digits(multiplications)];
  });
  return {
    kind: "table",
    title: "From 16 to 16 maps of 32 × 32, through windows of 5 × 5",
    columns: [{ header: "layer" }, { header: "weights" }, { header: "biases" }, { header: "multiplications" }],
    rows,
  } as const;
}

function layerFigure() {
  const counts = layers.map(([, request]) => layerCounts(request));
  const places = layers.map((_, i) => layers.length - i);
  const series: Series[] = [
    { label: "weights", y: places, x: counts.map((c) => c.parameters.weights), symbol: "circle" },
    { label: "multiplications", y: places, x: counts.map((c) => c.multiplications), symbol: "circle-open", size: 13 },
  ].map((one, i) => ({ ...one, color: groupColor(i), mode: "markers" }));
  return seriesFigure(
    series,
    [
      {
        x: { title: "count", ...powersOfTen([3, 4, 5, 6, 7, 8]) },
        y: {
          title: "",
          tickvals: places,
          ticktext: layers.map(([label]) => label),
          range: [0.5, 5.5],
          automargin: true,
        },
      },
    ],
    {
      name: "layers",
      title: "Sparse connections and sharing",
      caption: "From 16 to 16 maps of 32 × 32, through windows of 5 × 5.",
      panelWidth: 380,
      panelHeight: 190,
    },
  );
}

const images: readonly (readonly [string, number[], number[], ConvOptions])[] = [
  ["3 × 3 on 16 × 16", [1, 1, 3, 3], [1, 16, 16], {}],
  ["3 × 3 on 64 × 64", [1, 1, 3, 3], [1, 64, 64], {}],
  ["3 × 3 on 256 × 256", [1, 1, 3, 3], [1, 256, 256], {}],
  ["11 × 11 on 256 × 256", [1, 1, 11, 11], [1, 256, 256], {}],
  ["differences of neighbours, 280 × 320", [1, 1, 1, 2], [1, 280, 320], {}],
];

function matrixTable() {
  const rows = images.map(([label, kernel, image, options]) => {
    const { inputs, outputs, connectionsPerOutput, multiplications, density, parameters } = matrixCounts(
      kernel,
      image,
      options,
    );
    return [
      label,
      digits(inputs),
      digits(outputs),
      connectionsPerOutput,
      digits(multiplications.dense),
      digits(multiplications.convolution),
      density.toExponential(2),
      parameters.convolution,
    ];
  });
  return {
    kind: "table",
    title: "O(m·n) against O(k·n)",
    columns: [
      { header: "kernel and image" },
      { header: "m: inputs" },
      { header: "n: outputs" },
      { header: "k" },
      { header: "m·n: dense" },
      { header: "k·n: sparse" },
      { header: "density" },
      { header: "weights once shared" },
    ],
    rows,
    note: "The last row is the chapter's detector of edges: a pixel less its neighbour.",
  } as const;
}

function matrixFigure() {
  const sides = [16, 32, 64, 128, 256, 512, 1024];
  const line = (label: string, i: number, y: readonly number[], panel: number): Series => ({
    label,
    x: sides,
    y,
    color: groupColor(i),
    mode: "lines+markers",
    symbol: groupSymbol(i),
    panel,
    legend: panel === 0,
  });
  const counts = [3, 11].map((k) =>
    sides.map((side) => matrixCounts([1, 1, k, k], [1, side, side], { padding: "same" })),
  );
  const dense = counts[0]!.map(({ multiplications }) => multiplications.dense);
  const sparse = counts.map((of) => of.map(({ multiplications }) => multiplications.convolution));
  const densities = counts.map((of) => of.map(({ density }) => density));
  const names = ["kernel of 3 × 3", "kernel of 11 × 11"];
  const side = {
    title: "side of the image (pixels)",
    type: "log",
    tickvals: [16, 64, 256, 1024],
    ticktext: ["16", "64", "256", "1024"],
  };
  return seriesFigure(
    [
      line("dense", 0, dense, 0),
      ...names.flatMap((name, i) => [line(name, i + 1, sparse[i]!, 0), line(name, i + 1, densities[i]!, 1)]),
    ],
    [
      { label: "for one image", x: side, y: { title: "multiplications", ...powersOfTen([4, 6, 8, 10, 12]) } },
      { label: "of the matrix", x: side, y: { title: "share that is not 0", ...powersOfTen([-5, -4, -3, -2, -1]) } },
    ],
    {
      name: "growth",
      title: "O(m·n) against O(k·n)",
      caption: "A dense layer and convolutions, from one map to one of its size.",
      panelWidth: 240,
      panelHeight: 220,
    },
  );
}

const kernel = tensor(Float64Array.of(1, -4, 2, 5, 9, -6, 3, -8, 7), [1, 1, 3, 3]);

function blockFigure() {
  const matrix = (H: number, W: number, options: ConvOptions = {}) => ({
    label: `on ${H} × ${W}${options.boundary ? ", wrapped around" : ""}`,
    values: denseMatrix(convMatrix(kernel, [1, H, W], options)),
    cell: 7,
  });
  return picturesFigure(
    [
      matrix(4, 4),
      matrix(5, 5),
      matrix(4, 7),
      matrix(7, 4),
      { label: "the kernel", values: kernel, cell: 24 },
      matrix(5, 5, { padding: "same", boundary: "wrap" }),
    ],
    {
      name: "blocks",
      title: "One kernel, a matrix for each size of image",
      caption: "Rows are outputs, columns pixels; white is 0.",
      columns: 3,
      column: 28 * 7,
    },
  );
}

function blockTable() {
  const rows = [
    [4, 4],
    [5, 5],
    [4, 7],
    [7, 4],
    [32, 32],
  ].map(([H, W]) => {
    const { size, values } = convMatrix(kernel, [1, H!, W!]);
    return [
      `${H} × ${W}`,
      `${size[0]} × ${size[1]}`,
      values.length,
      `${((100 * values.length) / size[0] / size[1]).toFixed(1)} %`,
      new Set(values).size,
    ];
  });
  return {
    kind: "table",
    title: "The matrix of one 3 × 3 kernel, by the size of the image",
    columns: [
      { header: "image" },
      { header: "matrix" },
      { header: "entries" },
      { header: "density" },
      { header: "different weights" },
    ],
    rows,
  } as const;
}

export function costs(): Section {
  return {
    tables: { layers: layerTable(), growth: matrixTable(), blocks: blockTable() },
    figures: [layerFigure(), matrixFigure(), blockFigure()],
  };
}
