/** What the command line asks for: `--shapes S1,S2 --passes f,h --peers torch --threads 1`; `--peers none` runs alone. */
import { parseArgs } from "node:util";
import { type PeerName, peerNames } from "./peers.js";
import { type Pass, passes, type Shape, shapes } from "./shapes.js";

export interface BenchRequest {
  readonly shapes: readonly Shape[];
  readonly passes: readonly Pass[];
  readonly peers: readonly PeerName[];
  readonly threads: readonly (1 | 2)[];
}

/** The items that a comma-separated list names, in their own order; all where there is no list. */
function chosen<T>(
  option: string,
  list: string | undefined,
  all: readonly T[],
  name: (item: T) => string,
): readonly T[] {
  const wanted = list?.split(",") ?? all.map(name);
  const unknown = wanted.find((one) => !all.some((item) => name(item) === one));
  if (unknown !== undefined)
    throw new Error(`--${option} names ${JSON.stringify(unknown)}, ${all.map(name).join(", ")} are there`);
  return all.filter((item) => wanted.includes(name(item)));
}

/** Reads the arguments. */
export function readRequest(args: readonly string[]): BenchRequest {
  const text = { type: "string" } as const;
  const options = { shapes: text, passes: text, peers: text, threads: text };
  const { values } = parseArgs({ args: [...args], options });
  return {
    shapes: chosen("shapes", values.shapes, shapes, ({ id }) => id),
    passes: chosen("passes", values.passes, passes, (pass) => pass),
    peers: values.peers === "none" ? [] : chosen("peers", values.peers, peerNames, (name) => name),
    threads: chosen("threads", values.threads, [1, 2] as const, String),
  };
}
