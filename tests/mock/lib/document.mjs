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
(\`fixtures/providers\`). The checks of the areas where providers have manners of their own run against each of them;
what has to differ is data, \`tests/mock/deviations.json\`, and a check that differs or conforms against it is a failure.
`;

function personaPart({ label, outcomes, reasons }) {
  const differing = Object.entries(reasons).map(([reason, checks]) => `* ${capitalised(reason)}: ${checks.map((check) => `"${check}"`).join(", ")}.`);
  const { passed, failed } = countOf(outcomes);
  return `### ${label}\n\n${passed} checks hold, ${failed} do not.${differing.length ? `\n\n${differing.join("\n")}` : ""}\n`;
}

export const documentOf = (suite, strict, peer, personas) =>
  [INTRODUCTION, strictPart(suite, [strict, peer]), PERSONAS, ...personas.map(personaPart)].join("\n");
