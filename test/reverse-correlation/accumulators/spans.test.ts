import fc from "fast-check";
import { expect, test } from "vitest";
import { gapWarnings, type Span, withSpan } from "../../../src/reverse-correlation/accumulators/spans.js";

const block = 4;
const add = (spans: readonly Span[], from: number, to: number) => withSpan("add", spans, { from, to }, block);

test("spans are the bins that were added, in as few stretches as there are, whatever the order", () => {
  const blocks = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 13 });
  fc.assert(
    fc.property(blocks, (order) => {
      const spans = order.reduce<readonly Span[]>((sum, b) => add(sum, 4 * b, 4 * b + (b === 12 ? 3 : 4)), []);
      const bins = spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
      const wanted = [...order]
        .sort((a, b) => a - b)
        .flatMap((b) => [0, 1, 2, 3].map((i) => 4 * b + i))
        .filter((bin) => bin < 51);
      expect(bins).toEqual(wanted);
      expect(spans).toHaveLength(order.filter((b) => !order.includes(b - 1)).length);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("gaps are named, from the first bin on", () => {
  expect(gapWarnings([{ from: 0, to: 8 }])).toEqual([]);
  expect(gapWarnings(add(add([], 4, 8), 16, 19))).toEqual([
    "bins 0 to 3, 8 to 15 were not added: the result knows nothing of them",
  ]);
});

test("bins added twice, and parts beyond the recording's end, are refused", () => {
  const spans = add(add([], 4, 8), 16, 19);
  expect(() => add(spans, 0, 8)).toThrow("add: bins 4 to 7 are added already, once is needed");
  expect(() => add(spans, 16, 20)).toThrow("add: bins 16 to 18 are added already");
  expect(() => add(spans, 20, 24)).toThrow(
    "add: a part ends at bin 19, another begins at bin 20: only the recording's end may be no multiple of 4",
  );
  expect(() => add(spans, 8, 11)).toThrow("a part ends at bin 11, another begins at bin 16");
});
