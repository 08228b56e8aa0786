import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { escapeJson, escapeScript } from "../../src/node/report/escape-scripts.js";
import { type PageContent, reportPage } from "../../src/node/report/report-page.js";
import type { Table } from "../../src/plot/table.js";
import { samples } from "../plot/samples.js";

const table: Table = {
  kind: "table",
  title: "Gabor parameters",
  columns: [
    { header: "parameter" },
    { header: "truth" },
    { header: "frequency", unit: "cycles/degree" },
    { header: "remark" },
  ],
  rows: [
    ["tau", 0.6, { value: 1.234, error: 0.056 }, "fitted"],
    ["phase", 1, null, "fixed"],
  ],
  note: "± is one standard error.",
};

const content: PageContent = {
  title: "A report",
  lead: "What it is about.",
  sections: [
    { title: "Findings", text: ["First.", "Second."], tables: [table], figures: [] },
    { title: "Fields", text: [], tables: [], figures: [samples[0]!, samples[5]!] },
    { title: "Curves", text: [], tables: [], figures: [samples[10]!] },
  ],
  facts: [["Node", "v20"]],
};

interface Element {
  readonly textContent: string;
  readonly innerHTML: string;
  readonly className: string;
  readonly tagName: string;
  readonly children: ArrayLike<Element>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element> & ArrayLike<Element>;
}

/** The page as a browser parses it, with no program run. */
function parsed(page: string): Element {
  const { JSDOM } = createRequire(import.meta.url)("jsdom") as {
    JSDOM: new (html: string) => { window: { document: Element } };
  };
  return new JSDOM(page).window.document;
}

const texts = (root: Element, selector: string) => Array.from(root.querySelectorAll(selector), (e) => e.textContent);

