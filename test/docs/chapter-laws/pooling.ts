import { conv } from "../../../src/conv/conv.js";
import { poolChannels } from "../../../src/conv/maxout.js";
import { pool } from "../../../src/conv/pool.js";
import { tiledConv } from "../../../src/conv/tiled.js";
import { unsharedConv } from "../../../src/conv/unshared.js";
import { groupColor } from "../../../src/plot/theme.js";
import { type Tensor, tensor } from "../../../src/tensor/tensor.js";
import { noise } from "../../conv/cases.js";
import { gather, turned } from "../../conv/laws-tensors.js";
import { bank, batchOf, grating } from "./gratings.js";
import type { Section } from "./section.js";
import { type Series, seriesFigure } from "./series.js";

/** The share of max pools of k × k, far enough apart to share no cell, that a shift along the rows leaves as they were. */
function keptShare(V: Tensor, k: number, d: number) {
  const options = { kind: "max", size: [k, k], stride: [k, k + d] } as const;
  const columns = V.shape.at(-1)!;
  const data = V.data.map((_, at) => V.data[at - (at % columns) + (((at % columns) + d) % columns)]!);
  const [before, after] = [pool(V, options).data, pool({ ...V, data }, options).data];
  const share = Array.from(before).filter((z, i) => z === after[i]).length / before.length;
  return { share, error: Math.sqrt((share * (1 - share)) / before.length) };
}

const independent = noise([1, 400, 400], 1, "float64");
/** What a detector of bars gives for independent pixels: neighbours of its map are alike. */
const detected = conv(noise([1, 416, 416], 2, "float64"), bank([{}]));

function sharesFigure() {
  const sizes = [2, 3, 5, 9];
  const series = sizes.flatMap((k, i): Series[] => {
    const shifts = Array.from({ length: k + 1 }, (_, d) => d);
    const common = { label: `pools of ${k} × ${k}`, x: shifts, color: groupColor(i) };
    return [
      { ...common, mode: "lines", y: shifts.map((d) => (k - d) / (k + d)), legend: false },
      { ...common, mode: "markers", y: shifts.map((d) => keptShare(independent, k, d).share) },
      {
        ...common,
        mode: "lines+markers",
        y: shifts.map((d) => keptShare(detected, k, d).share),
        panel: 1,
        legend: false,
      },
    ];
  });
  const axes = (label: string) => ({
    label,
    x: { title: "shift of the image (pixels)", range: [-0.3, 9.3], dtick: 1 },
    y: { title: "share of outputs unchanged", range: [0, 1.03] },
  });
  return seriesFigure(series, [axes("independent cells, lines: theory"), axes("the map of a Gabor detector")], {
    name: "shifts",
    title: "Max pools that a small shift leaves as they were",
    caption:
      "The share of max pools that a shift of the image leaves unchanged, though no cell keeps its value. Lines at the left: (k - d)/(k + d).",
    panelWidth: 290,
    panelHeight: 230,
  });
}

function sharesTable() {
  const rows = [
    [2, 1],
    [3, 1],
    [5, 1],
    [5, 2],
    [9, 1],
    [9, 4],
  ].map(([k, d]) => {
    const [cells, map] = [independent, detected].map((V) => keptShare(V, k!, d!));
    return [
      `${k} × ${k}`,
      d!,
      (k! - d!) / (k! + d!),
      { value: cells!.share, error: cells!.error },
      { value: map!.share, error: map!.error },
    ];
  });
  return {
    kind: "table",
    title: "The share of max pools that a shift leaves unchanged",
    columns: [
      { header: "pool" },
      { header: "shift", unit: "pixels" },
      { header: "(k - d)/(k + d)" },
      { header: "independent cells" },
      { header: "a Gabor detector's map" },
    ],
    rows,
    note: "± one standard error. No single cell keeps its value. The theory: of the k + d columns that either window sees, the largest lies in the k - d that both see.",
  } as const;
}

const orientations = (n: number) => Array.from({ length: n }, (_, i) => ({ tau: (Math.PI * i) / n }));

/** The largest response of n turned detectors to each image. */
function pooled(n: number, images: readonly Float64Array[]): number[] {
  return [...poolChannels(conv(batchOf(images), bank(orientations(n))), { kind: "max", size: n }).data];
}

