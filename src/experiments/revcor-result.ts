import type { Recording } from "../formats/recording.js";
import type { Grid } from "../math/grid.js";
import type { AverageNull } from "../reverse-correlation/average/average-null.js";
import type { FieldChoice } from "./revcor-choice.js";
import type { Curve } from "./revcor-curve.js";
import type { DescribedField } from "./revcor-field.js";
import type { HeldOutResult } from "./revcor-held-out.js";
import type { Found, MethodSettings } from "./revcor-method.js";
import type { MethodName } from "./revcor-methods.js";

export interface RecordedCellSettings extends MethodSettings {
  readonly method: MethodName;
  /** blocks of time, each held out once; 0 leaves the held-out prediction out */
  readonly folds: number;
}

export interface RecordedCellInputs {
  readonly recording: Recording;
}

/** What a recording gave. */
export interface RecordedCellResult {
  readonly settings: RecordedCellSettings;
  readonly source: string;
  readonly notes: readonly string[];
  readonly grid: Grid;
  readonly frames: number;
  readonly frameSeconds: number;
  readonly spikes: number;
  /** spikes that fell into no frame, where the file holds spike times */
  readonly spikesOutside: number;
  /** the average and its permutation band, whatever the method */
  readonly average: AverageNull;
  /** weights of the average that are significant each by itself, with the false discoveries among them at the level */
  readonly discoveries: number;
  readonly found: Found;
  /** of the first filter found; null where none was */
  readonly field: DescribedField | null;
  /** null where the method's filters have no fixed sign, or nothing is held out */
  readonly choice: FieldChoice | null;
  /** null where the filter covers less than the patch */
  readonly curve: Curve | null;
  readonly heldOut: HeldOutResult | null;
}
