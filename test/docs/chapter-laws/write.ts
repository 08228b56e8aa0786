/** Writes the tables and figures of docs/chapter-laws.md anew: `npx tsx test/docs/chapter-laws/write.ts`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { closeExport, exportFigure } from "../../../src/node/export/export-figure.js";
import { figurePath, filled, markOf, pagePath, readPage, shown } from "./page.js";

async function write(): Promise<void> {
  const all = shown();
  writeFileSync(pagePath, filled(readPage(), all));
  for (const figure of all.figures.values()) {
    const { svg } = await exportFigure(figure);
    mkdirSync(dirname(figurePath(figure)), { recursive: true });
    writeFileSync(figurePath(figure), `${svg}\n${markOf(figure)}\n`);
  }
  await closeExport();
}

await write();
