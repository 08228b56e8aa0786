import { describe, expect, it } from "vitest";
import { runJob, type ThreadJob } from "../../src/kernels/thread-job.js";
import {
  boardHead,
  mostParts,
  partStates,
  serve,
  type ThreadMessage,
  type ThreadPool,
} from "../../src/kernels/thread-pool.js";

/** A pool whose only worker is played by the test, through the message that it got. */
function played() {
  const messages: ThreadMessage[] = [];
  const reasons: string[] = [];
  let time = 0;
  let alive = true;
  const pool: ThreadPool = {
    workers: 1,
    post: (_worker, message) => messages.push(message),
    alive: () => alive,
    now: () => ++time * 1000,
    fail: (reason) => reasons.push(reason),
  };
  return { pool, messages, reasons, end: () => (alive = false) };
}

/** A job that writes down what happens. */
function journal(parts: number, during?: (part: number) => void) {
  const lines: string[] = [];
  const job: ThreadJob = {
    parts,
    bytes: 64,
    task: "task",
    offer: (part) => lines.push(`offer ${part}`),
    run: (part) => {
      lines.push(`run ${part}`);
      during?.(part);
    },
    collect: (part) => lines.push(`collect ${part}`),
  };
  return { lines, job };
}

/** What a worker does with the parts that are offered, without waiting for those that are not. */
function work({ board, job, parts }: ThreadMessage, how: "well" | "badly" | "never" = "well", most = parts): void {
  const states = partStates(board, job);
  for (let part = parts - 1, taken = 0; part >= 0 && taken < most; part--) {
    if (!states.isOffered(part) || !states.claim(part)) continue;
    taken++;
    if (how !== "never") states.finish(part, how === "well");
  }
}

describe("a job of several threads", () => {
  it("is done by the calling thread alone where the workers do not come", () => {
    const { pool, reasons } = played();
    const { lines, job } = journal(4);
    runJob(pool, job);
    expect(lines.filter((line) => line.startsWith("run"))).toEqual(["run 0", "run 1", "run 2", "run 3"]);
    expect(lines.some((line) => line.startsWith("collect"))).toBe(false);
    expect(reasons).toEqual([]);
  });

  it("takes what a worker did, and each part once", () => {
    const { pool, messages, reasons } = played();
    const { lines, job } = journal(6, (part) => part === 0 && work(messages[0]!));
    runJob(pool, job);
    expect(lines).toContain("collect 5");
    const done = lines.filter((line) => !line.startsWith("offer")).map((line) => Number(line.split(" ")[1]));
    expect([...done].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(lines.indexOf("offer 5")).toBeLessThan(lines.indexOf("run 0"));
    expect(reasons).toEqual([]);
  });

  it("runs again on the calling thread what a worker could not, and gives the pool up", () => {
    const { pool, messages, reasons } = played();
    const { lines, job } = journal(4, (part) => part === 0 && work(messages[0]!, "badly", 1));
    runJob(pool, job);
    expect(lines.at(-1)).toBe("run 3");
    expect(reasons).toEqual(["a worker did not finish its part of a job"]);
  });

  it("does not wait for ever for a part that a worker took", () => {
    const { pool, messages, reasons } = played();
    const { lines, job } = journal(4, (part) => part === 0 && work(messages[0]!, "never", 1));
    runJob(pool, job);
    expect(lines.at(-1)).toBe("run 3");
    expect(reasons).toEqual(["a worker did not finish its part of a job"]);
  });

  it("does not wait for a worker that ended", () => {
    const { pool, messages, reasons, end } = played();
    const { lines, job } = journal(4, (part) => {
      if (part !== 0) return;
      work(messages[0]!, "never", 1);
      end();
    });
    runJob(pool, job);
    expect(lines.at(-1)).toBe("run 3");
    expect(reasons).toEqual(["a worker ended"]);
  });

  it("throws what a part throws on the calling thread, and releases the workers", () => {
    const { pool, messages } = played();
    const { job } = journal(4, (part) => {
      if (part === 1) throw new Error("broken part");
    });
    expect(() => runJob(pool, job)).toThrow("broken part");
    const served: number[] = [];
    serve(messages[0]!, (_task, _board, part) => served.push(part));
    expect(served).toEqual([]);
  });

  it("keeps its board, and makes a larger one where a job needs it", () => {
    const { pool, messages } = played();
    const { job } = journal(2);
    for (const bytes of [64, 64, 4096]) runJob(pool, { ...job, bytes });
    expect(messages[1]!.board).toBe(messages[0]!.board);
    expect(messages[2]!.board).not.toBe(messages[0]!.board);
    expect(messages[2]!.board.byteLength).toBeGreaterThanOrEqual(boardHead + 4096);
    expect(messages.map(({ job: number }) => number)).toEqual([1, 2, 3]);
  });

  it("refuses more parts than a board has states for", () => {
    const { pool } = played();
    expect(() => runJob(pool, journal(mostParts + 1).job)).toThrow("threads: 65 parts, at most 64 fit");
  });
});

describe("a worker", () => {
  it("that comes late takes no part of a later job", () => {
    const { pool, messages } = played();
    runJob(pool, journal(3).job);
    const served: number[] = [];
    const { job } = journal(3, (part) => {
      if (part === 0) serve(messages[0]!, (_task, _board, late) => served.push(late));
    });
    runJob(pool, job);
    expect(served).toEqual([]);
  });

  it("runs the parts that are offered from the last one on, and says which failed", () => {
    const board = new SharedArrayBuffer(boardHead);
    const states = partStates(board, 5);
    states.hold(3);
    for (let part = 0; part < 3; part++) states.offer(part);
    const served: number[] = [];
    serve({ board, job: 5, parts: 3, task: "task" }, (_task, _board, part) => {
      served.push(part);
      if (part === 1) throw new Error("broken part");
    });
    expect(served).toEqual([2, 1, 0]);
    expect([0, 1, 2].map((part) => states.isDone(part))).toEqual([true, false, true]);
    expect(states.isTaken(1)).toBe(false);
  });
});
