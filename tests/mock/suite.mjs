// Clients that others wrote, unmodified, against `coffer mock`, its personas, and panva's oidc-provider.
// usage: node suite.mjs COFFER [--peer-only] [--write] [WORDS of a check's name]
// Compares what came out with docs/mock-conformance.md; --write writes it anew.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { allChecks } from "./checks/index.mjs";
import { PERSONAS, startCoffer, STRICT, subjectOf } from "./lib/coffer.mjs";
import { documentOf, DOCUMENT } from "./lib/document.mjs";
import { PeerSubject, startPeer } from "./lib/peer.mjs";
import { stop } from "./lib/process.mjs";
import { countOf } from "./lib/suite.mjs";

const LEAST_CHECKS = 80;
const MOST_SECONDS = 240;
// Where providers have manners of their own; what they do not serve at all says nothing about them.
const PERSONA_AREAS = ["code", "refresh", "revocation", "userinfo"];

const { values: options, positionals: [binary, ...words] } = parseArgs({
  allowPositionals: true, options: { "peer-only": { type: "boolean" }, write: { type: "boolean" } } });
const late = setTimeout(() => {
  console.log(`not finished after ${MOST_SECONDS} s`);
  process.exit(1);
}, MOST_SECONDS * 1000);

const suite = await allChecks(words.join(" "));
const home = fs.mkdtempSync(path.join(os.tmpdir(), "coffer-mock-"));
process.on("exit", () => fs.rmSync(home, { recursive: true, force: true }));

async function runPeer() {
  const ready = await startPeer();
  const outcomes = await suite.run(new PeerSubject(ready), "oidc-provider");
  await stop(ready);
  return { label: "oidc-provider", outcomes };
}

async function runOne(ready, persona, asked) {
  const subject = await subjectOf(ready, persona);
  await subject.prepare();
  return { ...persona, outcomes: await asked.run(subject, persona.label) };
}

async function runCoffer() {
  const ready = await startCoffer(binary, home);
  const asked = suite.within(PERSONA_AREAS);
  const columns = await Promise.all([runOne(ready, STRICT, suite), ...PERSONAS.map((persona) => runOne(ready, persona, asked))]);
  await stop(ready);
  return columns;
}

function report({ label, outcomes, deviations = {} }) {
  for (const [name, { result, reason, error }] of outcomes) {
    if (result === "failed" && !deviations[name]) console.log(`${label}: FAILED ${name}\n  ${reason}\n${error.stack.split("\n").filter((line) => line.includes("/checks/")).slice(0, 2).join("\n")}`);
    if (result !== "failed" && deviations[name]) console.log(`${label}: deviates no more: ${name}`);
  }
  const { passed, failed, "not applicable": skipped } = countOf(outcomes);
  console.log(`${label}: ${passed} passed, ${failed} failed${Object.keys(deviations).length ? ` (${Object.keys(deviations).length} expected)` : ""}, ${skipped} not applicable`);
}

const started = performance.now();
const [peer, [strict, ...personas]] = await Promise.all([runPeer(), options["peer-only"] ? [] : runCoffer()]);
const all = [strict, peer, ...personas].filter(Boolean);
all.forEach(report);
clearTimeout(late);
console.log(`${suite.checks.length} checks in ${((performance.now() - started) / 1000).toFixed(1)} s`);
const isAsExpected = ({ outcomes, deviations = {} }) => [...outcomes].every(([name, { result }]) => (result === "failed") === Boolean(deviations[name]));
const isGreen = all.every(isAsExpected);
if (words.length > 0 || options["peer-only"]) process.exit(isGreen ? 0 : 1);

assert.ok(suite.checks.length >= LEAST_CHECKS, `${suite.checks.length} checks`);
const document = documentOf(suite, strict, peer, personas);
if (options.write) fs.writeFileSync(DOCUMENT, document);
const isCurrent = fs.existsSync(DOCUMENT) && fs.readFileSync(DOCUMENT, "utf8") === document;
if (!isCurrent) console.log("docs/mock-conformance.md is not what this run gives: node suite.mjs COFFER --write");
process.exit(isGreen && isCurrent ? 0 : 1);
