import type { Figure } from "../../plot/figure.js";
import type { Table } from "../../plot/table.js";
import { plotConfig } from "../../plot/theme.js";
import { figureJson } from "../export/figure-json.js";
import { escapeMarkup } from "../export/markup.js";
import { plotlyBundle } from "../export/plotly-bundle.js";
import { escapeJson, escapeScript } from "./escape-scripts.js";
import { factsHtml, figureHtml, paragraphHtml, tableHtml } from "./page-parts.js";
import { pageScript } from "./page-script.js";
import { pageStyle } from "./page-style.js";

/** A part of the page: paragraphs, then tables, then figures. */
export interface PageSection {
  readonly title: string;
  /** paragraphs of plain text */
  readonly text: readonly string[];
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
}

/** What a report says. */
export interface PageContent {
  readonly title: string;
  /** what the page is about, in a sentence or two */
  readonly lead: string;
  readonly sections: readonly PageSection[];
  /** how the results came about, such as versions, seeds and times, at the end of the page */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** The browser may take nothing from elsewhere: what the page needs is in it. */
const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/**
 * A report as one HTML page that needs no other file and no network: the figures are interactive, drawn by the plotly that
 * the page carries. All texts are plain text.
 *
 * @param content the title, the lead, the sections with their tables and figures, and the facts
 * @returns the page; the same content gives the same page
 */
export function reportPage(content: PageContent): string {
  const figures = content.sections.flatMap((section) => section.figures);
  const title = escapeMarkup(content.title);
  const facts = content.facts.length > 0 ? `<h2 id="facts">How it was made</h2>\n${factsHtml(content.facts)}\n` : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${escapeMarkup(content.lead)}</p>
${contentsHtml(content)}
</header>
<main>
${sectionsHtml(content.sections)}
${facts}</main>
${figures.length > 0 ? scripts(figures) : ""}</body>
</html>
`;
}

/** Links to the sections, where there are several. */
function contentsHtml({ sections, facts }: PageContent): string {
  if (sections.length < 2) return "";
  const links = sections.map(({ title }, i) => `<li><a href="#section-${i + 1}">${escapeMarkup(title)}</a></li>`);
  if (facts.length > 0) links.push('<li><a href="#facts">How it was made</a></li>');
  return `<nav aria-label="Sections"><ol>${links.join("")}</ol></nav>`;
}

function sectionsHtml(sections: readonly PageSection[]): string {
  let figure = 0;
  return sections
    .map(({ title, text, tables, figures }, i) =>
      [
        `<section aria-labelledby="section-${i + 1}">`,
        `<h2 id="section-${i + 1}">${escapeMarkup(title)}</h2>`,
        ...text.map(paragraphHtml),
        ...tables.map(tableHtml),
        ...figures.map((one) => figureHtml(one, figure++)),
        "</section>",
      ].join("\n"),
    )
    .join("\n");
}

/** plotly once, the figures as data, and the program that draws them. */
function scripts(figures: readonly Figure[]): string {
  const data = `{"config":${JSON.stringify(plotConfig)},"figures":[${figures.map(figureJson).join(",\n")}]}`;
  return `<script type="application/json" id="figures">${escapeJson(data)}</script>
<script>${escapeScript(plotlyBundle())}</script>
<script>${pageScript}</script>
`;
}
