import { refuse } from "../../tensor/errors.js";

/** Bins from `from` up to, and without, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The bins that are added so far and one stretch more, in order, neighbours joined.
 *
 * Sums run on fixed blocks, so a stretch that ends within a block must be the last of the recording.
 *
 * @throws InputError if a bin is added twice, or the stretch lies beyond the recording's end or ends before its last bin
 */
export function withSpan(where: string, spans: readonly Span[], span: Span, block: number): readonly Span[] {
  const { from, to } = span;
  const twice = spans.find((other) => other.from < to && from < other.to);
  if (twice)
    refuse(
      where,
      `bins ${Math.max(from, twice.from)} to ${Math.min(to, twice.to) - 1} are added already, once is needed`,
    );
  const ordered = [...spans, span].sort((a, b) => a.from - b.from);
  const ragged = ordered.slice(0, -1).find((other) => other.to % block !== 0);
  if (ragged)
    refuse(
      where,
      `a part ends at bin ${ragged.to}, another begins at bin ${ordered[ordered.length - 1]!.from}: only the recording's end may be no multiple of ${block}`,
    );
  const joined: Span[] = [];
  for (const next of ordered) {
    const last = joined[joined.length - 1];
    if (last?.to === next.from) joined[joined.length - 1] = { from: last.from, to: next.to };
    else joined.push(next);
  }
  return joined;
}

/** What is missing before the last bin that was added, as warnings. */
export function gapWarnings(spans: readonly Span[]): string[] {
  const gaps = spans.flatMap(({ from }, i) => {
    const last = i === 0 ? 0 : spans[i - 1]!.to;
    return last < from ? [`${last} to ${from - 1}`] : [];
  });
  return gaps.length === 0 ? [] : [`bins ${gaps.join(", ")} were not added: the result knows nothing of them`];
}
