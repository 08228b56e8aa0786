/** What the drawing code uses of an SVG element; jsdom brings no types of its own, and this project none of the DOM's. */
export interface SvgElement {
  readonly nodeType: number;
  readonly tagName: string;
  readonly textContent: string;
  readonly parentElement: SvgElement | null;
  readonly children: Iterable<SvgElement>;
  readonly childNodes: Iterable<SvgElement>;
  readonly style?: {
    readonly fontSize: string;
    readonly fontWeight: string;
    readonly fontStyle: string;
    readonly textAnchor: string;
    readonly display: string;
  };
  readonly getAttribute: (name: string) => string | null;
}

/** The part of a jsdom window that the drawing code fills in and calls. */
export interface SvgWindow {
  readonly eval: (source: string) => unknown;
  readonly document: { readonly createElement: (name: string) => unknown };
  readonly Math: { random: () => number };
  readonly Element: { readonly prototype: ElementMethods };
  readonly SVGElement: { readonly prototype: SvgMethods };
  readonly HTMLCanvasElement: { readonly prototype: CanvasMethods };
  CSS?: { readonly supports: (...question: readonly string[]) => boolean };
  readonly Plotly: {
    readonly toImage: (figure: object, options: object) => Promise<string>;
    readonly version: string;
  };
}

/** A box in pixels, y down. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A box as the DOM hands it out. */
export interface DomBox extends Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ElementMethods {
  getBoundingClientRect: (this: SvgElement) => DomBox;
}

export interface SvgMethods {
  getBBox?: (this: SvgElement) => DomBox;
  getComputedTextLength?: (this: SvgElement) => number;
  getTotalLength?: (this: SvgElement) => number;
  getPointAtLength?: (this: SvgElement, length: number) => { readonly x: number; readonly y: number };
  getBoundingClientRect?: (this: SvgElement) => DomBox;
}

export interface CanvasElement {
  readonly width: number;
  readonly height: number;
}

export interface CanvasMethods {
  getContext: (this: CanvasElement, kind: string) => unknown;
  toDataURL: (this: CanvasElement, type?: string) => string;
}
