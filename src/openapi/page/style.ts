/** The page's style sheet. Colours of text have a contrast of at least 7 to 1 in light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfc;
  --ink: #1c1f23;
  --quiet: #4a5058;
  --line: #d5d8dc;
  --block: #f2f3f4;
  --link: #0b4a8f;
}

@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b;
    --ink: #e8e9eb;
    --quiet: #b4bac2;
    --line: #3a3f46;
    --block: #202327;
    --link: #9cc7ff;
  }
}

* { box-sizing: border-box; }

html { scroll-padding-top: 1rem; }

body {
  margin: 0 auto;
  max-width: 76rem;
  padding: 0 1rem 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif;
  overflow-wrap: break-word;
}

a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }

.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.5rem; }

h1 { margin: 2rem 0 0; font-size: 1.75rem; }
h2 { margin: 3rem 0 0.5rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1.4rem; }
h3 { margin: 2.5rem 0 0.25rem; font-size: 1.15rem; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 1.5rem 0 0.25rem; font-size: 1rem; }
p { margin: 0.5rem 0; max-width: 46rem; }

nav { margin: 1.5rem 0; columns: 18rem; }
nav ul { margin: 0; padding-left: 1.1rem; }
nav > ul { padding-left: 0; list-style: none; }
nav > ul > li { margin-bottom: 0.75rem; break-inside: avoid; }

code, pre { font-family: ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; font-size: 0.875em; }
.route { font-weight: 600; overflow-wrap: anywhere; }

.scroll { overflow-x: auto; margin: 0.75rem 0; }
table { border-collapse: collapse; min-width: 100%; }
caption { padding: 0.25rem 0; color: var(--quiet); text-align: left; font-size: 0.875rem; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--quiet); font-size: 0.875rem; }
td { min-width: 6rem; }
td:last-child { min-width: 14rem; }
td p { margin: 0 0 0.5rem; }
.optional { color: var(--quiet); font-size: 0.875rem; }

figure { margin: 0.75rem 0; }
figcaption { color: var(--quiet); font-size: 0.875rem; }
pre { margin: 0.25rem 0; padding: 0.75rem; overflow-x: auto; background: var(--block); border: 1px solid var(--line); border-radius: 4px; }

@media print {
  nav, .skip { display: none; }
  pre { white-space: pre-wrap; }
}
`;
