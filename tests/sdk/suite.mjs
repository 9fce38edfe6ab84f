// Programs of others, unmodified, against coffer. usage: node suite.mjs COFFER [AREA]
// AREA is part of an area's name, such as "0.21 links" or "legacy": without it all are run.
import assert from "node:assert/strict";
import fs from "node:fs";
import { AnswerSchemas } from "./lib/answer_schemas.mjs";
import { Report } from "./lib/harness.mjs";
import { helpersFor } from "./lib/helpers.mjs";
import { Scanner } from "./lib/leak_scan.mjs";
import { Recorder } from "./lib/recorder.mjs";
import { complaints, loadSdks } from "./lib/sdk.mjs";
import { World } from "./lib/world.mjs";

const SDK_AREAS = [
  "toolkits", "tools", "proxy", "auth_configs", "connected_accounts", "shared_accounts", "links", "sessions", "webhooks",
  "list_filters", "edges", "custom_tools", "mcp_servers", "project", "refusals", "isolation",
];
const MOST_SECONDS = 400;

const [binary, wanted = ""] = process.argv.slice(2);
const started = performance.now();
const recorder = new Recorder();
recorder.wrapFetch();
const report = new Report();
const worlds = [];

// The providers that a toolkit signs in with; no step meets the tokens of others.
const FIXTURES = new URL("../../fixtures/", import.meta.url);
const fixture = (name) => JSON.parse(fs.readFileSync(new URL(name, FIXTURES)));
const toolkits = fs.readdirSync(new URL("toolkits/", FIXTURES)).map((name) => fixture(`toolkits/${name}`));
const used = new Set(toolkits.flatMap(({ auth }) => auth.map(({ provider }) => provider)).filter(Boolean));
const providers = [...used].map((id) => fixture(`providers/${id}.json`));

const late = setTimeout(() => {
  console.log(`not finished after ${MOST_SECONDS} s`);
  for (const world of worlds) world.kill();
  process.exit(1);
}, MOST_SECONDS * 1000);

// A promise that nobody waits for: an SDK's or a step's fault, and never to be overlooked.
process.on("unhandledRejection", (error) => report.fail("nothing is left unhandled", error));

// Answers that are meant to hold a secret, and which: all others hold none.
const SHOWN_ONCE = [
  { from: /^GET .*\/_coffer\/accounts\/[^/]+\/token$/, name: /./ },
  { from: /^POST .*\/webhook_subscriptions(\/[^/]+\/rotate_secret)?$/, name: /webhook secret/ },
];
const isShownOnce = (from, name) => SHOWN_ONCE.some((each) => each.from.test(from) && each.name.test(name));
const planted = { spellings: 0, missed: [] };

async function scannerOf(world) {
  const scanner = new Scanner();
  for (const [name, secret] of await world.secrets()) scanner.add(name, secret);
  for (const { id, mock } of providers) {
    for (const kind of ["access_token", "refresh_token"]) {
      if (mock.prefixes?.[kind]) scanner.addShape(`${kind} of ${id}`, mock.prefixes[kind]);
    }
  }
  return scanner;
}

// The search has to be able to fail: it is given each credential in each spelling.
function plantIn(scanner) {
  for (const [name, forms] of scanner.secrets) {
    for (const form of forms) {
      ++planted.spellings;
      if (!scanner.leaksIn(Buffer.from(`200\r\nx-y: a${form}b\r\n\r\n{}`)).includes(name)) planted.missed.push(name);
    }
  }
}

async function scan(world, area) {
  const scanner = await scannerOf(world);
  plantIn(scanner);
  const answers = await recorder.take();
  const found = answers.flatMap(({ from, bytes }) => scanner.leaksIn(bytes).filter((name) => !isShownOnce(from, name)).map((name) => `${name} in ${from}`));
  assert.deepEqual([...new Set(found)], []);
  assert.ok(answers.length > 0, `${area} made no answers`);
  for (const { from, bytes } of answers) misdescribed.add(described.faultOf(from, bytes));
}

// What is asked for on purpose although nothing is there.
const NO_OPERATION = [/\/nosuchthing$/, /^GET .*\/mcp$/];
let described;
const misdescribed = new Set();

// Each area has a daemon of its own, so that none moves another's clock or counts another's accounts.
async function run(label, area, sdk) {
  if (!`${label} ${area}`.includes(wanted)) return;
  const world = await World.start(binary, recorder);
  worlds.push(world);
  described ??= new AnswerSchemas((await world.call("GET", "/openapi.json", undefined, {})).json);
  const { default: steps } = await import(`./steps/${area}.mjs`);
  const composio = sdk?.make(world);
  const step = report.steps(label === "MCP" ? label : `${label} ${area}`);
  await steps({ world, sdk, composio, recorder, step, ...helpersFor(world, composio) });
  await step("no answer, header or link holds a credential", () => scan(world, area));
  await world.stop();
  worlds.pop();
}

const [older, newer] = await loadSdks();
for (const sdk of [older, newer]) {
  for (const area of SDK_AREAS) await run(sdk.label, area, sdk);
}
await run("0.5", "legacy", newer);
await run("0.5", "legacy_tools", newer);
await run("0.21", "browser", newer);
await run("0.21", "meta_tools", newer);
await run("MCP", "mcp", newer);

const step = report.steps("all");
await step("the SDKs could read every answer", async () => {
  assert.deepEqual(complaints.filter((words) => /validation failed/i.test(words)), []);
});

await step("every answer is what the OpenAPI document says of it", async () => {
  misdescribed.delete(undefined);
  assert.deepEqual([...misdescribed], []);
});

await step("every call that was made is an operation of the OpenAPI document", async () => {
  const isDescribed = (call) => described.describes(call) || NO_OPERATION.some((pattern) => pattern.test(call));
  assert.ok(recorder.asked.size > 0);
  assert.deepEqual([...recorder.asked].filter((call) => !isDescribed(call)), []);
});

await step("the search for credentials finds each that is planted", async () => {
  assert.ok(planted.spellings > 0, `${planted.spellings} tried`);
  assert.deepEqual(planted.missed, []);
});

clearTimeout(late);
console.log(`${report.total()} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exit(report.counts.failed === 0 && report.counts.ok > 0 ? 0 : 1);
