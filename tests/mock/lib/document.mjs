// docs/mock-conformance.md, made of what a run gave.
import { fileURLToPath } from "node:url";
import { countOf } from "./suite.mjs";

export const DOCUMENT = fileURLToPath(new URL("../../../docs/mock-conformance.md", import.meta.url));

const SIGNS = { passed: "yes", failed: "**no**", "not applicable": "-" };
const capitalised = (text) => text[0].toUpperCase() + text.slice(1);
const cell = (text) => text.replaceAll("|", "\\|");
const row = (cells) => `| ${cells.map(cell).join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

// Numbers the reasons of a column as they come, so that a sign can point to its reason.
class Notes {
  #numbers = new Map();
  number(text) {
    if (!this.#numbers.has(text)) this.#numbers.set(text, this.#numbers.size + 1);
    return this.#numbers.get(text);
  }
  lines() {
    return [...this.#numbers].map(([text, number]) => `${number}. ${text}`).join("\n");
  }
}

function signOf({ label, outcomes }, name, notes) {
  const { result, reason } = outcomes.get(name);
  return result === "not applicable" ? `${SIGNS[result]} (${notes.number(`${label}: ${reason}`)})` : SIGNS[result];
}

const INTRODUCTION = `# What the mock provider conforms to

This page is made by \`tests/mock/suite.mjs\`, and a test compares it with what a run gives. Each check is one sentence
about an OAuth or OpenID provider with the clause that demands it. openid-client and oauth4webapi ask, unmodified, as
npm gives them; what a conforming client would never send is sent by hand. A plain form filler is the person.

The same checks run against oidc-provider, so that the checks are known to be right. "yes": the provider does what the
check says. "-": the check says nothing about it, for the reason at the end that the number leads to.
`;

function strictPart(suite, columns) {
  const notes = new Notes();
  const areas = [...new Set(suite.checks.map((check) => check.area))];
  const sections = areas.map((area) => {
    const rows = suite.checks.filter((check) => check.area === area)
      .map(({ name, clause }) => [name, clause, ...columns.map((column) => signOf(column, name, notes))]);
    return `## ${capitalised(area)}\n\n${table(["check", "clause", ...columns.map(({ label }) => label)], rows)}\n`;
  });
  const counts = columns.map(({ label, outcomes }) => [label, ...Object.values(countOf(outcomes)).map(String)]);
  return `${suite.checks.length} checks:\n\n${table(["provider", "yes", "no", "-"], counts)}\n\n${sections.join("\n")}\n## Reasons\n\n${notes.lines()}\n`;
}

const PERSONAS = `## Personas

The mock's other providers imitate real ones with their manners, and differ from the standards where those do
(\`fixtures/providers\`). Each is asked as its own clients ask it: in its body format, with its parameters and its names
for the answer's members. The checks of code, refresh, revocation and userinfo run against all of them. Which have to
differ, and why, is data: \`tests/mock/deviations.json\` names every one. A check that differs and is not named there, or
is named and does not, is a failure.
`;

function personaRow({ label, outcomes, reasons }) {
  const { passed, failed } = countOf(outcomes);
  return [label, String(passed), String(failed), Object.entries(reasons).map(([reason, checks]) => `${reason} (${checks.length})`).join("; ")];
}

const personaPart = (personas) => `${table(["persona", "yes", "differs", "why"], personas.map(personaRow))}\n`;

export const documentOf = (suite, strict, peer, personas) =>
  [INTRODUCTION, strictPart(suite, [strict, peer]), PERSONAS, personaPart(personas)].join("\n");
