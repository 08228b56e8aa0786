/**
 * The page's style. Figures and their colour scales are made for white paper, so in the dark they stand on a white card;
 * on a narrow screen tables and figures scroll within themselves, never the page.
 */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #222; --soft: #5a5a5a; --ground: #fff; --rule: #d8d8d8; --band: #f5f5f5; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --soft: #a9a9a9; --ground: #16181b; --rule: #3c4046; --band: #1f2226; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem max(1rem, 3vw) 4rem; max-width: 72rem;
  color: var(--ink); background: var(--ground);
  font: 1rem/1.55 system-ui, "DejaVu Sans", Verdana, sans-serif; overflow-wrap: break-word;
}
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
p { max-width: 44rem; margin: 0 0 1rem; }
.lead { font-size: 1.1rem; }
nav ol { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
a { color: inherit; text-underline-offset: .2em; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible { outline: 2px solid; outline-offset: 2px; }
.table { margin: 1.5rem 0; }
table { width: max-content; border-collapse: collapse; font-size: .92rem; line-height: 1.4; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
th, td { padding: .3rem .9rem .3rem 0; max-width: min(26rem, 60vw); text-align: left; vertical-align: top; font-weight: normal; }
thead th { font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--soft); }
tbody tr { border-bottom: 1px solid var(--rule); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.note, figcaption { color: var(--soft); font-size: .9rem; line-height: 1.45; max-width: 44rem; margin: .5rem 0 0; }
figure { margin: 1.75rem 0; }
.plot { width: fit-content; max-width: 100%; background: #fff; color: #222; border-radius: 4px; }
.plot noscript { display: block; padding: 1rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1.5rem; font-size: .92rem; }
dt { color: var(--soft); }
dd { margin: 0; }
@media (max-width: 32rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --ground: #fff; --rule: #bbb; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .modebar-container { display: none !important; }
  h2, caption { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;
