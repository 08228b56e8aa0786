/** The most that two threads can gain here: the raw tile on both at once. Hyperthreads of one core gain nothing. */
import { fileURLToPath } from "node:url";
import { tileFor } from "../harness.js";
import { talkWith } from "./peers.js";

export interface Ceiling {
  /** the speed of both at once over that of one alone */
  readonly measure: () => Promise<number>;
  readonly stop: () => void;
}

/** Starts the second tile, in a process of its own. */
export function startCeiling(): Ceiling {
  const talk = talkWith([
    process.execPath,
    ...process.execArgv,
    fileURLToPath(new URL("./peer-tile.ts", import.meta.url)),
  ]);
  const measure = async () => {
    const alone = tileFor(20);
    const other = talk.ask("40", 60);
    // The other one needs a moment to start: the sum is then of two that do run together.
    const both = tileFor(30);
    return (both + Number(await other)) / alone;
  };
  return { measure, stop: talk.stop };
}
