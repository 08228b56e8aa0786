/**
 * How a peer answers: it is a process of its own, and reads requests and writes replies, one line of JSON each. Arrays go
 * through files of plain float32 in the problem's folder, in the order of ours (NCHW).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Pass, Shape } from "./shapes.js";

/** What a peer is asked to do: one pass of a shape, by one of the ways that a user of the peer would go. */
export interface Problem {
  readonly pass: Pass;
  readonly shape: Shape;
  /** cells of padding on each side */
  readonly pad: number;
  /** pixels of the output along each side */
  readonly places: number;
  /** where `V.f32`, `K.f32` and `G.f32` lie */
  readonly folder: string;
  /** the file that the result is written to */
  readonly result: string;
  readonly route: string;
}

/** `problem` prepares it, runs it once and writes the result; `run` repeats it so many times. */
export type Request = { readonly problem: Problem } | { readonly run: number };

/** Seconds of each call, or why there are none. */
export type Reply = { readonly seconds: readonly number[] } | { readonly error: string };

/** What a peer says first. */
export type Greeting = { readonly ready: string } | { readonly error: string };

/** A problem that is ready to run: `run` takes what a user's call takes, `result` hands the numbers out, in NCHW. */
export interface Prepared {
  readonly run: () => Promise<void> | void;
  readonly result: () => Promise<Float32Array> | Float32Array;
  readonly free: () => void;
}

export function readArray(folder: string, name: "V" | "K" | "G"): Float32Array {
  const bytes = readFileSync(`${folder}/${name}.f32`);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function say(message: Greeting | Reply): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function timed(run: Prepared["run"]): Promise<number> {
  const from = performance.now();
  await run();
  return (performance.now() - from) / 1e3;
}

/** Answers until the input ends. */
export async function answer(
  start: () => Promise<string>,
  prepare: (problem: Problem) => Promise<Prepared>,
): Promise<void> {
  let prepared: Prepared | undefined;
  const take = async (request: Request): Promise<Reply> => {
    const seconds: number[] = [];
    if ("problem" in request) {
      prepared?.free();
      prepared = undefined;
      prepared = await prepare(request.problem);
      seconds.push(await timed(prepared.run));
      writeFileSync(request.problem.result, await prepared.result());
    } else if (prepared) for (let i = 0; i < request.run; i++) seconds.push(await timed(prepared.run));
    return { seconds };
  };
  const reason = (error: unknown) => ({
    error: String(error instanceof Error ? error.message : error).split("\n")[0]!,
  });
  await start().then(
    (ready) => say({ ready }),
    (error) => say(reason(error)),
  );
  for await (const line of createInterface({ input: process.stdin })) {
    await take(JSON.parse(line)).then(say, (error) => say(reason(error)));
  }
  process.exit(0);
}
