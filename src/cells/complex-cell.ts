import { checkGabor, type Gabor, quadraturePair, renderGabor } from "../math/gabor.js";
import { checkStimulus } from "../stimuli/check-stimulus.js";
import { checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Cell, responseOf } from "./cell.js";
import { linearDrives } from "./linear-drive.js";

/**
 * A complex cell: the length of the drive of a quadrature pair of Gabors, which share all but the phase, φ and φ - π/2.
 *
 * `c(I) = √(s0(I)² + s1(I)²)`; with `energy` its square, `s0² + s1²`.
 *
 * @param gabor the first of the pair, in the stimulus' unit of length
 * @param options energy: true for `c²`; default false
 * @returns a cell; `respond` gives `c` or `c²` in every frame, in units of contrast times amplitude or their square
 * @throws InputError if the Gabor is not one or an option is unknown; `respond`, if it is given no stimulus
 * Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.10; the energy: Adelson & Bergen 1985.
 */
export function complexCell(gabor: Gabor, options: { readonly energy?: boolean } = {}): Cell {
  const where = "complexCell";
  checkGabor(where, gabor);
  checkOptions(where, options, ["energy"]);
  const { energy = false } = options;
  if (typeof energy !== "boolean") refuse(where, `energy is ${describe(energy)}, true or false is needed`);
  const pair = quadraturePair(gabor);
  const specification = { name: "complex-cell", gabor: pair[0], energy };
  return {
    kind: "cell",
    specification,
    respond: (stimulus) => {
      checkStimulus("respond", stimulus);
      const fields = pair.map((g) => renderGabor(g, stimulus.grid).data);
      const [even, odd] = linearDrives(stimulus, fields);
      const drive = even.map((s0, t) => s0 * s0 + odd[t] * odd[t]);
      return responseOf(energy ? drive : drive.map(Math.sqrt), specification, stimulus);
    },
  };
}
