"""The page's style sheet: light, dark, narrow and printed."""

CSS = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --quiet: #59636e; --rule: #d9dee3; --band: #f5f7f9;
  --link: #0a5ea8; --yes: #0b6b3a; --yes-band: #dff3e7; --no: #a3260b; --no-band: #fde7e1;
  --open: #5c4a00; --open-band: #fbf0c9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e4e8ec; --quiet: #9aa5b1; --rule: #343b43; --band: #1d2227;
    --link: #7cc0ff; --yes: #7fe0a8; --yes-band: #12352380; --no: #ffab97; --no-band: #4a1d1480;
    --open: #f0d675; --open-band: #40360f80;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 68rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .25rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { max-width: 46rem; margin: .5rem 0; }
a { color: var(--link); }
main { margin-top: 2rem; }
section { margin-top: 3.5rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
.facts { color: var(--quiet); font-size: .875rem; }
.question { font-size: 1.1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .925rem; font-variant-numeric: tabular-nums; }
.claims { width: 100%; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; }
th { font-weight: 600; color: var(--quiet); border-bottom: 2px solid var(--rule); }
td { border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
th.number, td.number { text-align: right; white-space: nowrap; }
.note { display: block; color: var(--quiet); font-size: .85rem; }
.verdict {
  display: inline-block; padding: .1rem .55rem; border-radius: 1rem; font-size: .825rem;
  font-weight: 600; white-space: nowrap;
}
.confirmed { color: var(--yes); background: var(--yes-band); }
.not-confirmed { color: var(--no); background: var(--no-band); }
.not-decidable { color: var(--open); background: var(--open-band); }
figure { margin: 2rem 0; }
figure img {
  display: block; max-width: 100%; height: auto; background: #fff; border-radius: 6px;
  border: 1px solid var(--rule);
}
figcaption { color: var(--quiet); font-size: .9rem; margin-top: .5rem; max-width: 46rem; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--link); }
pre {
  background: var(--band); border: 1px solid var(--rule); border-radius: 6px; padding: .75rem 1rem;
  overflow-x: auto; font: .825rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
@media (max-width: 46rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  .claims thead {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  }
  .claims, .claims tbody, .claims tr, .claims td { display: block; width: 100%; }
  .claims tr { padding: .75rem 0; border-bottom: 1px solid var(--rule); }
  .claims td { border: 0; padding: .15rem 0; }
  .claims td[data-name]::before {
    content: attr(data-name) ": "; color: var(--quiet); font-size: .85rem;
  }
}
@media print {
  :root {
    --paper: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --band: #fff; --link: #000;
    --yes: #000; --yes-band: #fff; --no: #000; --no-band: #fff; --open: #000; --open-band: #fff;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .verdict { border: 1px solid #000; }
  section { break-before: page; border: 0; margin: 0; }
  figure, tr { break-inside: avoid; }
}
"""
