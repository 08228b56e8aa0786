/** The peers, each a process of its own that answers requests, one at a time. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Greeting, Reply, Request } from "./peer-protocol.js";
import type { Pass, Shape } from "./shapes.js";

export type PeerName = "torch" | "tfjs" | "ort";

interface PeerKind {
  readonly title: string;
  /** programs to try in turn, without the number of threads */
  readonly programs: readonly (readonly string[])[];
  /** the ways that a user would go */
  readonly routes: Readonly<Record<Pass, readonly string[]>>;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const script = (file: string) => [process.execPath, ...process.execArgv, here(file)];
const exchanged = "images and channels exchanged";
const flipped = "kernels flipped";

/** The kinds of peers, in the order of the table. */
export const peerKinds: Readonly<Record<PeerName, PeerKind>> = {
  torch: {
    title: "PyTorch",
    programs: ["python3", "/usr/bin/python3"].map((python) => [python, here("./peer-pytorch.py")]),
    routes: { f: ["conv2d"], g: ["convolution_backward"], h: ["convolution_backward"] },
  },
  tfjs: {
    title: "TensorFlow.js",
    programs: [script("./peer-tfjs.ts")],
    routes: { f: ["conv2d"], g: [exchanged], h: [flipped, "conv2dTranspose"] },
  },
  ort: {
    title: "onnxruntime-web",
    programs: [script("./peer-onnxruntime.ts")],
    routes: { f: ["Conv"], g: [exchanged], h: ["ConvTranspose", flipped] },
  },
};

/** The ways that a peer's user would go: the fastest right one counts. */
export function routesOf(name: PeerName, pass: Pass, { stride }: Shape): readonly string[] {
  return peerKinds[name].routes[pass].filter((route) => route !== flipped || stride === 1);
}

export const peerNames = Object.keys(peerKinds) as readonly PeerName[];

/** What a peer is ended for that takes longer than `seconds`. */
export const tooSlow = (seconds: number) => `no answer in ${seconds} s`;

/** A line-by-line talk with a process. */
export interface Talk {
  /** the next line after a request; rejects when the process ends or says nothing for too long */
  readonly ask: (line: string | undefined, seconds: number) => Promise<string>;
  readonly stop: () => void;
}

export function talkWith(program: readonly string[]): Talk {
  const child: ChildProcess = spawn(program[0]!, program.slice(1), { stdio: ["pipe", "pipe", "ignore"] });
  let settle: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  let ended: Error | undefined;
  const end = (why: string) => {
    ended ??= new Error(why);
    settle?.reject(ended);
  };
  child.on("error", (error) => end(error.message));
  child.on("exit", (code, signal) => end(`it ended with ${signal ?? `code ${code}`}`));
  child.stdin!.on("error", (error) => end(error.message));
  // What a peer prints for people is no reply.
  createInterface({ input: child.stdout! }).on("line", (line) => {
    if (/^[{\d]/.test(line)) settle?.resolve(line);
  });
  const answer = (line: string | undefined) =>
    new Promise<string>((resolve, reject) => {
      if (ended) return reject(ended);
      settle = { resolve, reject };
      if (line !== undefined) child.stdin!.write(`${line}\n`);
    });
  const ask = async (line: string | undefined, seconds: number) => {
    const timer = setTimeout(() => {
      end(tooSlow(seconds));
      child.kill("SIGKILL");
    }, 1e3 * seconds);
    return answer(line).finally(() => clearTimeout(timer));
  };
  return { ask, stop: () => child.kill("SIGKILL") };
}

/** A peer that is there. */
export interface Peer {
  readonly name: PeerName;
  readonly threads: number;
  /** what it says of itself */
  readonly title: string;
  /** seconds of each call; one that takes longer than `limit` ends the peer, and the next request starts it anew */
  readonly ask: (request: Request, limit?: number) => Promise<readonly number[]>;
  readonly stop: () => void;
}

/** Seconds that a peer may take for an answer; told in the table as the least that it takes. */
export const patience = 20;

async function greet(program: readonly string[], threads: number): Promise<{ talk: Talk; ready: string }> {
  const talk = talkWith([...program, String(threads)]);
  try {
    const greeting = JSON.parse(await talk.ask(undefined, patience)) as Greeting;
    if ("ready" in greeting) return { talk, ready: greeting.ready };
    throw new Error(greeting.error);
  } catch (error) {
    talk.stop();
    throw error;
  }
}

/** Starts a peer, or says why it cannot be had. */
export async function startPeer(name: PeerName, threads: number): Promise<Peer | { readonly absent: string }> {
  const reasons: string[] = [];
  for (const program of peerKinds[name].programs) {
    try {
      const first = await greet(program, threads);
      let talk: Talk | undefined = first.talk;
      const ask = async (request: Request, limit = patience) => {
        talk ??= (await greet(program, threads)).talk;
        const line = await talk.ask(JSON.stringify(request), limit).catch((error) => {
          talk?.stop();
          talk = undefined;
          throw error;
        });
        const reply = JSON.parse(line) as Reply;
        if ("error" in reply) throw new Error(reply.error);
        return reply.seconds;
      };
      return { name, threads, title: first.ready, ask, stop: () => talk?.stop() };
    } catch (error) {
      reasons.push(`${program[0]}: ${(error as Error).message}`);
    }
  }
  return { absent: [...new Set(reasons)].join("; ") };
}
