/** One plotly trace, as plain data. */
export type Trace = Readonly<Record<string, unknown>>;

/** A figure as plain data: what plotly draws, and what a reader needs to know about it. */
export interface Figure {
  readonly kind: "figure";
  /** file name without ending, kebab-case */
  readonly name: string;
  readonly title: string;
  /** one to three sentences: what is shown, the units, what to see */
  readonly caption: string;
  readonly data: readonly Trace[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** pixels */
  readonly width: number;
  readonly height: number;
}
