// Programs of others, unmodified, against coffer. usage: node suite.mjs COFFER [WORDS]
import assert from "node:assert/strict";
import { Report } from "./lib/harness.mjs";
import { helpersFor } from "./lib/helpers.mjs";
import { Recorder } from "./lib/recorder.mjs";
import { complaints, loadSdks } from "./lib/sdk.mjs";
import { World } from "./lib/world.mjs";

const SDK_AREAS = ["toolkits", "tools", "auth_configs", "connected_accounts", "links", "sessions", "webhooks", "refusals", "isolation"];
const MOST_SECONDS = 180;

const [binary, words] = process.argv.slice(2);
const started = performance.now();
const recorder = new Recorder();
recorder.wrapFetch();
const report = new Report(words);
const worlds = [];

const late = setTimeout(() => {
  console.log(`not finished after ${MOST_SECONDS} s`);
  for (const world of worlds) world.kill();
  process.exit(1);
}, MOST_SECONDS * 1000);

// A promise that nobody waits for: an SDK's or a step's fault, and never to be overlooked.
process.on("unhandledRejection", (error) => report.fail("nothing is left unhandled", error));

// Each area has a daemon of its own, so that none moves another's clock or counts another's accounts.
async function run(label, area, sdk) {
  const world = await World.start(binary, recorder);
  worlds.push(world);
  const { default: steps } = await import(`./steps/${area}.mjs`);
  const composio = sdk?.make(world);
  await steps({ world, sdk, composio, recorder, step: report.steps(`${label} ${area}`), ...helpersFor(world, composio) });
  await world.stop();
  worlds.pop();
}

for (const sdk of await loadSdks()) {
  for (const area of SDK_AREAS) await run(sdk.label, area, sdk);
}

const step = report.steps("all");
await step("the SDKs could read every answer", async () => {
  assert.deepEqual(complaints.filter((words) => /validation failed/i.test(words)), []);
});

clearTimeout(late);
console.log(`${report.total()} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exit(report.counts.failed === 0 && report.counts.ok > 0 ? 0 : 1);
