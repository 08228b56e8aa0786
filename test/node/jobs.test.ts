import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { simpleCellExperiment } from "../../src/experiments/simple-cell.js";
import { type Job, runJobs } from "../../src/node/jobs.js";
import { InputError } from "../../src/tensor/errors.js";

const job = (seed: number, frames = 2000): Job => ({
  experiment: "simple-cell",
  settings: { ...simpleCellExperiment.defaults, frames, seed },
  sources: { protocol: "white-noise-16x16" },
  inputs: { protocol: protocolOf("white-noise-16x16") },
});

describe("jobs in threads", () => {
  it("give the same numbers with one worker and with three, in the order of the jobs", async () => {
    const jobs = [job(1), job(2), job(3)];
    const [one, three] = [await runJobs(jobs, { workers: 1 }), await runJobs(jobs, { workers: 3 })];
    expect(three.map(({ result }) => result)).toEqual(one.map(({ result }) => result));
    expect(one.map(({ settings }) => (settings as { seed: number }).seed)).toEqual([1, 2, 3]);
    const here = simpleCellExperiment.run(jobs[0].settings as never, { protocol: protocolOf("white-noise-16x16") }, {});
    expect(one[0].result).toEqual(here);
  });

  it("tell of their start, their progress and their end", async () => {
    const told: string[] = [];
    await runJobs([job(1)], {
      workers: 1,
      onStart: ({ experiment }) => told.push(`start ${experiment}`),
      onProgress: (_, { done, total, unit }) => told.push(`${done}/${total} ${unit}`),
      onResult: ({ seconds }) => told.push(`end ${seconds > 0}`),
    });
    expect(told[0]).toBe("start simple-cell");
    expect(told.at(-1)).toBe("end true");
    expect(told).toContain("2000/2000 frames averaged");
  });

  it("pass an InputError on as one, and stop the others", async () => {
    const bad = { ...job(1), inputs: { protocol: { name: "nothing" } } };
    const failed = runJobs([bad, job(2, 500_000)], { workers: 2 });
    await expect(failed).rejects.toThrow(InputError);
    await expect(failed).rejects.toThrow('stimulusFromProtocol: name is "nothing"');
  });

  it("stop at once when they are aborted, with the reason", async () => {
    const controller = new AbortController();
    const started = performance.now();
    const running = runJobs([job(1, 5_000_000)], {
      workers: 1,
      signal: controller.signal,
      onProgress: () => controller.abort("enough"),
    });
    await expect(running).rejects.toBe("enough");
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

function protocolOf(name: string): object {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../stimuli/${name}.json`), "utf8")) as object;
}
