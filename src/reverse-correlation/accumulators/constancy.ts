import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { blockFrames } from "../pairing.js";

/** Which pixels have shown more than one value. */
export interface Constancy {
  /** [pixels], the values of one frame; empty before a frame is seen */
  readonly first: Float32Array;
  /** [pixels], 1 where another frame differed */
  readonly varies: Uint8Array;
  /** pixels with one value throughout */
  readonly constant: number;
}

/** No frame seen. */
export function unseen(pixels: number): Constancy {
  return { first: new Float32Array(0), varies: new Uint8Array(pixels), constant: pixels };
}

/** After some frames more, `[count, pixels]`; looks no farther once every pixel has varied. */
export function afterFrames(seen: Constancy, frames: Float32Array): Constancy {
  if (seen.constant === 0) return seen;
  // A copy: a block that turns out to be spoilt must leave what was known before.
  const varies = seen.varies.slice();
  const pixels = varies.length;
  const first = seen.first.length > 0 ? seen.first : frames.slice(0, pixels);
  let { constant } = seen;
  for (let at = 0; at < frames.length && constant > 0; at += pixels) {
    for (let p = 0; p < pixels; p++) {
      if (varies[p] === 0 && frames[at + p] !== first[p]) {
        varies[p] = 1;
        constant--;
      }
    }
  }
  return { first, varies, constant };
}

/** Of a whole stimulus, of which no more is read than it takes. */
export function constancyOf(stimulus: Stimulus): Constancy {
  let seen = unseen(pixelsOf(stimulus.grid));
  for (let start = 0; start < stimulus.frames && seen.constant > 0; start += blockFrames)
    seen = afterFrames(seen, stimulus.read(start, Math.min(blockFrames, stimulus.frames - start)));
  return seen;
}

/** What two parts of a recording show together: a pixel that keeps another value in each has varied. */
export function jointly(a: Constancy, b: Constancy): Constancy {
  const first = a.first.length > 0 ? a.first : b.first;
  const both = a.first.length > 0 && b.first.length > 0;
  const varies = a.varies.map((value, p) => (value || b.varies[p] || (both && a.first[p] !== b.first[p]) ? 1 : 0));
  return { first, varies, constant: varies.reduce((sum, value) => sum + 1 - value, 0) };
}

/** What is not known of windows of D numbers of which some have one value throughout. */
export function constantWarnings(constantEntries: number, D: number): string[] {
  if (constantEntries === 0) return [];
  return [`${constantEntries} of ${D} pixels times lags never change: nothing is known of them`];
}
