import assert from "node:assert/strict";
import { ComposioToolSet, COMPOSIO_SDK_ERROR_CODES as CODES, LangchainToolSet, OpenAIToolSet, VercelAIToolSet } from "composio-core";
import { z } from "zod";
import { refusedAs } from "../lib/legacy.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const PROFILE = "GMAIL_GET_PROFILE";

// What the first SDK makes of tools: raw calls, the program's own actions, and what models are given.
export default async function legacyTools({ world, recorder, step }) {
  const options = { apiKey: world.key, baseUrl: await recorder.tap(world.url) };
  const toolset = new ComposioToolSet(options);
  const { client } = toolset;
  const alice = world.user("alice");

  const connect = async (user, appName, person = ALICE) => {
    const request = await client.getEntity(user).initiateConnection({ appName });
    await world.finish(request.redirectUrl, person);
    return request.waitUntilActive(10);
  };
  const account = await connect(alice, "mock");
  const call = (data) => client.actions.executeRequest({ connectedAccountId: account.id, endpoint: "/whoami", method: "GET", parameters: [], ...data });

  await step("raw call: answered as an action is", async () => {
    const { successful, successfull, data, error } = await call({});
    assert.deepEqual([successful, successfull, data.email, error], [true, true, ALICE.email, null]);
  });

  await step("raw call: with parameters and a body", async () => {
    const slow = await call({ endpoint: "/slow", parameters: [{ name: "delay_ms", in: "query", value: "1" }] });
    assert.equal(slow.data.delayed_ms, 1);
    const echo = await call({ endpoint: "/echo", method: "POST", body: { message: "hello" } });
    assert.deepEqual([echo.data.message, echo.data.account], ["hello", ALICE.email]);
    assert.match(echo.data.headers.authorization, /redacted/);
  });

  await step("raw call: what the service refuses is a result", async () => {
    const { successful, error } = await call({ endpoint: "/fail", method: "POST", body: { status: 418, message: "a teapot" } });
    assert.deepEqual([successful, /418/.test(error)], [false, true]);
  });

  for (const endpoint of ["https://evil.example/x", "//evil.example/x", "/../../google/gmail/x"]) {
    await step(`raw call: refused outside the app's own API: ${endpoint}`, () => refusedAs(call({ endpoint }), CODES.BACKEND.BAD_REQUEST, /endpoint/));
  }

  await step("raw call: an unknown account", async () => {
    await refusedAs(call({ connectedAccountId: "ca_nosuch000000" }), CODES.BACKEND.NOT_FOUND, /ConnectedAccountNotFoundError/);
  });

  await step("own action: it calls the app's API as the entity", async () => {
    await toolset.createAction({
      actionName: "own_whoami",
      description: "who am I",
      toolName: "mock",
      inputParams: z.object({ note: z.string() }),
      callback: async (_, __, executeRequest) => {
        const { data } = await executeRequest({ endpoint: "/whoami", method: "GET", parameters: [] });
        return { successful: true, data };
      },
    });
    const { successful, data, error } = await toolset.executeAction({ action: "own_whoami", params: { note: "x" }, entityId: alice });
    assert.deepEqual([successful, data.email], [true, ALICE.email], error);
  });

  await step("actions: found by what somebody wants to do", async () => {
    const found = await client.actions.findActionEnumsByUseCase({ apps: ["github"], useCase: "open a new issue", limit: 3 });
    assert.ok(found.includes("GITHUB_CREATE_AN_ISSUE"), String(found));
  });

  for (const Kit of [OpenAIToolSet, LangchainToolSet, VercelAIToolSet]) {
    await step(`tools for a model: ${Kit.name}`, async () => {
      const kit = new Kit(options);
      assert.equal(Object.keys(await kit.getTools({ actions: ["gmail_get_profile"] })).length, 1);
      assert.ok(Object.keys(await kit.getTools({ apps: ["gmail"] })).length > 5);
      const one = { useCaseLimit: 1, usecaseLimit: 1 }; // each kit reads one of the two spellings
      assert.equal(Object.keys(await kit.getTools({ apps: ["gmail"], useCase: "send an email", ...one })).length, 1);
    });
  }

  await step("tools for a model: its call runs as the entity", async () => {
    const user = world.user("model");
    await connect(user, "gmail", BOB);
    const asked = { id: "1", type: "function", function: { name: PROFILE, arguments: "{}" } };
    const answer = JSON.parse(await new OpenAIToolSet(options).executeToolCall(asked, user));
    assert.equal(answer.data.emailAddress, BOB.email);
  });

  await step("another entity has no account, a comma in its id or not", async () => {
    const theirs = world.user("theirs");
    await connect(theirs, "gmail");
    for (const entityId of [world.user("stranger"), `${theirs},x`, `x,${theirs}`]) {
      await refusedAs(toolset.executeAction({ action: PROFILE, params: {}, entityId }), CODES.SDK.NO_CONNECTED_ACCOUNT_FOUND);
    }
  });

  await step("connecting again: under the account's own id", async () => {
    const known = await connect(world.user("again"), "gmail");
    const again = await client.connectedAccounts.reinitiateConnection({ connectedAccountId: known.id, data: {} });
    assert.equal(again.connectedAccountId, known.id);
    await world.finish(again.redirectUrl, ALICE);
    assert.equal((await client.connectedAccounts.get({ connectedAccountId: known.id })).status, "ACTIVE");
  });

  await step("connecting: data saved later completes the account that is waited for", async () => {
    const user = world.user("later");
    const request = await client.getEntity(user).initiateConnection({ appName: "tavily" });
    await request.saveUserAccessData({ fieldInputs: await world.keysOf("tavily", ALICE), entityId: user });
    assert.equal((await request.waitUntilActive(5)).id, request.connectedAccountId);
  });

  await step("connecting: denied consent leaves nothing to act by", async () => {
    const request = await client.getEntity(world.user("denied")).initiateConnection({ appName: "gmail" });
    await world.finish(request.redirectUrl, ALICE, ["Continue", "Sign in", "Deny"]);
    const { connectedAccountId } = request;
    assert.equal((await client.connectedAccounts.get({ connectedAccountId })).status, "FAILED");
    await refusedAs(toolset.executeAction({ action: PROFILE, params: {}, connectedAccountId }), CODES.BACKEND.BAD_REQUEST, /FAILED/);
  });

  await step("connecting: to a redirect URI that is none", async () => {
    const request = client.getEntity(alice).initiateConnection({ appName: "gmail", redirectUri: "ftp://example.com" });
    await refusedAs(request, CODES.BACKEND.BAD_REQUEST, /callback_url/);
  });

  await step("integrations: an own client is found again", async () => {
    const own = { appUniqueKey: "github", name: "own", authScheme: "OAUTH2", useComposioAuth: false, authConfig: { client_id: "own-client", client_secret: "own-client-secret-c0ffee" } };
    world.remember("own client's secret", own.authConfig.client_secret);
    const made = await client.integrations.create(own);
    assert.equal((await client.integrations.getOrCreateIntegration(own)).id, made.id);
  });

  await step("execute: an action of an app without a login, without an account", async () => {
    const { successful, data } = await toolset.executeAction({ action: "FREE_PING", params: {}, entityId: world.user("free") });
    assert.deepEqual([successful, data], [true, { ok: true }]);
  });

  await step("raw paths of that time: actions with their enum, tags, and where errors go without a key", async () => {
    const { json: { items } } = await world.call("GET", "/api/v2/actions/list/all?apps=gmail");
    assert.ok(items.some((item) => item.enum === PROFILE));
    assert.ok((await world.call("GET", "/api/v2/actions/list/tags")).json.includes("readOnlyHint"));
    for (const prefix of ["/api", ""]) {
      const { status, json } = await world.call("GET", `${prefix}/v1/cli/sentry-dns`, undefined, {});
      assert.deepEqual([status, json], [200, { dns: null }]);
    }
  });

  await step("triggers: setting one up is refused", async () => {
    const trigger = { connectedAccountId: account.id, triggerName: "GITHUB_COMMIT_EVENT", config: {} };
    await refusedAs(client.triggers.setup(trigger), CODES.BACKEND.BAD_REQUEST, /not offered/);
  });
}
