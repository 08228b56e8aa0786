import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { refuse } from "../tensor/errors.js";

/** A folder in the making: files are staged in it and take their final names together. */
export interface ReportFolder {
  readonly path: string;
  /** stages a file under a name such as `figures/field.svg` */
  readonly stage: (name: string, content: string | Uint8Array) => Promise<void>;
  /** gives every staged file its final name, over what was there; returns the names */
  readonly publish: () => Promise<string[]>;
  /** takes the staged files away; what the folder held before stays as it was */
  readonly discard: () => Promise<void>;
}

/**
 * Opens a folder for a report, and makes it where it is missing. That it can be written is known at once, before an
 * experiment runs for minutes; until `publish` nothing stands under a final name.
 *
 * @throws InputError if the folder cannot be made or written, naming it
 */
export async function openReportFolder(path: string): Promise<ReportFolder> {
  const folder = resolve(path);
  const cannot = (error: Error): never => refuse("out", `folder ${path} cannot be written: ${error.message}`);
  const made = await mkdir(folder, { recursive: true }).catch(cannot);
  const staging = await mkdtemp(join(folder, ".staging-")).catch(cannot);
  const discard = async (): Promise<void> => {
    await rm(staging, { recursive: true, force: true });
    // A folder that was made for this run alone goes again, unless something was published into it.
    if (made !== undefined && (await readdir(folder)).length === 0) await rm(made, { recursive: true });
  };
  return {
    path: folder,
    discard,
    async stage(name, content) {
      await mkdir(dirname(join(staging, name)), { recursive: true });
      await writeFile(join(staging, name), content);
    },
    async publish() {
      const entries = await readdir(staging, { recursive: true, withFileTypes: true });
      const names = entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(staging, join(entry.parentPath, entry.name)));
      for (const name of names) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await rename(join(staging, name), join(folder, name));
      }
      await discard();
      return names.sort();
    },
  };
}
