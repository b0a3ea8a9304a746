// The one stylesheet. Light and dark follow the system; the page is a single column that fits a phone.

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1b2128; --soft: #5c6773; --line: #dde2e8;
  --link: #0b5cad; --green: #1a7f43; --green-soft: #e3f5e9; --red: #b3261e; --red-soft: #fdeaea;
  --amber: #8a5a00; --amber-soft: #fff3d6; --violet: #6b3fb5; --violet-soft: #f0e8fc; --code: #f0f2f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1317; --card: #171c22; --ink: #e4e9ee; --soft: #98a4b0; --line: #2b333c;
    --link: #79b8ff; --green: #5bc982; --green-soft: #12301d; --red: #ff8f85; --red-soft: #3a1816;
    --amber: #f0bd5a; --amber-soft: #352709; --violet: #c3a2f7; --violet-soft: #2a1d42; --code: #1f262e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
.bar, main { max-width: 66rem; margin: 0 auto; padding: .75rem 1rem; }
.bar { display: flex; flex-wrap: wrap; gap: .35rem 1rem; align-items: center; }
.brand { font-weight: 700; color: var(--ink); }
.note { color: var(--soft); font-size: .875rem; flex: 1 1 16rem; }
.who { font-size: .875rem; }
main { padding-bottom: 4rem; }
h1 { font-size: 1.55rem; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
.muted { color: var(--soft); } .small { font-size: .875rem; }
.crumb { color: var(--soft); font-size: .9rem; margin: .75rem 0 0; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1rem 1.15rem; margin: .75rem 0; overflow-wrap: anywhere; }
.card.ok { border-left: .3rem solid var(--green); } .card.no { border-left: .3rem solid var(--red); }
.card.wait { border-left: .3rem solid var(--amber); } .card.done { border-left: .3rem solid var(--violet); }
.card > :first-child, form.card > input + p { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
ul.rows { list-style: none; margin: .75rem 0; padding: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: .6rem; }
ul.rows > li { padding: .6rem 1.15rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
ul.rows > li:first-child { border-top: 0; }
.tag { display: inline-block; font-size: .75rem; font-weight: 600; line-height: 1.4; padding: .1rem .55rem;
  border-radius: 1rem; background: var(--code); color: var(--soft); white-space: nowrap; }
.tag.open, .tag.success, .tag.APPROVED, .tag.added { background: var(--green-soft); color: var(--green); }
.tag.merged { background: var(--violet-soft); color: var(--violet); }
.tag.failure, .tag.closed, .tag.CHANGES_REQUESTED, .tag.removed { background: var(--red-soft); color: var(--red); }
.tag.warn, .tag.wait { background: var(--amber-soft); color: var(--amber); }
code, pre, .sha { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .85em; }
code, .branch { background: var(--code); border-radius: .3rem; padding: .1em .35em; }
pre { background: var(--code); border-radius: .5rem; padding: .75rem; overflow-x: auto; margin: .75rem 0; }
pre code { background: none; padding: 0; font-size: 1em; }
.branch { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .85em; }
.text > :first-child { margin-top: 0; } .text > :last-child { margin-bottom: 0; }
form > :last-child { margin-bottom: 0; }
.text table { border-collapse: collapse; display: block; overflow-x: auto; margin: .75rem 0; }
.text th, .text td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; overflow-wrap: break-word; }
.text td code { white-space: nowrap; }
.text th { background: var(--code); }
.text h1 { font-size: 1.25rem; } .text h2 { font-size: 1.1rem; margin: 1.25rem 0 .5rem; }
.text h3 { font-size: 1rem; margin: 1rem 0 .4rem; }
.text blockquote { border-left: .25rem solid var(--line); color: var(--soft); margin: .75rem 0; padding-left: .9rem; }
details.file { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  margin: .6rem 0; overflow: hidden; }
details.file > summary { padding: .55rem 1rem; cursor: pointer; overflow-wrap: anywhere; }
details > summary { cursor: pointer; }
details.file[open] > summary { border-bottom: 1px solid var(--line); }
details.file > p { margin: .75rem 1rem; }
.plus { color: var(--green); } .minus { color: var(--red); }
pre.diff, pre.source { margin: 0; padding: .4rem 0; border-radius: 0; background: none; line-height: 1.45; }
pre.diff span, pre.source span { display: block; padding: 0 1rem; min-height: 1.45em; width: max-content; min-width: 100%; }
pre.diff .a { background: var(--green-soft); } pre.diff .d { background: var(--red-soft); }
pre.diff .h { color: var(--soft); background: var(--code); }
pre.source { counter-reset: line; }
pre.source span::before { counter-increment: line; content: counter(line); color: var(--soft);
  display: inline-block; width: 3.5em; padding-right: 1em; text-align: right; user-select: none; }
form.inline { display: inline; }
label { display: block; margin: .6rem 0; }
label.inline { display: inline-block; margin-right: 1rem; }
input[type=password], input[type=text], textarea { width: 100%; font: inherit; color: inherit;
  background: var(--paper); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .6rem; }
textarea { min-height: 5rem; resize: vertical; }
button { font: inherit; font-weight: 600; border: 0; border-radius: .4rem; padding: .5rem 1.1rem;
  background: var(--green); color: var(--card); cursor: pointer; }
button.danger { background: var(--red); }
button:disabled { background: var(--line); color: var(--soft); cursor: not-allowed; }
button.link { background: none; color: var(--link); padding: 0; font-weight: 400; }
:focus-visible { outline: .15rem solid var(--link); outline-offset: .1rem; }
@media (max-width: 40rem) { .card, ul.rows > li { padding-left: .85rem; padding-right: .85rem; } }
`
