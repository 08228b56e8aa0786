import { fillNormalsTwin, fillWordsTwin, RUN } from "./normals.js";
import { normalsModule } from "./normals-wasm.js";
import { instantiate, type WasmMemory } from "./webassembly.js";

type Fill<Row> = (out: Row, c1: number, c2: number, c3: number, k0: number, k1: number) => void;

/** The kernels that fill a row with counter words `(·, c1, c2, c3)` under the key `(k0, k1)`. */
export interface RowFillers {
  readonly words: Fill<Uint32Array>;
  readonly normals: Fill<Float32Array>;
}

/** (address, first run, runs, c1, c2, c3, k0, k1) */
type FillRuns = (address: number, run: number, runs: number, ...counterAndKey: number[]) => void;

interface NormalsExports {
  readonly memory: WasmMemory;
  readonly words: FillRuns;
  readonly normals: FillRuns;
}

/** runs that fit the module's one page of 64 KiB */
const PAGE_RUNS = 1024;

function fillBy<Row extends Uint32Array | Float32Array>(runsOf: FillRuns, page: Row): Fill<Row> {
  return (out, c1, c2, c3, k0, k1) => {
    const runs = Math.ceil(out.length / RUN);
    for (let run = 0; run < runs; run += PAGE_RUNS) {
      const some = Math.min(PAGE_RUNS, runs - run);
      const at = RUN * run;
      runsOf(0, run, some, c1, c2, c3, k0, k1);
      out.set(page.subarray(0, Math.min(RUN * some, out.length - at)), at);
    }
  };
}

/** The compiled kernels, or undefined where the engine has no WASM SIMD. */
export function compileRowFillers(): RowFillers | undefined {
  const wasm = instantiate<NormalsExports>(normalsModule());
  if (wasm === undefined) return undefined;
  const { buffer } = wasm.memory;
  return {
    words: fillBy<Uint32Array>(wasm.words, new Uint32Array(buffer)),
    normals: fillBy<Float32Array>(wasm.normals, new Float32Array(buffer)),
  };
}

const twins: RowFillers = { words: fillWordsTwin, normals: fillNormalsTwin };
let chosen: RowFillers | undefined;

/** The compiled kernels, made at the first call, or their twins where there are none; the bits are the same. */
export function rowFillers(): RowFillers {
  chosen ??= compileRowFillers() ?? twins;
  return chosen;
}
