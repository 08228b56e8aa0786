/**
 * The few parts of the DOM that drawing without a browser names. The library as a whole compiles without DOM types, so
 * that no file outside the page can lean on them.
 */

/** An element of a document, HTML or SVG. */
export interface DomElement {
  readonly tagName: string;
  readonly nodeType: number;
  readonly textContent: string | null;
  readonly parentElement: DomElement | null;
  readonly children: Iterable<DomElement>;
  readonly childNodes: Iterable<DomElement | DomText>;
  readonly style?: Readonly<Record<string, string>>;
  getAttribute(name: string): string | null;
}

/** A piece of text in an element. */
export interface DomText {
  readonly nodeType: number;
  readonly data: string;
}

/** A canvas element. */
export interface DomCanvas {
  readonly width: number;
  readonly height: number;
}

/** A class whose methods are replaced. */
interface DomClass {
  readonly prototype: Record<string, unknown>;
}

/** A window as far as plotly has to be helped in it. */
export interface DomWindow {
  readonly document: { readonly body: DomElement };
  readonly Element: DomClass;
  readonly SVGElement: DomClass;
  readonly HTMLCanvasElement: DomClass;
  readonly Math: { random: () => number };
  readonly JSON: { parse(text: string): object };
  CSS?: { readonly supports: (property: string, value: string) => boolean };
  eval(source: string): unknown;
  close(): void;
}

export function isText(node: DomElement | DomText): node is DomText {
  return node.nodeType === 3;
}

/** An attribute or a style as a number, without its unit; 0 where it is missing. */
export function numberOf(text: string | null | undefined): number {
  return Number.parseFloat(text ?? "") || 0;
}
