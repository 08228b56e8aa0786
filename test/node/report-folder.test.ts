import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openReportFolder } from "../../src/node/report-folder.js";

const scratch = () => mkdtempSync(join(tmpdir(), "striate-test-"));

describe("a report's folder", () => {
  it("shows nothing under a final name before it is published, and everything after", async () => {
    const path = join(scratch(), "a", "out");
    const folder = await openReportFolder(path);
    await folder.stage("figures/one.svg", "<svg/>");
    await folder.stage("report.html", "new");
    expect(readdirSync(path).filter((name) => !name.startsWith("."))).toEqual([]);
    expect(await folder.publish()).toEqual(["figures/one.svg", "report.html"]);
    expect(readdirSync(path).sort()).toEqual(["figures", "files.json", "report.html"]);
    expect(readFileSync(join(path, "figures/one.svg"), "utf8")).toBe("<svg/>");
  });

  it("leaves what it held as it was when it is discarded", async () => {
    const path = scratch();
    writeFileSync(join(path, "report.html"), "old");
    const folder = await openReportFolder(path);
    await folder.stage("report.html", "half");
    await folder.discard();
    expect(readdirSync(path)).toEqual(["report.html"]);
    expect(readFileSync(join(path, "report.html"), "utf8")).toBe("old");
  });

  it("goes again when it was made in vain", async () => {
    const parent = scratch();
    const folder = await openReportFolder(join(parent, "a", "b"));
    await folder.stage("report.html", "half");
    await folder.discard();
    expect(readdirSync(parent)).toEqual([]);
  });

  it("replaces an earlier report and keeps files that are none of its own", async () => {
    const path = scratch();
    writeFileSync(join(path, "notes.txt"), "mine");
    writeFileSync(join(path, "report.html"), "old");
    const folder = await openReportFolder(path);
    await folder.stage("report.html", "new");
    await folder.publish();
    expect(readFileSync(join(path, "notes.txt"), "utf8")).toBe("mine");
    expect(readFileSync(join(path, "report.html"), "utf8")).toBe("new");
  });

  it("takes away what an earlier report left and this one does not give, and nothing else", async () => {
    const path = scratch();
    const first = await openReportFolder(path);
    await first.stage("figures/old.svg", "old");
    await first.stage("figures/both.svg", "old");
    await first.stage("results.partial.json", "{}");
    await first.publish();
    writeFileSync(join(path, "figures", "mine.svg"), "mine");
    const second = await openReportFolder(path);
    await second.stage("figures/both.svg", "new");
    await second.publish();
    expect(readdirSync(path).sort()).toEqual(["figures", "files.json"]);
    expect(readdirSync(join(path, "figures")).sort()).toEqual(["both.svg", "mine.svg"]);
    writeFileSync(join(path, "files.json"), '["../../etc/passwd", "notes.txt"');
    await (await openReportFolder(path)).publish();
    writeFileSync(join(path, "notes.txt"), "mine");
    writeFileSync(join(path, "files.json"), '["notes.txt", "figures/../notes.txt", "figures/both.svg"]');
    await (await openReportFolder(path)).publish();
    expect(readdirSync(path).sort()).toEqual(["figures", "files.json", "notes.txt"]);
    expect(readdirSync(join(path, "figures"))).toEqual(["mine.svg"]);
  });

  it("refuses at once what stands in the way of its names", async () => {
    const path = scratch();
    writeFileSync(join(path, "figures"), "");
    await expect(openReportFolder(path)).rejects.toThrow(
      `out: ${join(path, "figures")} is a file, the report needs a folder of that name`,
    );
    const other = scratch();
    mkdirSync(join(other, "report.html"));
    await expect(openReportFolder(other)).rejects.toThrow(
      `${join(other, "report.html")} is a folder, the report needs a file of that name`,
    );
    await expect(openReportFolder(" ")).rejects.toThrow("out: the name of the folder is empty");
    if (existsSync("/proc"))
      await expect(openReportFolder("/proc/foo")).rejects.toThrow("out: folder /proc/foo cannot be written: ENOENT");
  });

  it("refuses a path that is a file", async () => {
    const path = join(scratch(), "file");
    writeFileSync(path, "");
    await expect(openReportFolder(path)).rejects.toThrow(`out: folder ${path} cannot be written: EEXIST`);
  });
});
