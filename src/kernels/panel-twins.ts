/**
 * The kernels of the panels in plain TypeScript, argument for argument and bit for bit with the build without fused
 * multiply-adds: every product and sum is rounded to single precision in the same order. They are the oracle, and they run
 * where WebAssembly has no SIMD. Addresses are in bytes, so they are shifted to count elements.
 */
import type { Arena } from "./arena.js";
import type { PanelFunctions } from "./panel-functions.js";

const round = Math.fround;

/** The products of one column of a tile, by their rows. */
type Column = readonly [number, number, number, number];

function multiplyColumn(F: Float32Array, a: number, b: number, depth: number): Column {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < depth; k++) {
    const right = F[b + 8 * k]!;
    s0 = round(s0 + round(F[a + 4 * k]! * right));
    s1 = round(s1 + round(F[a + 4 * k + 1]! * right));
    s2 = round(s2 + round(F[a + 4 * k + 2]! * right));
    s3 = round(s3 + round(F[a + 4 * k + 3]! * right));
  }
  return [s0, s1, s2, s3];
}

/** The twins, working on `arena`. */
export function panelTwins(arena: Arena): PanelFunctions {
  const put = (at: number, value: number, add: number) => {
    arena.floats[at] = add ? round(arena.floats[at]! + value) : value;
  };
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
          for (let column = 0; column < 8; column++) {
            const [a, b] = [(A >> 2) + 4 * i * depth, (B >> 2) + 8 * j * depth + column];
            const at = (C >> 2) + i * pitch + 8 * j + column;
            const sums = multiplyColumn(arena.floats, a, b, depth);
            for (let row = 0; row < 4; row++) put(at + row * (pitch >> 2), sums[row]!, keep);
          }
        }
      }
    },
    // Places that several rows or columns add to take their sums in the order of the tiles: along a column panel first.
    multiplyInto(A, B, rows, columns, depth, laneTable, stepTable, add) {
      const { floats: F, integers: I } = arena;
      for (let j = 0; j < columns; j += 8) {
        for (let i = 0; i < rows; i += 4) {
          const [a, b] = [(A >> 2) + i * depth, (B >> 2) + j * depth];
          const tile = [0, 1, 2, 3, 4, 5, 6, 7].map((column) => multiplyColumn(F, a, b + column, depth));
          for (let row = i; row < Math.min(rows, i + 4); row++) {
            for (let column = j; column < Math.min(columns, j + 8); column++) {
              const at = (I[(stepTable >> 2) + row]! + I[(laneTable >> 2) + column]!) >> 2;
              put(at, tile[column - j]![row - i]!, add);
            }
          }
        }
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
