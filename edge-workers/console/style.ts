// The one style sheet of every page we serve, at /style.css. System fonts, no images, light and dark by the reader's setting.

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --sheet: #f6f7f9; --line: #d9dde3; --ink: #14181f; --soft: #5a6472;
  --accent: #0b5cad; --accent-ink: #ffffff;
  --good: #1a7f4b; --warn: #9a6200; --bad: #b3261e;
  --good-sheet: #e5f5ec; --warn-sheet: #fdf1dc; --bad-sheet: #fdeae8; --info-sheet: #e8f0fa;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12151a; --sheet: #1b2027; --line: #323a45; --ink: #e8ebf0; --soft: #9aa5b4;
    --accent: #7db4f0; --accent-ink: #0b1420;
    --good: #6fd09a; --warn: #e8b45c; --bad: #f2918a;
    --good-sheet: #15301f; --warn-sheet: #33270f; --bad-sheet: #3a1c1a; --info-sheet: #172840;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
h1, h2, h3 { line-height: 1.25; margin: 1.6em 0 0.5em; text-wrap: balance; }
h1 { font-size: 1.75rem; margin-top: 0.4em; }
h2 { font-size: 1.25rem; padding-bottom: 0.25em; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; }
p, ul, ol { max-width: 72ch; }
code, pre, kbd { font-family: var(--mono); font-size: 0.9em; }
code { overflow-wrap: anywhere; }
pre {
  background: var(--sheet); border: 1px solid var(--line); border-radius: 6px;
  padding: 0.75rem 1rem; overflow-x: auto; line-height: 1.45;
}
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.3rem 0.6rem; }
.top { border-bottom: 1px solid var(--line); background: var(--sheet); }
.top > div, main, .foot {
  max-width: 72rem; margin: 0 auto; padding: 0.75rem clamp(1rem, 4vw, 2rem);
}
.top > div { display: flex; flex-wrap: wrap; gap: 0.4rem 1.4rem; align-items: baseline; }
.top nav { display: flex; flex-wrap: wrap; gap: 0.4rem 1.1rem; }
.top .reader { margin: 0 0 0 auto; display: flex; gap: 0.4rem 1.1rem; flex-wrap: wrap; align-items: baseline; }
button.link { border: 0; padding: 0; background: none; color: inherit; font-weight: inherit; }
button.link:hover { text-decoration: underline; }
.ways-in li { margin: 0.7rem 0; }
.ways-in .button { display: inline-block; }
.top a { color: inherit; text-decoration: none; }
.top a:hover, .top a[aria-current] { text-decoration: underline; }
.brand { font-weight: 650; letter-spacing: 0.01em; }
main { padding-top: 1.25rem; padding-bottom: 3rem; }
.foot { color: var(--soft); font-size: 0.85rem; border-top: 1px solid var(--line); }
.banner {
  background: var(--warn-sheet); border-bottom: 1px solid var(--line); text-align: center;
  margin: 0; max-width: none; padding: 0.35rem 1rem; font-size: 0.9rem;
}
.soft { color: var(--soft); }
.small { font-size: 0.875rem; }
.mono { font-family: var(--mono); font-size: 0.9em; overflow-wrap: anywhere; }
.right { text-align: right; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 1rem; background: var(--paper); }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 550; font-size: 0.85rem; }
td.number, th.number { text-align: right; }
td.whole-line { white-space: nowrap; }
dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.35rem 1.25rem; margin: 0.5rem 0; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.badge {
  display: inline-block; padding: 0.05rem 0.5rem; border-radius: 1rem; font-size: 0.8rem; font-weight: 600;
  background: var(--info-sheet); color: var(--ink); white-space: nowrap;
}
.badge.good { background: var(--good-sheet); color: var(--good); }
.badge.warn { background: var(--warn-sheet); color: var(--warn); }
.badge.bad, .badge.block { background: var(--bad-sheet); color: var(--bad); }
.note { border-inline-start: 3px solid var(--accent); background: var(--info-sheet); padding: 0.5rem 0.9rem; border-radius: 0 6px 6px 0; }
.note.good { border-color: var(--good); background: var(--good-sheet); }
.note.warn { border-color: var(--warn); background: var(--warn-sheet); }
.note.bad, .note.block { border-color: var(--bad); background: var(--bad-sheet); }
button, .button {
  font: inherit; font-weight: 600; padding: 0.4rem 0.95rem; border-radius: 6px; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--accent-ink); text-decoration: none;
}
button.quiet, .button.quiet { background: transparent; color: var(--accent); }
input, select, textarea {
  font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  padding: 0.4rem 0.6rem; max-width: 100%;
}
details { border: 1px solid var(--line); border-radius: 6px; margin: 0.6rem 0; }
details > summary { cursor: pointer; padding: 0.5rem 0.9rem; }
details > :not(summary) { margin-left: 0.9rem; margin-right: 0.9rem; }
.diff { padding: 0; }
.diff span { display: block; padding: 0 1rem; white-space: pre; min-height: 1.45em; }
.diff .add { background: var(--good-sheet); }
.diff .del { background: var(--bad-sheet); }
.diff .hunk { color: var(--soft); background: var(--info-sheet); }
.steps { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.35rem; }
.steps li { padding: 0.1rem 0.6rem; border-radius: 1rem; border: 1px solid var(--line); font-size: 0.85rem; color: var(--soft); }
.steps li.done { border-color: var(--good); color: var(--good); }
.steps li.now { border-color: var(--accent); background: var(--accent); color: var(--accent-ink); font-weight: 600; }
.split { display: grid; gap: 2rem; grid-template-columns: 15rem minmax(0, 1fr); align-items: start; }
.split > nav { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; font-size: 0.875rem; }
.split > nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
.split > nav a { text-decoration: none; overflow-wrap: anywhere; }
.verb { display: inline-block; min-width: 4.2rem; font: 650 0.8rem/1.6 var(--mono); color: var(--accent); }
.operation { border-top: 1px solid var(--line); padding-top: 0.5rem; margin-top: 1.6rem; }
h2 + .operation { border-top: 0; margin-top: 0; }
.operation > h3 { margin-top: 0.4rem; }
.fields { margin: 0.3rem 0 0.8rem; padding-left: 1.1rem; list-style: none; border-left: 2px solid var(--line); max-width: none; }
.fields > li { margin: 0.25rem 0; }
td.spaced, th.spaced { padding-left: 1.5rem; }
.mono.block { display: block; }
div.note, section.note { margin: 1rem 0; }
ul.plain { list-style: none; padding: 0; }
.tiles { list-style: none; padding: 0; margin: 1rem 0; max-width: none; display: grid; gap: 0.9rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }
.tiles h3 { font-size: 1rem; }
.tiles p { margin: 0.4rem 0; }
.rail { list-style: none; margin: 1rem 0; padding: 0 0 0 1.4rem; max-width: none; border-left: 2px solid var(--line); }
.rail > li { position: relative; padding-bottom: 0.8rem; scroll-margin-top: 1rem; }
.rail > li::before { content: ""; position: absolute; left: calc(-1.4rem - 7px); top: 0.4rem; width: 12px; height: 12px; border-radius: 50%; background: var(--line); }
.rail > li.healthy::before { background: var(--good); }
.rail > li.acting::before, .rail > li.degraded::before { background: var(--warn); }
.rail > li.failed::before { background: var(--bad); }
.rail > li.open::before, .rail > li.opening::before { background: var(--accent); }
.rail h3 { margin: 0.2rem 0; }
.rail > li > p, .rail > li > ul { margin: 0.3rem 0; }
.graph { display: block; margin: 0.6rem 0 1rem; font-size: 12px; }
.graph path { fill: none; stroke: var(--soft); stroke-width: 1.5; }
.graph path.head { fill: var(--soft); stroke: none; }
.graph a { text-decoration: none; }
.node rect { fill: var(--sheet); stroke: var(--line); stroke-width: 1.5; }
.node text { fill: var(--ink); }
.node text.state { fill: var(--soft); font-size: 11.5px; }
.node.good rect { fill: var(--good-sheet); stroke: var(--good); }
.node.warn rect { fill: var(--warn-sheet); stroke: var(--warn); }
.node.bad rect { fill: var(--bad-sheet); stroke: var(--bad); }
.node.open rect, .node.opening rect { fill: var(--info-sheet); stroke: var(--accent); }
.form label { display: block; font-weight: 550; font-size: 0.9rem; }
.form p { margin: 0.6rem 0; }
.form fieldset { border: 0; margin: 0.6rem 0; padding: 0; min-width: 0; }
.form legend { font-weight: 550; font-size: 0.9rem; padding: 0; }
.form label.choice { font-weight: 400; padding: 0.15rem 0; }
.choices { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
button.danger { border-color: var(--bad); background: transparent; color: var(--bad); }
pre.secret { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
details.plain { border: 0; margin: 0; }
details.plain > summary { padding: 0; }
.form button { margin-bottom: 0.9rem; }
p.sum { font-size: 1.2rem; max-width: none; overflow-wrap: anywhere; }
table.numbers { width: auto; min-width: min(100%, 18rem); }
.rules th:first-child { width: 6.5rem; }
.rules th:nth-child(2) { width: 17rem; }
.rule { display: inline-block; margin: 0 0.6rem 0.2rem 0; }
@media (max-width: 52rem) {
  .split { grid-template-columns: minmax(0, 1fr); }
  .split > nav { position: static; max-height: none; }
  dl.facts { grid-template-columns: 1fr; gap: 0.1rem; }
  dl.facts dd { margin-bottom: 0.5rem; }
}
@media (max-width: 40rem) {
  .stack thead { display: none; }
  .stack tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  .stack td { display: block; border: 0; padding: 0.1rem 0; }
  .stack td[data-label] { position: relative; padding-left: 8rem; min-height: 1.75rem; }
  .stack td[data-label]::before {
    content: attr(data-label); position: absolute; left: 0; width: 7.25rem;
    color: var(--soft); font: 550 0.85rem/1.75 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  }
  .stack td:empty { display: none; }
  .stack td.number { text-align: left; }
  .stack td.whole-line { white-space: normal; }
}
.bar { display: block; width: 100%; min-width: 8rem; height: 0.75rem; margin: 0.4rem 0; }
.scroll + .card { margin-top: 1rem; }
.bar.swatch { display: inline-block; width: 0.75rem; min-width: 0; margin: 0; }
.bar .whole { fill: var(--line); }
.bar .used { fill: var(--accent); }
.bar .reserved { fill: var(--warn); }
.bar .over { fill: var(--bad); }
.sections { gap: 0.3rem 1.1rem; margin: 0 0 0.6rem; }
.sections a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
.claim-rows { width: auto; }
.claim-rows th, .claim-rows td { border: 0; padding: 0.2rem 0.9rem 0.2rem 0; vertical-align: middle; }
.scroll + .row, .facts + .row { margin-top: 1rem; }
form.row + .scroll { margin-top: 0.6rem; }
.holder main { max-width: 48rem; }
.holder h1 { margin-top: 1.2rem; }
.wallet-link { display: grid; gap: 1rem 2rem; grid-template-columns: minmax(12rem, 17rem) minmax(0, 1fr); align-items: center; margin: 1.2rem 0; }
.wallet-link.here { grid-template-columns: minmax(0, 1fr); }
.holder .note > p { margin: 0.3rem 0; }
.wallet-link .button { display: inline-block; }
.wallet-link figure { margin: 0; text-align: center; }
.qr svg { display: block; width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 8px; }
.qr path { fill: #000000; }
.copy input { flex: 1 1 12rem; min-width: 0; font-family: var(--mono); font-size: 0.85rem; }
.form .copy button { margin-bottom: 0; }
@media (max-width: 40rem) {
  .claim-rows thead { display: none; }
  .claim-rows tr { display: flex; flex-wrap: wrap; gap: 0 0.6rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
}
@media (max-width: 40rem) { .wallet-link { grid-template-columns: minmax(0, 1fr); } .qr { max-width: 17rem; margin: 0 auto; } }
@media print { .top, .banner, .split > nav, .unprinted { display: none; } .split { display: block; } }
`
