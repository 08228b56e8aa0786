/**
 * Winograd's minimal filtering on the layers that it is made for: effective speed (multiply-adds of the direct sum, times two,
 * over time), in GFLOP/s and in multiples of R, the tile of the product running out of the first level of the cache in the same
 * run; and errors against float64 of every filter F(m, r), in two dimensions, over 64 channels.
 */
import { directConv, directInputGradient, directKernelGradient } from "../src/conv/direct.js";
import { type Geometry, geometryOf } from "../src/conv/geometry.js";
import type { GeometryOptions } from "../src/conv/options.js";
import { winogradConv, winogradInputGradient, winogradKernelGradient } from "../src/conv/winograd-conv.js";
import { sizeOf } from "../src/tensor/tensor.js";
import { alternate, machine, normal, printRecord, relativeError, speedOf, steadyTile } from "./harness.js";

type Pass = "f" | "g" | "h";

interface Row {
  readonly name: string;
  readonly pass: Pass;
  /** seconds */
  readonly median: number;
  readonly p90: number;
  readonly gflops: number;
  readonly multiplesOfR: number;
  /** of the largest number, against float64 */
  readonly error: number;
}

const bounds: Readonly<Record<Pass, number>> = { f: 1e-5, g: 5e-5, h: 1e-5 };

/** The three passes on normal data: how to run each, and its error against float64. */
function passes(g: Geometry): { pass: Pass; run: () => void; error: () => number }[] {
  const [V, K, G] = [g.inputShape, g.kernelShape, g.outputShape].map((shape, i) => normal(sizeOf(shape), i + 1));
  const [Z, dK, dV] = [new Float32Array(G!.length), new Float32Array(K!.length), new Float32Array(V!.length)];
  const exact = (length: number, compute: (into: Float64Array) => void) => {
    const into = new Float64Array(length);
    compute(into);
    return into;
  };
  const run: Readonly<Record<Pass, () => void>> = {
    f: () => winogradConv(g, V!, K!, Z),
    g: () => winogradKernelGradient(g, G!, V!, dK),
    h: () => winogradInputGradient(g, K!, G!, dV.fill(0)),
  };
  const errorOf = (pass: Pass) => {
    run[pass]();
    if (pass === "f")
      return relativeError(
        Z,
        exact(Z.length, (into) => directConv(g, V!, K!, into)),
      );
    if (pass === "g")
      return relativeError(
        dK,
        exact(dK.length, (into) => directKernelGradient(g, G!, V!, into)),
      );
    return relativeError(
      dV,
      exact(dV.length, (into) => directInputGradient(g, K!, G!, into)),
    );
  };
  return (["f", "g", "h"] as const).map((pass) => ({ pass, run: run[pass], error: () => errorOf(pass) }));
}

function measure(name: string, g: Geometry, samples: number): Row[] {
  const operations = 2 * g.batch * g.groups * g.outChannels * g.inChannels * g.taps * g.places;
  return passes(g).map(({ pass, run, error: errorOf }) => {
    const error = errorOf();
    if (!(error <= bounds[pass]))
      throw new Error(`${name} ${pass} is off by ${error} of the largest number: not timed`);
    return { name, pass, ...speedOf(operations, alternate(run, samples)), error };
  });
}

/** The errors of F(m x m, r x r): m places are one tile. */
function filterErrors(m: number, r: number) {
  const g = geometryOf("bench", [64, 64, m + r - 1, m + r - 1], [64, 64, r, r], {});
  const [f, dK, dV] = passes(g).map(({ error }) => error());
  return { m, r, f: f!, g: dK!, h: dV! };
}

const layers: readonly [string, readonly number[], readonly number[], GeometryOptions][] = [
  ["S3", [64, 3, 32, 32], [64, 3, 5, 5], { padding: "same" }],
  ["S4", [128, 64, 16, 16], [64, 64, 3, 3], {}],
  ["S5", [128, 3, 64, 64], [96, 3, 11, 11], { stride: 4 }],
];

const R = steadyTile();
console.log(`${machine()}, one thread`);
console.log(`R, the tile out of L1: ${R.toFixed(1)} GFLOP/s\n`);
const samples = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? 21);
const rows = layers.flatMap(([name, input, kernel, options]) =>
  measure(name, geometryOf("bench", input, kernel, options), samples),
);
console.log("layer, pass   median ms    p90 ms  GFLOP/s   of R     error");
for (const row of rows) {
  const columns = [
    (1e3 * row.median).toFixed(2).padStart(11),
    (1e3 * row.p90).toFixed(2).padStart(10),
    row.gflops.toFixed(1).padStart(9),
  ];
  const rest = [row.multiplesOfR.toFixed(2).padStart(7), row.error.toExponential(1).padStart(10)];
  console.log(`${row.name} ${row.pass}`.padEnd(12) + [...columns, ...rest].join(""));
}
const filters = process.argv.includes("--quick")
  ? []
  : [2, 3, 4, 5].flatMap((r) => [2, 3, 4, 5, 6].filter((m) => m + r <= 9).map((m) => filterErrors(m, r)));
if (filters.length > 0) console.log("\nfilter       f         g         h   of the largest number");
for (const { m, r, f, g, h } of filters)
  console.log(`F(${m}, ${r})`.padEnd(8) + [f, g, h].map((off) => off.toExponential(1).padStart(10)).join(""));
printRecord("conv-winograd", { R, rows, filters });
