import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
    expect(readdirSync(path).sort()).toEqual(["figures", "report.html"]);
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

  it("refuses a path that is a file", async () => {
    const path = join(scratch(), "file");
    writeFileSync(path, "");
    await expect(openReportFolder(path)).rejects.toThrow(`out: folder ${path} cannot be written: EEXIST`);
  });
});
