import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagedPhotographs, photographsIn, readGreyImage } from "../../src/node/images.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "striate-images-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** An image of 8 bits a channel, encoded. */
function encoded(values: number[], channels: 1 | 2 | 3 | 4, width: number) {
  return sharp(Buffer.from(values), { raw: { width, height: values.length / channels / width, channels } });
}

/** A TIFF of one row of float32 greys: TIFF 6.0's header, one directory, one strip. */
function floatTiff(values: number[]): Buffer {
  const strip = 8 + 2 + 10 * 12 + 4;
  const [short, long] = [3, 4];
  const tags = [
    [256, short, values.length], // width
    [257, short, 1], // height
    [258, short, 32], // bits a sample
    [259, short, 1], // not compressed
    [262, short, 1], // 0 is black
    [273, long, strip], // where the strip starts
    [277, short, 1], // samples a pixel
    [278, short, 1], // rows a strip
    [279, long, 4 * values.length], // bytes of the strip
    [339, short, 3], // floating point
  ];
  const file = Buffer.alloc(strip + 4 * values.length);
  file.write("II");
  file.writeUInt16LE(42, 2);
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, value], i) => {
    file.writeUInt16LE(tag, 10 + 12 * i);
    file.writeUInt16LE(type, 12 + 12 * i);
    file.writeUInt32LE(1, 14 + 12 * i);
    file.writeUInt32LE(value, 18 + 12 * i);
  });
  values.forEach((value, i) => {
    file.writeFloatLE(value, strip + 4 * i);
  });
  return file;
}

describe("reading an image", () => {
  it("weighs red, green and blue by BT.601 on the values as stored", async () => {
    const png = await encoded([255, 0, 0, 0, 255, 0, 0, 0, 255, 51, 51, 51], 3, 2).png().toBuffer();
    const { shape, data } = await readGreyImage(png);
    expect(shape).toEqual([2, 2]);
    expect(Array.from(data)).toEqual([0.299, 0.587, 0.114, 0.2].map((value) => expect.closeTo(value, 6)));
  });

  it("reads grey, 8 and 16 bits deep, as it is stored", async () => {
    const eight = await encoded([0, 51, 255], 1, 3).toColourspace("b-w").png().toBuffer();
    expect(Array.from((await readGreyImage(eight)).data)).toEqual([0, 0.2, 1].map((v) => expect.closeTo(v, 6)));
    const raw = { width: 3, height: 1, channels: 1, depth: "ushort" } as const;
    const sixteen = await sharp(Uint16Array.of(0, 1000, 65535), { raw })
      .toColourspace("grey16")
      .png()
      .toBuffer();
    expect((await sharp(sixteen).metadata()).depth).toBe("ushort");
    const { data } = await readGreyImage(sixteen);
    expect(Array.from(data)).toEqual([0, 1000 / 65535, 1].map((value) => expect.closeTo(value, 7)));
  });

  it("shows mid-grey through what is transparent", async () => {
    const png = await encoded([255, 255, 255, 255, 255, 255, 255, 51, 0, 0, 0, 0], 4, 3).png().toBuffer();
    expect(Array.from((await readGreyImage(png)).data)).toEqual([1, 0.6, 0.5].map((v) => expect.closeTo(v, 6)));
  });

  it("turns a picture upright by its orientation tag", async () => {
    const turned = await encoded([0, 255], 1, 2).withMetadata({ orientation: 6 }).png().toBuffer();
    const { shape, data } = await readGreyImage(turned);
    expect(shape).toEqual([2, 1]);
    expect(Array.from(data)).toEqual([0, 1]);
  });

  it("reads PNG, JPEG, WebP and TIFF from a path", async () => {
    for (const format of ["png", "jpeg", "webp", "tiff"] as const) {
      const path = join(folder, `flat.${format}`);
      await encoded(Array(64 * 3).fill(102), 3, 8)
        .toFormat(format)
        .toFile(path);
      const { shape, data } = await readGreyImage(path);
      expect(shape).toEqual([8, 8]);
      for (const value of data) expect(value).toBeCloseTo(0.4, 2);
      await rm(path);
    }
  });

  it("names a file that is missing, no image or truncated, in one line", async () => {
    const missing = join(folder, "missing.png");
    const refused = (source: string | Uint8Array, name?: string) =>
      readGreyImage(source, name).then(
        () => "read",
        (error: Error) => `${error.name} ${error.message}`,
      );
    expect(await refused(missing)).toMatch(`InputError readGreyImage: ${missing} cannot be read: ENOENT`);
    const noImage = await refused(Buffer.from("no image"), "notes.jpg");
    expect(noImage).toMatch("InputError readGreyImage: notes.jpg cannot be decoded as PNG, JPEG, WebP or TIFF: ");
    expect(noImage).not.toMatch("\n");
    expect(await refused(new Uint8Array(0))).toMatch("InputError readGreyImage: the given bytes cannot be decoded");
    const jpeg = await encoded(
      Array.from({ length: 64 * 64 }, (_, i) => (i * 37) % 256),
      1,
      64,
    )
      .jpeg()
      .toBuffer();
    expect(await refused(jpeg.subarray(0, jpeg.length / 2), "half.jpg")).toMatch(
      "InputError readGreyImage: half.jpg cannot be decoded",
    );
  });

  it("refuses images of other number types by name", async () => {
    const float = floatTiff([0, 1]);
    expect((await sharp(float).metadata()).depth).toBe("float");
    await expect(readGreyImage(float, "float.tiff")).rejects.toThrow(
      "readGreyImage: float.tiff is a tiff of type float, 8 or 16 bits a channel are needed",
    );
  });
});

