/**
 * The page's own program. Figures are drawn when they come near the screen, so that a page of fifty opens at once, and all
 * of them before printing. A figure that is wider than its place is made smaller, to no less than `least` of its size,
 * below which its letters cannot be read and it scrolls. plotly's buttons stand in a column in the figure's right margin,
 * where they hide nothing. On a touch screen there are none, and a finger on a figure scrolls the page.
 */
export const pageScript = `
(() => {
  const { figures, config } = JSON.parse(document.getElementById("figures").textContent);
  const plots = [...document.querySelectorAll(".plot")];
  const touch = matchMedia("(pointer: coarse), (hover: none)").matches;
  const handling = touch ? { dragmode: false } : { modebar: { orientation: "v" } };
  const least = 0.65;
  const paper = 660;
  const fit = (plot, room, smallest) => {
    const { width, height } = figures[plot.dataset.figure].layout;
    const scale = Math.min(1, Math.max(smallest, room / width));
    const [frame, drawing] = [plot.firstElementChild, plot.firstElementChild.firstElementChild];
    frame.style.cssText = "overflow: hidden; width: " + width * scale + "px; height: " + height * scale + "px";
    drawing.style.cssText = "width: " + width + "px; height: " + height + "px; transform-origin: 0 0; transform: scale(" + scale + ")";
  };
  const fitToScreen = () => plots.forEach((plot) => fit(plot, plot.parentElement.clientWidth, least));
  const draw = (plot) => {
    if (plot.dataset.drawn) return;
    plot.dataset.drawn = "yes";
    const { data, layout } = figures[plot.dataset.figure];
    Plotly.newPlot(plot.firstElementChild.firstElementChild, data, { ...layout, ...handling }, { ...config, displayModeBar: touch ? false : "hover" });
  };
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      draw(target);
    }
  }, { rootMargin: "100% 0px" });
  fitToScreen();
  plots.forEach((plot) => watch.observe(plot));
  addEventListener("resize", fitToScreen);
  addEventListener("beforeprint", () => plots.forEach((plot) => { draw(plot); fit(plot, paper, 0); }));
  addEventListener("afterprint", fitToScreen);
})();
`;
