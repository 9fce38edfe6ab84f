import assert from "node:assert/strict";
import http from "node:http";
import { Chromium, findChromium } from "../lib/chromium.mjs";
import { skip } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const MOST_PAGES = 8;
const YES = ["Continue", "Connect", "Sign in", "Allow"];
const NO = ["Continue", "Connect", "Sign in", "Deny"];

// An application to come back to.
async function startApplication() {
  const server = http.createServer((request, answer) => answer.end("<!doctype html><title>application</title><p>Welcome back"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${server.address().port}`;
}

// From the link to where there is nothing left to press; says which hosts were on the way.
async function walk(page, link, values, buttons) {
  const origins = [];
  await page.open(link);
  for (let pages = 0; pages < MOST_PAGES; ++pages) {
    origins.push((await page.url()).origin);
    for (const [name, value] of Object.entries(values)) await page.fill(name, value);
    if (!(await page.press(buttons))) return origins;
  }
  throw new Error(`the way does not end: ${await page.url()}`);
}

export default async function browser({ world, composio, step, configFor }) {
  const binary = findChromium();
  const application = await startApplication();
  const accounts = composio.connectedAccounts;
  let chromium;

  await step("Chromium starts", async () => {
    if (!binary) skip("NO CHROMIUM HERE: apt-get install chromium; what only a real browser shows is not tested");
    chromium = await Chromium.start(binary);
  });
  if (!chromium) return;

  for (const scripts of [true, false]) {
    const how = scripts ? "with scripts" : "without scripts";

    await step(`${how}: link, sign-in, consent, last page`, async () => {
      const page = await chromium.page({ scripts });
      const request = await accounts.link(world.user("seen"), await configFor("gmail"));
      const origins = await walk(page, request.redirectUrl, ALICE, YES);
      assert.deepEqual(origins, [world.url, world.mockUrl, world.mockUrl, world.url]);
      assert.match(await page.text(), /connected/i);
      assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
      assert.deepEqual(page.complaints, []);
    });

    await step(`${how}: back to the application`, async () => {
      const page = await chromium.page({ scripts });
      const request = await accounts.link(world.user("back"), await configFor("github"), { callbackUrl: `${application}/chat?thread=7` });
      await walk(page, request.redirectUrl, BOB, YES);
      const { origin, searchParams } = await page.url();
      assert.deepEqual([origin, searchParams.get("thread"), searchParams.get("status")], [application, "7", "success"]);
      assert.match(await page.text(), /Welcome back/);
      assert.deepEqual(page.complaints, []);
    });

    await step(`${how}: denied at the provider`, async () => {
      const page = await chromium.page({ scripts });
      const request = await accounts.link(world.user("denied"), await configFor("gmail"), { callbackUrl: `${application}/chat` });
      await walk(page, request.redirectUrl, ALICE, NO);
      const { origin, searchParams } = await page.url();
      assert.deepEqual([origin, searchParams.get("status")], [application, "failed"]);
      assert.equal((await accounts.get(request.id)).status, "FAILED");
    });

    await step(`${how}: a key in a form`, async () => {
      const page = await chromium.page({ scripts });
      const request = await accounts.link(world.user("key"), await configFor("tavily", "API_KEY"));
      await walk(page, request.redirectUrl, await world.keysOf("tavily", ALICE), YES);
      assert.match(await page.text(), /connected/i);
      assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
      assert.deepEqual(page.complaints, []);
    });
  }

  await step("a link in a second browser, after the first has gone on, is refused", async () => {
    const [first, second] = [await chromium.page(), await chromium.page()];
    const request = await accounts.link(world.user("two"), await configFor("gmail"));
    await first.open(request.redirectUrl);
    await first.press(YES);
    await second.open(request.redirectUrl);
    await second.press(YES);
    assert.equal((await second.url()).origin, world.url, "it was let through to the provider");
    assert.doesNotMatch(await second.text(), /<form/);
    assert.equal((await accounts.get(request.id)).status, "INITIATED");
  });

  await step("Chromium stops", () => chromium.stop());
}
