import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { figureJson } from "../../../src/node/export/figure-json.js";
import type { Figure } from "../../../src/plot/figure.js";
import type { Table } from "../../../src/plot/table.js";
import { border } from "./border.js";
import { commuting } from "./commuting.js";
import { costs } from "./costs.js";
import { fieldOfView } from "./field-of-view.js";
import { markdownTable } from "./markdown.js";
import { pooling } from "./pooling.js";
import { regions } from "./regions.js";

const docs = join(import.meta.dirname, "..", "..", "..", "docs");

export const pagePath = join(docs, "chapter-laws.md");
export const figurePath = ({ name }: Figure) => join(docs, "figures", `${name}.svg`);

/** All that the page shows, made by the library. */
export interface Shown {
  readonly tables: ReadonlyMap<string, Table>;
  readonly figures: ReadonlyMap<string, Figure>;
}

export function shown(): Shown {
  const sections = [commuting(), border(), fieldOfView(), costs(), pooling(), regions()];
  return {
    tables: new Map(sections.flatMap((section) => Object.entries(section.tables))),
    figures: new Map(sections.flatMap((section) => section.figures.map((figure) => [figure.name, figure] as const))),
  };
}

/** The page with what stands between `<!-- table: name -->` or `<!-- figure: name -->` and `<!-- end -->` made anew. */
export function filled(page: string, { tables, figures }: Shown): string {
  return page.replace(
    /(<!-- (table|figure): (\S+) -->\n)[\s\S]*?<!-- end -->/g,
    (_, mark: string, kind, name: string) => {
      const table = kind === "table" ? tables.get(name) : undefined;
      const figure = kind === "figure" ? figures.get(name) : undefined;
      if (!table && !figure) throw new Error(`the page has a ${kind} ${name}, which no section makes`);
      const text = table ? markdownTable(table) : `![${figure!.title}](figures/${name}.svg)\n\n${figure!.caption}`;
      return `${mark}\n${text}\n\n<!-- end -->`;
    },
  );
}

export const readPage = () => readFileSync(pagePath, "utf8");

/** A mark of what a figure shows, written into its file: drawing it again takes seconds, and letters differ by machine. */
export function markOf(figure: Figure): string {
  return `<!-- shows ${createHash("sha256").update(figureJson(figure)).digest("hex").slice(0, 16)} -->`;
}
