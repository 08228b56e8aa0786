import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellText, tableText } from "../../src/plot/table-text.js";
import { labelText, measuredText, numberText, quantityText, tickText, wrapText } from "../../src/plot/text.js";

describe("numbers in print", () => {
  it("keep their significant digits, and need no exponent where they are short", () => {
    const shown = [0, 12, -3, 1234.5, 0.0123, -0.5, 1, 0.99999, 1.2345e-7, 123456789.5, 9.996].map((v) =>
      numberText(v),
    );
    expect(shown).toEqual(["0", "12", "-3", "1235", "0.0123", "-0.500", "1", "1.00", "1.23e-7", "1.23e+8", "10.0"]);
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((v) => numberText(v))).toEqual([
      "–",
      "∞",
      "-∞",
    ]);
    expect(numberText(2 / 3, 5)).toBe("0.66667");
  });

  it("differ from the number by no more than half the last digit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 9e5, noNaN: true }), fc.integer({ min: 1, max: 6 }), (value, digits) => {
        expect(Math.abs(Number(numberText(value, digits)) - value) / value).toBeLessThanOrEqual(
          0.5 * 10 ** (1 - digits) + 1e-12,
        );
      }),
    );
  });

  it("stand with their error to its second digit", () => {
    expect(measuredText(1.23456, 0.056)).toBe("1.235 ± 0.056");
    expect(measuredText(-12.3, 4.56)).toBe("-12.3 ± 4.6");
    expect(measuredText(12345, 678)).toBe("12350 ± 680");
    expect(measuredText(1.5, 0.0996)).toBe("1.50 ± 0.10");
    expect(measuredText(1.5, Number.NaN)).toBe("1.50 ± –");
    expect(measuredText(1.5, 0)).toBe("1.50 ± 0");
  });

  it("stand on an axis without zeros at their end", () => {
    expect([7.5, -22.5, 112.5, 0.1 + 0.2].map(tickText)).toEqual(["7.5", "−22.5", "112.5", "0.3"]);
  });
});

describe("labels", () => {
  it("carry their unit, and are text, not mark-up", () => {
    expect(quantityText({ label: "rate", unit: "spikes/s" })).toBe("rate (spikes/s)");
    expect(quantityText({ label: "R²", unit: "" })).toBe("R²");
    expect(labelText("<b>&")).toBe("&lt;b>&amp;");
  });

  it("wrap at spaces, lose no word, and are no longer than allowed where words allow it", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1, maxLength: 12 }).filter((w) => !/\s/.test(w)),
          { maxLength: 20 },
        ),
        fc.integer({ min: 5, max: 30 }),
        (words, most) => {
          const lines = wrapText(words.join(" "), most);
          expect(lines.join(" ")).toBe(words.join(" "));
          expect(lines.every((line) => line.length <= most || !line.includes(" "))).toBe(true);
        },
      ),
    );
  });
});

describe("a table in a terminal", () => {
  const table = {
    kind: "table",
    title: "Findings",
    columns: [{ header: "parameter" }, { header: "frequency", unit: "cycles/pixel" }, { header: "n" }],
    rows: [
      ["estimate", { value: 0.1234, error: 0.0021 }, 12],
      ["σ of the truth", { value: 0.12, digits: 2 }, null],
    ],
    note: "± is one standard error.",
  } as const;

  it("lines its columns up, numbers at the right, with units in the header", () => {
    expect(tableText(table).split("\n")).toEqual([
      "Findings",
      "",
      "parameter       frequency (cycles/pixel)   n",
      "──────────────  ────────────────────────  ──",
      "estimate                 0.1234 ± 0.0021  12",
      "σ of the truth                      0.12   –",
      "",
      "± is one standard error.",
      "",
    ]);
  });

  it("leaves no line with spaces at its end", () => {
    expect(
      / \n/.test(
        tableText({
          ...table,
          rows: [["a longer name", null, "no"]],
          columns: [{ header: "a" }, { header: "b" }, { header: "long" }],
        }),
      ),
    ).toBe(false);
  });

  it("shows nothing as a dash and a short row as one with nothing in it", () => {
    expect(cellText(null)).toBe("–");
    expect(tableText({ ...table, rows: [["short"]] })).toContain("short");
  });

  it("let a sentence go on below, under its own column, with every word", () => {
    const sentence = "a warning of many words ".repeat(8).trim();
    const columns = [{ header: "finding" }, { header: "value" }, { header: "beside" }];
    const text = tableText({ kind: "table", title: "t", columns, rows: [["w", sentence, "b"]] });
    const [, , header, , ...rows] = text.trimEnd().split("\n");
    const from = header!.indexOf("value");
    const beside = header!.indexOf("beside");
    expect(rows.length).toBe(4);
    expect(rows.map((line) => line.slice(from, beside).trim()).join(" ")).toBe(sentence);
    expect(rows.map((line) => line.slice(0, from).trim() + line.slice(beside))).toEqual(["wb", "", "", ""]);
    expect(beside).toBeLessThan(from + 70);
  });
});
