import type { Dataset, File, Group } from "h5wasm";
import { sizeOf } from "../tensor/tensor.js";
import { inMemory, loadHdf5 } from "./hdf5.js";
import type { NumericData } from "./numeric-array.js";

/** An attribute to write: numbers are 64-bit floats unless in a typed array; a reference names a path from the root. */
export type Hdf5AttributeValue = string | readonly string[] | number | NumericData | { readonly reference: string };

export interface Hdf5DatasetContent {
  /** one number is a 64-bit float of no axes, one text a text of no axes */
  readonly data: number | string | readonly string[] | NumericData;
  /** the length of each axis; default one axis of all */
  readonly shape?: readonly number[];
  readonly attributes?: Readonly<Record<string, Hdf5AttributeValue>>;
  /** whether to shuffle and deflate it; for large arrays of at least one axis */
  readonly packed?: boolean;
}

export interface Hdf5GroupContent {
  readonly attributes?: Readonly<Record<string, Hdf5AttributeValue>>;
  readonly groups?: Readonly<Record<string, Hdf5GroupContent>>;
  readonly datasets?: Readonly<Record<string, Hdf5DatasetContent>>;
  /** name -> path from the root that a soft link leads to */
  readonly links?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an HDF5 file of a tree of groups.
 *
 * @param where whom an error names
 */
export async function writeHdf5(where: string, root: Hdf5GroupContent): Promise<Uint8Array> {
  const h5 = await loadHdf5();
  return inMemory(where, h5, (name) => {
    const file = new h5.File(name, "w");
    try {
      // references last: what they name must be there
      const later: (() => void)[] = [];
      fillGroup(file, file, root, later);
      for (const write of later) write();
    } finally {
      file.close();
    }
    return h5.FS?.readFile(name) as Uint8Array;
  });
}

function fillGroup(file: File, group: Group, content: Hdf5GroupContent, later: (() => void)[]): void {
  writeAttributes(file, group, content.attributes, later);
  for (const [name, child] of Object.entries(content.groups ?? {})) {
    fillGroup(file, group.create_group(name), child, later);
  }
  for (const [name, child] of Object.entries(content.datasets ?? {})) writeDataset(file, group, name, child, later);
  for (const [name, target] of Object.entries(content.links ?? {})) group.create_soft_link(`/${target}`, name);
}

function writeDataset(
  file: File,
  group: Group,
  name: string,
  content: Hdf5DatasetContent,
  later: (() => void)[],
): void {
  const { data, packed = false } = content;
  const single = typeof data === "number" || typeof data === "string";
  const shape = content.shape ?? (single ? [] : [data.length]);
  const dataset = group.create_dataset({
    name,
    data: data as number,
    shape: [...shape],
    ...(typeof data === "number" ? { dtype: "<d" } : {}),
    ...(typeof data === "object" && !ArrayBuffer.isView(data) ? { dtype: "S" } : {}),
    ...(packed && sizeOf(shape) > 0 ? { chunks: chunksOf(shape), compression: 4 } : {}),
  });
  writeAttributes(file, dataset, content.attributes, later);
}

/** Chunks of whole rows of the first axis, some 65,536 numbers each. */
function chunksOf(shape: readonly number[]): number[] {
  const row = sizeOf(shape.slice(1));
  return [Math.min(shape[0], Math.max(1, Math.floor(65_536 / row))), ...shape.slice(1)];
}

function writeAttributes(
  file: File,
  owner: Pick<Group, "create_attribute">,
  attributes: Readonly<Record<string, Hdf5AttributeValue>> = {},
  later: (() => void)[],
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "object" && "reference" in value) {
      later.push(() => owner.create_attribute(name, (file.get(value.reference) as Dataset).create_reference(), []));
    } else if (typeof value === "number") owner.create_attribute(name, value, [], "<d");
    else if (typeof value === "string") owner.create_attribute(name, value, [], "S");
    else if (ArrayBuffer.isView(value)) owner.create_attribute(name, value as NumericData);
    else owner.create_attribute(name, [...(value as readonly string[])], [value.length as number], "S");
  }
}
