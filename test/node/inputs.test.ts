import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadInputs } from "../../src/node/inputs.js";

const scratch = () => mkdtempSync(join(tmpdir(), "striate-inputs-"));

describe("an experiment's inputs", () => {
  it("hold a key for each source that is named", async () => {
    expect(await loadInputs({})).toEqual({});
    expect(await loadInputs({ protocol: "white-noise-24x24" })).toMatchObject({
      protocol: { name: "white-noise", frames: 200_000 },
    });
    const { photographs } = await loadInputs({ photographs: "packaged" });
    expect(photographs?.map(({ name }) => name)).toEqual([
      "allium-oreophilum",
      "french-alpine-landscape",
      "airplane-from-above",
      "nagasaki-boats",
    ]);
  });

  it("take a protocol by its path", async () => {
    const path = join(scratch(), "mine.json");
    writeFileSync(
      path,
      readFileSync(join(import.meta.dirname, "../../stimuli/white-noise-16x16.json"), "utf8").replace("200000", "7"),
    );
    expect(await loadInputs({ protocol: path })).toMatchObject({ protocol: { name: "white-noise", frames: 7 } });
  });

  it("are refused by name where they cannot be read", async () => {
    const path = join(scratch(), "bad.json");
    await expect(loadInputs({ protocol: path })).rejects.toThrow(`protocol: ${path} cannot be read: ENOENT`);
    writeFileSync(path, "{ not json");
    await expect(loadInputs({ protocol: path })).rejects.toThrow(`protocol: ${path} is not JSON`);
    writeFileSync(path, '{ "name": "nothing" }');
    await expect(loadInputs({ protocol: path })).rejects.toThrow(
      `protocol: ${path}: name is "nothing", one of "white-noise" is needed`,
    );
    await expect(loadInputs({ protocol: "no-such" })).rejects.toThrow("no-such.json cannot be read");
    await expect(loadInputs({ photographs: path })).rejects.toThrow(path);
    await expect(loadInputs({ recording: { path } })).rejects.toThrow(path);
  });
});
