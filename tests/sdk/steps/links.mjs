import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const CALLBACK = "http://127.0.0.1:9/chat?thread=7&x=a%20b#top";
const CANCEL = ["Cancel"];
const DENY = ["Continue", "Connect", "Sign in", "Deny"];

export default async function links({ world, composio, step, configFor, connect }) {
  const accounts = composio.connectedAccounts;
  const link = async (toolkit, options = {}, scheme = undefined) =>
    accounts.link(world.user("linked"), await configFor(toolkit, scheme), options);

  await step("page: says who asks for what, and opening it changes nothing", async () => {
    const request = await link("gmail");
    const pages = await Promise.all([1, 2].map(() => world.call("GET", new URL(request.redirectUrl).pathname, undefined, {})));
    for (const { status, text } of pages) {
      assert.equal(status, 200);
      assert.match(text, /Gmail/);
      assert.match(text, /<form/);
    }
    assert.equal((await accounts.get(request.id)).status, "INITIATED");
  });

  await step("page: is not kept, framed, or told to others", async () => {
    const { headers } = await world.call("GET", new URL((await link("gmail")).redirectUrl).pathname, undefined, {});
    assert.match(headers.get("cache-control"), /no-store/);
    assert.match(headers.get("content-security-policy"), /frame-ancestors 'none'/);
    assert.match(headers.get("referrer-policy"), /same-origin|no-referrer/);
  });

  await step("callback: keeps the application's own query and says what became of it", async () => {
    const request = await link("gmail", { callbackUrl: CALLBACK });
    const { url } = await world.finish(request.redirectUrl);
    assert.deepEqual([url.origin, url.pathname, url.hash], ["http://127.0.0.1:9", "/chat", "#top"]);
    assert.deepEqual([url.searchParams.get("thread"), url.searchParams.get("x")], ["7", "a b"]);
    assert.deepEqual([url.searchParams.get("status"), url.searchParams.get("connected_account_id")], ["success", request.id]);
    assert.deepEqual([url.searchParams.get("connectedAccountId"), url.searchParams.get("appName")], [request.id, "gmail"]);
  });

  await step("callback: none, then a page of the vault's own", async () => {
    const request = await link("gmail");
    const { url, status, text } = await world.finish(request.redirectUrl);
    assert.deepEqual([url.origin, status], [world.url, 200]);
    assert.match(text, /connected/i);
    assert.equal((await accounts.get(request.id)).status, "ACTIVE");
  });

  await step("denied: FAILED, and a wait says so", async () => {
    const request = await link("gmail", { callbackUrl: CALLBACK });
    const { url } = await world.finish(request.redirectUrl, ALICE, DENY);
    assert.equal(url.searchParams.get("status"), "failed");
    const { status, statusReason } = await accounts.get(request.id);
    assert.equal(status, "FAILED");
    assert.match(statusReason, /denied/);
    await refused(request.waitForConnection(5_000), "ConnectionRequestFailedError", { says: /FAILED/ });
  });

  await step("denied: the way back carries no more than it should", async () => {
    const request = await link("gmail", { callbackUrl: "http://127.0.0.1:9/back" });
    const { url } = await world.finish(request.redirectUrl, ALICE, DENY);
    assert.deepEqual([...url.searchParams.keys()].sort(), ["appName", "connectedAccountId", "connected_account_id", "status"]);
  });

  await step("cancelled on the vault's page: FAILED", async () => {
    const request = await link("gmail", { callbackUrl: CALLBACK });
    const { url } = await world.finish(request.redirectUrl, ALICE, CANCEL);
    assert.equal(url.searchParams.get("status"), "failed");
    assert.equal((await accounts.get(request.id)).status, "FAILED");
  });

  await step("used: it is gone", async () => {
    const request = await link("gmail");
    await world.finish(request.redirectUrl);
    const { status, text } = await world.call("GET", new URL(request.redirectUrl).pathname, undefined, {});
    assert.equal(status, 410);
    assert.doesNotMatch(text, /<form/);
    assert.equal((await accounts.get(request.id)).status, "ACTIVE");
  });

  await step("used: sending its form again changes nothing", async () => {
    const request = await link("gmail");
    await world.finish(request.redirectUrl);
    const answer = await fetch(request.redirectUrl, { method: "POST", redirect: "manual", body: new URLSearchParams({ _step: "go" }) });
    assert.equal(answer.status, 410);
  });

  await step("expired: after ten minutes link and account are over", async () => {
    const request = await link("gmail");
    await world.advance("11m");
    const { status } = await world.call("GET", new URL(request.redirectUrl).pathname, undefined, {});
    assert.equal(status, 410);
    const account = await accounts.get(request.id);
    assert.equal(account.status, "EXPIRED");
    assert.match(account.statusReason, /10 minutes/);
    await refused(request.waitForConnection(5_000), "ConnectionRequestFailedError", { says: /EXPIRED/ });
  });

  await step("unknown: a page that says so", async () => {
    const { status, text } = await world.call("GET", `/link/lk_${"A".repeat(43)}`, undefined, {});
    assert.equal(status, 404);
    assert.doesNotMatch(text, /<form/);
  });

  await step("newer: the older link ends when the same account gets another", async () => {
    const user = world.user("twice");
    const id = await configFor("gmail");
    const first = await accounts.link(user, id, { alias: "work" });
    const second = await accounts.link(user, id, { alias: "work" });
    assert.equal(second.id, first.id);
    const { status } = await world.call("GET", new URL(first.redirectUrl).pathname, undefined, {});
    assert.equal(status, 410);
    await world.finish(second.redirectUrl);
    assert.equal((await accounts.get(second.id)).status, "ACTIVE");
  });

  await step("somebody else signs in: the account keeps what it had", async () => {
    const user = world.user("mixed");
    const account = await connect(user, "gmail", ALICE);
    const { redirect_url } = await composio.connectedAccounts.refresh(account.id);
    const { status, text } = await world.finish(redirect_url, BOB);
    assert.equal(status, 409);
    assert.match(text, /alice@example\.com/);
    const result = await composio.tools.execute("GMAIL_GET_PROFILE", { userId: user, arguments: {}, dangerouslySkipVersionCheck: true });
    assert.equal(result.data.emailAddress, ALICE.email);
  });

  await step("form: an API key that the service takes", async () => {
    const request = await link("tavily", {}, "API_KEY");
    await world.finish(request.redirectUrl, await world.keysOf("tavily", ALICE));
    assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
  });

  await step("form: a key that the service refuses may be entered again", async () => {
    const request = await link("tavily", {}, "API_KEY");
    const { status, text } = await world.finish(request.redirectUrl, { generic_api_key: "tvly-this-is-not-a-key" });
    assert.equal(status, 400);
    assert.match(text, /<form/);
    assert.ok(!text.includes("tvly-this-is-not-a-key"));
    assert.equal((await accounts.get(request.id)).status, "INITIATED");
    await world.finish(request.redirectUrl, await world.keysOf("tavily", ALICE));
    assert.equal((await accounts.get(request.id)).status, "ACTIVE");
  });

  await step("form: a field left empty", async () => {
    const request = await link("tavily", {}, "API_KEY");
    const { status, text } = await world.finish(request.redirectUrl, { generic_api_key: "" });
    assert.equal(status, 400);
    assert.match(text, /<form/);
  });

  await step("form: subdomain, user name and token", async () => {
    const request = await link("zendesk", {}, "BASIC");
    const keys = await world.keysOf("zendesk", BOB);
    const { url, status, text } = await world.finish(request.redirectUrl, { subdomain: "acme", ...keys });
    assert.equal(status, 200, `${url}: ${text?.slice(0, 500)}`);
    assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
  });

  for (const [what, callbackUrl] of [["a foreign http host", "http://evil.example/x"], ["a script", "javascript:alert(1)"], ["a user name in it", "https://a:b@app.example/x"]]) {
    await step(`callback: refused with ${what}`, async () => {
      const error = await refused(link("gmail", { callbackUrl }), "ComposioFailedToCreateConnectedAccountLink");
      assert.equal(error.cause.status, 400);
    });
  }

  await step("auth config: an unknown one", async () => {
    const error = await refused(accounts.link(world.user("u"), "ac_nosuch000000"), "ComposioFailedToCreateConnectedAccountLink");
    assert.ok([400, 404].includes(error.cause.status), String(error.cause.status));
    assert.match(error.cause.message, /ac_nosuch000000/);
  });

  await step("user: an empty one", async () => {
    const id = await configFor("gmail");
    const answer = await world.call("POST", "/api/v3.1/connected_accounts/link", { auth_config_id: id, user_id: "" });
    assert.equal(answer.status, 400);
    assert.match(answer.json.error.message, /user_id/);
  });

  await step("alias: one that the user's ACTIVE account has", async () => {
    const user = world.user("aliased");
    await connect(user, "gmail", ALICE, undefined, { alias: "office" });
    const error = await refused(configFor("gmail").then((id) => accounts.link(user, id, { alias: "office", allowMultiple: true })), "ComposioFailedToCreateConnectedAccountLink");
    assert.equal(error.cause.status, 400);
    assert.match(error.cause.message, /office/);
  });
}
