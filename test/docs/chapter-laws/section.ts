import type { Figure } from "../../../src/plot/figure.js";
import type { Table } from "../../../src/plot/table.js";
import type { Tensor } from "../../../src/tensor/tensor.js";
import { apart } from "../../conv/laws-tensors.js";

/** What one section of the page shows; tables by the names that the page gives them. */
export interface Section {
  readonly tables: Readonly<Record<string, Table>>;
  readonly figures: readonly Figure[];
}

/** The largest difference of two tensors over the largest magnitude of the second; 0 where it is rounding. */
export function difference(a: Tensor, b: Tensor): number {
  const share = apart(a, b) / Math.max(...b.data.map(Math.abs));
  return share < 1e-12 ? 0 : Number(share.toPrecision(3));
}
