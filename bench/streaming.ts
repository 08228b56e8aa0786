/**
 * A spike-triggered average of noise that is made where it is used: frames a second and the most memory, which must not grow with
 * the recording; then the average and the covariances of a recording in memory beside NumPy, both on one thread.
 *
 * npx tsx bench/streaming.ts [frames 100000 1000000 …]   (10000000 takes some minutes; 0 leaves the streaming out)
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poissonSpikes } from "../src/cells/poisson-spikes.js";
import { simpleCell } from "../src/cells/simple-cell.js";
import { spikesFrom } from "../src/cells/spikes.js";
import { renderGabor } from "../src/math/gabor.js";
import { pixelsOf } from "../src/math/grid.js";
import { averageAccumulator } from "../src/reverse-correlation/accumulators/average-accumulator.js";
import { momentsAccumulator } from "../src/reverse-correlation/accumulators/moments-accumulator.js";
import { spikeTriggeredAverage } from "../src/reverse-correlation/average/spike-triggered-average.js";
import { averageGain, expectedAverageCorrelation } from "../src/reverse-correlation/goodness/theory.js";
import { blockFrames } from "../src/reverse-correlation/pairing.js";
import { stimulusFrom } from "../src/stimuli/given-frames.js";
import type { Stimulus } from "../src/stimuli/stimulus.js";
import { whiteNoise } from "../src/stimuli/white-noise.js";
import { tensor } from "../src/tensor/tensor.js";
import { machine, middle, normal, printRecord, relativeError, secondsOf } from "./harness.js";

const grid = { height: 32, width: 32 };
const pixels = pixelsOf(grid);
const frameSeconds = 1 / 60;
const lags = 12;
const chunkFrames = 4 * blockFrames;
const gabor = { amplitude: 1, betaX: 0.05, betaY: 0.03, frequency: 0.9, phase: 0.5, x0: 0, y0: 0, tau: 0.5 };
const cell = simpleCell(gabor);
const field = renderGabor(gabor, grid).data;
const norm = Math.hypot(...field);
/** A drive of two standard deviations gives the peak rate. */
const rate = { peakRate: 100, peakDrive: (2 * norm) ** 2, seed: 2 };

/** The noise of one chunk is made once, in the same array every time, for the cell and for the average. */
function streamed(noise: Stimulus, onChunk?: () => void) {
  const accumulator = averageAccumulator({ grid, lags, frameSeconds });
  const room = new Float32Array((chunkFrames + lags - 1) * pixels);
  let squares = 0;
  for (let from = 0; from < noise.frames; from += chunkFrames) {
    const start = Math.max(0, from - lags + 1);
    const count = Math.min(from + chunkFrames, noise.frames) - start;
    const stimulus = stimulusFrom(tensor(noise.read(start, count, room), [count, grid.height, grid.width]), {
      frameSeconds,
    });
    const spikes = poissonSpikes(cell.respond(stimulus), { ...rate, firstFrame: start });
    accumulator.add({ stimulus, spikes, start, from });
    for (const n of spikes.counts.subarray(from - start)) squares += n * n;
    onChunk?.();
  }
  return { estimate: accumulator.result(), squares };
}

const correlation = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < b.length; i++) [ab, aa, bb] = [ab + a[i]! * b[i]!, aa + a[i]! ** 2, bb + b[i]! ** 2];
  return ab / Math.sqrt(aa * bb);
};

const noiseOf = (frames: number) => whiteNoise({ grid, frames, frameSeconds, seed: 1 });

function checkStreaming(): void {
  const noise = noiseOf(3 * chunkFrames + 100);
  const { estimate } = streamed(noise);
  const whole = spikeTriggeredAverage(noise, poissonSpikes(cell.respond(noise), rate), { lags });
  const off = estimate.kernel.data.findIndex((value, i) => value !== whole.kernel.data[i]);
  if (off >= 0 || estimate.spikesUsed !== whole.spikesUsed) throw new Error(`streamed and whole differ at ${off}`);
}

function streamingRow(frames: number) {
  let most = 0;
  let run: ReturnType<typeof streamed> | undefined;
  const seconds = secondsOf(() => {
    run = streamed(noiseOf(frames), () => {
      most = Math.max(most, process.memoryUsage().rss);
    });
  });
  const { estimate, squares } = run!;
  const measured = correlation(estimate.kernel.data.subarray(0, pixels), field);
  const theory = expectedAverageCorrelation(averageGain.squared, pixels, estimate.spikesUsed ** 2 / squares);
  return { frames, seconds, framesPerSecond: frames / seconds, megabytes: most / 2 ** 20, measured, theory };
}

