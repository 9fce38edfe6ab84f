import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { complaintsDuring } from "../lib/sdk.mjs";
import { ALICE } from "../lib/world.mjs";

const OWN_CLIENT = { client_id: "own-client", client_secret: "own-client-secret-7f3a9c" };

export default async function authConfigs({ world, composio, step }) {
  const { authConfigs } = composio;
  let managed;
  let own;
  let key;
  world.remember("own client's secret", OWN_CLIENT.client_secret);

  await step("create: managed, by the toolkit alone", async () => {
    managed = await authConfigs.create("gmail");
    assert.match(managed.id, /^ac_/);
    assert.deepEqual([managed.toolkit, managed.authScheme, managed.isComposioManaged], ["gmail", "OAUTH2", true]);
  });

  await step("create: managed, again, with a name: it is the same one", async () => {
    const again = await authConfigs.create("gmail", { type: "use_composio_managed_auth", name: "Mail" });
    assert.equal(again.id, managed.id);
    assert.equal((await authConfigs.get(managed.id)).name, "Mail");
  });

  await step("create: managed, with scopes", async () => {
    const { id } = await authConfigs.create("github", { type: "use_composio_managed_auth", name: "Code", credentials: { scopes: ["repo"] } });
    const { json } = await world.call("GET", `/api/v3.1/auth_configs/${id}`);
    assert.deepEqual([json.credentials.scopes].flat().join(" ").split(/[ ,]+/), ["repo"]);
  });

  await step("create: an OAuth client of one's own", async () => {
    own = await authConfigs.create("gmail", { type: "use_custom_auth", name: "Own mail", authScheme: "OAUTH2", credentials: { ...OWN_CLIENT, scopes: "https://www.googleapis.com/auth/gmail.readonly" } });
    assert.notEqual(own.id, managed.id);
    assert.deepEqual([own.authScheme, own.isComposioManaged], ["OAUTH2", false]);
  });

  await step("create: user_scopes are Slack's scopes, and stand beside no bot's", async () => {
    const make = (scopes) => authConfigs.create("slack", { type: "use_custom_auth", name: "people", authScheme: "OAUTH2", credentials: { ...OWN_CLIENT, ...scopes } });
    const { id } = await make({ user_scopes: "search:read,chat:write" });
    const link = await composio.connectedAccounts.link(world.user("slacker"), id);
    assert.match(link.redirectUrl, /\/link\/lk_/);
    assert.deepEqual((await authConfigs.get(id)).credentials.scopes, ["search:read", "chat:write"]);
    await refused(make({ scopes: "chat:write", user_scopes: "search:read" }), "BadRequestError", { status: 400, says: /user_scopes/ });
    await authConfigs.delete(id);
  });

  await step("update: the tools that may run; another one is refused", async () => {
    const { id } = await authConfigs.create("mock", { type: "use_custom_auth", name: "only echo", authScheme: "BEARER_TOKEN", credentials: {} });
    await authConfigs.update(id, { type: "custom", credentials: {}, toolAccessConfig: { toolsAvailableForExecution: ["MOCK_ECHO"] } });
    assert.deepEqual((await authConfigs.get(id)).toolAccessConfig?.toolsAvailableForExecution, ["MOCK_ECHO"]);
    const user = world.user("restricted");
    const { token } = await world.keysOf("mock", ALICE);
    await composio.connectedAccounts.initiate(user, id, { config: { authScheme: "BEARER_TOKEN", val: { status: "ACTIVE", token } } });
    const run = (slug, args) => composio.tools.execute(slug, { userId: user, dangerouslySkipVersionCheck: true, arguments: args });
    assert.equal((await run("MOCK_ECHO", { message: "hello" })).data.message, "hello");
    await refused(run("MOCK_WHOAMI", {}), "ComposioToolExecutionError", { status: 403, says: /MOCK_WHOAMI/ });
  });

  for (const [scheme, toolkit] of [["API_KEY", "tavily"], ["BEARER_TOKEN", "sentry"], ["BASIC", "zendesk"]]) {
    await step(`create: for a toolkit with ${scheme}`, async () => {
      const made = await authConfigs.create(toolkit, { type: "use_custom_auth", name: `${toolkit} keys`, authScheme: scheme, credentials: {} });
      assert.equal(made.authScheme, scheme);
      key ??= made;
    });
  }

  await step("get: every member the SDK needs, without a complaint", async () => {
    const { value, complaints } = await complaintsDuring(() => authConfigs.get(own.id));
    assert.deepEqual(complaints, []);
    assert.deepEqual([value.id, value.name, value.status, value.toolkit.slug, value.isComposioManaged], [own.id, "Own mail", "ENABLED", "gmail", false]);
    assert.equal(value.noOfConnections, 0);
  });

  await step("get: the client's secret is not shown", async () => {
    const { text, json } = await world.call("GET", `/api/v3.1/auth_configs/${own.id}`);
    assert.ok(!text.includes(OWN_CLIENT.client_secret));
    assert.equal(json.credentials.client_id, OWN_CLIENT.client_id);
    assert.equal(typeof json.credentials.client_secret, "string");
  });

  await step("list: all, without a complaint", async () => {
    const { value, complaints } = await complaintsDuring(() => authConfigs.list({}));
    assert.deepEqual(complaints, []);
    for (const { id } of [managed, own, key]) assert.ok(value.items.some((item) => item.id === id), id);
  });

  await step("list: by toolkit", async () => {
    const { items } = await authConfigs.list({ toolkit: "gmail" });
    assert.deepEqual(items.map((item) => item.id).sort(), [managed.id, own.id].sort());
  });

  await step("list: managed ones, and others", async () => {
    for (const isComposioManaged of [true, false]) {
      const { items } = await authConfigs.list({ isComposioManaged });
      assert.ok(items.length > 0);
      assert.ok(items.every((item) => item.isComposioManaged === isComposioManaged));
    }
  });

  await step("list: page by page, each once", async () => {
    const seen = [];
    let cursor;
    do {
      const page = await authConfigs.list({ limit: 2, ...(cursor && { cursor }) });
      assert.ok(page.items.length <= 2);
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor && seen.length < 100);
    const all = (await authConfigs.list({ limit: 100 })).items.map((item) => item.id);
    assert.deepEqual(seen, all);
  });

  await step("update: the scopes of a custom one", async () => {
    const scope = "https://www.googleapis.com/auth/gmail.modify";
    await authConfigs.update(own.id, { type: "custom", credentials: { ...OWN_CLIENT, scopes: scope } });
    const { json } = await world.call("GET", `/api/v3.1/auth_configs/${own.id}`);
    assert.deepEqual([json.credentials.scopes].flat(), [scope]);
  });

  await step("update: the scopes of the managed one", async () => {
    await authConfigs.update(managed.id, { type: "default", scopes: "https://mail.google.com/" });
    const { json } = await world.call("GET", `/api/v3.1/auth_configs/${managed.id}`);
    assert.deepEqual([json.credentials.scopes].flat(), ["https://mail.google.com/"]);
  });

  await step("disable: it is hidden from the list", async () => {
    await authConfigs.disable(own.id);
    assert.equal((await authConfigs.get(own.id)).status, "DISABLED");
    const { items } = await authConfigs.list({ toolkit: "gmail" });
    assert.deepEqual(items.map((item) => item.id), [managed.id]);
  });

  await step("disable: the list shows it when asked", async () => {
    const { json } = await world.call("GET", "/api/v3.1/auth_configs?toolkit_slug=gmail&show_disabled=true");
    assert.deepEqual(json.items.map((item) => item.status).sort(), ["DISABLED", "ENABLED"]);
  });

  await step("disable: no link is made through it", async () => {
    const error = await refused(composio.connectedAccounts.link(world.user("u"), own.id), "ComposioFailedToCreateConnectedAccountLink");
    assert.ok([400, 403, 422].includes(error.cause.status), String(error.cause?.status));
    assert.match(error.cause.message, /disabled/i);
  });

  await step("enable: it is back", async () => {
    await authConfigs.enable(own.id);
    assert.equal((await authConfigs.get(own.id)).status, "ENABLED");
    assert.ok((await authConfigs.list({ toolkit: "gmail" })).items.some((item) => item.id === own.id));
  });

  await step("delete: it is gone, the others stay", async () => {
    await authConfigs.delete(own.id);
    await refused(authConfigs.get(own.id), "NotFoundError", { status: 404 });
    assert.equal((await authConfigs.get(managed.id)).status, "ENABLED");
  });

  await step("delete: twice", async () => {
    await refused(authConfigs.delete(own.id), "NotFoundError", { status: 404 });
  });

  await step("create: for an unknown toolkit", async () => {
    await refused(authConfigs.create("nosuchtoolkit"), "BadRequestError", { status: 400, says: /nosuchtoolkit/ });
  });

  await step("create: with a scheme that the toolkit does not have", async () => {
    await refused(authConfigs.create("gmail", { type: "use_custom_auth", name: "x", authScheme: "API_KEY", credentials: {} }), "BadRequestError", { status: 400, says: /authScheme/ });
  });

  await step("create: an OAuth client without its id", async () => {
    await refused(authConfigs.create("gmail", { type: "use_custom_auth", name: "x", authScheme: "OAUTH2", credentials: { client_secret: "s".repeat(20) } }), "BadRequestError", { status: 400, says: /client_id/ });
  });

  for (const [what, call] of [["get", (id) => authConfigs.get(id)], ["enable", (id) => authConfigs.enable(id)], ["update", (id) => authConfigs.update(id, { type: "default", scopes: "a" })]]) {
    await step(`${what}: an unknown id`, async () => {
      await refused(call("ac_nosuch000000"), "NotFoundError", { status: 404, says: /ac_nosuch000000/ });
    });
  }
}