function turnsFigure() {
  const angles = Array.from({ length: 91 }, (_, i) => 2 * i);
  const octaves = Array.from({ length: 41 }, (_, i) => (i - 20) / 20);
  const own = pooled(1, [grating({ tau: 0 })])[0]!;
  const series = [1, 4, 12].flatMap((n, i): Series[] => {
    const common = {
      label: n === 1 ? "one detector" : `max of ${n}, turned`,
      color: groupColor(i),
      mode: "lines",
    } as const;
    const byAngle = pooled(
      n,
      angles.map((angle) => grating({ tau: (angle * Math.PI) / 180 })),
    );
    const byRatio = pooled(
      n,
      octaves.map((octave) => grating({ tau: 0, ratio: 2 ** octave })),
    );
    return [
      { ...common, x: angles, y: byAngle.map((z) => z / own) },
      { ...common, x: octaves, y: byRatio.map((z) => z / own), panel: 1, legend: false },
    ];
  });
  return seriesFigure(
    series,
    [
      {
        label: "the image turns",
        x: { title: "turn (°)", dtick: 45, range: [0, 180] },
        y: { title: "response (of the largest)", range: [-0.08, 1.08] },
      },
      {
        label: "its bars grow finer: all alike",
        x: { title: "frequency (octaves from the detector's)", range: [-1, 1] },
        y: { title: "response (of the largest)", range: [-0.08, 1.08] },
      },
    ],
    {
      name: "turns",
      title: "A maximum over turned kernels hardly sees turns",
      caption:
        "The response of one Gabor detector, and of the maximum over several turned ones, to gratings in phase with them.",
      panelWidth: 290,
      panelHeight: 220,
    },
  );
}

const side = 7;
const feature = noise([side, side], 3, "float64");

/** The patch's four quarter turns. */
function turnsOf(patch: Tensor): readonly Tensor[] {
  const found = [patch];
  for (let n = 1; n < 4; n++) found.push(turned(found[n - 1]!));
  return found;
}

/** How far pools of 2 × 2 places change with a patch that fills each window: over its turns, and for its mirror image. */
function versionsTable() {
  const versions = turnsOf(feature);
  const stack = tensor(Float64Array.from(versions.flatMap(({ data }) => [...data])), [4, side, side]);
  const kernel = { ...feature, shape: [1, 1, side, side] };
  const channels = { ...stack, shape: [4, 1, side, side] };
  const tiles = gather(stack, [1, 1, side, side, 2, 2], ([, , y, x, a, b]) => [2 * a! + b!, y!, x!]);
  const places = { ...stack, shape: [1, 2, 2, 1, side, side] };
  const overPlaces = (Z: Tensor) => pool(Z, { kind: "max", size: 2 }).data[0]!;
  const options = { stride: side };
  const layers: readonly (readonly [string, (V: Tensor) => number])[] = [
    ["convolution, pooled over places", (V) => overPlaces(conv(V, kernel, options))],
    ["tiled, the tiles turned, pooled over places", (V) => overPlaces(tiledConv(V, tiles, options))],
    ["unshared, the places turned, pooled over places", (V) => overPlaces(unsharedConv(V, places, options))],
    [
      "convolution with four turned kernels, pooled over channels",
      (V) => poolChannels(conv(V, channels, options), { kind: "max", size: 4 }).data[0]!,
    ],
  ];
  const patches = Array.from({ length: 200 }, (_, i) => noise([side, side], 10 + i, "float64"));
  const fourOf = (patch: Tensor) => gather(patch, [1, 2 * side, 2 * side], ([, y, x]) => [y! % side, x! % side]);
  const mirrored = (patch: Tensor) => gather(patch, patch.shape, ([y, x]) => [y!, side - 1 - x!]);
  const rows = layers.map(([label, layer]) => {
    const change = (to: (patch: Tensor) => Tensor) => {
      const offs = patches.map((patch) => Math.abs(layer(fourOf(to(patch))) - layer(fourOf(patch))));
      const mean = offs.reduce((a, b) => a + b) / offs.length;
      return mean < 1e-12 ? 0 : Number(mean.toPrecision(3));
    };
    return [label, change(turned), change(mirrored)];
  });
  return {
    kind: "table",
    title: "How much a pooled output changes, by what is done to the image",
    columns: [{ header: "layer" }, { header: "quarter turn" }, { header: "mirror image" }],
    rows,
    note: "The mean change over 200 random patches, each of which fills every window; 0: below 1e-12.",
  } as const;
}

export function pooling(): Section {
  return {
    tables: { shifts: sharesTable(), versions: versionsTable() },
    figures: [sharesFigure(), turnsFigure()],
  };
}
