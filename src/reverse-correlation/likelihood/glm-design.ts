import type { SpikeTrain } from "../../cells/response.js";
import { addProduct } from "../../kernels/product.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";
import { type Basis, sizeOfBasis } from "./basis.js";
import { firstBin, type GlmSettings } from "./glm-options.js";
import { pastSpikes } from "./history.js";
import { kept, type Rows } from "./poisson-rows.js";

/** Which columns of a design hold what; column 0 is the offset's. */
export interface Columns {
  readonly stimulus: number;
  readonly history: number;
  /** of each coupled cell */
  readonly coupling: number;
  readonly cells: number;
  readonly all: number;
}

export interface Design {
  /** one row a bin from `first` on */
  readonly rows: Rows;
  readonly columns: Columns;
  readonly first: number;
}

/** How the parameters lie: offset, filter (function of lag by function of space), history, each coupled cell. */
export function columnsOf({ space, time, history, coupling, trains }: GlmSettings): Columns {
  const stimulus = sizeOfBasis(space).functions * sizeOfBasis(time).functions;
  const own = history === undefined ? 0 : sizeOfBasis(history).functions;
  const other = coupling === undefined ? 0 : sizeOfBasis(coupling).functions;
  return {
    stimulus,
    history: own,
    coupling: other,
    cells: trains.length,
    all: 1 + stimulus + own + other * trains.length,
  };
}

/**
 * The design matrix, in float32: a row holds 1, the frames before its bin in the functions of space and time, and the spikes
 * before it in those of the past. It is kept where it fits into memory, else made again block by block in each pass.
 *
 * @param keep false where few passes are made
 */
export function glmDesign(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  settings: GlmSettings,
  keep = true,
): Design {
  const { time, space, history, coupling, trains } = settings;
  const columns = columnsOf(settings);
  const first = firstBin(settings);
  if (first >= stimulus.frames)
    refuse(where, `the stimulus has ${stimulus.frames} frames, the first whole window ends at bin ${first}`);
  const projected = kept(projectedFrames(stimulus, space));
  const pasts = [
    ...(history === undefined ? [] : [pastSpikes(spikes.counts, history)]),
    ...trains.map((train) => pastSpikes(train.counts, coupling!)),
  ];
  const widths = [...(history === undefined ? [] : [columns.history]), ...trains.map(() => columns.coupling)];
  const read = (start: number, count: number, target?: Float32Array): Float32Array => {
    const into = target?.fill(0) ?? new Float32Array(count * columns.all);
    fillWindows(projected, time, first + start, count, columns.all, into);
    let at = 1 + columns.stimulus;
    pasts.forEach((past, which) => {
      const width = widths[which];
      for (let t = 0; t < count; t++) {
        const from = (first + start + t) * width;
        into.set(past.subarray(from, from + width), t * columns.all + at);
      }
      at += width;
    });
    return into;
  };
  const rows = { count: stimulus.frames - first, columns: columns.all, read };
  return { rows: keep ? kept(rows) : rows, columns, first };
}

/** The frames in the functions of space: `Z = I·B`, one row a frame. */
function projectedFrames(stimulus: Stimulus, space: Basis): Rows {
  const pixels = pixelsOf(stimulus.grid);
  const { functions } = sizeOfBasis(space);
  if (space.name === "identity") return { count: stimulus.frames, columns: pixels, read: stimulus.read };
  const B = Float32Array.from(space.matrix.data);
  const read = (start: number, count: number, target?: Float32Array): Float32Array => {
    const into = target?.fill(0) ?? new Float32Array(count * functions);
    addProduct(stimulus.read(start, count), B, into, { rows: count, columns: functions, depth: pixels });
    return into;
  };
  return { count: stimulus.frames, columns: functions, read };
}

/** Writes 1 and the windows `Σ_k B(k, a)·Z(t - k, j)` of bins `start` on. */
function fillWindows(Z: Rows, time: Basis, start: number, count: number, width: number, into: Float32Array): void {
  const { samples: lags, functions } = sizeOfBasis(time);
  const m = Z.columns;
  const from = start - lags + 1;
  const frames = count + lags - 1;
  const source = Z.read(from, frames);
  const B = time.matrix.data;
  for (let t = 0; t < count; t++) {
    into[t * width] = 1;
    for (let k = 0; k < lags; k++) {
      const frame = (t + lags - 1 - k) * m;
      for (let a = 0; a < functions; a++) {
        const weight = B[k * functions + a];
        const target = t * width + 1 + a * m;
        if (weight === 1) for (let j = 0; j < m; j++) into[target + j] += source[frame + j];
        else if (weight !== 0) for (let j = 0; j < m; j++) into[target + j] += weight * source[frame + j];
      }
    }
  }
}
