import assert from "node:assert/strict";
import { ComposioToolSet, COMPOSIO_SDK_ERROR_CODES as CODES } from "composio-core";
import { refusedAs } from "../lib/legacy.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const PROFILE = "GMAIL_GET_PROFILE";

export default async function legacy({ world, recorder, step }) {
  // This SDK does not use fetch: what it is answered is seen on the wire.
  const baseUrl = await recorder.tap(world.url);
  const toolset = new ComposioToolSet({ apiKey: world.key, baseUrl });
  const { client } = toolset;
  const alice = world.user("alice");
  const bob = world.user("bob");
  let account;
  let integration;

  const connect = async (user, appName, person = ALICE) => {
    const request = await client.getEntity(user).initiateConnection({ appName });
    await world.finish(request.redirectUrl, person);
    return request.waitUntilActive(10);
  };

  await step("apps: list", async () => {
    const apps = await client.apps.list();
    const gmail = apps.find((app) => app.key === "gmail");
    assert.match(gmail.name, /^gmail$/i);
    assert.ok(apps.every((app) => app.key === app.key.toLowerCase() && app.appId && Array.isArray(app.categories)));
  });

  await step("apps: get, by any case", async () => {
    for (const appKey of ["gmail", "GMAIL"]) assert.equal((await client.apps.get({ appKey })).key, "gmail");
  });

  await step("apps: what a key needs", async () => {
    const { availableAuthSchemes, authSchemes } = await client.apps.getRequiredParams("tavily");
    assert.deepEqual(availableAuthSchemes, ["API_KEY"]);
    assert.ok(JSON.stringify(authSchemes.API_KEY).includes("generic_api_key"));
  });

  await step("apps: an unknown one", async () => {
    await refusedAs(client.apps.get({ appKey: "nosuchapp" }), CODES.BACKEND.NOT_FOUND, /nosuchapp/);
  });

  await step("actions: get", async () => {
    const action = await client.actions.get({ actionName: "gmail_get_profile" });
    assert.deepEqual([action.name, action.appName, action.appKey], [PROFILE, "gmail", "gmail"]);
    assert.ok(Object.values(action.parameters.properties).every((property) => property.type));
  });

  await step("actions: list, of one app", async () => {
    const { items } = await client.actions.list({ apps: "gmail" });
    assert.ok(items.length >= 5);
    assert.ok(items.every((item) => item.appName === "gmail" && item.name === item.name.toUpperCase()));
  });

  await step("actions: an unknown one", async () => {
    await refusedAs(client.actions.get({ actionName: "GMAIL_NO_SUCH" }), CODES.BACKEND.NOT_FOUND);
  });

  await step("tools: schemas for a model", async () => {
    const schemas = await toolset.getToolsSchema({ actions: [PROFILE, "GMAIL_SEND_EMAIL"] });
    assert.deepEqual(schemas.map((schema) => schema.name).sort(), [PROFILE, "GMAIL_SEND_EMAIL"].sort());
  });

  await step("execute: without a connection", async () => {
    await refusedAs(toolset.executeAction({ action: PROFILE, params: {}, entityId: alice }), CODES.SDK.NO_CONNECTED_ACCOUNT_FOUND);
  });

  await step("initiate: a link, a wait, an ACTIVE account", async () => {
    account = await connect(alice, "gmail");
    assert.deepEqual([account.status, account.appUniqueId, account.appName, account.clientUniqueUserId], ["ACTIVE", "gmail", "gmail", alice]);
  });

  await step("initiate: back to the application with what became of it", async () => {
    const request = await client.getEntity(world.user("back")).initiateConnection({ appName: "GitHub", redirectUri: "http://127.0.0.1:9/done?x=1" });
    const { url } = await world.finish(request.redirectUrl);
    assert.deepEqual([url.pathname, url.searchParams.get("x"), url.searchParams.get("status")], ["/done", "1", "success"]);
    assert.deepEqual([url.searchParams.get("connectedAccountId"), url.searchParams.get("appName")], [request.connectedAccountId, "github"]);
  });

  await step("initiate: an unknown app", async () => {
    await refusedAs(client.getEntity(alice).initiateConnection({ appName: "nosuchapp" }), CODES.BACKEND.NOT_FOUND, /nosuchapp/);
  });

  await step("execute: for the entity", async () => {
    const { successful, data, error } = await toolset.executeAction({ action: PROFILE, params: {}, entityId: alice });
    assert.deepEqual([successful, data.emailAddress, error ?? null], [true, ALICE.email, null]);
  });

  await step("execute: by the connected account", async () => {
    const { data } = await toolset.executeAction({ action: PROFILE, params: {}, connectedAccountId: account.id });
    assert.equal(data.emailAddress, ALICE.email);
  });

  await step("execute: through the entity object", async () => {
    const { successful, data } = await client.getEntity(alice).execute({ actionName: PROFILE, params: {} });
    assert.deepEqual([successful, data.emailAddress], [true, ALICE.email]);
  });

  await step("execute: each entity gets its own data", async () => {
    await connect(bob, "gmail", BOB);
    const emails = await Promise.all([alice, bob].map(async (entityId) => (await toolset.executeAction({ action: PROFILE, params: {}, entityId })).data.emailAddress));
    assert.deepEqual(emails, [ALICE.email, BOB.email]);
  });

  await step("execute: what the service refuses is a result", async () => {
    await connect(alice, "mock");
    const { successful, error } = await toolset.executeAction({ action: "MOCK_FAIL", params: { status: 418, message: "a teapot" }, entityId: alice });
    assert.equal(successful, false);
    assert.match(error, /teapot|418/);
  });

  await step("execute: a missing argument, by name", async () => {
    await refusedAs(toolset.executeAction({ action: "GMAIL_SEND_EMAIL", params: { subject: "x" }, entityId: alice }), CODES.BACKEND.BAD_REQUEST, /recipient_email/);
  });

  await step("execute: an unknown account", async () => {
    await refusedAs(toolset.executeAction({ action: PROFILE, params: {}, connectedAccountId: "ca_nosuch000000" }), CODES.BACKEND.NOT_FOUND);
  });

  await step("execute: another entity's account with an entity is refused", async () => {
    const answer = await world.call("POST", `/api/v2/actions/${PROFILE}/execute`, { connectedAccountId: account.id, entityId: bob, appName: "gmail", input: {} });
    assert.equal(answer.status, 404);
    assert.equal(answer.json.name, "ConnectedAccountNotFoundError");
  });

  await step("accounts: get and list", async () => {
    assert.equal((await client.connectedAccounts.get({ connectedAccountId: account.id })).id, account.id);
    const { items } = await client.connectedAccounts.list({ user_uuid: alice });
    assert.deepEqual(items.map((item) => item.appName).sort(), ["gmail", "mock"]);
    assert.ok(items.every((item) => item.clientUniqueUserId === alice));
  });

  await step("accounts: those of an entity, and one of them", async () => {
    const entity = client.getEntity(alice);
    assert.equal((await entity.getConnections()).length, 2);
    assert.equal((await entity.getConnection({ app: "gmail" })).id, account.id);
  });

  await step("accounts: an unknown one", async () => {
    await refusedAs(client.connectedAccounts.get({ connectedAccountId: "ca_nosuch000000" }), CODES.BACKEND.NOT_FOUND);
  });

  await step("accounts: disabled, and enabled again", async () => {
    await client.connectedAccounts.disable({ connectedAccountId: account.id });
    await refusedAs(toolset.executeAction({ action: PROFILE, params: {}, entityId: alice }), CODES.SDK.NO_CONNECTED_ACCOUNT_FOUND);
    await client.connectedAccounts.enable({ connectedAccountId: account.id });
    assert.equal((await toolset.executeAction({ action: PROFILE, params: {}, entityId: alice })).successful, true);
  });

  await step("accounts: the wait ends with its time", async () => {
    const request = await client.getEntity(world.user("slow")).initiateConnection({ appName: "gmail" });
    await refusedAs(request.waitUntilActive(1), CODES.COMMON.UNKNOWN, /within the timeout/);
  });

  await step("accounts: deleted", async () => {
    const { id } = await connect(world.user("leaving"), "gmail");
    await client.connectedAccounts.delete({ connectedAccountId: id });
    await refusedAs(client.connectedAccounts.get({ connectedAccountId: id }), CODES.BACKEND.NOT_FOUND);
  });

  await step("integrations: create for keys, and get", async () => {
    integration = await client.integrations.create({ appUniqueKey: "tavily", name: "Search keys", authScheme: "API_KEY", useComposioAuth: false });
    const read = await client.integrations.get({ integrationId: integration.id });
    assert.deepEqual([read.id, read.appName, read.authScheme], [integration.id, "tavily", "API_KEY"]);
  });

  await step("integrations: create with a client of one's own, whose secret is not shown", async () => {
    const authConfig = { client_id: "own-client", client_secret: "own-client-secret-5d1e77" };
    world.remember("own client's secret", authConfig.client_secret);
    const made = await client.integrations.create({ appUniqueKey: "gmail", name: "Own mail", authScheme: "OAUTH2", useComposioAuth: false, authConfig });
    assert.deepEqual([made.name, made.appName, made.authScheme, made.enabled], ["Own mail", "gmail", "OAUTH2", true]);
  });

  await step("integrations: what the user has to enter", async () => {
    const fields = await client.integrations.getRequiredParams({ integrationId: integration.id });
    assert.deepEqual(fields.map((field) => field.name), ["generic_api_key"]);
  });

  await step("integrations: connect by one, with a key at once", async () => {
    const { generic_api_key } = await world.keysOf("tavily", ALICE);
    const user = world.user("key");
    const request = await client.connectedAccounts.initiate({ entityId: user, integrationId: integration.id, connectionParams: { generic_api_key } });
    assert.equal((await request.waitUntilActive(5)).status, "ACTIVE");
    const { successful } = await toolset.executeAction({ action: "TAVILY_TAVILY_SEARCH", params: { query: "weather" }, entityId: user });
    assert.equal(successful, true);
  });

  await step("integrations: list, of one app", async () => {
    const { items } = await client.integrations.list({ appName: "tavily" });
    assert.ok(items.some((item) => item.id === integration.id));
    assert.ok(items.every((item) => item.appName === "tavily"));
  });

  await step("integrations: deleted", async () => {
    await client.integrations.delete({ integrationId: integration.id });
    await refusedAs(client.integrations.get({ integrationId: integration.id }), CODES.BACKEND.NOT_FOUND);
  });

  await step("wrong key", async () => {
    const stranger = new ComposioToolSet({ apiKey: "not-a-key-of-this-vault", baseUrl });
    await refusedAs(stranger.client.apps.list(), CODES.BACKEND.UNAUTHORIZED);
  });

  await step("no daemon: the SDK says that it is not reachable", async () => {
    const nowhere = new ComposioToolSet({ apiKey: "k", baseUrl: "http://127.0.0.1:9" });
    await refusedAs(nowhere.client.apps.list(), CODES.COMMON.BASE_URL_NOT_REACHABLE);
  });

  await step("prefixes: /v1 answers as /api/v1 does", async () => {
    const [bare, full] = await Promise.all(["/v1/apps/gmail", "/api/v1/apps/gmail"].map((path) => world.call("GET", path)));
    assert.equal(bare.status, 200);
    assert.deepEqual(bare.json, full.json);
  });

  await step("triggers: there are none, and Python's first call works", async () => {
    const { status, json } = await world.call("GET", "/v1/triggers");
    assert.deepEqual([status, json], [200, []]);
  });
}
