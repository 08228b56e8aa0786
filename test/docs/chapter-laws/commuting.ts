import { conv, convKernelGradient } from "../../../src/conv/conv.js";
import type { ConvOptions } from "../../../src/conv/options.js";
import { renderGabor } from "../../../src/math/gabor.js";
import { type Tensor, tensor } from "../../../src/tensor/tensor.js";
import { noise } from "../../conv/cases.js";
import { gather, halved, shifted, swapped, turned } from "../../conv/laws-tensors.js";
import { picturesFigure } from "./pictures.js";
import { difference, type Section } from "./section.js";

const around = { padding: "same", boundary: "wrap" } as const;
const full = { padding: "full", flip: true } as const;
const asKernel = (V: Tensor): Tensor => ({ ...V, shape: [1, ...V.shape] });
const rectified = (Z: Tensor): Tensor => ({ ...Z, data: Z.data.map((x) => Math.max(0, x)) });

/** Two bars that meet in a corner. */
const corner = tensor(
  Float64Array.from({ length: 28 * 28 }, (_, at) => {
    const [r, c] = [Math.floor(at / 28), at % 28];
    return (r === 7 && c >= 5 && c < 18) || (c === 5 && r >= 7 && r < 21) ? 1 : 0;
  }),
  [1, 28, 28],
);

/** A detector of upright bars. */
function barDetector(): Tensor {
  const gabor = { amplitude: 1, betaX: 0.12, betaY: 0.05, frequency: 1.1, phase: 0, x0: 0, y0: 0, tau: 0 };
  const { data } = renderGabor(gabor, { height: 9, width: 9 });
  return tensor(Float64Array.from(data), [1, 1, 9, 9]);
}

function commutingFigure() {
  const K = barDetector();
  const shift = (V: Tensor) => shifted(V, [2, 7]);
  const out = (V: Tensor) => conv(V, K, around);
  return picturesFigure(
    [
      { label: "an image", values: corner },
      { label: "shifted", values: shift(corner) },
      { label: "turned by 90°", values: turned(corner) },
      { label: "its output", values: out(corner) },
      { label: "of the shifted", values: out(shift(corner)) },
      { label: "of the turned", values: out(turned(corner)) },
    ],
    {
      name: "commuting",
      title: "Outputs move along, but do not turn",
      caption: "Above images, below their convolution with a detector of upright bars.",
      columns: 3,
      column: 150,
    },
  );
}

function changes() {
  const V = noise([1, 12, 12], 1, "float64");
  const K = noise([1, 1, 3, 3], 2, "float64");
  const shift = (Z: Tensor) => shifted(Z, [2, 5]);
  const Z = conv(V, K, around);
  const odd = noise([1, 13, 13], 3, "float64");
  const same = { padding: "same" } as const;
  return {
    kind: "table",
    title: "The image is changed first, or the output: how far apart are the two?",
    columns: [
      { header: "change" },
      { header: "with the kernel as it is" },
      { header: "with the kernel changed along" },
    ],
    rows: [
      ["shift by 2 rows and 5 columns", difference(conv(shift(V), K, around), shift(Z)), null],
      [
        "quarter turn",
        difference(conv(turned(V), K), turned(conv(V, K))),
        difference(conv(turned(V), turned(K)), turned(conv(V, K))),
      ],
      [
        "every second row and column",
        difference(conv(halved(odd), K, same), halved(conv(odd, K, same))),
        difference(conv(halved(odd), K, same), halved(conv(odd, K, { ...same, dilation: 2 }))),
      ],
    ],
    note: "The largest difference over the largest output, for random images and kernels; 0: below 1e-12.",
  } as const;
}

/** Whether `L` after `K` is `K` after `L`. */
function orders() {
  const V = noise([1, 8, 7], 4, "float64");
  const [A, B] = [noise([1, 3, 2], 5, "float64"), noise([1, 2, 3], 6, "float64")];
  const many = noise([3, 7, 7], 7, "float64");
  const [K, L] = [noise([3, 3, 3, 3], 8, "float64"), noise([3, 3, 3, 3], 9, "float64")];
  const diagonal = (T: Tensor): Tensor => ({ ...T, data: T.data.map((x, at) => (at % 36 < 9 ? x : 0)) });
  const both = (image: Tensor, first: Tensor, second: Tensor, between = (Z: Tensor) => Z) =>
    difference(
      conv(between(conv(image, first, full)), second, full),
      conv(between(conv(image, second, full)), first, full),
    );
  const plain = { padding: "full" } as const;
  return {
    kind: "table",
    title: "Two convolutions in one order and in the other: how far apart are the two?",
    columns: [{ header: "what is exchanged" }, { header: "difference" }],
    rows: [
      [
        "image and kernel, one channel, flipped and full",
        difference(conv(V, asKernel(A), full), conv(A, asKernel(V), full)),
      ],
      [
        "image and kernel, not flipped (the mirror image)",
        difference(conv(V, asKernel(A), plain), conv(A, asKernel(V), plain)),
      ],
      ["two kernels of one channel", both(V, asKernel(A), asKernel(B))],
      ["two kernels of one channel, max(0, z) between them", both(V, asKernel(A), asKernel(B), rectified)],
      ["kernels from 2 to 3 and from 3 to 4 channels", "the other order is refused"],
      ["two kernels from 3 to 3 channels", both(many, K, L)],
      ["two kernels from 3 to 3 channels, diagonal in the channels", both(many, diagonal(K), diagonal(L))],
    ],
    note: "The largest difference over the largest output, for random images and kernels; 0: below 1e-12.",
  } as const;
}

/** The kernel gradient beside the convolution that it is. */
function kernelGradients() {
  const rows = [
    [1, 1],
    [1, 2],
    [2, 1],
    [3, 2],
  ].map(([stride, dilation]) => {
    const options = { stride, dilation } satisfies ConvOptions;
    const kernelShape = [3, 2, 3, 3];
    const side = 3 * stride! + 2 * dilation! + 1;
    const V = noise([4, 2, side, side], 10, "float64");
    const G = noise([4, 3, 4, 4], 11, "float64");
    const g = convKernelGradient(G, V, { ...options, kernelShape });
    const as = swapped(conv(swapped(V), swapped(G), { stride: dilation!, dilation: stride! }));
    return [
      stride!,
      dilation!,
      dilation!,
      stride!,
      difference(
        gather(as, kernelShape, (index) => index),
        g,
      ),
    ];
  });
  return {
    kind: "table",
    title: "The kernel gradient is a convolution of the image by the output's gradient",
    columns: [
      { header: "stride of the layer" },
      { header: "its dilation" },
      { header: "stride of the gradient" },
      { header: "its dilation" },
      { header: "difference" },
    ],
    rows,
    note: "Images and channels change places in both. The largest difference over the largest gradient; 0: below 1e-12.",
  } as const;
}

export function commuting(): Section {
  return {
    tables: { changes: changes(), orders: orders(), "kernel-gradients": kernelGradients() },
    figures: [commutingFigure()],
  };
}
