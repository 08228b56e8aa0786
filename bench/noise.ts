/**
 * Seeded normals: the compiled kernel beside its twin and beside Math.random with Math.log and Math.cos, and what stands on
 * them, 200,000 frames of 24x24 white noise, read alone and through a simple cell. The bits are compared before the clock.
 */
import { poissonSpikes } from "../src/cells/poisson-spikes.js";
import { simpleCell } from "../src/cells/simple-cell.js";
import { fillNormalsTwin } from "../src/kernels/normals.js";
import { compileRowFillers, type RowFillers } from "../src/kernels/normals-fill.js";
import { noiseDistributions, whiteNoise } from "../src/stimuli/white-noise.js";

const PIXELS = 24 * 24;
const FRAMES = 200_000;

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly p90: number;
}

/** The median and the 90th percentile of `runs` timings of `work` in milliseconds, each times `scale`. */
function timed(name: string, unit: string, runs: number, scale: number, work: () => void): Row {
  work();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) * scale;
  }).sort((a, b) => a - b);
  return { name, unit, median: times[runs >> 1], p90: times[Math.ceil(0.9 * runs) - 1] };
}

/** What an engine's own functions take for the same: neither seeded nor alike on two engines. */
function fillByEngine(out: Float32Array): void {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    const angle = 2 * Math.PI * Math.random();
    out[i] = radius * Math.cos(angle);
    out[i + 1] = radius * Math.sin(angle);
  }
}

function checkBits(compiled: RowFillers): void {
  const [fast, slow] = [new Int32Array(PIXELS), new Int32Array(PIXELS)];
  for (let row = 0; row < 2000; row++) {
    compiled.normals(new Float32Array(fast.buffer), row, 0, 1, 17, 0);
    fillNormalsTwin(new Float32Array(slow.buffer), row, 0, 1, 17, 0);
    const wrong = fast.findIndex((bits, i) => bits !== slow[i]);
    if (wrong >= 0) throw new Error(`row ${row}: normal ${wrong} differs between the kernel and its twin`);
  }
}

const compiled = compileRowFillers();
if (compiled === undefined) throw new Error("this engine has no WASM SIMD: there is nothing to compare");
checkBits(compiled);

const frame = new Float32Array(PIXELS);
const perNormal = (rows: number) => 1e6 / (rows * PIXELS);
const normals = (rows: number, fill: (row: number) => void) => () => {
  for (let row = 0; row < rows; row++) fill(row);
};
const options = { grid: { height: 24, width: 24 }, frames: FRAMES, frameSeconds: 1 / 60, seed: 1 };
const gabor = { amplitude: 1, betaX: 0.05, betaY: 0.03, frequency: 0.9, phase: 0.5, x0: 0, y0: 0, tau: 0.5 };
const response = simpleCell(gabor).respond(whiteNoise(options));
const block = new Float32Array(100 * PIXELS);

const rows: Row[] = [
  timed(
    "normals, kernel",
    "ns each",
    20,
    perNormal(20_000),
    normals(20_000, (row) => compiled.normals(frame, row, 0, 1, 17, 0)),
  ),
  timed(
    "normals, twin",
    "ns each",
    10,
    perNormal(2000),
    normals(2000, (row) => fillNormalsTwin(frame, row, 0, 1, 17, 0)),
  ),
  timed(
    "normals, Math.random",
    "ns each",
    10,
    perNormal(2000),
    normals(2000, () => fillByEngine(frame)),
  ),
  ...noiseDistributions.map((distribution) => {
    const noise = whiteNoise({ ...options, distribution });
    return timed(`white noise, ${distribution}`, "ms for 200,000 frames of 24x24", 3, 1, () => {
      for (let start = 0; start < FRAMES; start += 100) noise.read(start, 100, block);
    });
  }),
  timed("noise and simple cell", "ms for 200,000 frames of 24x24", 3, 1, () => {
    simpleCell(gabor).respond(whiteNoise(options));
  }),
  timed("Poisson spikes", "ms for 200,000 frames", 5, 1, () => {
    poissonSpikes(response, { peakRate: 100, seed: 1 });
  }),
];

console.log("2000 rows of 576 normals: kernel and twin agree in every bit\n");
for (const { name, unit, median, p90 } of rows)
  console.log(`${name.padEnd(24)}${median.toFixed(2).padStart(9)} (p90 ${p90.toFixed(2)}) ${unit}`);
console.log(`\n${JSON.stringify({ bench: "noise", node: process.version, rows })}`);
