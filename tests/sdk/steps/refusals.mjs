import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE } from "../lib/world.mjs";

export default async function refusals({ world, sdk, composio, step, connect }) {
  const stranger = sdk.make(world, { apiKey: "ak_not-a-key-of-this-vault" });

  await step("no key: the SDK does not start", async () => {
    const { COMPOSIO_API_KEY } = process.env;
    delete process.env.COMPOSIO_API_KEY;
    await refused((async () => sdk.make(world, { apiKey: "" }))(), "ComposioNoAPIKeyError");
    if (COMPOSIO_API_KEY) process.env.COMPOSIO_API_KEY = COMPOSIO_API_KEY;
  });

  const calls = {
    "list accounts": () => stranger.connectedAccounts.list({}),
    "list auth configs": () => stranger.authConfigs.list({}),
    "create an auth config": () => stranger.authConfigs.create("gmail"),
    "create a session": () => stranger.create("u"),
    "use a session": () => stranger.use("trs_nosuch000000"),
    "delete an account": () => stranger.connectedAccounts.delete("ca_nosuch000000"),
  };
  for (const [name, call] of Object.entries(calls)) {
    await step(`wrong key: ${name}`, async () => {
      const error = await refused(call(), "AuthenticationError", { status: 401, says: /API key/ });
      assert.doesNotMatch(error.message, /ak_not-a-key/);
    });
  }

  await step("wrong key: list toolkits", async () => {
    await refused(stranger.toolkits.get({}), "ComposioToolkitFetchError", { status: 401 });
  });

  await step("wrong key: run a tool", async () => {
    // The SDK asks for the tool first; the older one takes any refusal for "there is none".
    const name = sdk.isNewer ? "ComposioToolFetchError" : "ComposioToolNotFoundError";
    await refused(stranger.tools.execute("GMAIL_GET_PROFILE", { userId: "u", arguments: {} }), name, { status: 401 });
  });

  await step("unknown route: the envelope, as JSON", async () => {
    const { status, json, headers } = await world.call("GET", "/api/v3.1/nosuchthing");
    assert.equal(status, 404);
    assert.match(headers.get("content-type"), /^application\/json/);
    assert.deepEqual([json.error.status, json.error.code, json.error.slug], [404, 10404, "not_found"]);
    assert.match(json.error.request_id, /^[0-9a-f-]{36}$/);
  });

  await step("unknown route: as the SDK's class", async () => {
    await refused(composio.client.get("/api/v3.1/nosuchthing"), "NotFoundError", { status: 404 });
  });

  await step("out of scope: 501 with a slug, and the SDK does not try again", async () => {
    const started = performance.now();
    const error = await refused(composio.client.get("/api/v3.1/internal/sdk/realtime/credentials"), "InternalServerError", { status: 501 });
    assert.match(error.message, /unsupported/);
    assert.ok(performance.now() - started < 400, "it was sent again");
  });

  for (const [name, path, body, field] of [
    ["a link without user", "connected_accounts/link", { auth_config_id: "ac_x" }, "user_id"],
    ["a link without auth config", "connected_accounts/link", { user_id: "u" }, "auth_config_id"],
    ["an account without auth config", "connected_accounts", { connection: { user_id: "u" } }, "auth_config"],
    ["an auth config without toolkit", "auth_configs", {}, "toolkit"],
    ["a session without user", "tool_router/session", {}, "user_id"],
    ["a subscription without URL", "webhook_subscriptions", { enabled_events: ["composio.connected_account.expired"] }, "webhook_url"],
  ]) {
    await step(`missing field: ${name}`, async () => {
      await refused(composio.client.post(`/api/v3.1/${path}`, { body }), "BadRequestError", { status: 400, says: new RegExp(field) });
    });
  }

  await step("body: not JSON", async () => {
    const answer = await fetch(`${world.url}/api/v3.1/auth_configs`, { method: "POST", headers: { "x-api-key": world.key, "content-type": "application/json" }, body: "{" });
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).error.code, 10400);
  });

  await step("body: text in place of JSON", async () => {
    const answer = await fetch(`${world.url}/api/v3.1/auth_configs`, { method: "POST", headers: { "x-api-key": world.key, "content-type": "text/plain" }, body: "{}" });
    assert.ok([400, 415].includes(answer.status), String(answer.status));
  });

  await step("origin: another site's page is refused", async () => {
    const { status } = await world.call("GET", "/api/v3.1/toolkits", undefined, { "x-api-key": world.key, origin: "https://evil.example" });
    assert.equal(status, 403);
  });

  for (const [name, query] of [["a limit that is no number", "limit=many"], ["a cursor that is none", "cursor=%00x"], ["a status that is none", "statuses=SLEEPING"]]) {
    await step(`query: ${name}`, async () => {
      const { status, json } = await world.call("GET", `/api/v3.1/connected_accounts?${query}`);
      assert.equal(status, 400);
      assert.match(json.error.message, new RegExp(query.split("=")[0].replace(/e?s$/, "")));
    });
  }

  await step("prefix: /api/v3 answers as /api/v3.1 does", async () => {
    for (const path of ["toolkits/gmail", "tools/GMAIL_GET_PROFILE", "auth_configs"]) {
      const [older, newer] = await Promise.all(["v3", "v3.1"].map((version) => world.call("GET", `/api/${version}/${path}`)));
      assert.equal(older.status, 200);
      assert.deepEqual(older.json, newer.json);
    }
  });

  await step("base URL: a slash at its end does no harm", async () => {
    const other = sdk.make(world, { baseURL: `${world.url}/` });
    assert.ok((await other.toolkits.get({})).length > 0);
  });

  await step("base URL and key from the environment", async () => {
    const { COMPOSIO_BASE_URL, COMPOSIO_API_KEY } = process.env;
    Object.assign(process.env, { COMPOSIO_BASE_URL: world.url, COMPOSIO_API_KEY: world.key });
    try {
      const plain = new sdk.lib.Composio({ allowTracking: false, disableVersionCheck: true });
      assert.ok((await plain.toolkits.get({})).length > 0);
    } finally {
      delete process.env.COMPOSIO_BASE_URL;
      delete process.env.COMPOSIO_API_KEY;
      if (COMPOSIO_BASE_URL) Object.assign(process.env, { COMPOSIO_BASE_URL, COMPOSIO_API_KEY });
    }
  });

  await step("time-out: a slow tool, for a client that does not wait", async () => {
    const user = world.user("hurried");
    await connect(user, "mock", ALICE, "OAUTH2");
    const body = { user_id: user, arguments: { delay_ms: 1000 } };
    await refused(composio.client.post("/api/v3.1/tools/execute/MOCK_SLOW", { body, timeout: 100, maxRetries: 0 }), "APIConnectionTimeoutError");
  });
}
