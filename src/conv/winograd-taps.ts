/** How kernels come to the taps of their phases, and the gradients of taps back. */
import type { Geometry } from "./geometry.js";
import type { PhasedAxis, WinogradPlan } from "./winograd-plan.js";

/** Where each tap of a kernel lies among the taps of its phases. */
function tapPlaces({ y, x, taps }: WinogradPlan): Int32Array {
  const places: number[] = [];
  for (const atY of y.taps) {
    const phaseY = Math.floor(atY / y.r);
    for (const atX of x.taps) {
      const phaseX = Math.floor(atX / x.r);
      places.push((phaseY * x.phases + phaseX) * taps + (atY - phaseY * y.r) * x.r + atX - phaseX * x.r);
    }
  }
  return Int32Array.from(places);
}

/** Whether kernels are staged as they are: one phase, not reversed, each output sees each input. */
function tapsInOrder(g: Geometry, { y, x }: WinogradPlan): boolean {
  const inOrder = ({ phases, taps }: PhasedAxis) => phases === 1 && taps.every((place, tap) => place === tap);
  return g.connections === undefined && inOrder(y) && inOrder(x);
}

/**
 * Copies the kernels of one group to `F` at `start`, with zeros where an output does not see an input and where a phase lacks a
 * tap.
 */
export function fillKernels(
  g: Geometry,
  plan: WinogradPlan,
  K: Float32Array,
  group: number,
  F: Float32Array,
  start: number,
): void {
  const first = group * g.outChannels * g.inChannels * g.taps;
  const size = g.outChannels * plan.channels * plan.taps;
  if (tapsInOrder(g, plan)) {
    F.set(K.subarray(first, first + size), start);
    return;
  }
  F.fill(0, start, start + size);
  const places = tapPlaces(plan);
  const perPair = plan.y.phases * plan.x.phases * plan.taps;
  for (let pair = 0; pair < g.outChannels * g.inChannels; pair++) {
    if (g.connections !== undefined && g.connections[pair] !== 1) continue;
    const [from, to] = [first + pair * g.taps, start + pair * perPair];
    for (let tap = 0; tap < places.length; tap++) F[to + places[tap]!] = K[from + tap]!;
  }
}

/** Takes the gradients of the staged taps of one group to those of its kernels: 0 where an output does not see an input. */
export function foldKernels(
  g: Geometry,
  plan: WinogradPlan,
  dK: Float32Array,
  group: number,
  staged: Float64Array,
): void {
  const first = group * g.outChannels * g.inChannels * g.taps;
  if (tapsInOrder(g, plan)) {
    dK.set(staged, first);
    return;
  }
  const places = tapPlaces(plan);
  const perPair = plan.y.phases * plan.x.phases * plan.taps;
  for (let pair = 0; pair < g.outChannels * g.inChannels; pair++) {
    const sees = g.connections === undefined || g.connections[pair] === 1;
    const [from, to] = [pair * perPair, first + pair * g.taps];
    for (let tap = 0; tap < places.length; tap++) dK[to + tap] = sees ? staged[from + places[tap]!]! : 0;
  }
}
