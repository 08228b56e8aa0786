import type { Hdf5File } from "./hdf5.js";
import { headingOf, kindAt, numbersAt, textAttribute } from "./hdf5-read.js";

/** How the comments of a series say the degrees of visual angle a pixel. */
export function stepComment(step: number): string {
  return `${step} degrees of visual angle a pixel`;
}

/**
 * Degrees a pixel of a series of images, and what says so: its comments as `writeNwb` writes them, else its `field_of_view` (metres)
 * and `distance` (metres) where it has both, a pixel at the middle of the screen.
 */
export function stepOf(file: Hdf5File, path: string): { readonly step: number; readonly says: string } | undefined {
  const spelled = /^([\d.]+(?:e[-+]?\d+)?) degrees of visual angle a pixel$/.exec(
    textAttribute(file, path, "comments"),
  );
  const said = Number(spelled?.[1]);
  if (said > 0 && Number.isFinite(said))
    return { step: said, says: `pixels of ${said} degrees, by the comments of ${path}` };
  const [view, distance, size] = ["field_of_view", "distance", "dimension"].map((name) => {
    const at = `${path}/${name}`;
    const numbers = kindAt(file, at) === "dataset" && /^u?int|^float/.test(headingOf(file, at).type);
    return numbers ? numbersAt(file, at).data[0] : Number.NaN;
  });
  const step = (Math.atan(view / size / distance) * 180) / Math.PI;
  if (!(step > 0 && step < 90 && distance > 0)) return undefined;
  return { step, says: `pixels of ${step.toPrecision(3)} degrees, by field_of_view and distance of ${path}` };
}
