import { shapeText, sizeOf } from "../tensor/tensor.js";
import type { Hdf5File } from "./hdf5.js";
import {
  attributeOf,
  headingOf,
  kindAt,
  namesIn,
  numberAt,
  numbersAt,
  referencesAt,
  refusePath,
  textsAt,
} from "./hdf5-read.js";
import { imageTypes, type NwbSeries } from "./nwb-objects.js";
import { framesOf, type ImageAxes, secondsOf } from "./recording-arrays.js";
import type { Shown } from "./recording-parts.js";

/** How the second and third axis of a series of images are read. */
export type NwbImageAxes = "columns-rows" | "rows-columns";

/** What a series of NWB shows, and a note on how its axes are read. */
export interface NwbShown {
  readonly shown: Shown;
  readonly note: string;
}

/** The images of a presentation, each frame's image, and when the frames came. */
export function shownIn(file: Hdf5File, series: NwbSeries, wanted: NwbImageAxes | undefined): NwbShown {
  const { path, type } = series;
  if (type !== "IndexSeries") {
    const { axes, says } = axesOf(file, path, wanted);
    const images = seriesImages(file, path, axes);
    return { shown: { name: path, images, ...timingOf(file, path) }, note: `images of ${path}, ${says}` };
  }
  const template = templateOf(file, path);
  const { axes, says } = axesOf(file, template.path, wanted);
  const read = template.single ? singleImages : seriesImages;
  const images = read(file, template.path, axes);
  const order = orderOf(file, path, images.shape[0]);
  const note = `images of ${template.path} in the order of ${path}, ${says}`;
  return { shown: { name: path, images, order, ...timingOf(file, path) }, note };
}

/** What an IndexSeries points into: a series of images, or single ones. */
function templateOf(file: Hdf5File, path: string): { readonly path: string; readonly single: boolean } {
  const names = ["indexed_timeseries", "indexed_images"];
  const name = names.find((one) => kindAt(file, `${path}/${one}`) !== "missing");
  if (name === undefined) return refusePath(file, path, `has neither ${names.join(" nor ")}, images are needed`);
  const template = `${path}/${name}`;
  if (kindAt(file, template) !== "group") refusePath(file, template, "is a link that leads nowhere in this file");
  return { path: template, single: name === "indexed_images" };
}

/** Single grey images, in the order that their group gives. */
function singleImages(file: Hdf5File, path: string, axes: ImageAxes) {
  const paths = referencesAt(file, `${path}/order_of_images`);
  const images = paths.map((one) => numbersAt(file, one));
  const [first] = images;
  if (first === undefined) return refusePath(file, path, "has no images");
  const odd = images.findIndex(({ shape }) => shape.length !== 2 || shapeText(shape) !== shapeText(first.shape));
  if (odd >= 0) {
    const shape = shapeText(images[odd].shape);
    refusePath(file, paths[odd], `has shape ${shape}: grey images [x, y] of one shape are needed`);
  }
  const pixels = sizeOf(first.shape);
  const data = new Float64Array(images.length * pixels);
  for (const [i, image] of images.entries()) data.set(image.data, i * pixels);
  const shape = [images.length, ...first.shape];
  return framesOf(file.where, path, { kind: "array", type: first.type, shape, order: "row-major", data }, axes);
}

function seriesImages(file: Hdf5File, path: string, axes: ImageAxes) {
  const external = `${path}/external_file`;
  if (kindAt(file, external) === "dataset")
    refusePath(file, path, `its images lie in other files: ${textsAt(file, external).join(", ")}`);
  const data = `${path}/data`;
  const array = numbersAt(file, data);
  if (array.shape.length !== 3) {
    const what = array.shape.length === 4 ? "colour or depth, grey images" : "no images, [frames, x, y]";
    refusePath(file, data, `has shape ${shapeText(array.shape)}: ${what} are needed`);
  }
  const scale = numberAttribute(file, data, "conversion", 1);
  return framesOf(file.where, data, array, axes, { scale, offset: numberAttribute(file, data, "offset", 0) });
}

function orderOf(file: Hdf5File, path: string, images: number): Uint32Array {
  const data = `${path}/data`;
  const { data: order, shape } = numbersAt(file, data);
  if (shape.length !== 1) refusePath(file, data, `has shape ${shapeText(shape)}, one index a frame is needed`);
  const wrong = order.findIndex((index) => !(Number.isInteger(index) && index >= 0 && index < images));
  if (wrong >= 0) refusePath(file, data, `[${wrong}] is ${order[wrong]}, an image from 0 to ${images - 1} is needed`);
  return Uint32Array.from(order);
}

/** Time stamps, or a rate and a start. */
export function timingOf(file: Hdf5File, path: string): Pick<Shown, "frameTimes" | "frameSeconds" | "start"> {
  const stamps = `${path}/timestamps`;
  if (kindAt(file, stamps) !== "missing") {
    return { frameTimes: { name: stamps, times: secondsOf(file.where, stamps, numbersAt(file, stamps)) } };
  }
  const start = `${path}/starting_time`;
  if (kindAt(file, start) === "missing") refusePath(file, path, "has neither timestamps nor starting_time");
  const rate = attributeOf(file, start, "rate")[0];
  if (!(typeof rate === "number" && Number.isFinite(rate) && rate > 0))
    refusePath(file, start, `its rate is ${rate ?? "missing"}, frames per second are needed`);
  const frameSeconds = { seconds: 1 / rate, says: `by the rate of ${path}, ${rate} a second` };
  return { frameSeconds, start: numberAt(file, start) };
}

/**
 * NWB defines images as [frame, x, y]. Many files hold rows first all the same; where the images are not square, `dimension`
 * (the number of pixels on x and y) tells.
 */
function axesOf(file: Hdf5File, path: string, wanted: NwbImageAxes | undefined): { axes: ImageAxes; says: string } {
  if (wanted === "rows-columns")
    return { axes: "frame-row-column", says: "rows before columns, as given by the caller" };
  if (wanted === "columns-rows")
    return { axes: "frame-column-row", says: "columns before rows, as given by the caller" };
  const has = namesIn(file, path).includes("dimension");
  const [x, y] = has ? numbersAt(file, `${path}/dimension`).data : [];
  const data = `${path}/data`;
  const shape = kindAt(file, data) === "dataset" ? headingOf(file, data).shape : [];
  if (has && x !== y && x === shape[2] && y === shape[1])
    return { axes: "frame-row-column", says: `rows before columns, since its dimension says ${x} pixels on x` };
  const doubt =
    has && x !== y && x === shape[1] && y === shape[2]
      ? ""
      : ': if they are turned over, give imageAxes "rows-columns"';
  return { axes: "frame-column-row", says: `columns (x) before rows (y), as NWB defines them${doubt}` };
}

function numberAttribute(file: Hdf5File, path: string, name: string, otherwise: number): number {
  const value = attributeOf(file, path, name)[0] ?? otherwise;
  if (typeof value !== "number" || !Number.isFinite(value))
    refusePath(file, path, `its ${name} is ${value}, a finite number is needed`);
  return value;
}

/** Whether a series holds images over time. */
export function isImageSeries({ type, shape }: NwbSeries): boolean {
  return imageTypes.includes(type) || shape.length === 3;
}
