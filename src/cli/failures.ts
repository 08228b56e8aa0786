import { CommanderError } from "commander";
import { InputError } from "../tensor/errors.js";

/** The run was stopped from outside; `kept` says what of it was written. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(
    readonly signal: "SIGINT" | "SIGTERM",
    readonly kept: string,
  ) {
    super(`stopped by ${signal}`);
  }
}

/** The exit codes: 0 done, 1 a fault of the program, 2 input that cannot be used, 130 Ctrl-C, 143 terminated. */
export interface Failure {
  readonly code: number;
  /** one line; empty where it was printed already */
  readonly message: string;
}

/** What to print of an error, and with which code to end. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Interrupted) {
    return { code: error.signal === "SIGINT" ? 130 : 143, message: `striate: ${error.message}; ${error.kept}` };
  }
  if (error instanceof InputError) return { code: 2, message: `striate: ${oneLine(error.message)}` };
  // Commander prints its own line; its codes for help and version are 0, for wrong usage 1.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2, message: "" };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 1, message: `striate: a fault of the program: ${oneLine(message)} (--debug shows where)` };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
