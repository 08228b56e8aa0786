import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { figurePath, filled, markOf, pagePath, readPage, shown } from "./chapter-laws/page.js";

const again = "run npx tsx test/docs/chapter-laws/write.ts";
const all = shown();
const figures = [...all.figures.values()];

describe("docs/chapter-laws.md", () => {
  const page = readPage();

  it("holds the tables and figures that the library makes, each of them", () => {
    expect(filled(page, all), again).toBe(page);
    const held = (kind: string) =>
      [...page.matchAll(new RegExp(`<!-- ${kind}: (\\S+) -->`, "g"))].map(([, name]) => name);
    expect(held("table").sort()).toEqual([...all.tables.keys()].sort());
    expect(held("figure").sort()).toEqual([...all.figures.keys()].sort());
  });

  it("has the files of the figures as they are, and no others", () => {
    for (const figure of figures) expect(readFileSync(figurePath(figure), "utf8"), again).toContain(markOf(figure));
    const files = readdirSync(join(dirname(pagePath), "figures"));
    expect(files.sort()).toEqual(figures.map(({ name }) => `${name}.svg`).sort());
  });

  it("stays small, since it travels in the package", () => {
    const sizes = figures.map((figure) => statSync(figurePath(figure)).size);
    expect(Math.max(...sizes)).toBeLessThan(60_000);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(400_000);
  });
});
