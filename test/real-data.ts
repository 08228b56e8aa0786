import { existsSync } from "node:fs";
import { join } from "node:path";

/** A file of the real data, or undefined, with a warning, where this machine does not have it. */
export function realFile(path: string): string | undefined {
  const full = join(process.env.STRIATE_DATA ?? "../shared/data", path);
  if (existsSync(full)) return full;
  console.warn(`SKIPPED: ${full} is not here; STRIATE_DATA names the folder of the real recordings`);
  return undefined;
}
