import type { Figure } from "../../plot/figure.js";
import type { Table } from "../../plot/table.js";
import { cellText, headerText, isNumeric } from "../../plot/table-text.js";
import { escapeMarkup } from "../export/markup.js";

/** A paragraph of plain text. */
export function paragraphHtml(text: string): string {
  return `<p>${escapeMarkup(text)}</p>`;
}

/** A table with its title above and its note below; numbers at the right, the first cell of a row as its name. */
export function tableHtml(table: Table): string {
  const title = escapeMarkup(table.title);
  const kind = table.columns.map((_, i) => (isNumeric(table, i) ? ' class="number"' : ""));
  const head = table.columns.map((column, i) => `<th scope="col"${kind[i]}>${escapeMarkup(headerText(column))}</th>`);
  const rows = table.rows.map((row) => {
    const cells = table.columns.map((_, i) => escapeMarkup(cellText(row[i] ?? null)));
    const [name, ...values] = cells.map((text, i) =>
      i === 0 ? `<th scope="row"${kind[i]}>${text}</th>` : `<td${kind[i]}>${text}</td>`,
    );
    return `<tr>${name}${values.join("")}</tr>`;
  });
  const note = table.note ? `\n<p class="note">${escapeMarkup(table.note)}</p>` : "";
  return `<div class="table">
<div class="scroll" tabindex="0" role="region" aria-label="${title}">
<table>
<caption>${title}</caption>
<thead><tr>${head.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</div>${note}
</div>`;
}

/** The place of figure `index` of the page, of its size already, with its caption below and as its alternative text. */
export function figureHtml(figure: Figure, index: number): string {
  const caption = `caption-${index + 1}`;
  const size = `width: ${figure.width}px; height: ${figure.height}px`;
  return `<figure id="${escapeMarkup(figure.name)}">
<div class="plot scroll" data-figure="${index}" role="img" aria-label="${escapeMarkup(figure.title)}" aria-describedby="${caption}">
<div style="${size}"><div></div></div>
<noscript>This figure is drawn by a program in the page, which is switched off here.</noscript>
</div>
<figcaption id="${caption}">${escapeMarkup(figure.caption)}</figcaption>
</figure>`;
}

/** Names and values, such as versions and times. */
export function factsHtml(facts: readonly (readonly [name: string, value: string])[]): string {
  const rows = facts.map(([name, value]) => `<dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd>`);
  return `<dl>\n${rows.join("\n")}\n</dl>`;
}
