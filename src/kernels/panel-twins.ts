/**
 * The kernels of `panel-kernels.ts` in plain TypeScript, argument for argument and bit for bit: every product and sum is
 * rounded to single precision in the same order. They are the oracle, and they run where WebAssembly has no SIMD. Addresses
 * are in bytes, so they are shifted to count elements.
 */
import type { Arena } from "./arena.js";
import type { PanelFunctions } from "./panel-functions.js";

const round = Math.fround;

function multiplyTile(F: Float32Array, a: number, b: number, c: number, depth: number, pitch: number, keep: number) {
  for (let column = 0; column < 8; column++) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < depth; k++) {
      const right = F[b + 8 * k + column]!;
      s0 = round(s0 + round(F[a + 4 * k]! * right));
      s1 = round(s1 + round(F[a + 4 * k + 1]! * right));
      s2 = round(s2 + round(F[a + 4 * k + 2]! * right));
      s3 = round(s3 + round(F[a + 4 * k + 3]! * right));
    }
    const at = c + column;
    F[at] = keep ? round(F[at]! + s0) : s0;
    F[at + pitch] = keep ? round(F[at + pitch]! + s1) : s1;
    F[at + 2 * pitch] = keep ? round(F[at + 2 * pitch]! + s2) : s2;
    F[at + 3 * pitch] = keep ? round(F[at + 3 * pitch]! + s3) : s3;
  }
}

/** The twins, working on `arena`. */
export function panelTwins(arena: Arena): PanelFunctions {
  const gather =
    (width: number): PanelFunctions["gather4"] =>
    (into, source, laneTable, stepTable, panels, depth) => {
      const { floats: F, integers: I } = arena;
      let to = into >> 2;
      for (let panel = 0; panel < panels; panel++) {
        const lanes = (laneTable >> 2) + panel * width;
        for (let k = 0; k < depth; k++) {
          const from = source + I[(stepTable >> 2) + k]!;
          for (let lane = 0; lane < width; lane++) F[to++] = F[(from + I[lanes + lane]!) >> 2]!;
        }
      }
    };
  return {
    gather4: gather(4),
    gather8: gather(8),
    multiplyPanels(A, B, C, rows, columns, depth, pitch, keep, skew) {
      for (let j = 0; j < columns; j++) {
        const count = Math.min(rows, 2 * (j + 1) + skew);
        for (let i = 0; i < count; i++) {
          const [a, b] = [(A >> 2) + 4 * i * depth, (B >> 2) + 8 * j * depth];
          multiplyTile(arena.floats, a, b, (C >> 2) + i * pitch + 8 * j, depth, pitch >> 2, keep);
        }
      }
    },
    // Lanes in eights, then singly, each over all steps: places that several steps share take their sums in this order.
    scatterAdd(C, pitch, into, laneTable, stepTable, lanes, steps) {
      const { floats: F, integers: I } = arena;
      for (let first = 0; first < lanes; ) {
        const width = lanes - first >= 8 ? 8 : 1;
        for (let k = 0; k < steps; k++) {
          const to = into + I[(stepTable >> 2) + k]!;
          const row = (C + k * pitch) >> 2;
          for (let lane = first; lane < first + width; lane++) {
            const at = (to + I[(laneTable >> 2) + lane]!) >> 2;
            F[at] = round(F[at]! + F[row + lane]!);
          }
        }
        first += width;
      }
    },
    packWeighted(places, weights, groups, frames, A, B) {
      const { floats: F, integers: I } = arena;
      for (let k = 0; k < frames; k++) {
        const w = F[(weights >> 2) + k]!;
        const from = I[(places >> 2) + k]! >> 2;
        for (let i = 0; i < 16 * groups; i++) {
          const x = F[from + i]!;
          F[(A >> 2) + ((i >> 2) * frames + k) * 4 + (i & 3)] = round(w * x);
          F[(B >> 2) + ((i >> 3) * frames + k) * 8 + (i & 7)] = x;
        }
      }
    },
  };
}
