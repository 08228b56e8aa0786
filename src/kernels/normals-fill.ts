import { fillNormalsTwin, RUN } from "./normals.js";
import { normalsModule } from "./normals-wasm.js";
import { instantiate, type WasmMemory } from "./webassembly.js";

interface NormalsExports {
  readonly memory: WasmMemory;
  readonly normals: (
    address: number,
    run: number,
    runs: number,
    c1: number,
    c2: number,
    c3: number,
    k0: number,
    k1: number,
  ) => void;
}

/** Fills `out` with the first normals of the row with counter words `(·, c1, c2, c3)` under the key `(k0, k1)`. */
export type FillNormals = (out: Float32Array, c1: number, c2: number, c3: number, k0: number, k1: number) => void;

/** runs that fit the module's one page of 64 KiB */
const PAGE_RUNS = 1024;

/** The compiled kernel, or undefined where the engine has no WASM SIMD. Same bits as `fillNormalsTwin`. */
export function compileNormals(): FillNormals | undefined {
  const wasm = instantiate<NormalsExports>(normalsModule());
  if (wasm === undefined) return undefined;
  const page = new Float32Array(wasm.memory.buffer);
  return (out, c1, c2, c3, k0, k1) => {
    const runs = Math.ceil(out.length / RUN);
    for (let run = 0; run < runs; run += PAGE_RUNS) {
      const some = Math.min(PAGE_RUNS, runs - run);
      const at = RUN * run;
      wasm.normals(0, run, some, c1, c2, c3, k0, k1);
      out.set(page.subarray(0, Math.min(RUN * some, out.length - at)), at);
    }
  };
}

let compiled: FillNormals | undefined;

/** Fills a row by the compiled kernel, or by its twin where there is none; the bits are the same. */
export const fillNormals: FillNormals = (out, c1, c2, c3, k0, k1) => {
  compiled ??= compileNormals() ?? fillNormalsTwin;
  compiled(out, c1, c2, c3, k0, k1);
};
