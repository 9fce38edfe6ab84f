// Composio's SDKs, unmodified, against coffer. usage: node suite.mjs COFFER [FILTER]
import { Report } from "./lib/harness.mjs";
import { Recorder } from "./lib/recorder.mjs";
import { loadSdks } from "./lib/sdk.mjs";
import { World } from "./lib/world.mjs";
import { helpersFor } from "./lib/helpers.mjs";

const AREAS = ["toolkits", "tools"];
const MOST_SECONDS = 180;

const [binary, filter] = process.argv.slice(2);
const started = performance.now();
const recorder = new Recorder();
recorder.wrapFetch();
const report = new Report(filter);
const worlds = [];

const late = setTimeout(() => {
  console.log(`not finished after ${MOST_SECONDS} s`);
  for (const world of worlds) world.kill();
  process.exit(1);
}, MOST_SECONDS * 1000);

for (const sdk of await loadSdks()) {
  const world = await World.start(binary, recorder);
  worlds.push(world);
  const composio = sdk.make(world);
  for (const area of AREAS) {
    const { default: run } = await import(`./steps/${area}.mjs`);
    await run({ world, sdk, composio, recorder, step: report.steps(`${sdk.label} ${area}`), ...helpersFor(world, composio) });
  }
  await world.stop();
  worlds.pop();
}

clearTimeout(late);
console.log(`${report.total()} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
process.exit(report.counts.failed === 0 && report.counts.ok > 0 ? 0 : 1);
