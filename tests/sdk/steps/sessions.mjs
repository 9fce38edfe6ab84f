import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

export default async function sessions({ world, sdk, composio, step, configFor, connect }) {
  const alice = world.user("alice");
  const profile = async (session, options) => (await session.execute("GMAIL_GET_PROFILE", {}, options)).data.emailAddress;
  let session;
  let work;
  let home;

  await step("create: with the defaults", async () => {
    session = await composio.create(alice);
    assert.match(session.sessionId, /^trs_/);
    assert.equal(new URL(session.mcp.url).origin, world.url);
    assert.ok(session.mcp.url.endsWith("/mcp"));
    assert.equal(session.mcp.headers["x-api-key"], world.key);
  });

  await step("use: the same session by its id", async () => {
    const again = await composio.use(session.sessionId);
    assert.equal(again.sessionId, session.sessionId);
    assert.equal(again.mcp.url, session.mcp.url);
  });

  await step("tools: the one that manages connections is there", async () => {
    const names = (await session.tools()).map((tool) => tool.function.name);
    assert.ok(names.includes("COMPOSIO_MANAGE_CONNECTIONS"), names.join());
    assert.ok(names.every((name) => name.startsWith("COMPOSIO_")), names.join());
  });

  await step("tools: those that are preloaded", async () => {
    const preloading = await composio.create(alice, { preload: { tools: ["GMAIL_GET_PROFILE"] } });
    const names = (await preloading.tools()).map((tool) => tool.function.name);
    assert.deepEqual(names.filter((name) => !name.startsWith("COMPOSIO_")), ["GMAIL_GET_PROFILE"]);
  });

  await step("tools: one to preload that is not there is refused, by its name", async () => {
    await refused(composio.create(alice, { preload: { tools: ["GMAIL_GET_PROFILE", "GMIAL_SEND"] } }), "BadRequestError", { status: 400, says: /GMIAL_SEND/ });
  });

  await step("toolkits: not connected yet", async () => {
    const { items } = await session.toolkits({ toolkits: ["gmail", "slack"] });
    assert.deepEqual(items.map((item) => item.slug).sort(), ["gmail", "slack"]);
    assert.ok(items.every((item) => !item.connection?.isActive));
  });

  await step("execute: without a connection", async () => {
    await refused(session.execute("GMAIL_GET_PROFILE", {}), "BadRequestError", { status: 400, says: /No connected account found/ });
  });

  await step("manage connections: gives a link, and the retry works", async () => {
    const { data } = await session.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"] });
    assert.equal(data.results.gmail.status, "initiated");
    assert.ok(data.results.gmail.redirect_url.startsWith(`${world.url}/link/lk_`));
    assert.equal(data.summary.initiated_connections, 1);
    await world.finish(data.results.gmail.redirect_url);
    assert.equal(await profile(session), ALICE.email);
  });

  await step("manage connections: an active one is left alone", async () => {
    const { data } = await session.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"] });
    assert.equal(data.results.gmail.status, "active");
    assert.equal(data.results.gmail.redirect_url, undefined);
    [work] = data.results.gmail.accounts;
    assert.match(work.id, /^ca_/);
  });

  await step("manage connections: unless all are to be made anew", async () => {
    const { data } = await session.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"], reinitiate_all: true });
    assert.equal(data.results.gmail.status, "initiated");
    assert.equal(await profile(session), ALICE.email);
  });

  await step("manage connections: an unknown toolkit does not spoil the others", async () => {
    const { data } = await session.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail", "nosuchtoolkit"] });
    assert.equal(data.results.gmail.status, "active");
    assert.equal(data.results.nosuchtoolkit.status, "failed");
    assert.deepEqual([data.summary.total_toolkits, data.summary.failed_connections], [2, 1]);
  });

  await step("toolkits: connected now, with account and auth config", async () => {
    const { items } = await session.toolkits({ toolkits: ["gmail"] });
    assert.equal(items[0].connection.isActive, true);
    assert.deepEqual([items[0].connection.connectedAccount.id, items[0].connection.connectedAccount.status], [work.id, "ACTIVE"]);
    assert.deepEqual([items[0].connection.authConfig.mode, items[0].connection.authConfig.isComposioManaged], ["OAUTH2", true]);
  });

  await step("toolkits: the connected ones only", async () => {
    const { items } = await session.toolkits({ isConnected: true });
    assert.deepEqual(items.map((item) => item.slug), ["gmail"]);
  });

  await step("toolkits: by words", async () => {
    const { items } = await session.toolkits({ search: "jira" });
    assert.ok(items.some((item) => item.slug === "jira"));
    assert.ok(!items.some((item) => item.slug === "slack"));
  });

  await step("toolkits: page by page, each once", async () => {
    const seen = [];
    let cursor;
    do {
      const page = await session.toolkits({ limit: 3, ...(cursor && { cursor }) });
      seen.push(...page.items.map((item) => item.slug));
      cursor = page.cursor ?? page.nextCursor;
    } while (cursor && seen.length < 100);
    assert.deepEqual(seen, [...new Set(seen)]);
    assert.ok(seen.length >= 8);
  });

  await step("execute: what the service refuses is a result", async () => {
    await connect(alice, "mock", ALICE, "OAUTH2");
    const { error, logId } = await session.execute("MOCK_FAIL", { status: 418, message: "a teapot" });
    assert.match(error, /teapot|418/);
    assert.match(logId, /^log_/);
  });

  await step("execute: an unknown tool", async () => {
    await refused(session.execute("GMAIL_NO_SUCH", {}), "NotFoundError", { status: 404, says: /GMAIL_NO_SUCH/ });
  });

  await step("execute: a missing argument, by name", async () => {
    await refused(session.execute("GMAIL_SEND_EMAIL", { subject: "x" }), "BadRequestError", { status: 400, says: /recipient_email/ });
  });

  await step("authorize: a link, a wait, an account", async () => {
    const request = await session.authorize("slack", { callbackUrl: "http://127.0.0.1:9/own", alias: "team" });
    const { url } = await world.finish(request.redirectUrl);
    assert.deepEqual([url.pathname, url.searchParams.get("status")], ["/own", "success"]);
    const account = await request.waitForConnection(10_000);
    assert.deepEqual([account.status, account.toolkit.slug, account.alias], ["ACTIVE", "slack", "team"]);
  });

  await step("authorize: the session's callback URL, unless the call has its own", async () => {
    const chat = await composio.create(world.user("chat"), { manageConnections: { callbackUrl: "http://127.0.0.1:9/chat" } });
    const { url } = await world.finish((await chat.authorize("gmail")).redirectUrl);
    assert.equal(url.pathname, "/chat");
  });

  await step("authorize: an unknown toolkit", async () => {
    await refused(session.authorize("nosuchtoolkit"), "NotFoundError", { status: 404, says: /nosuchtoolkit/ });
  });

  await step("toolkits enabled: others are refused", async () => {
    const narrow = await composio.create(alice, { toolkits: ["slack"] });
    await refused(narrow.execute("GMAIL_GET_PROFILE", {}), "PermissionDeniedError", { status: 403 });
    await refused(narrow.authorize("gmail"), "PermissionDeniedError", { status: 403 });
    const { items } = await narrow.toolkits({});
    assert.deepEqual(items.map((item) => item.slug), ["slack"]);
  });

  await step("toolkits disabled: the others work", async () => {
    const most = await composio.create(alice, { toolkits: { disable: ["slack"] } });
    await refused(most.execute("SLACK_LIST_ALL_CHANNELS", {}), "PermissionDeniedError", { status: 403 });
    assert.equal(await profile(most), ALICE.email);
  });

  await step("tools enabled: of a toolkit, by name", async () => {
    const reader = await composio.create(alice, { tools: { gmail: { enable: ["GMAIL_GET_PROFILE"] } } });
    assert.equal(await profile(reader), ALICE.email);
    await refused(reader.execute("GMAIL_FETCH_EMAILS", {}), "PermissionDeniedError", { status: 403 });
  });

  await step("tags: only what reads", async () => {
    const reader = await composio.create(alice, { tags: ["readOnlyHint"] });
    assert.equal(await profile(reader), ALICE.email);
    await refused(reader.execute("GMAIL_SEND_EMAIL", { recipient_email: "a@example.com" }), "PermissionDeniedError", { status: 403 });
  });

  await step("manage connections off: the tool is neither offered nor run", async () => {
    const plain = await composio.create(alice, { manageConnections: { enable: false } });
    const names = (await plain.tools()).map((tool) => tool.function.name);
    assert.ok(!names.includes("COMPOSIO_MANAGE_CONNECTIONS"));
    const error = await plain.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"] }).catch((other) => other);
    assert.ok([403, 404].includes(error.status), String(error.status));
  });

  await step("auth configs: links go through the one that was chosen", async () => {
    const id = await configFor("mock", "API_KEY");
    const keyed = await composio.create(world.user("keyed"), { authConfigs: { mock: id } });
    const request = await keyed.authorize("mock");
    await world.finish(request.redirectUrl, await world.keysOf("mock", BOB));
    const account = await request.waitForConnection(5_000);
    assert.equal(account.authConfig.id, id);
    assert.equal((await keyed.execute("MOCK_WHOAMI", {})).data.email, BOB.email);
  });

  await step("auth configs: one that is disabled is refused, by its id", async () => {
    const { id } = await composio.authConfigs.create("mock", { type: "use_custom_auth", name: "off", authScheme: "API_KEY", credentials: {} });
    await composio.authConfigs.disable(id);
    await refused(composio.create(alice, { authConfigs: { mock: id } }), "BadRequestError", { status: 400, says: new RegExp(`disabled.*${id}`) });
    await composio.authConfigs.delete(id);
  });

  await step("pinned: calls run through the pinned account", async () => {
    home = await connect(alice, "gmail", BOB, undefined, { alias: "home" });
    assert.equal(await profile(session), BOB.email, "the most recently connected one is the default");
    const pinned = await composio.create(alice, { connectedAccounts: { gmail: [work.id] } });
    assert.equal(await profile(pinned), ALICE.email);
  });

  await step("pinned: an account that the session does not have is refused", async () => {
    const pinned = await composio.create(alice, { connectedAccounts: { gmail: [work.id] } });
    const error = await pinned.execute("GMAIL_GET_PROFILE", {}, { account: home.id }).catch((other) => other);
    assert.ok([400, 403, 404].includes(error.status), String(error.status));
  });

  await step("pinned: an unknown account is refused at once", async () => {
    await refused(composio.create(alice, { connectedAccounts: { gmail: ["ca_nosuch000000"] } }), "BadRequestError", { status: 400, says: /ca_nosuch000000/ });
  });

  await step("pinned: another user's account is refused in the same words", async () => {
    const stranger = world.user("stranger");
    const words = (id) => composio.create(stranger, { connectedAccounts: { gmail: [id] } }).then(() => "taken", (error) => `${error.status} ${error.message}`.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, ""));
    const foreign = await words(work.id);
    assert.match(foreign, /^400 /);
    assert.equal(foreign, await words("ca_nosuch000000"));
  });

  await step("several accounts: one is chosen by id or alias", async () => {
    const both = await composio.create(alice, { multiAccount: { enable: true } });
    assert.equal(await profile(both, { account: work.id }), ALICE.email);
    assert.equal(await profile(both, { account: "home" }), BOB.email);
  });

  await step("several accounts: without a choice the call is refused", async () => {
    const both = await composio.create(alice, { multiAccount: { enable: true, requireExplicitSelection: true } });
    const error = await refused(both.execute("GMAIL_GET_PROFILE", {}), "BadRequestError", { status: 400, says: /account/ });
    assert.ok(error.message.includes("home"), "the choice is named");
  });

  await step("several accounts: an unknown alias", async () => {
    const both = await composio.create(alice, { multiAccount: { enable: true } });
    const error = await both.execute("GMAIL_GET_PROFILE", {}, { account: "nosuchalias" }).catch((other) => other);
    assert.ok([400, 404].includes(error.status), String(error.status));
  });

  await step("update: one version on, the rest stays", async () => {
    const changing = await composio.create(alice, { toolkits: ["gmail", "slack"], manageConnections: { callbackUrl: "http://127.0.0.1:9/chat" } });
    const before = await world.call("GET", `/api/v3.1/tool_router/session/${changing.sessionId}`);
    await changing.update({ toolkits: ["gmail"] });
    const after = await world.call("GET", `/api/v3.1/tool_router/session/${changing.sessionId}`);
    assert.equal(after.json.config_version, before.json.config_version + 1);
    assert.deepEqual(after.json.config.toolkits, { enabled: ["gmail"] });
    assert.equal(after.json.config.manage_connections.callback_url, "http://127.0.0.1:9/chat");
    await refused(changing.execute("SLACK_LIST_ALL_CHANNELS", {}), "PermissionDeniedError", { status: 403 });
  });

  await step("update: the members of a block that are not named stay", async () => {
    const quiet = await composio.create(alice, { manageConnections: false, multiAccount: { enable: true } });
    await quiet.update({ manageConnections: { callbackUrl: "http://127.0.0.1:9/chat" }, multiAccount: { maxAccountsPerToolkit: 3 } });
    const { manage_connections: prompts, multi_account: several } = (await world.call("GET", `/api/v3.1/tool_router/session/${quiet.sessionId}`)).json.config;
    assert.deepEqual(prompts, { enabled: false, callback_url: "http://127.0.0.1:9/chat" });
    assert.deepEqual(several, { enable: true, require_explicit_selection: true, max_accounts_per_toolkit: 3 });
  });

  await step("update: two at once are both there", async () => {
    const changing = await composio.create(alice);
    await Promise.all([changing.update({ toolkits: ["gmail"] }), changing.update({ tags: { disable: ["destructiveHint"] } })]);
    const { config } = (await world.call("GET", `/api/v3.1/tool_router/session/${changing.sessionId}`)).json;
    assert.deepEqual([config.toolkits, config.tags], [{ enabled: ["gmail"] }, { disabled: ["destructiveHint"] }]);
  });

  await step("update: of a version that is no longer, refused", async () => {
    const path = `/api/v3.1/tool_router/session/${(await composio.create(alice)).sessionId}`;
    const changing = await composio.use(path.split("/").pop());
    if (sdk.isNewer) {
      const expectedConfigVersion = changing.configVersion;
      await changing.update({ toolkits: ["gmail"] });
      await refused(changing.update({ toolkits: null, expectedConfigVersion }), "ComposioSessionConfigConflictError", { says: /version 1/ });
      await changing.update({ toolkits: ["slack"], expectedConfigVersion: changing.configVersion });
      return;
    }
    assert.equal((await world.call("PATCH", path, { toolkits: null, expected_config_version: 2 })).status, 409);
    assert.equal((await world.call("PATCH", path, { toolkits: ["slack"], expected_config_version: 1 })).status, 200);
  });

  await step("no toolkit enabled: none is there, until that is taken away", async () => {
    const none = await composio.create(alice, { toolkits: [] });
    await refused(none.execute("GMAIL_GET_PROFILE", {}), "PermissionDeniedError", { status: 403 });
    assert.deepEqual((await none.toolkits({})).items, []);
    await world.call("PATCH", `/api/v3.1/tool_router/session/${none.sessionId}`, { toolkits: null });
    assert.equal(await profile(none), BOB.email);
  });

  await step("tools disabled: a name that is not there is refused, not ignored", async () => {
    await refused(composio.create(alice, { tools: { gmail: { disable: ["GMAIL_SEND_EMIAL"] } } }), "BadRequestError", { status: 400, says: /GMAIL_SEND_EMIAL/ });
  });

  await step("manage connections: a disabled account is not linked again", async () => {
    const user = world.user("disabled");
    const account = await connect(user, "gmail", ALICE);
    const pinned = await composio.create(user, { connectedAccounts: { gmail: [account.id] } });
    await composio.connectedAccounts.disable(account.id);
    const { data } = await pinned.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"] });
    assert.deepEqual([data.results.gmail.status, data.results.gmail.redirect_url], ["failed", undefined]);
    await refused(pinned.authorize("gmail"), "UnprocessableEntityError", { status: 422, says: /disabled/ });
    await refused(pinned.execute("GMAIL_GET_PROFILE", {}), "UnprocessableEntityError", { status: 422, says: /disabled.*enable it/ });
    assert.equal((await composio.connectedAccounts.get(account.id)).status, "INACTIVE");
  });

  await step("manage connections: again and again, one account waits", async () => {
    const again = await composio.create(world.user("again"));
    const ask = async (...toolkits) => (await again.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits })).data.results;
    const first = await ask("gmail", "GMAIL");
    assert.deepEqual(Object.keys(first), ["gmail"]);
    const { gmail } = await ask("gmail");
    assert.equal(gmail.connected_account_id, first.gmail.connected_account_id);
    assert.equal(gmail.accounts.length, 1);
  });

  await step("several accounts: no more than the session may have", async () => {
    const both = await composio.create(alice, { multiAccount: { enable: true, maxAccountsPerToolkit: 2 } });
    await refused(both.authorize("gmail"), "BadRequestError", { status: 400, says: /gmail/ });
    await refused(composio.create(alice, { connectedAccounts: { gmail: [work.id, home.id] } }), "BadRequestError", { status: 400, says: /multi_account/ });
  });

  await step("delete: gone, its accounts stay", async () => {
    const passing = await composio.create(alice);
    const { sessionId, deleted } = await passing.delete();
    assert.deepEqual([sessionId, deleted], [passing.sessionId, true]);
    await refused(composio.use(sessionId), "NotFoundError", { status: 404 });
    await refused(passing.execute("GMAIL_GET_PROFILE", {}), "NotFoundError", { status: 404 });
    await refused(passing.delete(), "NotFoundError", { status: 404 });
    assert.equal((await composio.connectedAccounts.get(work.id)).status, "ACTIVE");
  });

  await step("use: an unknown id", async () => {
    await refused(composio.use("trs_nosuch000000"), "NotFoundError", { status: 404, says: /trs_nosuch000000/ });
  });

  await step("they do not end by themselves", async () => {
    await world.advance("26h");
    const again = await composio.use(session.sessionId);
    assert.equal(await profile(again, { account: work.id }), ALICE.email);
  });

  await step("restrictions that are not understood are refused, never ignored", async () => {
    const make = (config) => composio.client.toolRouter.session.create({ user_id: alice, ...config });
    for (const [config, says] of [
      [{ toolkits: { enabled: ["gmail"] } }, /toolkits\.enabled/],
      [{ tools: { gmail: { enabled: ["GMAIL_GET_PROFILE"] } } }, /tools\.gmail\.enabled/],
      [{ tags: { disabled: ["destructiveHint"] } }, /tags\.disabled/],
      [{ execute: { enable_multi_execute: "no" } }, /enable_multi_execute/],
      [{ toolkits: { enable: ["nosuchtoolkit"] } }, /nosuchtoolkit/],
    ]) {
      await refused(make(config), "BadRequestError", { status: 400, says });
    }
  });

  await step("what a session cannot have is refused as not offered", async () => {
    const parts = { permissions: { default: "always_deny" }, session_config_id: "sc_1" };
    for (const [key, value] of Object.entries(parts)) {
      const made = composio.client.toolRouter.session.create({ user_id: alice, experimental: { [key]: value } });
      await refused(made, "InternalServerError", { status: 501, says: new RegExp(`experimental\\.${key}`) });
    }
  });

  await step("links stand below the URL that the session has in place of the vault's", async () => {
    const made = await composio.client.toolRouter.session.create({ user_id: alice, experimental: { link_url_overwrite: "https://app.example/x" } });
    const request = await (await composio.use(made.session_id)).authorize("gmail");
    assert.match(request.redirectUrl, /^https:\/\/app\.example\/x\/link\/lk_/);
    await world.finish(request.redirectUrl.replace("https://app.example/x", world.url));
    assert.equal((await request.waitForConnection(10_000)).status, "ACTIVE");
  });

  if (sdk.isNewer) {
    await step("ensure connected: at once where there is a connection", async () => {
      const { wasConnected, connectedAccount } = await session.ensureConnected("slack");
      assert.equal(wasConnected, true);
      assert.match(connectedAccount.id, /^ca_/);
    });
  }
}
