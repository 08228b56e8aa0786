import { checkFinite, checkInteger, checkOptions, checkTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import { assembleFigure, colorBarRoom, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { divergingAxis, symmetricLimit, weight } from "./field.js";
import type { Figure } from "./figure.js";
import { axisId, axisKey, layPanels, panelLabel, panelLabelHeight } from "./panels.js";
import { squareTo } from "./receptive-field.js";
import type { Quantity } from "./text.js";
import { fontSize, groupColors, ink } from "./theme.js";
import { type Tiling, tile, tileColumns, tileTrace } from "./tiles.js";

/** A stack of kernels of one size, with what is written above it. */
export interface KernelStack {
  /** [kernels, height, width] or [kernels, 1, height, width] */
  readonly kernels: Tensor;
  readonly label?: string;
  /** kernels to frame, by index: those that no Gabor describes, say */
  readonly framed?: readonly number[];
}

/** How stacks of kernels are drawn. */
export interface MosaicOptions extends FigureText {
  /** true: each kernel over its own largest magnitude; false: all as they are, in one scale */
  readonly normalise: boolean;
  /** what the colours show; default `weight`, without a unit */
  readonly value?: Quantity;
  /** tiles in a row; default about as many as rows, full rows where a near count gives them */
  readonly columns?: number;
  /** what a frame means, for the caption; needed where a kernel is framed */
  readonly frameMeaning?: string;
}

/**
 * Kernels as one tiled heatmap, in one colour scale that is symmetric about 0, in their order row by row.
 *
 * @param stack `{ kernels, framed? }`, kernels [n, height, width] or [n, 1, height, width]
 * @throws InputError if the shape does not fit or the kernels hold NaN or infinities
 */
export function kernelMosaicFigure(stack: KernelStack, options: MosaicOptions): Figure {
  return mosaics("kernelMosaicFigure", [stack], options);
}

/**
 * Stacks of kernels in panels, two in a row, such as learned kernels, their Gabor fits, initial and phase-scrambled ones; all in one
 * colour scale that is symmetric about 0. Tile `i` of one panel stands where tile `i` of the next does.
 *
 * @param stacks each `{ label, kernels, framed? }`, all of one number and size of kernels
 * @throws InputError if there is no stack, shapes differ, or a stack holds NaN or infinities
 */
export function kernelMosaicsFigure(stacks: readonly KernelStack[], options: MosaicOptions): Figure {
  const where = "kernelMosaicsFigure";
  if (stacks.length === 0) refuse(where, "stacks is an empty list, at least one stack of kernels is needed");
  stacks.forEach((stack, i) => {
    if (!stack.label) refuse(where, `stacks[${i}] has no label, a text is needed`);
    if (shapeText(shapeOf(where, stack)) !== shapeText(shapeOf(where, stacks[0]!)))
      refuse(
        where,
        `stacks[${i}] has shape ${shapeText(shapeOf(where, stack))}, stacks[0] has ${shapeText(shapeOf(where, stacks[0]!))}`,
      );
  });
  return mosaics(where, stacks, options);
}

function mosaics(where: string, stacks: readonly KernelStack[], options: MosaicOptions): Figure {
  checkOptions(where, options, [...figureTextOptions, "normalise", "value", "columns", "frameMeaning"]);
  const shape = shapeOf(where, stacks[0]!);
  const [count, height, width] = shape;
  const columns = options.columns ?? tileColumns(count, (stacks.length === 1 ? 1.4 : 1) * (height / width));
  checkInteger(where, "columns", columns, 1);
  checkFrames(where, stacks, options, count);
  const planes = stacks.map((stack) => planesOfStack(stack, count, options.normalise));
  const tilings = planes.map((stackPlanes) => tile(stackPlanes, { height, width }, columns));
  const labels = stacks.map((stack) => stack.label ?? "").filter((label) => label !== "");
  const { layout, panelWidth, labelHeight } = layTilings(tilings, labels);
  return assembleFigure(
    textOf(options, ...notesOf(options, stacks, shape)),
    [
      ...tilings.map((t, i) => ({ ...tileTrace(t), xaxis: axisId("x", i), yaxis: axisId("y", i) })),
      ...stacks.flatMap((stack, i) => frameTraces(stack, tilings[i]!, i, { height, width })),
    ],
    {
      plot_bgcolor: ink.gap,
      ...tileAxes(layout.domains, tilings[0]!, `kernels 1 to ${count}, row by row; tile: ${height} × ${width} pixels`),
      coloraxis: mosaicColors(options, planes.flat(), Math.min(layout.height, 320)),
      annotations: labels.map((label, i) => panelLabel(label, layout.domains[i]!, panelWidth)),
    },
    {
      width: layout.width,
      height: layout.height,
      margin: { left: 24, right: colorBarRoom, top: labelHeight + 6, bottom: 40 },
    },
  );
}

/** Panels for equal tilings, two in a row, each as large as its share of the figure allows. */
function layTilings(tilings: readonly Tiling[], labels: readonly string[]) {
  const { width, height } = tilings[0]!;
  const scale = Math.min((tilings.length === 1 ? 560 : 320) / width, 480 / height, 48);
  const [panelWidth, panelHeight] = [Math.round(width * scale), Math.round(height * scale)];
  const labelHeight = labels.length > 0 ? panelLabelHeight(labels, panelWidth) : 0;
  const gaps = { gapX: 24, gapY: labelHeight + 8 };
  const layout = layPanels({ count: tilings.length, columns: 2, panelWidth, panelHeight, ...gaps });
  return { layout, panelWidth, labelHeight };
}

function mosaicColors(options: MosaicOptions, planes: readonly ArrayLike<number>[], barPixels: number) {
  const value = options.value ?? weight;
  return options.normalise
    ? divergingAxis(1, { label: `${value.label} / its kernel's largest`, unit: "" }, barPixels)
    : divergingAxis(symmetricLimit(planes), value, barPixels);
}

/** The number, height and width of a stack's kernels, after the checks of its values. */
function shapeOf(where: string, stack: KernelStack): readonly [number, number, number] {
  const { kernels } = stack;
  checkTensor(where, "kernels", kernels);
  const { shape } = kernels;
  if ((shape.length !== 3 && !(shape.length === 4 && shape[1] === 1)) || kernels.data.length === 0)
    refuse(
      where,
      `kernels has shape ${shapeText(shape)}, [kernels, height, width] or [kernels, 1, height, width] is needed`,
    );
  checkFinite(where, "kernels", kernels.data);
  return [shape[0]!, shape.at(-2)!, shape.at(-1)!];
}

function checkFrames(where: string, stacks: readonly KernelStack[], options: MosaicOptions, count: number): void {
  for (const stack of stacks)
    for (const index of stack.framed ?? []) checkInteger(where, "framed", index, 0, count - 1);
  if (stacks.some((stack) => (stack.framed ?? []).length > 0) && !options.frameMeaning)
    refuse(where, "frameMeaning is not given, a text is needed where kernels are framed");
}

/** The kernels of a stack one by one, each over its own largest magnitude where wanted. */
function planesOfStack(stack: KernelStack, count: number, normalise: boolean): ArrayLike<number>[] {
  const size = stack.kernels.data.length / count;
  return Array.from({ length: count }, (_, i) => {
    const kernel = stack.kernels.data.subarray(i * size, (i + 1) * size);
    if (!normalise) return kernel;
    const limit = symmetricLimit([kernel]);
    return Float64Array.from(kernel, (v) => v / limit);
  });
}

/** What the caption must say: the scale, and what frames are. */
function notesOf(
  options: MosaicOptions,
  stacks: readonly KernelStack[],
  [count, height, width]: readonly [number, number, number],
): string[] {
  const scale = options.normalise
    ? "Each kernel is divided by its own largest magnitude."
    : "All kernels share one scale; none is normalised.";
  const framed = stacks.some((stack) => (stack.framed ?? []).length > 0);
  return [
    `${count} kernels of ${height} × ${width} pixels.`,
    scale,
    ...(framed ? [`Framed: ${options.frameMeaning}.`] : []),
  ];
}

/** Frames around tiles as one line trace, broken between tiles. */
function frameTraces(
  stack: KernelStack,
  tiling: Tiling,
  panel: number,
  { height, width }: { height: number; width: number },
) {
  const framed = stack.framed ?? [];
  if (framed.length === 0) return [];
  const x: (number | null)[] = [];
  const y: (number | null)[] = [];
  for (const i of framed) {
    const centre = tiling.centre(i);
    const [dx, dy] = [width / 2, height / 2];
    x.push(centre.x - dx, centre.x + dx, centre.x + dx, centre.x - dx, centre.x - dx, null);
    y.push(centre.y - dy, centre.y - dy, centre.y + dy, centre.y + dy, centre.y - dy, null);
  }
  return [
    {
      type: "scatter",
      mode: "lines",
      x,
      y,
      xaxis: axisId("x", panel),
      yaxis: axisId("y", panel),
      line: { color: groupColors[4], width: 2.5 },
      hoverinfo: "skip",
      cliponaxis: false,
    },
  ];
}

/** Square axes without ticks; the title says what the tiles are. */
function tileAxes(
  domains: ReturnType<typeof layPanels>["domains"],
  tiling: Tiling,
  title: string,
): Record<string, unknown> {
  const bare = { showticklabels: false, ticks: "", showline: false, showgrid: false, constrain: "domain" };
  const ranges = { x: [-0.5, tiling.width - 0.5], y: [-0.5, tiling.height - 0.5] };
  const axes: Record<string, unknown> = {};
  domains.forEach((domain, i) => {
    const text = i === domains.length - 1 - ((domains.length - 1) % 2) ? title : "";
    axes[axisKey("x", i)] = {
      ...bare,
      range: ranges.x,
      domain: domain.x,
      anchor: axisId("y", i),
      title: { text, font: { size: fontSize.small } },
    };
    axes[axisKey("y", i)] = {
      ...bare,
      range: ranges.y,
      domain: domain.y,
      anchor: axisId("x", i),
      ...squareTo(axisId("x", i)),
      title: { text: "" },
    };
  });
  return axes;
}
