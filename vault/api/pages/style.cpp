#include "vault/api/pages/templates.h"

namespace coffer::api {

// Text on its ground has a contrast of at least 4.5:1 in both schemes.
const char* const kStyleSheet = R"css(:root {
  color-scheme: light dark;
  --ground: #f6f5f2;
  --sheet: #ffffff;
  --text: #1d1d1b;
  --quiet: #55534e;
  --line: #8a8780;
  --accent: #1f5f4a;
  --on-accent: #ffffff;
  --alert: #a3201a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161615;
    --sheet: #222220;
    --text: #f1efea;
    --quiet: #b9b6ae;
    --line: #8a8780;
    --accent: #8fd6bb;
    --on-accent: #10241c;
    --alert: #ff9a92;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  padding: 1rem;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
main {
  max-width: 32rem;
  margin: 2rem auto 1rem;
  padding: 1.5rem;
  background: var(--sheet);
  border: 1px solid var(--line);
  border-radius: 0.75rem;
}
footer { max-width: 32rem; margin: 0 auto; color: var(--quiet); font-size: 0.875rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1.125rem; }
.mark {
  display: grid;
  place-items: center;
  width: 3rem;
  height: 3rem;
  margin: 0 0 1rem;
  border-radius: 0.75rem;
  background: var(--accent);
  color: var(--on-accent);
  font-size: 1.5rem;
  font-weight: 700;
}
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 1rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; font-weight: 600; }
ul { margin: 0.5rem 0; padding-left: 1.25rem; }
code { color: var(--quiet); font: 0.875rem ui-monospace, monospace; }
.field { margin: 1rem 0; }
label { display: block; font-weight: 600; }
input, textarea {
  width: 100%;
  min-height: 2.75rem;
  padding: 0.5rem 0.75rem;
  background: var(--sheet);
  color: var(--text);
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  font: inherit;
}
input[aria-invalid], textarea[aria-invalid] { border: 2px solid var(--alert); }
.hint { margin: 0.25rem 0; color: var(--quiet); font-size: 0.875rem; }
.error, .alert { color: var(--alert); font-weight: 600; }
.error { margin: 0.25rem 0; }
.alert, .notice { margin: 1rem 0; padding: 0.75rem; border: 1px solid currentcolor; border-radius: 0.5rem; }
.buttons { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }
button {
  min-height: 2.75rem;
  padding: 0.5rem 1.25rem;
  background: var(--sheet);
  color: var(--text);
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
summary { min-height: 1.5rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 24rem) {
  body { padding: 0.5rem; }
  main { margin-top: 0.5rem; padding: 1rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; }
}
@media (prefers-reduced-motion: reduce) {
  * { transition: none !important; animation: none !important; }
}
)css";

}  // namespace coffer::api
