import { conv, convInputGradient } from "../../../src/conv/conv.js";
import { groupColor } from "../../../src/plot/theme.js";
import type { Tensor } from "../../../src/tensor/tensor.js";
import { ones, valueAt } from "../../conv/laws-tensors.js";
import type { Section } from "./section.js";
import { type Series, seriesFigure } from "./series.js";

const paddings = ["valid", "same", "full"] as const;

/** To how many outputs each cell contributes: the input gradient of ones by a kernel of ones. */
function reached(space: readonly number[], kernel: readonly number[], padding: (typeof paddings)[number]): Tensor {
  const K = ones([1, 1, ...kernel]);
  const inputShape = [1, ...space];
  const G = ones(conv(ones(inputShape), K, { padding }).shape);
  return convInputGradient(K, G, { padding, inputShape });
}

function reachedFigure() {
  const series = paddings.map((padding, i): Series => {
    const { data } = reached([16], [5], padding);
    return {
      label: padding,
      x: Array.from(data, (_, cell) => cell + 1),
      y: [...data],
      color: groupColor(i),
      mode: "lines+markers",
      symbol: ["circle", "diamond", "square"][i]!,
    };
  });
  // full lies over the others in the middle, so it is drawn first.
  return seriesFigure(
    series.reverse(),
    [
      {
        x: { title: "pixel of a line of 16", dtick: 1, range: [0.5, 16.5], showgrid: false },
        y: { title: "outputs that it reaches", range: [0, 5.5], dtick: 1 },
      },
    ],
    {
      name: "reached",
      title: "Pixels at the border count less",
      caption: "How many outputs of a kernel of 5 each pixel of a line of 16 contributes to.",
      panelWidth: 480,
      panelHeight: 200,
    },
  );
}

function reachedTable() {
  const rows = [3, 5, 11].flatMap((k) =>
    paddings.map((padding) => {
      const counts = reached([32, 32], [k, k], padding);
      const at = (y: number, x: number) => valueAt(counts, [0, y, x]);
      return [`${k} × ${k}`, padding, at(0, 0), at(0, 16), at(16, 16)];
    }),
  );
  return {
    kind: "table",
    title: "Outputs that a pixel of a 32 × 32 image reaches",
    columns: [
      { header: "kernel" },
      { header: "padding" },
      { header: "in the corner" },
      { header: "amid an edge" },
      { header: "in the middle" },
    ],
    rows,
  } as const;
}

/** The sizes of a stack's layers, from the input on: as long as a further valid layer fits. */
function sizes(m: number, k: number, padding: "valid" | "same", most: number): number[] {
  const found = [m];
  let V = ones([1, m]);
  while (found.length <= most && V.shape[1]! >= k) {
    V = conv(V, ones([1, 1, k]), { padding });
    found.push(V.shape[1]!);
  }
  return found;
}

function stackFigure() {
  const stacks = (["valid", "same"] as const).map((padding) => sizes(16, 6, padding, 3));
  const series = stacks.flatMap((layers, panel) =>
    layers.map(
      (size, layer): Series => ({
        label: "",
        x: Array.from({ length: size }, (_, i) => i - (size - 1) / 2),
        y: Array.from({ length: size }, () => layer),
        color: groupColor(panel),
        mode: "markers",
        panel,
        legend: false,
      }),
    ),
  );
  const axes = (label: string) => ({
    label,
    x: { title: "units", showticklabels: false, ticks: "", showgrid: false, range: [-8.5, 8.5] },
    y: { title: "layer", dtick: 1, range: [-0.4, 3.4] },
  });
  return seriesFigure(series, [axes("valid: 16, 11, 6, 1"), axes("same: 16 in every layer")], {
    name: "stack",
    title: "A valid stack shrinks to one unit",
    caption: "Units of the layers of a stack of kernels of 6, over an input of 16.",
    panelWidth: 250,
    panelHeight: 130,
  });
}

function stackTable() {
  const rows = [2, 3, 5, 6, 11, 31].map((k) => {
    const valid = sizes(31, k, "valid", 99);
    const text = valid.length > 6 ? [...valid.slice(0, 4), "…", ...valid.slice(-2)] : valid;
    return [k, valid.length - 1, text.join(", "), sizes(31, k, "same", valid.length - 1).at(-1)!];
  });
  return {
    kind: "table",
    title: "Layers that fit on an input 31 wide, by the kernel's width",
    columns: [
      { header: "kernel" },
      { header: "valid layers" },
      { header: "their widths" },
      { header: "width under same" },
    ],
    rows,
    note: "⌊(m - 1)/(k - 1)⌋ valid layers fit. The last is one unit where k - 1 divides m - 1: a dense layer, in which no weight is used twice.",
  } as const;
}

export function border(): Section {
  return { tables: { reached: reachedTable(), stack: stackTable() }, figures: [reachedFigure(), stackFigure()] };
}
