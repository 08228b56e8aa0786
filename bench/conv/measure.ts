/** One row of the table: one pass of one shape, ours and the peers in alternation. */
import { join } from "node:path";
import { sharedZeros } from "../../src/tensor/storage.js";
import { middle, rawTile, secondsOf, speedOf } from "../harness.js";
import type { Ceiling } from "./ceiling.js";
import { type Contender, enter, type PeerResult, resultOf, share, takeTurn } from "./contender.js";
import type { errorMeter, Measured } from "./oracle.js";
import { algorithmOf, runPass } from "./ours.js";
import type { Peer } from "./peers.js";
import { type Arrays, operationsOf, outputShape, type Pass, paddingOf, type Shape } from "./shapes.js";

export interface Row {
  readonly shape: Shape;
  readonly pass: Pass;
  readonly threads: 1 | 2;
  readonly algorithm: string;
  /** multiples of R into a tensor that is kept, where `speed` is with a fresh result each time */
  readonly kept: number;
  readonly speed: ReturnType<typeof speedOf>;
  readonly accuracy: Measured;
  /** the raw tile on two threads at once over one, measured in between; 1 for one thread */
  readonly ceiling: number;
  readonly peers: readonly PeerResult[];
}

/** What is measured, and what with. */
export interface Trial {
  readonly shape: Shape;
  readonly pass: Pass;
  readonly threads: 1 | 2;
  readonly arrays: Arrays;
  readonly meter: ReturnType<typeof errorMeter>;
  /** where the arrays lie for the peers */
  readonly folder: string;
  readonly peers: readonly Peer[];
  readonly ceiling: Ceiling | undefined;
}

const rounds = 15;

/** Errors above these are not timed; the gradient of the kernels sums over every place. */
const bounds: Readonly<Record<Pass, number>> = { f: 2e-5, g: 5e-5, h: 2e-5 };

/** Runs until the compiler has done its work: eight calls, or for a second. */
function warmUp(run: () => unknown): void {
  for (let i = 0, used = 0; i < 8 && used < 1; i++) used += secondsOf(run);
}

interface Times {
  readonly seconds: number[];
  readonly R: number[];
  readonly keptSeconds: number[];
  readonly ceilings: number[];
}

/** Runs ours, with a fresh result and into one that is kept, and the peers in turn. */
async function alternateAll(
  run: () => unknown,
  runKept: () => unknown,
  contenders: readonly Contender[],
  ceiling: Ceiling | undefined,
): Promise<Times> {
  const times: Times = { seconds: [], R: [], keptSeconds: [], ceilings: [] };
  for (let round = 0, used = 0; round < rounds && (round < 3 || used < 2 * share); round++) {
    times.ceilings.push((await ceiling?.measure()) ?? 1);
    times.R.push(rawTile());
    const ours = secondsOf(run);
    times.seconds.push(ours);
    times.keptSeconds.push(secondsOf(runKept));
    used += ours;
    for (const contender of contenders) await takeTurn(contender, ours);
  }
  return times;
}

/** Checks ours, then the peers against it, then starts the clock. */
export async function measure({ shape, pass, threads, arrays, meter, folder, peers, ceiling }: Trial): Promise<Row> {
  const result = runPass(shape, pass, arrays);
  const accuracy = meter(result.data);
  if (!(accuracy.error <= bounds[pass]))
    throw new Error(`${shape.id} ${pass} is off by ${accuracy.error} of the largest number: not timed`);
  const [pad, places] = [paddingOf(shape), outputShape(shape).at(-1)!];
  const contenders: Contender[] = [];
  const absent: PeerResult[] = [];
  for (const peer of peers) {
    const problem = { pass, shape, pad, places, folder, result: join(folder, `${peer.name}.f32`) };
    const entered = await enter(peer, problem, result.data);
    if ("failed" in entered) absent.push(entered);
    else contenders.push(entered);
  }
  const run = () => runPass(shape, pass, arrays);
  warmUp(run);
  const kept = sharedZeros(result.shape);
  const runKept = () => runPass(shape, pass, arrays, { into: kept });
  warmUp(runKept);
  const times = await alternateAll(run, runKept, contenders, ceiling);
  const speed = speedOf(operationsOf(shape), times);
  const { multiplesOfR } = speedOf(operationsOf(shape), { seconds: times.keptSeconds, R: times.R });
  const results = [...contenders.map((contender) => resultOf(contender, speed.median)), ...absent];
  const algorithm = algorithmOf(shape, pass, arrays);
  const found = { algorithm, kept: multiplesOfR, speed, accuracy, ceiling: middle(times.ceilings) };
  return { shape, pass, threads, ...found, peers: results };
}
