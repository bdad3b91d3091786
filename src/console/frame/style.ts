/**
 * The console's style sheet. Text has a contrast of at least 4.5 to 1 in light and dark, what can be pressed is at least 24 px high, and
 * a wide table becomes a list of cards where the window is narrow.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f7f8f9;
  --sheet: #ffffff;
  --ink: #1b1f24;
  --quiet: #545d68;
  --line: #d8dde3;
  --field: #7d8793;
  --press: #0b5cad;
  --press-ink: #ffffff;
  --link: #0b5cad;
  --red: #a61b1b; --red-back: #fdecec;
  --amber: #7a4b00; --amber-back: #fff4dc;
  --green: #17663a; --green-back: #e6f5ec;
  --blue: #0b4f94; --blue-back: #e7f1fb;
  --grey-back: #eceff2;
  --bar-1: #2f6db5; --bar-2: #c98a1b; --bar-3: #b0413e;
  --shadow: 0 1px 2px rgb(20 30 40 / 8%);
}

@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a;
    --sheet: #1c2024;
    --ink: #e6e9ec;
    --quiet: #a9b2bc;
    --line: #343b43;
    --field: #77828e;
    --press: #7db8f5;
    --press-ink: #0d1a27;
    --link: #8fc4fb;
    --red: #ffaba6; --red-back: #3a1d1d;
    --amber: #f6cf83; --amber-back: #37290f;
    --green: #93dcb0; --green-back: #15301f;
    --blue: #a5d0fb; --blue-back: #16293c;
    --grey-back: #2a3037;
    --bar-1: #6aa9ee; --bar-2: #e2ab4b; --bar-3: #e58682;
    --shadow: none;
  }
}

* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 0.9375rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: break-word; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 2; background: var(--sheet); padding: 0.5rem 1rem; }
.icon { flex: none; vertical-align: -0.15em; }
:root:not(.has-script) .needs-script { display: none; }
.hidden-words { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.bar { background: var(--sheet); border-bottom: 1px solid var(--line); padding: 0.75rem 1.25rem 0; }
.bar-top { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.25rem; }
.door { padding-bottom: 0.75rem; }
.door .brand { margin: 0; }
.form { max-width: 26rem; }
.brand { color: var(--ink); font-weight: 650; font-size: 1.0625rem; text-decoration: none; }
.brand .store { color: var(--quiet); font-weight: 400; }
.search { display: flex; flex: 1 1 16rem; min-width: 0; max-width: 34rem; gap: 0.375rem; }
.search input { flex: 1; min-width: 0; }
.who { display: flex; align-items: center; gap: 0.75rem; margin-left: auto; }
.bar nav ul { display: flex; flex-wrap: wrap; gap: 0 1.125rem; list-style: none; margin: 0.5rem 0 0; padding: 0; }
.bar nav a { display: block; padding: 0.375rem 0 0.5rem; color: var(--quiet); text-decoration: none; border-bottom: 3px solid transparent; }
.bar nav a:hover { color: var(--ink); border-color: var(--line); }
.bar nav a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--press); }

main { max-width: 84rem; margin: 0 auto; padding: 1.25rem 1.25rem 4rem; }
main:focus { outline: none; }
h1 { margin: 0 0 0.75rem; font-size: 1.375rem; line-height: 1.3; }
h2 { margin: 0 0 0.5rem; font-size: 1.0625rem; }
h3 { margin: 1rem 0 0.25rem; font-size: 0.9375rem; }
p { margin: 0 0 0.625rem; max-width: 46rem; }
.quiet-words { color: var(--quiet); }
code, .id { font-family: ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; font-size: 0.875em; overflow-wrap: anywhere; }
.id-part { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0 0.125rem; min-width: 0; }
html:not(.has-script) [data-copy] { display: none; }
.tight .copy > span:not(.hidden-words) { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.tight .copy.copied > span:not(.hidden-words) { position: static; clip-path: none; width: auto; height: auto; }
.links { display: inline-flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
.heading { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem 0.75rem; margin: 0 0 0.875rem; }
.heading h1 { margin: 0; }
.below { display: block; font-weight: 400; }
.nowrap { white-space: nowrap; }
.above-table { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
.above-table p { margin: 0 0 0.375rem; }
[hidden] { display: none !important; }
hr { border: 0; border-top: 1px solid var(--line); margin: 1rem 0; }

.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; box-shadow: var(--shadow); padding: 1rem 1.125rem; margin: 0 0 1rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 1.25rem; align-items: start; }
@media (min-width: 62rem) { .columns { grid-template-columns: minmax(0, 1.65fr) minmax(0, 1fr); } }
.narrow { max-width: 26rem; margin-left: auto; margin-right: auto; }

input, select, textarea, button, .button { font: inherit; color: inherit; }
input:not([type='checkbox'], [type='radio']), select, textarea { background: var(--sheet); border: 1px solid var(--field); border-radius: 6px; padding: 0.3125rem 0.5rem; min-height: 2.125rem; max-width: 100%; }
textarea { width: 100%; min-height: 4.5rem; }
input[type='checkbox'], input[type='radio'] { width: 1.25rem; height: 1.25rem; margin: 0.125rem 0; accent-color: var(--press); vertical-align: -0.25rem; }
::placeholder { color: var(--quiet); opacity: 1; }
label { display: block; font-weight: 600; margin-bottom: 0.1875rem; }
.field { margin: 0 0 0.75rem; }
.field input:not([type='checkbox'], [type='radio']), .field select { width: 100%; }
.field .help { color: var(--quiet); font-size: 0.875rem; margin: 0.1875rem 0 0; }
.field .wrong { color: var(--red); margin: 0.1875rem 0 0; }
.choice { display: flex; gap: 0.5rem; align-items: start; font-weight: 400; padding: 0.125rem 0; }
.choice input { flex: none; }
fieldset { border: 0; margin: 0 0 0.75rem; padding: 0; min-width: 0; }
legend { font-weight: 600; padding: 0; margin-bottom: 0.1875rem; }
button, .button { display: inline-flex; align-items: center; justify-content: center; gap: 0.375rem; min-height: 2.125rem; padding: 0.25rem 0.75rem; border: 1px solid var(--field); border-radius: 6px; background: var(--sheet); cursor: pointer; text-decoration: none; font-weight: 500; }
button:hover, .button:hover { border-color: var(--ink); }
button.main, .button.main { background: var(--press); border-color: var(--press); color: var(--press-ink); font-weight: 600; }
button.main:hover, .button.main:hover { filter: brightness(1.08); }
button.grave { border-color: var(--red); color: var(--red); }
button.quiet { border-color: transparent; background: none; color: var(--link); padding: 0.25rem 0.375rem; }
button.quiet:hover { text-decoration: underline; }
button.small, .button.small { white-space: nowrap; min-height: 1.75rem; padding: 0.0625rem 0.5rem; font-size: 0.875rem; }
button:disabled, button[aria-disabled='true'] { color: var(--quiet); border-color: var(--line); background: var(--grey-back); cursor: not-allowed; filter: none; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0.75rem 0 0; }
.inline { display: flex; flex-wrap: wrap; gap: 0.375rem; align-items: center; }
.inline select { min-height: 1.75rem; padding: 0.0625rem 0.25rem; }
.under { font-weight: 400; font-size: 0.875rem; overflow-wrap: anywhere; }
.why-off { color: var(--quiet); font-size: 0.875rem; margin: 0.25rem 0 0; }

.notice { display: flex; gap: 0.5rem; align-items: start; max-width: none; border-radius: 8px; padding: 0.625rem 0.875rem; margin: 0 0 1rem; border: 1px solid; }
.notice .icon { margin-top: 0.2rem; }
.notice.done { color: var(--green); background: var(--green-back); }
.notice.fault { color: var(--red); background: var(--red-back); }
.notice.warn { color: var(--amber); background: var(--amber-back); }
.notice.info { color: var(--blue); background: var(--blue-back); }

.mark { display: inline-flex; align-items: center; gap: 0.25rem; padding: 0.0625rem 0.5rem; border-radius: 99px; font-size: 0.8125rem; font-weight: 600; white-space: nowrap; background: var(--grey-back); color: var(--ink); }
.mark .icon { width: 13px; height: 13px; }
.mark.red { color: var(--red); background: var(--red-back); }
.mark.amber { color: var(--amber); background: var(--amber-back); }
.mark.green { color: var(--green); background: var(--green-back); }
.mark.blue { color: var(--blue); background: var(--blue-back); }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.75rem; list-style: none; margin: 0 0 1rem; padding: 0; }
.tile { display: block; height: 100%; background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 0.625rem 0.875rem; color: var(--ink); text-decoration: none; box-shadow: var(--shadow); }
a.tile:hover { border-color: var(--press); }
.tile b { display: block; font-size: 1.5rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { color: var(--quiet); font-size: 0.875rem; }
.tile.red b { color: var(--red); }

.tabs { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; margin: 0 0 0.75rem; padding: 0; border-bottom: 1px solid var(--line); }
.tabs a { display: block; padding: 0.375rem 0.125rem; color: var(--quiet); text-decoration: none; border-bottom: 3px solid transparent; margin-bottom: -1px; }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--press); }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: end; margin: 0 0 0.75rem; }
.filters label { font-size: 0.8125rem; font-weight: 500; color: var(--quiet); }
.filters .field { margin: 0; }

.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); font-size: 0.875rem; padding: 0 0 0.375rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4375rem 0.75rem 0.4375rem 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-weight: 600; font-size: 0.8125rem; white-space: nowrap; vertical-align: middle; }
thead th a { color: inherit; text-decoration: none; display: inline-flex; gap: 0.25rem; align-items: center; min-height: 24px; }
thead th a:hover { color: var(--ink); text-decoration: underline; }
tbody th { font-weight: 600; }
td a:not(.button), tbody th a { display: inline-block; min-height: 24px; }
tbody tr:hover { background: color-mix(in srgb, var(--blue-back) 45%, transparent); }
td.number, th.number { text-align: right; }
.empty { text-align: center; color: var(--quiet); padding: 2.5rem 1rem; }
.empty p { margin-left: auto; margin-right: auto; }
.pages { display: flex; gap: 0.5rem; align-items: center; justify-content: space-between; margin-top: 0.75rem; }

@media (max-width: 44rem) {
  .bar, main { padding-left: 0.875rem; padding-right: 0.875rem; }
  .bar nav ul { gap: 0 0.875rem; }
  .who { margin-left: 0; }
  .find-row .filter-box { padding-top: 0; }
  .tiles { grid-template-columns: 1fr 1fr; }
  table.cards, table.cards caption, table.cards tbody, table.cards tr, table.cards th, table.cards td { display: block; }
  table.cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table.cards tr { border: 1px solid var(--line); border-radius: 8px; padding: 0.5rem 0.75rem; margin-bottom: 0.625rem; background: var(--sheet); }
  table.cards th, table.cards td { border: 0; padding: 0.125rem 0; text-align: left; }
  table.cards td[data-label]::before { content: attr(data-label) ': '; color: var(--quiet); font-size: 0.8125rem; }
}

dl.facts { display: grid; grid-template-columns: minmax(7rem, auto) minmax(0, 1fr); gap: 0.3125rem 1rem; margin: 0; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem; min-width: 0; }
@media (max-width: 30rem) { dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; } dl.facts dd { margin-bottom: 0.5rem; } }

ol.steps { counter-reset: step; list-style: none; margin: 0; padding: 0; }
ol.steps > li { counter-increment: step; position: relative; padding: 0 0 0.75rem 2.25rem; max-width: 46rem; }
ol.steps > li::before { content: counter(step); position: absolute; left: 0; top: -0.0625rem; width: 1.5rem; height: 1.5rem; border-radius: 50%; background: var(--blue-back); color: var(--blue); text-align: center; font-weight: 650; line-height: 1.5rem; font-size: 0.875rem; }

ol.timeline { list-style: none; margin: 0; padding: 0 0 0 0.25rem; }
ol.timeline > li { position: relative; padding: 0 0 0.875rem 1.25rem; border-left: 2px solid var(--line); }
ol.timeline > li:last-child { border-color: transparent; padding-bottom: 0; }
ol.timeline > li::before { content: ''; position: absolute; left: -6px; top: 0.4rem; width: 10px; height: 10px; border-radius: 50%; background: var(--field); }
ol.timeline > li.good::before { background: var(--green); }
ol.timeline > li.bad::before { background: var(--red); }
ol.timeline > li.person::before { background: var(--press); }
ol.timeline time { color: var(--quiet); font-size: 0.8125rem; display: block; }
ol.timeline .note { margin: 0.125rem 0 0; padding-left: 0.75rem; border-left: 3px solid var(--line); white-space: pre-line; }
ol.timeline dl.facts { margin: 0.25rem 0 0.375rem; font-size: 0.875rem; }
details summary { cursor: pointer; color: var(--link); min-height: 24px; }
pre { margin: 0.25rem 0; padding: 0.625rem; overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; font-size: 0.8125rem; white-space: pre-wrap; overflow-wrap: anywhere; }

.filters.find .field { flex: 1 1 18rem; max-width: 34rem; }
.filters.find input { width: 100%; }
.find-row { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: start; }
.find-row .find { flex: 1 1 20rem; }
.find-row .filter-box { flex: 1 1 14rem; padding-top: 1.5rem; }
.find-row .filter-box[open] { flex-basis: 100%; padding-top: 0; }
.filter-box { margin: 0 0 0.75rem; }
@media (min-width: 44rem) { ol.timeline > li { padding-left: 10.5rem; } ol.timeline > li > time { position: absolute; left: 1.25rem; top: 0.0625rem; } }
ol.timeline summary { font-size: 0.8125rem; min-height: 24px; }
.filter-box .filters { margin-top: 0.5rem; }
.filter-box select { max-width: 15rem; }
table.inbox td.select { width: 2rem; }
.selected .groups { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem 2rem; margin-top: 0.75rem; }
.sheet.selected { margin-top: 1rem; }
.take-first { display: flex; flex-wrap: wrap; gap: 0.25rem 0.875rem; align-items: center; margin: 0 0 0.875rem; }
.take-first p { margin: 0; flex: 1 1 14rem; }
dl.ids { margin: 0.5rem 0 0; padding: 0.5rem 0.75rem; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
.good-to-know { border-left: 3px solid var(--blue); padding-left: 0.75rem; margin: 0.25rem 0 0; }
.happened { margin: 0; }
.happened q { font-style: italic; }
.effects { margin: 0 0 0.25rem; padding-left: 1.25rem; max-width: 46rem; }
.choice b { font-weight: 600; }
.choice + .choice { margin-top: 0.375rem; }
.buttons.first { margin-top: 0; }
.buttons:empty { display: none; }
.button.below { display: inline-block; margin-top: 0.5rem; }
details.more { margin: 0.5rem 0 0; }
details.more > form, details.more > p { margin-top: 0.5rem; }
.check { margin-top: 0.875rem; }
.out-links { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0.875rem 0 0; }
.siblings { list-style: none; margin: 0; padding: 0; }
.siblings li { padding: 0.125rem 0; }
dd.note { white-space: pre-line; }
.add-note { margin-top: 1rem; max-width: 34rem; }
.notice.undo { align-items: center; flex-wrap: wrap; }

dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--sheet); color: var(--ink); max-width: 34rem; width: calc(100vw - 2rem); padding: 1.125rem 1.25rem; }
dialog h2 { margin-top: 0; }
dialog > form + button, dialog > p + button { margin-top: 0.75rem; }
.buttons + button[aria-haspopup], form + button[aria-haspopup] { margin-top: 0.5rem; }
dialog::backdrop { background: rgb(10 15 20 / 50%); }

figure.chart { margin: 0 0 0.75rem; }
figure.chart figcaption { font-weight: 600; margin-bottom: 0.375rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; list-style: none; margin: 0.25rem 0 0; padding: 0; font-weight: 400; font-size: 0.875rem; }
.legend svg { vertical-align: -0.1rem; border-radius: 2px; }
.tile small { display: block; color: var(--quiet); font-size: 0.8125rem; }
.notice p { margin: 0; }
.sheet > h3:first-child { margin-top: 0; }
td .buttons { margin: 0; }
svg.measure { margin-top: 0.25rem; }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.plain > li { margin-bottom: 0.5rem; }
.accounts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 1rem; align-items: start; }
svg.chart { display: block; width: 100%; }
svg.chart text.over { paint-order: stroke; stroke: var(--sheet); stroke-width: 3px; }
svg .hatch { fill: var(--sheet); opacity: 0.55; }
svg.chart text { fill: var(--quiet); font-size: 11px; }
svg.chart .axis { stroke: var(--line); }
svg .bar-1 { fill: var(--bar-1); }
svg .bar-2 { fill: var(--bar-2); }
svg .bar-3 { fill: var(--bar-3); }

@media (prefers-reduced-motion: no-preference) { button, .button, a.tile { transition: border-color 0.12s; } }
@media print { .bar nav, .search, .who, button, .filters, .tabs { display: none; } body { background: none; } }
`;
