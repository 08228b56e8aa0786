import { conv } from "../../../src/conv/conv.js";
import { learnPoolingRegions } from "../../../src/conv/pool-learned-regions.js";
import { type Tensor, tensor } from "../../../src/tensor/tensor.js";
import { noise } from "../../conv/cases.js";
import { bank, batchOf, grating } from "./gratings.js";
import { picturesFigure } from "./pictures.js";
import type { Section } from "./section.js";

const asMap = ({ labels, shape }: { labels: ArrayLike<number>; shape: readonly number[] }) =>
  tensor(Float64Array.from(labels), shape);

/** A round bump. */
function bump(size: number, width: number): Tensor {
  const data = Float64Array.from({ length: size * size }, (_, at) => {
    const [y, x] = [Math.floor(at / size) - (size - 1) / 2, (at % size) - (size - 1) / 2];
    return Math.exp(-(x * x + y * y) / (2 * width * width));
  });
  return tensor(data, [1, 1, size, size]);
}

function regionsFigure() {
  const images = conv(noise([300, 1, 34, 34], 1, "float64"), bump(11, 2));
  const together = learnPoolingRegions(images, { regions: 9, seed: 1 });
  const spots = tensor(
    noise([26 * 26], 5, "float64").data.map((z, at) => (z > 0.97 - 0.9 * (at / 676) ** 6 ? 1 : 0)),
    [1, 1, 26, 26],
  );
  const found = conv(spots, bump(3, 0.8), { padding: "same" });
  const around = learnPoolingRegions(found, { regions: 9, seed: 1, by: "location" });
  return picturesFigure(
    [
      { label: "places that fire together", values: asMap(together), groups: true },
      { label: "what one image holds", values: found },
      { label: "regions around it", values: asMap(around), groups: true },
    ],
    {
      name: "regions",
      title: "Pooling regions that are learned",
      caption:
        "Left: nine regions of places whose responses to 300 smooth images correlate; right: nine regions by where the responses to one image lie.",
      columns: 3,
      column: 180,
    },
  );
}

function channelsTable() {
  const phases = [0, -Math.PI / 2];
  const turns = Array.from({ length: 6 }, (_, i) => (i * 180) / 6);
  const kernels = bank(phases.flatMap((phase) => turns.map((turn) => ({ phase, tau: (turn * Math.PI) / 180 }))));
  const draws = noise([400, 2], 6, "float64").data;
  const images = Array.from({ length: 400 }, (_, n) =>
    grating({ tau: Math.PI * draws[2 * n]!, phase: Math.PI * draws[2 * n + 1]! }),
  );
  const responses = conv(batchOf(images), kernels);
  const rows = (["energy", "correlation"] as const).flatMap((by) => {
    const { labels } = learnPoolingRegions(responses, { regions: 6, seed: 1, over: "channels", by, restarts: 64 });
    const both = turns.filter((_, i) => labels[i] === labels[i + 6]).length;
    const groups = new Set(turns.map((_, i) => `${labels[i]} ${labels[i + 6]}`)).size;
    return [[by, both, groups]];
  });
  return {
    kind: "table",
    title: "Six regions of the channels of a bank: six orientations, each in two phases a quarter apart",
    columns: [
      { header: "members respond alike by" },
      { header: "orientations with both phases in one region" },
      { header: "orientations told apart" },
    ],
    rows,
    note: "Learned on 400 gratings of random orientation and phase.",
  } as const;
}

export function regions(): Section {
  return { tables: { channels: channelsTable() }, figures: [regionsFigure()] };
}
