import { experiments } from "../experiments/registry.js";

/** Prints every experiment's name and question. */
export function list(stream: NodeJS.WritableStream): void {
  const all = [{ name: "main", question: "All of these at once, in one report." }, ...experiments];
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, question } of all) stream.write(`${name.padEnd(width)}  ${question}\n`);
}
