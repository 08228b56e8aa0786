/** The convolutions of bench/conv-auto.ts: fifty that are judged, and random ones, other than these, that the costs are fitted to. */
import { type Geometry, geometryOf } from "../src/conv/geometry.js";
import type { GeometryOptions } from "../src/conv/options.js";

/** A convolution to time. */
export interface Shape {
  readonly name: string;
  readonly g: Geometry;
  /** whether its kernels are outer products of one vector a dimension */
  readonly separable: boolean;
}

type Line = readonly [
  input: readonly number[],
  kernel: readonly number[],
  options?: GeometryOptions & { readonly separable?: true },
];

const same = { padding: "same" } as const;
const separable = { separable: true } as const;

const judged: readonly (readonly [family: string, lines: readonly Line[]])[] = [
  [
    "small",
    [
      [
        [1, 1, 8, 8],
        [1, 1, 3, 3],
      ],
      [[8, 16, 8, 8], [16, 16, 3, 3], same],
      [
        [1, 3, 16, 16],
        [8, 3, 5, 5],
      ],
      [
        [16, 4, 7, 7],
        [6, 4, 3, 3],
      ],
      [[1, 64, 7, 7], [64, 64, 3, 3], same],
    ],
  ],
  [
    "odd",
    [
      [
        [3, 5, 37, 41],
        [7, 5, 3, 5],
      ],
      [[2, 11, 53, 29], [13, 11, 5, 2], same],
      [
        [5, 3, 61, 67],
        [9, 3, 7, 7],
      ],
      [
        [1, 1, 101, 203],
        [17, 1, 13, 9],
      ],
      [
        [7, 10, 23, 23],
        [19, 10, 4, 4],
      ],
    ],
  ],
  [
    "1-D",
    [
      [
        [8, 1, 4096],
        [16, 1, 9],
      ],
      [
        [4, 16, 1000],
        [32, 16, 5],
      ],
      [
        [1, 1, 65536],
        [4, 1, 255],
      ],
      [[16, 64, 128], [64, 64, 3], same],
      [[1, 2, 20000], [8, 2, 31], { stride: 2 }],
    ],
  ],
  [
    "3-D",
    [
      [
        [1, 1, 24, 24, 24],
        [8, 1, 3, 3, 3],
      ],
      [[2, 4, 16, 16, 16], [8, 4, 3, 3, 3], same],
      [
        [1, 3, 10, 40, 40],
        [16, 3, 3, 5, 5],
      ],
      [[1, 1, 32, 32, 32], [2, 1, 7, 7, 7], separable],
      [
        [1, 8, 8, 28, 28],
        [16, 8, 1, 3, 3],
      ],
    ],
  ],
  [
    "stride 2",
    [
      [[8, 3, 64, 64], [32, 3, 7, 7], { stride: 2 }],
      [[8, 16, 32, 32], [32, 16, 3, 3], { stride: 2, padding: "same" }],
      [[4, 8, 33, 33], [16, 8, 5, 5], { stride: 2 }],
      [[1, 1, 256, 256], [16, 1, 11, 11], { stride: 2 }],
      [[16, 32, 14, 14], [64, 32, 1, 1], { stride: 2 }],
    ],
  ],
  [
    "one channel",
    [
      [[1, 1, 256, 256], [1, 1, 5, 5], same],
      [[1, 1, 512, 512], [1, 1, 15, 15], separable],
      [
        [16, 1, 28, 28],
        [32, 1, 5, 5],
      ],
      [
        [64, 1, 20, 20],
        [1, 1, 7, 7],
      ],
      [[1, 1, 128, 128], [64, 1, 21, 21], same],
    ],
  ],
  [
    "thousands of channels",
    [
      [
        [1, 2048, 7, 7],
        [64, 2048, 1, 1],
      ],
      [[1, 1024, 8, 8], [32, 1024, 3, 3], same],
      [
        [1, 2000, 5, 5],
        [50, 2000, 3, 3],
      ],
      [
        [2, 16, 9, 9],
        [2048, 16, 3, 3],
      ],
      [
        [1, 4096, 4, 4],
        [16, 4096, 4, 4],
      ],
    ],
  ],
  [
    "groups",
    [
      [[4, 32, 32, 32], [32, 1, 3, 3], { ...same, groups: 32 }],
      [[1, 64, 56, 56], [64, 1, 5, 5], { ...same, groups: 64 }],
      [[8, 16, 16, 16], [32, 4, 3, 3], { groups: 4 }],
      [[2, 48, 24, 24], [96, 1, 7, 7], { groups: 48 }],
    ],
  ],
  [
    "dilation",
    [
      [[4, 8, 48, 48], [16, 8, 3, 3], { ...same, dilation: 2 }],
      [[1, 3, 128, 128], [8, 3, 5, 5], { dilation: 4 }],
      [[2, 16, 200], [16, 16, 7], { dilation: 3 }],
    ],
  ],
  [
    "one large image",
    [
      [[1, 3, 256, 256], [16, 3, 3, 3], same],
      [
        [1, 3, 512, 512],
        [4, 3, 9, 9],
      ],
      [[1, 16, 128, 128], [16, 16, 3, 3], same],
      [[1, 1, 640, 480], [6, 1, 25, 25], same],
    ],
  ],
  [
    "1 x 1",
    [
      [
        [4, 64, 28, 28],
        [128, 64, 1, 1],
      ],
      [
        [1, 3, 128, 128],
        [64, 3, 1, 1],
      ],
    ],
  ],
  [
    "boundary",
    [
      [[4, 3, 40, 40], [24, 3, 11, 11], { ...same, boundary: "wrap" }],
      [[2, 16, 30, 30], [16, 16, 3, 3], { ...same, boundary: "reflect" }],
    ],
  ],
];

