/**
 * The emitted kernels beside the same ones written in C and built by clang, in multiples of R, in one process; both give the
 * same bits. How to build the C is told in the README beside.
 *
 *     npx tsx bench/conv/clang/compare.ts tile.wasm butterfly.wasm
 */
import { readFileSync } from "node:fs";
import { assemble } from "../../../src/kernels/assembler.js";
import { passes } from "../../../src/kernels/fft-passes.js";
import { panelModule } from "../../../src/kernels/panel-kernels.js";
import { noSkew } from "../../../src/kernels/product.js";
import { instantiate, type WasmMemory } from "../../../src/kernels/webassembly.js";
import { alternate, machine, speedOf, steadyTile, uniform } from "../../harness.js";

type Kernel = (...parameters: readonly number[]) => void;
type Exports = Readonly<Record<string, Kernel>> & { readonly memory: WasmMemory };

/** Where the numbers of a case lie: above what a compiler puts at the start of the memory. */
const base = 1 << 17;

interface Case {
  readonly name: string;
  readonly kernel: string;
  /** floating-point operations of a call */
  readonly operations: number;
  readonly parameters: readonly number[];
}

/** Four row panels by one column panel of 256 steps: the tile out of the first level of the cache, R itself. */
const tile: Case = {
  name: "tile 4x8, 16 rows, 8 columns, depth 256",
  kernel: "multiplyPanels",
  operations: 4 * 64 * 256,
  parameters: [base, base + 65536, base + 131136, 4, 1, 256, 32, 1, noSkew],
};

/** The twiddled butterflies of a transform of 32 numbers, 8 lines of 4 planes: 56 operations and 42 for the twiddles, 4 lanes. */
const butterfly: Case = {
  name: "butterfly of 8 with twiddles, 3 steps, 8 lines",
  kernel: "pass8some",
  operations: 3 * 8 * 4 * (56 + 42),
  parameters: [base + 256, 1, 0, 3, 256, 1024, 1, 8192, base + 65536, 8, 32],
};

function numbersOf({ memory }: Exports): Float32Array {
  return new Float32Array(memory.buffer, base, 1 << 16);
}

function load(bytes: Uint8Array): Exports {
  const exports = instantiate<Exports>(bytes)!;
  if (exports.memory.buffer.byteLength < 1 << 20) exports.memory.grow(16);
  return exports;
}

/** Runs the kernel on the same numbers in both modules, and stops at the first that differs. */
function checkBits({ name, kernel, parameters }: Case, modules: readonly Exports[]): void {
  const [emitted, built] = modules.map((module) => {
    numbersOf(module).set(uniform(1 << 16, 1));
    module[kernel]!(...parameters);
    return numbersOf(module).slice();
  });
  const at = emitted!.findIndex((value, i) => value !== built![i]);
  if (at >= 0) throw new Error(`${name}: number ${at} is ${emitted![at]} and ${built![at]}`);
}

/** The median multiple of R, of 1000 calls at a time on zeros: other numbers would grow or shrink from call to call. */
function multiplesOfR({ kernel, operations, parameters }: Case, module: Exports): number {
  const run = module[kernel]!;
  numbersOf(module).fill(0);
  const many = () => {
    for (let i = 0; i < 1000; i++) run(...parameters);
  };
  return speedOf(1000 * operations, alternate(many, 41)).multiplesOfR;
}

const [tileFile, butterflyFile] = process.argv.slice(2);
steadyTile();
console.log(`${machine()}\n${"".padEnd(48)}emitted   clang, of R`);
for (const [one, own, file] of [
  [tile, panelModule(), tileFile],
  [butterfly, assemble({ memory: { pages: 1 }, functions: passes }), butterflyFile],
] as const) {
  if (file === undefined) continue;
  const modules = [load(own), load(readFileSync(file))];
  checkBits(one, modules);
  const rounds = [1, 2, 3].map(() => modules.map((module) => multiplesOfR(one, module)));
  const [emitted, built] = [0, 1].map((which) => rounds.map((round) => round[which]!.toFixed(2)).join(" "));
  console.log(`${one.name.padEnd(48)}${emitted}   ${built}`);
}