describe("the packaged photographs", () => {
  it("are four, of 2.9 megapixels in all, with greys from 0 to 1", async () => {
    const photographs = await packagedPhotographs();
    expect(photographs.map(({ name, pixels }) => [name, ...pixels.shape])).toEqual([
      ["allium-oreophilum", 1024, 807],
      ["french-alpine-landscape", 484, 1024],
      ["airplane-from-above", 717, 1024],
      ["nagasaki-boats", 819, 1024],
    ]);
    for (const { pixels } of photographs) {
      const least = Array.from(pixels.data).reduce((a, b) => Math.min(a, b), 2);
      const most = Array.from(pixels.data).reduce((a, b) => Math.max(a, b), -1);
      expect(least).toBeGreaterThanOrEqual(0);
      expect(most).toBeLessThanOrEqual(1);
      expect(most - least).toBeGreaterThan(0.5);
    }
  });
});

describe("a folder of photographs", () => {
  it("is read in the order of the names, other files left alone", async () => {
    const own = await mkdtemp(join(folder, "own-"));
    for (const name of ["b.png", "a.JPG"])
      await writeFile(join(own, name), await encoded([0, 9], 1, 2).png().toBuffer());
    await writeFile(join(own, "notes.txt"), "no image");
    const photographs = await photographsIn(own);
    expect(photographs.map(({ name, pixels }) => [name, ...pixels.shape])).toEqual([
      ["a.JPG", 1, 2],
      ["b.png", 1, 2],
    ]);
  });

  it("is refused where it is missing, empty of images, or holds a broken one, which is named", async () => {
    await expect(photographsIn(join(folder, "none"))).rejects.toThrow(
      /^photographsIn: folder .*none cannot be read: ENOENT/,
    );
    const own = await mkdtemp(join(folder, "own-"));
    await expect(photographsIn(own)).rejects.toThrow(`photographsIn: folder ${own} holds no image, .png, .jpg`);
    await writeFile(join(own, "broken.png"), "no image");
    await expect(photographsIn(own)).rejects.toThrow(`readGreyImage: ${join(own, "broken.png")} cannot be decoded`);
  });
});
