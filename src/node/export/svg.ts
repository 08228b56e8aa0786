import type { Figure } from "../../plot/figure.js";
import { plotConfig } from "../../plot/theme.js";
import type { SvgWindow } from "./svg-element.js";
import { plotlyWindow } from "./window.js";

/** Figures wait for each other: they are drawn in one window, and its random numbers start anew with each. */
let last: Promise<unknown> = Promise.resolve();

/** A figure as SVG: the same bytes for the same figure. */
export function figureSvg(figure: Figure): Promise<string> {
  const drawn = last.then(async () => draw(await plotlyWindow(), figure));
  last = drawn.catch(() => undefined);
  return drawn;
}

async function draw(window: SvgWindow, figure: Figure): Promise<string> {
  seedRandom(window);
  // Parsed inside the window: plotly tests data with the window's own Array and Object. It also writes into what it
  // is given, so that it must not be given the figure itself.
  const plain = window.eval(
    `(${JSON.stringify({ data: figure.data, layout: figure.layout, config: { ...plotConfig, staticPlot: true } })})`,
  );
  const svg = await window.Plotly.toImage(plain as object, {
    format: "svg",
    width: figure.width,
    height: figure.height,
    imageDataOnly: true,
  });
  return withFixedIds(withTitle(svg, figure));
}

/** plotly names clip paths by random numbers; from a fixed start they are the same names every time. */
function seedRandom(window: SvgWindow): void {
  let state = 1;
  window.Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
