import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
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
  if (path.trim() === "") refuse("out", "the name of the folder is empty");
  const folder = resolve(path);
  const cannot = (error: Error): never => refuse("out", `folder ${path} cannot be written: ${error.message}`);
  const made = await makeFolder(folder).catch(cannot);
  await checkNames(path, folder);
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
      await writeFile(join(staging, fileList), `${JSON.stringify(names.sort(), undefined, 1)}\n`);
      await removeEarlier(folder, names);
      for (const name of [...names, fileList]) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await rename(join(staging, name), join(folder, name));
      }
      await discard();
      return names.sort();
    },
  };
}

/** The names that a run gives: all that it may find as a file or a folder, and replace. */
const publishedFiles = ["report.html", "results.json", "results.partial.json"];
const publishedFolder = "figures";
/** What a report lists of itself, so that the next one can take it away. */
const fileList = "files.json";

/** Makes a folder and what it lies in; returns the first that was made. Step by step: Node's own way hangs in /proc. */
async function makeFolder(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return undefined;
  const above = dirname(folder) === folder ? undefined : await makeFolder(dirname(folder));
  await mkdir(folder);
  return above ?? folder;
}

/** Throws if a name that the report will take is of the other kind, before anything runs. */
async function checkNames(path: string, folder: string): Promise<void> {
  for (const name of [...publishedFiles, fileList, publishedFolder]) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found === undefined || found.isDirectory() === (name === publishedFolder)) continue;
    const [is, needed] = found.isDirectory() ? ["a folder", "a file"] : ["a file", "a folder"];
    refuse("out", `${join(path, name)} is ${is}, the report needs ${needed} of that name`);
  }
}

/** Takes away what an earlier report left under names that this one does not give; other files are nobody's business here. */
async function removeEarlier(folder: string, names: readonly string[]): Promise<void> {
  for (const name of await earlierNames(folder)) {
    const own = publishedFiles.includes(name) || /^figures\/[a-z0-9-]+\.(svg|png)$/.test(name);
    if (own && !names.includes(name)) await rm(join(folder, name), { force: true });
  }
}

/** The names that the report in the folder lists; none where there is no list, or it is not ours. */
async function earlierNames(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, fileList), "utf8").catch(() => "[]");
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
