import { describe, expect, it } from "vitest";
import { progressDisplay, progressLine, rateText } from "../../src/cli/progress.js";

/** A stream that keeps what is written to it. */
function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  return {
    written,
    stream: { isTTY, columns: 100, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream,
  };
}

describe("progress", () => {
  it("shows the share done, the rate and the time left", () => {
    const line = progressLine("task", { done: 500, total: 2000, unit: "frames" }, 5);
    expect(line).toContain("25 %");
    expect(line).toContain("100 frames/s");
    expect(line).toContain("15 s left");
    expect(line.match(/█/g)).toHaveLength(4);
  });

  it("says nothing of time before there is a rate", () => {
    expect(progressLine("task", { done: 0, total: 10, unit: "steps" }, 0)).not.toContain("left");
  });

  it("says no time left where all is done, since what comes next is not known", () => {
    const done = progressLine("task", { done: 5, total: 5, unit: "blocks of time" }, 50);
    expect(done).not.toContain("left");
    expect(done).toContain("5 of 5 blocks of time");
    expect(progressLine("task", { done: 0, total: 5, unit: "blocks" }, 50)).toContain("0 of 5 blocks");
  });

  it("counts the time left up again while nothing is told", () => {
    const { stream, written } = fakeStream(true);
    let now = 0;
    const display = progressDisplay(stream, () => now);
    display.start("task");
    display.update("task", { done: 0, total: 4, unit: "blocks" });
    now = 10;
    display.update("task", { done: 1, total: 4, unit: "blocks" });
    expect(written.at(-1)).toContain("30 s left");
    now = 20;
    display.tick();
    expect(written.at(-1)).toContain("60 s left");
    const piped = fakeStream(false);
    const quiet = progressDisplay(piped.stream, () => now);
    quiet.start("task");
    quiet.tick();
    expect(piped.written).toHaveLength(1);
  });

  it("writes rates with three digits", () => {
    expect([rateText(12.34), rateText(12_345), rateText(1.5e6)]).toEqual(["12.3", "12.3 k", "1.50 M"]);
  });

  it("redraws a bar for each running task on a terminal", () => {
    const { stream, written } = fakeStream(true);
    let now = 0;
    const display = progressDisplay(stream, () => now);
    display.start("one");
    display.start("two");
    now = 1;
    written.length = 0;
    display.update("one", { done: 1, total: 2, unit: "steps" });
    expect(written[0]).toBe("\u001b[2A\u001b[0J");
    expect(written.slice(1).map((line) => line.slice(0, 3))).toEqual(["one", "two"]);
    display.finish("one", 2);
    expect(written.join("")).toContain("one: done in 2.0 s\n");
    expect(written.at(-1)?.startsWith("two")).toBe(true);
  });

  it("writes plain lines, ten seconds apart, where it is piped", () => {
    const { stream, written } = fakeStream(false);
    let now = 0;
    const display = progressDisplay(stream, () => now);
    display.start("one");
    for (now = 1; now <= 25; now++) display.update("one", { done: now, total: 100, unit: "steps" });
    display.finish("one", 25);
    expect(written).toHaveLength(4);
    expect(written.join("")).not.toContain("\u001b");
    expect(written[1]).toContain("10 %");
    expect(written.join("")).not.toMatch(/[█░]/);
  });
});
