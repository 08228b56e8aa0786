/** How images come to their phases in the arena, padded, and their gradients back. */
import type { Geometry } from "./geometry.js";
import { copyPlain } from "./slab.js";
import type { Stage } from "./winograd-arena.js";
import { staysPlain } from "./winograd-lines.js";
import type { WinogradPlan } from "./winograd-plan.js";

/** Some images of one channel group. */
export interface ImageRun {
  readonly group: number;
  readonly first: number;
  readonly count: number;
}

function eachPhase(s: Stage, g: Geometry, plan: WinogradPlan, images: number, way: "spread" | "fold"): void {
  const { y, x, plane } = plan;
  const [phase, step] = [4 * plane, 4 * g.axes[2].stride];
  s.lines.rows.forEach((rows, i) => {
    for (const { cells, first, phases, head, quads } of s.lines.lines) {
      const fast = way === "spread" || phases === 4 || step === 4 ? quads : 0;
      s.parts[way](
        ...([s.images, s.cells + (i * x.phases + first) * phase] as const),
        ...([4 * g.cells, y.phases * x.phases * phase, images * g.inChannels] as const),
        ...([rows, y.length, cells, x.length, phases, phase, head, fast, step] as const),
      );
    }
  });
}

/** Copies images to the arena, in phases. */
export function fillImages(s: Stage, g: Geometry, plan: WinogradPlan, V: Float32Array, run: ImageRun): void {
  const whole = { groups: g.groups, image: g.inChannels * g.cells, ...run };
  const plain = staysPlain(g, plan);
  copyPlain(V, s.k.arena.floats, whole, (plain ? s.cells : s.images) >> 2, true);
  if (!plain) eachPhase(s, g, plan, run.count, "spread");
}

/** The adjoint of `fillImages`: each copy of a cell gives its gradient back to the cell; `dV` is 0 at first. */
export function foldImages(s: Stage, g: Geometry, plan: WinogradPlan, dV: Float32Array, run: ImageRun): void {
  const whole = { groups: g.groups, image: g.inChannels * g.cells, ...run };
  const plain = staysPlain(g, plan);
  const F = s.k.arena.floats;
  if (!plain) {
    F.fill(0, s.images >> 2, (s.images >> 2) + run.count * whole.image);
    eachPhase(s, g, plan, run.count, "fold");
  }
  copyPlain(dV, F, whole, (plain ? s.cells : s.images) >> 2, false);
}

/** Copies outputs to or from the arena. */
export function copyOutputs(s: Stage, g: Geometry, Z: Float32Array, run: ImageRun, toArena: boolean): void {
  const image = g.outChannels * g.places;
  copyPlain(Z, s.k.arena.floats, { groups: g.groups, image, ...run }, s.outputs >> 2, toArena);
}
