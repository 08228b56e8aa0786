/** Input that cannot be used. The message is one line: the function, the argument, what it got and what it needs. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Refuses an argument: throws `where: what`. */
export function refuse(where: string, what: string): never {
  throw new InputError(`${where}: ${what}`);
}
