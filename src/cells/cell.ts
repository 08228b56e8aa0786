import { pixelsOf } from "../math/grid.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import type { CellSpecification, Response } from "./response.js";

/** A model of a cell: what it is, and what it answers to a stimulus. */
export interface Cell {
  readonly kind: "cell";
  /** the model's name and parameters, as plain JSON */
  readonly specification: CellSpecification;
  /** The cell's output after its nonlinearity, one number a frame; the stimulus is read in blocks, never as a whole. */
  readonly respond: (stimulus: Stimulus) => Response;
}

/** numbers of a block of frames: 256 KiB, so that a block is still in the cache when it is read the second time */
const BLOCK = 2 ** 16;

/** How many frames are read at a time. */
export function framesPerBlock(stimulus: Stimulus): number {
  return Math.max(1, Math.min(stimulus.frames, Math.floor(BLOCK / pixelsOf(stimulus.grid))));
}

/** The record of a response. */
export function responseOf(drive: Float64Array, cell: CellSpecification, stimulus: Stimulus): Response {
  return {
    kind: "response",
    drive,
    frameSeconds: stimulus.frameSeconds,
    cell,
    stimulus: stimulus.specification,
  };
}