/** NumPy's own way: one product, of weights and frames; centred frames times themselves, which BLAS does as a triangle. */
const script = `
import json, sys, time
import numpy
folder, pixels, lags = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
bank = numpy.fromfile(folder + "/bank", numpy.float32).reshape(-1, pixels)
n = numpy.fromfile(folder + "/counts", numpy.float32)
X = bank[(numpy.arange(len(n)) * 997) % len(bank)]
def timed(run, calls):
    seconds = []
    for _ in range(calls + 1):
        start = time.perf_counter()
        result = run()
        seconds.append(time.perf_counter() - start)
    return seconds[1:], result
def average():
    W = numpy.zeros((lags, len(n)), numpy.float32)
    for k in range(lags):
        W[k, max(0, lags - 1 - k):len(n) - k] = n[max(k, lags - 1):]
    return W @ X / n[lags - 1:].sum()
sta, S = timed(average, 5)
X, n = X[:len(n) // 2], n[:len(n) // 2] + 1
def covariances():
    Z = X - X.mean(0)
    Y = Z * numpy.sqrt(n)[:, None]
    s = n @ Z / n.sum()
    return Z.T @ Z / len(n), Y.T @ Y / n.sum() - numpy.outer(s, s)
stc, (A, B) = timed(covariances, 3)
numpy.concatenate([S.ravel(), A.ravel(), B.ravel()]).astype(numpy.float64).tofile(folder + "/result")
print(json.dumps({"version": numpy.__version__, "sta": sta, "stc": stc}))`;

interface Peer {
  readonly version: string;
  readonly sta: number[];
  readonly stc: number[];
  readonly result: Float64Array;
}

function numpy(bank: Float32Array, counts: Float32Array): Peer | undefined {
  const folder = mkdtempSync(join(tmpdir(), "streaming-"));
  try {
    writeFileSync(join(folder, "bank"), bank);
    writeFileSync(join(folder, "counts"), counts);
    const env = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    const { status, stdout } = spawnSync("python3", ["-c", script, folder, `${pixels}`, `${lags}`], { env });
    if (status !== 0) return undefined;
    const bytes = readFileSync(join(folder, "result"));
    const result = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    return { ...JSON.parse(`${stdout}`), result };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A recording whose frames are those of a bank, again and again in another order: all of it lies in memory. */
function inMemory(bank: Float32Array, frames: number): Stimulus {
  const data = new Float32Array(frames * pixels);
  for (let t = 0; t < frames; t++) {
    const from = ((t * 997) % (bank.length / pixels)) * pixels;
    data.set(bank.subarray(from, from + pixels), t * pixels);
  }
  return stimulusFrom(tensor(data, [frames, grid.height, grid.width]), { frameSeconds });
}

const timed = (run: () => unknown, calls: number) => Array.from({ length: calls + 1 }, () => secondsOf(run)).slice(1);

function checkAgreement(name: string, got: ArrayLike<number>, wanted: Float64Array | undefined): void {
  if (wanted === undefined) return;
  const error = relativeError(got, wanted);
  if (!(error < 1e-4)) throw new Error(`${name} is off NumPy's by ${error} of the largest number: not timed`);
}

function speeds() {
  const [bank, frames] = [normal(4096 * pixels, 3), 200_000];
  const counts = Float32Array.from({ length: frames }, (_, t) => Math.max(0, Math.ceil(3 * Math.sin(t * t) - 1)));
  const peer = numpy(bank, counts);
  const stimulus = inMemory(bank, frames);
  const spikes = spikesFrom(counts, { frameSeconds });
  const average = () => spikeTriggeredAverage(stimulus, spikes, { lags });
  const size = lags * pixels;
  checkAgreement("the average", average().kernel.data, peer?.result.subarray(0, size));

  const half = frames / 2;
  const shown: Stimulus = { ...stimulus, frames: half };
  const every = spikesFrom(
    counts.slice(0, half).map((n) => n + 1),
    { frameSeconds },
  );
  const moments = () => momentsAccumulator({ grid, frameSeconds }).add({ stimulus: shown, spikes: every }).result();
  const { all, spikes: own } = moments();
  checkAgreement("the covariance of all", all.covariance, peer?.result.subarray(size, size + pixels ** 2));
  checkAgreement("the covariance of the spikes'", own.covariance, peer?.result.subarray(size + pixels ** 2));
  return [
    {
      name: `average of ${frames} frames of ${pixels} pixels, ${lags} lags`,
      ours: timed(average, 5),
      numpy: peer?.sta,
    },
    { name: `both covariances of ${half} frames with spikes`, ours: timed(moments, 3), numpy: peer?.stc },
  ].map((row) => ({ ...row, version: peer?.version }));
}

console.log(machine());
checkStreaming();
console.log("streamed and whole agree in every bit\n");
const asked = process.argv.slice(2).map(Number);
const lengths = (asked.length > 0 ? asked : [100_000, 1_000_000]).filter((frames) => frames > 0);
console.log("    frames   seconds  frames/s   most MiB  correlation  theory");
const streaming = lengths.map((frames) => {
  const row = streamingRow(frames);
  console.log(
    `${frames}`.padStart(10) +
      row.seconds.toFixed(1).padStart(10) +
      row.framesPerSecond.toFixed(0).padStart(10) +
      row.megabytes.toFixed(0).padStart(11) +
      row.measured.toFixed(4).padStart(13) +
      row.theory.toFixed(4).padStart(8),
  );
  return row;
});
const rows = speeds();
console.log("\nseconds, median and p90");
for (const { name, ours, numpy: peer, version } of rows) {
  const text = (seconds: readonly number[]) => `${middle(seconds).toFixed(3)} ${middle(seconds, 0.9).toFixed(3)}`;
  console.log(`${name}: ${text(ours)}; ${peer ? `numpy ${version} ${text(peer)}` : "no numpy to set beside"}`);
}
printRecord("streaming", { streaming, rows });