describe("reportPage", () => {
  const page = reportPage(content);
  const root = parsed(page);

  it("has the title, the lead, the sections in their order, and the facts", () => {
    expect(texts(root, "title, h1")).toEqual(["A report", "A report"]);
    expect(texts(root, ".lead")).toEqual(["What it is about."]);
    expect(texts(root, "h2")).toEqual(["Findings", "Fields", "Curves", "How it was made"]);
    expect(texts(root, "section > p")).toEqual(["First.", "Second."]);
    expect(texts(root, "dt, dd")).toEqual(["Node", "v20"]);
  });

  it("links to every section", () => {
    const links = Array.from(root.querySelectorAll("nav a"), (a) => [a.textContent, a.getAttribute("href")!] as const);
    expect(links.map(([name]) => name)).toEqual(texts(root, "h2"));
    for (const [name, href] of links) expect(root.querySelector(href)!.textContent).toBe(name);
  });

  it("shows a table as it reads elsewhere, with numbers at the right and a name at the head of each row", () => {
    expect(texts(root, "caption")).toEqual(["Gabor parameters"]);
    expect(texts(root, "thead th")).toEqual(["parameter", "truth", "frequency (cycles/degree)", "remark"]);
    expect(texts(root, "tbody th, tbody td")).toEqual([
      ...["tau", "0.600", "1.234 ± 0.056", "fitted"],
      ...["phase", "1", "–", "fixed"],
    ]);
    expect(texts(root, "tbody .number")).toEqual(["0.600", "1.234 ± 0.056", "1", "–"]);
    expect(texts(root, "tbody th[scope=row]")).toEqual(["tau", "phase"]);
    expect(texts(root, ".note")).toEqual(["± is one standard error."]);
  });

  it("gives every figure its place, its caption, and both as its alternative text", () => {
    const plots = [...root.querySelectorAll(".plot")];
    const figures = [samples[0]!, samples[5]!, samples[10]!];
    expect(plots.map((plot) => plot.getAttribute("data-figure"))).toEqual(["0", "1", "2"]);
    expect(plots.map((plot) => plot.getAttribute("aria-label"))).toEqual(figures.map(({ title }) => title));
    const described = plots.map((plot) => root.querySelector(`#${plot.getAttribute("aria-describedby")}`)!.textContent);
    expect(described).toEqual(figures.map(({ caption }) => caption));
    for (const [i, plot] of plots.entries()) {
      const { width, height } = figures[i]!;
      expect(plot.children[0]!.getAttribute("style")).toBe(`width: ${width}px; height: ${height}px`);
    }
  });

  it("carries the figures as they are, and asks plotly for no button that uploads them", () => {
    const { figures, config } = JSON.parse(root.querySelector("#figures")!.textContent);
    expect(figures).toEqual(
      [samples[0], samples[5], samples[10]].map((figure) => ({ data: figure!.data, layout: figure!.layout })),
    );
    expect(config).toEqual({ showSendToCloud: false, displaylogo: false });
  });

  it("needs nothing from elsewhere, and forbids the browser to ask", () => {
    for (const name of ["src", "href", "srcset", "action", "data", "poster"]) {
      const values = Array.from(root.querySelectorAll(`[${name}]`), (e) => e.getAttribute(name)!);
      expect(values.filter((value) => !value.startsWith("#"))).toEqual([]);
    }
    expect(root.querySelectorAll("link, iframe, img, base, object, embed").length).toBe(0);
    expect(texts(root, "style").join("")).not.toMatch(/url\(|@import/);
    const policy = root.querySelector("meta[http-equiv=Content-Security-Policy]")!.getAttribute("content")!;
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'unsafe-inline'",
      "style-src 'unsafe-inline'",
      "img-src data: blob:",
    ]);
  });

  it("carries plotly once and whole: what the browser reads as its script defines Plotly and parses", () => {
    const scripts = texts(root, "script");
    expect(scripts.length).toBe(3);
    expect(scripts[1]!.length).toBeGreaterThan(1e6);
    expect(scripts[1]).toMatch(/Plotly/);
    for (const program of scripts.slice(1)) expect(() => new Function(program)).not.toThrow();
  });

  it("carries no plotly where there is no figure, and no list of sections where there is one", () => {
    const small = reportPage({ ...content, sections: content.sections.slice(0, 1), facts: [] });
    expect(small.length).toBeLessThan(10_000);
    expect(parsed(small).querySelectorAll("script, nav, #facts").length).toBe(0);
  });

  it("shows hostile texts as they are: none becomes an element or ends a script", () => {
    const hostile = `</script><img src=x onerror=alert(1)><!-- "'& ]]>`;
    const figure = {
      ...samples[0]!,
      title: hostile,
      caption: hostile,
      layout: { ...samples[0]!.layout, meta: hostile },
    };
    const evil = parsed(
      reportPage({
        title: hostile,
        lead: hostile,
        sections: [
          {
            title: hostile,
            text: [hostile],
            tables: [
              {
                kind: "table",
                title: hostile,
                columns: [{ header: hostile, unit: hostile }],
                rows: [[hostile]],
                note: hostile,
              },
            ],
            figures: [figure],
          },
        ],
        facts: [[hostile, hostile]],
      }),
    );
    expect(evil.querySelectorAll("img").length).toBe(0);
    for (const place of [
      "title",
      "h1",
      ".lead",
      "h2",
      "section > p",
      "caption",
      "tbody th",
      ".note",
      "figcaption",
      "dt",
      "dd",
    ])
      expect(evil.querySelector(place)!.textContent).toBe(hostile);
    expect(evil.querySelector("thead th")!.textContent).toBe(`${hostile} (${hostile})`);
    expect(evil.querySelector(".plot")!.getAttribute("aria-label")).toBe(hostile);
    expect(JSON.parse(evil.querySelector("#figures")!.textContent).figures[0].layout.meta).toBe(hostile);
    expect(texts(evil, "script").length).toBe(3);
  });

  it("gives the same page for the same content", () => {
    expect(reportPage(content)).toBe(page);
  });
});

describe("escapeScript", () => {
  it("keeps what a program means, and leaves nothing that ends its element", () => {
    const program = 'return ["</script>", "<!--", /<\\/SCRIPT/.source, `</Script>`, 1 < 2]';
    const escaped = escapeScript(program);
    expect(escaped).not.toMatch(/<\/script|<!--/i);
    expect(new Function(escaped)()).toEqual(["</script>", "<!--", "<\\/SCRIPT", "</Script>", true]);
  });
});

describe("escapeJson", () => {
  it("keeps what JSON says without a <", () => {
    const value = { "<a>": "</script><!--", b: [1, null, "\\<"] };
    expect(escapeJson(JSON.stringify(value))).not.toContain("<");
    expect(JSON.parse(escapeJson(JSON.stringify(value)))).toEqual(value);
  });
});
