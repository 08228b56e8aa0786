import { checkGrid } from "../math/grid.js";
import { checkChoice, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Stimulus } from "./stimulus.js";
import { type WhiteNoiseOptions, whiteNoiseFrom } from "./white-noise.js";

/** The stimuli that a protocol can name. */
export const protocolNames = ["white-noise"] as const;

/** The fields that a protocol and its grid may hold; stimuli/protocol.schema.json says the same. */
export const protocolFields = {
  protocol: ["$schema", "name", "grid", "frames", "frameSeconds", "distribution", "contrast", "seed"],
  grid: ["height", "width", "step"],
} as const;

/**
 * The stimulus that a protocol describes: the parsed JSON of a file as stimuli/protocol.schema.json defines it.
 *
 * A stimulus' `specification` is such a protocol, so `stimulusFromProtocol(JSON.parse(JSON.stringify(s.specification)))`
 * makes every frame of `s` again, bit for bit.
 *
 * @param protocol the parsed JSON: name, grid, frames, frameSeconds (s), seed, and optionally distribution and contrast
 * @returns the stimulus
 * @throws InputError that names the field, if one is missing, unknown, of a wrong type or out of range
 */
export function stimulusFromProtocol(protocol: unknown): Stimulus {
  const where = "stimulusFromProtocol";
  if (typeof protocol !== "object" || protocol === null || Array.isArray(protocol))
    refuse(where, `protocol is ${describe(protocol)}, a JSON object is needed`);
  const fields = protocol as Readonly<Record<string, unknown>>;
  checkChoice(where, "name", fields.name, protocolNames);
  checkFields(where, "protocol", fields, protocolFields.protocol);
  const { $schema, name: _name, ...options } = fields;
  if ($schema !== undefined && typeof $schema !== "string")
    refuse(where, `$schema is ${describe($schema)}, a string is needed`);
  checkGrid(where, options.grid);
  checkFields(where, "grid", options.grid, protocolFields.grid);
  return whiteNoiseFrom(where, options as unknown as WhiteNoiseOptions);
}

function checkFields(where: string, owner: string, value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined)
    refuse(where, `${owner} has a field "${unknown}" that is not known, it takes ${known.join(", ")}`);
}
