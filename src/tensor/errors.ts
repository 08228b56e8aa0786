/** Input that cannot be used. The message is one line: the function, the argument, what it got and what it needs. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** What a value is called in an error: numbers and strings as they are, the rest by its type. */
export function valueText(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean" || value === undefined || value === null)
    return `${value}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? `an object (${value.constructor?.name ?? "record"})` : `a ${typeof value}`;
}

/** Refuses an argument: throws `where: what`. */
export function refuse(where: string, what: string): never {
  throw new InputError(`${where}: ${what}`);
}
