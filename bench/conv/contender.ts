/** A peer's part in one row: the way it goes, checked against our result, and its times. */
import { readFileSync, rmSync } from "node:fs";
import { middle, relativeError } from "../harness.js";
import type { Problem } from "./peer-protocol.js";
import { type Peer, patience, routesOf, tooSlow } from "./peers.js";

/** Seconds that one contender may take in a row; where one warm call takes as long, that call is all. */
export const share = 1.2;

/** A peer that runs in turn with us. */
export interface Contender {
  readonly peer: Peer;
  readonly route: string;
  readonly seconds: number[];
  /** its time over ours, call by call */
  readonly ratios: number[];
  /** why it does not go on */
  broken?: string;
}

/** What a peer did, or why it did not. */
export type PeerResult =
  | {
      readonly name: Peer["name"];
      readonly route: string;
      /** seconds */
      readonly median: number;
      readonly calls: number;
      /** its time over ours, of calls one after the other: above 1 we are ahead */
      readonly ahead: number;
    }
  | { readonly name: Peer["name"]; readonly failed: string };

/** Both sum in float32, in orders and by algorithms of their own. */
const agreement = 1e-4;

/** Prepares a route in the peer, holds its result to ours, warms it up: seconds of a call. */
async function tryRoute(peer: Peer, problem: Problem, ours: ArrayLike<number>, limit = patience): Promise<number> {
  const first = (await peer.ask({ problem }, limit))[0]!;
  const bytes = readFileSync(problem.result);
  rmSync(problem.result);
  const off = relativeError(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), ours);
  if (!(off < agreement)) throw new Error(`its result is off by ${off.toExponential(1)} of the largest number`);
  if (first >= patience / 4) return first;
  return Math.min(...(await peer.ask({ run: Math.min(6, Math.ceil(share / 4 / first)) })));
}

/** The times of those of the peer's ways that give the right result, and what the others failed of. */
async function tryRoutes(peer: Peer, problem: Omit<Problem, "route">, ours: ArrayLike<number>) {
  const times = new Map<string, number>();
  const failures: string[] = [];
  let ready = "";
  for (const route of routesOf(peer.name, problem.pass, problem.shape)) {
    // Only the fastest counts, so another way need not take longer than the best so far, and what it takes to prepare it.
    const limit = Math.min(patience, 4 + Math.min(...times.values()));
    try {
      times.set(route, await tryRoute(peer, { ...problem, route }, ours, limit));
      ready = route;
    } catch (error) {
      const { message } = error as Error;
      if (message === tooSlow(patience)) times.set(route, patience);
      failures.push(`${route}: ${message}`);
      ready = "";
    }
  }
  return { times, failures, ready };
}

/** The fastest of the peer's ways, ready to run; or what each failed of. */
export async function enter(
  peer: Peer,
  problem: Omit<Problem, "route">,
  ours: ArrayLike<number>,
): Promise<Contender | { readonly name: Peer["name"]; readonly failed: string }> {
  const { times, failures, ready } = await tryRoutes(peer, problem, ours);
  const [best] = [...times].sort(([, a], [, b]) => a - b);
  if (!best) return { name: peer.name, failed: failures.join("; ") };
  const [route, seconds] = best;
  const contender: Contender = { peer, route, seconds: [], ratios: [] };
  if (seconds >= share) contender.seconds.push(seconds);
  else if (route !== ready) await tryRoute(peer, { ...problem, route }, ours);
  return contender;
}

/** Runs the peer once, if its share is not used up. */
export async function takeTurn(contender: Contender, ours: number): Promise<void> {
  const { peer, seconds, ratios, broken } = contender;
  if (broken !== undefined || seconds.reduce((sum, time) => sum + time, 0) >= share) return;
  try {
    const theirs = (await peer.ask({ run: 1 }))[0]!;
    seconds.push(theirs);
    ratios.push(theirs / ours);
  } catch (error) {
    contender.broken = (error as Error).message;
  }
}

/** What a contender's calls come to; of one call alone, beside the median of ours. */
export function resultOf({ peer, route, seconds, ratios, broken }: Contender, ours: number): PeerResult {
  if (broken !== undefined) return { name: peer.name, failed: `${route}: ${broken}` };
  const median = middle(seconds);
  const ahead = ratios.length > 0 ? middle(ratios) : median / ours;
  return { name: peer.name, route, median, calls: seconds.length, ahead };
}
