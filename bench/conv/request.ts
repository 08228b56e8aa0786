/** What the command line asks for: `--shapes S1,S2 --passes f,h --peers torch --threads 1`; `--peers none` runs alone. */
import { readOptions } from "../harness.js";
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

const usage = "usage: bench/conv [--shapes S1,S2] [--passes f,g,h] [--threads 1,2] [--peers torch,tfjs,ort | none]";

/** Reads the command line. */
export function readRequest(): BenchRequest {
  return readOptions(usage, ["shapes", "passes", "peers", "threads"], (values) => ({
    shapes: chosen("shapes", values.shapes, shapes, ({ id }) => id),
    passes: chosen("passes", values.passes, passes, (pass) => pass),
    peers: values.peers === "none" ? [] : chosen("peers", values.peers, peerNames, (name) => name),
    threads: chosen("threads", values.threads, [1, 2] as const, String),
  }));
}
