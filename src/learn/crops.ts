import { integerAt } from "../math/random.js";
import type { RandomStream } from "../math/random-streams.js";
import type { PreparedPhotograph } from "../stimuli/photographs.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";

/** A part of a photograph from which crops are drawn: its columns from `left` to before `right`. */
export interface Field {
  readonly pixels: Tensor;
  readonly left: number;
  readonly right: number;
}

/** How crops are drawn. */
export interface CropSettings {
  /** pixels on a side */
  readonly cropSize: number;
  /** the least standard deviation of a crop that is used */
  readonly leastContrast: number;
}

/** how often a crop is drawn anew where there is too little in it */
const ATTEMPTS = 256;

/**
 * Divides photographs into columns to learn from and, at the right, columns held out, a crop's half apart.
 *
 * @param share of each photograph's columns that is held out, 0 to below 1
 * @throws InputError if a photograph is too small for a crop in each part
 */
export function divideFields(
  where: string,
  photographs: readonly PreparedPhotograph[],
  cropSize: number,
  share: number,
): { readonly training: readonly Field[]; readonly heldOut: readonly Field[] } {
  const training: Field[] = [];
  const heldOut: Field[] = [];
  const gap = share > 0 ? Math.floor(cropSize / 2) : 0;
  for (const { name, pixels } of photographs) {
    const [height, width] = pixels.shape;
    const held = share > 0 ? Math.max(cropSize, Math.round(share * width)) : 0;
    const needed = cropSize + gap + held;
    if (height < cropSize || width < needed) {
      const got = `"${name}" has ${height}x${width} pixels once prepared`;
      refuse(where, `${got}, crops of ${cropSize} with ${share} held out need at least ${cropSize}x${needed}`);
    }
    training.push({ pixels, left: 0, right: width - held - gap });
    if (held > 0) heldOut.push({ pixels, left: width - held, right: width });
  }
  return { training, heldOut };
}

/**
 * A batch of square crops, every place of every field equally likely, without those of too little contrast, each less its mean.
 *
 * @param row of the stream: the same row gives the same crops, whatever was drawn before
 * @returns [count, 1, cropSize, cropSize]
 * @throws InputError if the photographs hold hardly a crop of enough contrast
 */
export function drawCrops(
  fields: readonly Field[],
  count: number,
  settings: CropSettings,
  stream: RandomStream,
  row: number,
): Tensor {
  const { cropSize, leastContrast } = settings;
  const crops = new Float32Array(count * cropSize * cropSize);
  const places = fields.map((field) => placesOf(field, cropSize));
  const total = places.reduce((sum, n) => sum + n, 0);
  for (let i = 0; i < count; i++) {
    const crop = crops.subarray(i * cropSize * cropSize, (i + 1) * cropSize * cropSize);
    let attempt = 0;
    do {
      if (attempt === ATTEMPTS)
        refuse("drawCrops", `${ATTEMPTS} crops in a row have a contrast below ${leastContrast}`);
      copyCrop(crop, fields, places, cropSize, integerAt(total, stream, row, i + count * attempt));
      attempt++;
    } while (centred(crop) < leastContrast);
  }
  return tensor(crops, [count, 1, cropSize, cropSize]);
}

function placesOf({ pixels, left, right }: Field, size: number): number {
  return (pixels.shape[0] - size + 1) * (right - left - size + 1);
}

/** Copies the crop at `place`, counted through all fields. */
function copyCrop(into: Float32Array, fields: readonly Field[], places: number[], size: number, place: number): void {
  let index = 0;
  while (place >= places[index]) place -= places[index++];
  const { pixels, left, right } = fields[index];
  const across = right - left - size + 1;
  const width = pixels.shape[1];
  const start = Math.floor(place / across) * width + left + (place % across);
  const { data } = pixels;
  for (let r = 0, to = 0; r < size; r++) {
    for (let from = start + r * width, end = from + size; from < end; from++) into[to++] = data[from];
  }
}

/** Takes the mean off a crop, in place; returns its standard deviation. */
function centred(crop: Float32Array): number {
  let mean = 0;
  for (let i = 0; i < crop.length; i++) mean += crop[i] / crop.length;
  let power = 0;
  for (let i = 0; i < crop.length; i++) {
    crop[i] -= mean;
    power += crop[i] * crop[i];
  }
  return Math.sqrt(power / crop.length);
}