function shapeOf(family: string, [input, kernel, options = {}]: Line): Shape {
  const { separable: outer = false, ...rest } = options;
  const { padding: _, ...told } = rest;
  const words = Object.entries(told).map(([key, value]) => (key === "boundary" ? `${value}` : `${key} ${value}`));
  const name = [family, input.join("x"), "*", kernel.join("x"), ...words, ...(outer ? ["separable"] : [])].join(" ");
  return { name, g: geometryOf("bench", input, kernel, rest), separable: outer };
}

/** The fifty convolutions that are judged. */
export const judgedShapes: readonly Shape[] = judged.flatMap(([family, lines]) =>
  lines.map((line) => shapeOf(family, line)),
);

const layers: readonly Line[] = [
  [[64, 3, 32, 32], [64, 3, 5, 5], same],
  [[32, 1, 28, 28], [32, 1, 5, 5], same],
  [[16, 3, 64, 64], [96, 3, 11, 11], { stride: 4 }],
  [
    [64, 64, 16, 16],
    [64, 64, 3, 3],
  ],
  [[16, 16, 32, 32], [32, 16, 3, 3], same],
  [[8, 128, 14, 14], [128, 128, 3, 3], same],
  [
    [32, 3, 32, 32],
    [64, 3, 11, 11],
  ],
  [[16, 8, 48, 48], [16, 8, 7, 7], same],
  [
    [1, 1, 512, 512],
    [2, 1, 5, 5],
  ],
  [[1, 1, 256, 256], [16, 1, 15, 15], same],
];

/** Layers as networks and banks of filters have them, larger than the random ones: what users run most. */
export const layerShapes: readonly Shape[] = layers.map((line) => shapeOf("layer", line));

/** The most products of a convolution that the costs are fitted to, so that the whole set takes half a minute. */
const mostProducts = 6e7;

/** Random convolutions of all kinds, the same for one seed. */
export function randomShapes(count: number, seed: number): Shape[] {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
  const power = (low: number, high: number) => Math.round(low * (high / low) ** uniform());
  const shapes: Shape[] = [];
  while (shapes.length < count) {
    const space = pick([1, 2, 2, 2, 2, 2, 3]);
    const size = { 1: [64, 20000], 2: [6, 300], 3: [6, 40] }[space] as [number, number];
    const taps = { 1: [2, 200], 2: [1, 24], 3: [1, 7] }[space] as [number, number];
    const first = power(...size);
    const lengths = Array.from({ length: space }, () => Math.max(4, Math.round(first * (0.8 + 0.4 * uniform()))));
    const k = uniform() < 0.5 ? pick([2, 3, 3, 3, 5, 5]) : power(...taps);
    const depthwise = uniform() < 0.12;
    const groups = depthwise ? power(2, 64) : 1;
    const channels = () => (depthwise ? 1 : power(1, pick([128, 128, 128, 128, 128, 3000])));
    const kernel = [groups * channels(), channels(), ...lengths.map(() => k)];
    const input = [power(1, 48), groups * kernel[1]!, ...lengths];
    const options = {
      groups,
      padding: pick(["valid", "same"] as const),
      stride: uniform() < 0.2 ? 2 : 1,
      dilation: uniform() < 0.07 ? 2 : 1,
      boundary: uniform() < 0.1 ? ("wrap" as const) : ("zero" as const),
    };
    if (lengths.some((length) => length < options.dilation * (k - 1) + 1)) continue;
    const shape = shapeOf("random", [input, kernel, uniform() < 0.3 ? { ...options, separable: true } : options]);
    const products = productsOf(shape.g);
    if (products > 2e4 && products < mostProducts) shapes.push(shape);
  }
  return shapes;
}

/** Products of the direct sum. */
export function productsOf(g: Geometry): number {
  return g.batch * g.groups * g.outChannels * g.inChannels * g.taps * g.places;
}
