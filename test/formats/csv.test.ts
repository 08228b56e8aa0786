import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvSeparator, readCsv, writeCsv } from "../../src/formats/csv.js";
import { InputError } from "../../src/tensor/errors.js";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "utf8"));
const read = (text: string, options = {}) => {
  const { names, columns } = readCsv(bytesOf(text), options);
  return Object.fromEntries(names.map((name, i) => [name, Array.from(columns[i])]));
};

describe("readCsv", () => {
  it("reads a header and rows, whatever stands between the fields and ends the lines", () => {
    const expected = { a: [1, -2.5], b: [3e-4, 4] };
    for (const text of [
      "a,b\n1,3e-4\n-2.5,4\n",
      "a;b\r\n1;3e-4\r\n-2.5;4",
      "a\tb\n1\t 3e-4\n\n-2.5\t4\n\n",
      "\ufeffa,b\n1,3e-4\n-2.5,4",
    ]) {
      expect(read(text)).toEqual(expected);
    }
    expect(readCsv(bytesOf("a;b\n1;2\n"))).toMatchObject({ kind: "csv-table", rows: 1, separator: ";" });
  });

  it("takes quoted fields as they are meant: separators, quotes and line ends within", () => {
    expect(read('"a, or ""b""",c\n"1",2\n')).toEqual({ 'a, or "b"': [1], c: [2] });
    expect(read('"two\nlines",é\n1,2\n')).toEqual({ "two\nlines": [1], é: [2] });
    expect(() => read('"two\nlines",b\n1,x\n')).toThrow('readCsv: line 3, column b: "x", a finite number is needed');
  });

  it("numbers the columns of a file that has no header", () => {
    expect(read("1,2\n3,4\n")).toEqual({ "column 1": [1, 3], "column 2": [2, 4] });
    expect(read("0.5\n0.75\n")).toEqual({ "column 1": [0.5, 0.75] });
  });

  it("gives back every number that writeCsv wrote", () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, (values) => {
        const wide = Float64Array.from(values);
        const narrow = Float32Array.from(values, (value) => value % 1e30);
        const table = readCsv(writeCsv({ "wide, or so": wide, narrow }));
        expect(table.names).toEqual(["wide, or so", "narrow"]);
        expect(table.columns[0]).toEqual(wide);
        expect(Float32Array.from(table.columns[1])).toEqual(narrow);
      }),
    );
  });

  it.each<[string, string]>([
    ["", "the file is empty, a row of numbers is needed"],
    ["\n\n", "the file is empty, a row of numbers is needed"],
    ["a,b\n", "the file has a header and no rows, a row of numbers is needed"],
    ["a,b\n1,2\n3\n", "line 3 has 1 fields, the first line has 2"],
    ["a,b\n1,2,3\n", "line 2 has 3 fields, the first line has 2"],
    ["a,b\n1,\n", 'line 2, column b: "", a finite number is needed'],
    ["a,b\n1,NaN\n", 'line 2, column b: "NaN", a finite number is needed'],
    ["a,b\n1,2\n1,0x10\n", 'line 3, column b: "0x10", a finite number is needed'],
    ["a;b\n1;2,5\n", 'line 2, column b: "2,5", a finite number, with a decimal point is needed'],
    ['a,b\n1,"2\n', "line 2: a quote is opened and never closed"],
    ["a,a\n1,2\n", 'line 1: two columns are named "a"'],
  ])("refuses %j with the line", (text, message) => {
    expect(() => read(text)).toThrow(new InputError(`readCsv: ${message}`));
  });

  it("takes a first line with a number that is missing or not finite for a row of numbers", () => {
    for (const gap of ["nan", "NaN", "-inf", "", "NA"]) {
      const found = `line 1, column column 2: ${JSON.stringify(gap)}, a finite number is needed`;
      expect(() => read(`1,${gap},3\n4,5,6`)).toThrow(found);
    }
    // as pandas names its columns
    expect(readCsv(new Uint8Array(Buffer.from("0,1,counts\n4,5,6"))).names).toEqual(["0", "1", "counts"]);
  });

  it("refuses what are no bytes, and options that it does not know", () => {
    expect(() => readCsv("a" as unknown as Uint8Array)).toThrow('readCsv: bytes is "a", a Uint8Array is needed');
    expect(() => read("a\n1", { separator: "|" as CsvSeparator })).toThrow(
      'separator is "|", one of ",", ";", "\t" is needed',
    );
    expect(() => read("a\n1", { header: true })).toThrow('option "header" is not known, it takes separator');
  });
});

describe("writeCsv", () => {
  it("writes float32 numbers with the digits that they hold", () => {
    expect(Buffer.from(writeCsv({ é: [1, 0.1], x: Float32Array.of(0.1, -2) })).toString()).toBe(
      "é,x\n1,0.100000001\n0.1,-2\n",
    );
  });

  it.each<[Record<string, number[]>, string]>([
    [{}, "columns is empty, at least one column is needed"],
    [{ a: [1], b: [] }, "b has 0 numbers, a has 1"],
    [{ a: [1, Number.NaN] }, "a[1] is NaN, finite numbers are needed"],
  ])("refuses %o", (columns, message) => {
    expect(() => writeCsv(columns)).toThrow(new InputError(`writeCsv: ${message}`));
  });
});
