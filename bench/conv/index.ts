/**
 * The convolution, forward, `g` and `h`, on the shapes that it is held to, one and two threads, beside its peers: effective
 * GFLOP/s (operations of the direct sum, over time), multiples of R, the algorithm that `auto` took, its error against float64.
 *
 *     npx tsx bench/conv [--shapes S1,S2] [--passes f,g,h] [--threads 1,2] [--peers torch,tfjs,ort | none]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startConvThreads } from "../../src/node/conv-threads.js";
import { machine, printRecord, steadyTile } from "../harness.js";
import { startCeiling } from "./ceiling.js";
import { measure, type Row } from "./measure.js";
import { errorMeter } from "./oracle.js";
import { type Peer, peerKinds, startPeer } from "./peers.js";
import { headOf, lineOf, verdicts } from "./report.js";
import { type BenchRequest, readRequest } from "./request.js";
import { arraysOf, type Shape } from "./shapes.js";

/** The peers that are there, each told; those that are not, told loudly. */
async function startPeers({ peers, threads }: BenchRequest): Promise<Peer[]> {
  const started: Peer[] = [];
  for (const name of peers) {
    for (const count of threads) {
      const peer = await startPeer(name, count);
      if ("absent" in peer) console.log(`!!! ${peerKinds[name].title} is ABSENT, ${count} thread(s): ${peer.absent}`);
      else {
        started.push(peer);
        console.log(`peer, ${count} thread(s): ${peer.title}`);
      }
    }
  }
  return started;
}

async function rowsOf(shape: Shape, request: BenchRequest, peers: readonly Peer[], folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  const meters = new Map<string, ReturnType<typeof errorMeter>>();
  for (const threads of request.threads) {
    const pool = await startConvThreads({ threads });
    if (pool.threads < threads) console.log(`!!! ${threads} threads are not to be had: ${pool.reason}`);
    const ceiling = threads > 1 ? startCeiling() : undefined;
    const arrays = arraysOf(shape);
    for (const name of ["V", "K", "G"] as const) writeFileSync(join(folder, `${name}.f32`), arrays[name].data);
    for (const pass of request.passes) {
      const meter = meters.get(pass) ?? errorMeter(shape, pass, arrays);
      meters.set(pass, meter);
      const there = peers.filter((peer) => peer.threads === threads);
      const row = await measure({ shape, pass, threads, arrays, meter, folder, peers: there, ceiling });
      console.log(lineOf(row, request.peers));
      rows.push(row);
    }
    ceiling?.stop();
    await pool.stop();
  }
  return rows;
}

const request = readRequest();
const folder = mkdtempSync(join(tmpdir(), "striate-bench-"));
const R = steadyTile();
console.log(`${machine()}\nR, the tile out of L1, one thread: ${R.toFixed(1)} GFLOP/s`);
const peers = await startPeers(request);
console.log(`\n${headOf(request.peers)}`);
const rows: Row[] = [];
try {
  for (const shape of request.shapes) rows.push(...(await rowsOf(shape, request, peers, folder)));
} finally {
  for (const peer of peers) peer.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${verdicts(rows, request.peers).join("\n")}`);
printRecord("conv", {
  R,
  peers: peers.map(({ title }) => title),
  rows: rows.map(({ shape, ...row }) => ({ shape: shape.id, ...row })),
});
process.exit(0);
