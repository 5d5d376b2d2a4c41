/** Stands in the page itself, so that a saved one is whole; on paper always dark on white. */
export const certificateStyle = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f4f6fa, #0f131b);
  --card: light-dark(#ffffff, #171d28);
  --line: light-dark(#e0e5ee, #293243);
  --text: light-dark(#18202e, #e7ecf5);
  --soft: light-dark(#586479, #98a5ba);
  --good: light-dark(#0d7a4c, #4fd39a);
  --warn: light-dark(#925400, #f5b544);
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
  font-size: 15px;
  line-height: 1.5;
  color: var(--text);
  background: var(--page);
}
* { box-sizing: border-box; }
body { margin: 0; padding: 24px 16px; }
main { max-width: 780px; margin: 0 auto; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
header { display: flex; gap: 12px; align-items: center; padding-bottom: 16px; border-bottom: 1px solid var(--line); }
header p { margin: 0; color: var(--soft); }
h1 { margin: 0; font-size: 1.45rem; letter-spacing: -0.01em; }
h2 { margin: 24px 0 6px; font-size: 1.1rem; }
.sum { margin: 20px 0 0; font-size: 1.1rem; }
.sum b { color: var(--good); }
.sum b.part { color: var(--warn); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 190px; padding-right: 16px; font-weight: 400; color: var(--soft); }
code { font-family: ui-monospace, "Liberation Mono", monospace; font-size: 0.87em; overflow-wrap: anywhere; }
td.number { font-variant-numeric: tabular-nums; }
footer { margin-top: 24px; font-size: 0.87rem; color: var(--soft); }
@media (max-width: 560px) { main { padding: 20px; } th { width: 120px; } }
@media print {
  :root { color-scheme: light; font-size: 10.5pt; background: none; }
  body { padding: 0; }
  main { max-width: none; padding: 0; border: 0; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
}
`;
