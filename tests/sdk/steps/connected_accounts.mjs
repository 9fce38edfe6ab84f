import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { complaintsDuring } from "../lib/sdk.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

export default async function connectedAccounts({ world, sdk, composio, step, configFor, connect }) {
  const accounts = composio.connectedAccounts;
  const { AuthScheme } = sdk.lib;
  const alice = world.user("alice");
  const bob = world.user("bob");
  const run = (slug, body) => composio.tools.execute(slug, { dangerouslySkipVersionCheck: true, arguments: {}, ...body });
  let gmail;

  await step("link: INITIATED, with a URL of this vault", async () => {
    const request = await accounts.link(alice, await configFor("gmail"));
    assert.match(request.id, /^ca_/);
    assert.equal(request.status, "INITIATED");
    assert.ok(request.redirectUrl.startsWith(`${world.url}/link/lk_`));
    assert.equal((await accounts.get(request.id)).status, "INITIATED");
  });

  await step("link: ACTIVE when the user has signed in", async () => {
    gmail = await connect(alice, "gmail", ALICE);
    assert.deepEqual([gmail.toolkit.slug, gmail.isDisabled, gmail.statusReason], ["gmail", false, null]);
  });

  await step("link: again is refused by the SDK while one is ACTIVE", async () => {
    await refused(configFor("gmail").then((id) => accounts.link(alice, id)), "ComposioMultipleConnectedAccountsError");
  });

  await step("link: a second account, when the program allows it", async () => {
    const second = await connect(alice, "gmail", BOB, undefined, { alias: "private" });
    assert.notEqual(second.id, gmail.id);
    assert.equal(second.alias, "private");
  });

  await step("initiate: the older call gives a link too", async () => {
    const request = await accounts.initiate(world.user("older"), await configFor("github"), { callbackUrl: "http://127.0.0.1:9/back" });
    assert.ok(request.redirectUrl.startsWith(`${world.url}/link/lk_`));
    const { url } = await world.finish(request.redirectUrl);
    assert.equal(url.searchParams.get("status"), "success");
    assert.equal((await request.waitForConnection(10_000)).status, "ACTIVE");
  });

  await step("initiate: refused in the SDK's own class where the project has retired it", async () => {
    const retire = (flag) => composio.client.patch("/api/v3.1/org/project/config", { body: { refuse_managed_oauth_create: flag } });
    await retire(true);
    const again = configFor("github").then((id) => accounts.initiate(world.user("late"), id));
    await refused(again, "ComposioLegacyConnectedAccountsEndpointRetiredError").finally(() => retire(false));
  });

  const keysOf = (person) => world.keysOf("mock", person);

  await step("initiate: an API key at once", async () => {
    const { generic_api_key } = await keysOf(ALICE);
    const user = world.user("key");
    const request = await accounts.initiate(user, await configFor("mock", "API_KEY"), { config: AuthScheme.APIKey({ generic_api_key }) });
    assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
    assert.equal((await run("MOCK_WHOAMI", { userId: user })).data.email, ALICE.email);
  });

  await step("initiate: a bearer token at once", async () => {
    const user = world.user("bearer");
    const request = await accounts.initiate(user, await configFor("mock", "BEARER_TOKEN"), { config: AuthScheme.BearerToken({ token: (await keysOf(BOB)).token }) });
    assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
    assert.equal((await run("MOCK_WHOAMI", { userId: user })).data.email, BOB.email);
  });

  await step("initiate: user name and password at once", async () => {
    const user = world.user("basic");
    const keys = await keysOf(ALICE);
    const request = await accounts.initiate(user, await configFor("mock", "BASIC"), { config: AuthScheme.Basic({ username: ALICE.email, password: keys.password }) });
    assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
    assert.equal((await run("MOCK_WHOAMI", { userId: user })).data.email, ALICE.email);
  });

  const fields = {
    BASIC_WITH_JWT: ["username", "password"],
    GOOGLE_SERVICE_ACCOUNT: ["credentials_json"],
    SERVICE_ACCOUNT: ["application_id", "installation_id", "private_key"],
    BILLCOM_AUTH: ["sessionId", "devKey"],
    SAML: ["saml_assertion"],
    CALCOM_AUTH: ["calcom_key"],
    OAUTH1: ["oauth_token", "oauth_token_secret"],
  };
  for (const [scheme, names] of Object.entries(fields)) {
    await step(`initiate: ${scheme} at once, and its state without a complaint`, async () => {
      const keys = await keysOf(ALICE);
      const val = Object.fromEntries(names.map((name) => [name, keys[name]]));
      const user = world.user(scheme.toLowerCase());
      const id = await configFor("mock", scheme);
      const needed = await composio.toolkits.getConnectedAccountInitiationFields("mock", scheme, { requiredOnly: true });
      assert.deepEqual(needed.map((field) => field.name).sort(), [...names].sort());
      const request = await accounts.initiate(user, id, { config: { authScheme: scheme, val: { status: "ACTIVE", ...val } } });
      assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
      assert.equal((await run("MOCK_WHOAMI", { userId: user })).data.email, ALICE.email);
      const { value, complaints } = await complaintsDuring(() => accounts.get(request.id));
      assert.deepEqual(complaints, []);
      assert.equal(value.state.authScheme, scheme);
      for (const name of names) assert.ok(["REDACTED", undefined].includes(value.state.val[name]));
    });
  }

  await step("initiate: DCR_OAUTH, by a client that the provider registers", async () => {
    const user = world.user("dcr");
    const request = await accounts.link(user, await configFor("mock", "DCR_OAUTH"));
    await world.finish(request.redirectUrl, ALICE);
    assert.equal((await request.waitForConnection(10_000)).status, "ACTIVE");
    assert.equal((await run("MOCK_WHOAMI", { userId: user })).data.email, ALICE.email);
  });

  await step("initiate: S2S_OAUTH2, by a client's own grant", async () => {
    const { clients } = await world.mock("GET", "clients");
    const { client_id, client_secret } = clients.find(({ provider }) => provider === "mockidp");
    const user = world.user("s2s");
    const request = await accounts.initiate(user, await configFor("mock", "S2S_OAUTH2"), { config: { authScheme: "S2S_OAUTH2", val: { status: "ACTIVE", client_id, client_secret } } });
    assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
    assert.equal((await run("MOCK_ECHO", { userId: user, arguments: { message: "hello" } })).data.message, "hello");
  });

  await step("initiate: a key that the service refuses, where that is asked for", async () => {
    const user = world.user("refused-key");
    const body = { auth_config: { id: await configFor("mock", "API_KEY") }, validate_credentials: true,
      connection: { user_id: user, state: { authScheme: "API_KEY", val: { status: "ACTIVE", generic_api_key: "no-such-key-0123" } } } };
    await refused(composio.client.connectedAccounts.create(body), "BadRequestError", { status: 400, says: /generic_api_key/ });
    assert.deepEqual((await accounts.list({ userIds: [user] })).items, []);
  });

  await step("initiate: an OAuth token that the program already has", async () => {
    const user = world.user("import");
    const request = await accounts.initiate(user, await configFor("gmail"), { config: AuthScheme.OAuth2({ access_token: await world.tokenOf(gmail.id) }) });
    assert.equal((await request.waitForConnection(5_000)).status, "ACTIVE");
    assert.equal((await run("GMAIL_GET_PROFILE", { userId: user })).data.emailAddress, ALICE.email);
  });

  await step("initiate: a credential of another scheme", async () => {
    await refused(configFor("mock", "API_KEY").then((id) => accounts.initiate(world.user("wrong"), id, { config: AuthScheme.BearerToken({ token: "0123456789abcdef" }) })), "BadRequestError", { status: 400, says: /BEARER_TOKEN|API_KEY/ });
  });

  await step("initiate: a required field is missing", async () => {
    const id = await configFor("zendesk", "BASIC");
    await refused(accounts.initiate(world.user("part"), id, { config: AuthScheme.Basic({ username: "carol@example.com", password: "0123456789" }) }), "BadRequestError", { status: 400, says: /subdomain/ });
  });

  await step("get: every member the SDK needs, without a complaint", async () => {
    const { value, complaints } = await complaintsDuring(() => accounts.get(gmail.id));
    assert.deepEqual(complaints, []);
    assert.deepEqual([value.id, value.status, value.authConfig.authScheme, value.authConfig.isComposioManaged, value.authConfig.isDisabled], [gmail.id, "ACTIVE", "OAUTH2", true, false]);
    assert.equal(value.state.authScheme, "OAUTH2");
    assert.ok(Date.parse(value.createdAt) <= Date.parse(value.updatedAt));
  });

  await step("get: the credential is a placeholder", async () => {
    const { state } = await accounts.get(gmail.id);
    assert.equal(state.val.access_token, "REDACTED");
  });

  await step("list: by two users", async () => {
    await connect(bob, "gmail", BOB);
    const { items } = await accounts.list({ userIds: [alice, bob], toolkitSlugs: ["gmail"] });
    assert.ok(items.length >= 3);
    const { json } = await world.call("GET", `/api/v3.1/connected_accounts?user_ids=${alice}%2C${bob}&toolkit_slugs=gmail`);
    assert.deepEqual([...new Set(json.items.map((item) => item.user_id))].sort(), [alice, bob].sort());
  });

  await step("list: by one user, nobody else's", async () => {
    const { json } = await world.call("GET", `/api/v3.1/connected_accounts?user_ids=${bob}`);
    assert.deepEqual(json.items.map((item) => item.user_id), [bob]);
  });

  await step("list: by status", async () => {
    const { items } = await accounts.list({ userIds: [alice], statuses: ["INITIATED"] });
    assert.ok(items.every((item) => item.status === "INITIATED"));
    const active = await accounts.list({ userIds: [alice], statuses: ["ACTIVE", "EXPIRED"] });
    assert.equal(active.items.length, 2);
  });

  await step("list: by auth config", async () => {
    const { items } = await accounts.list({ authConfigIds: [await configFor("mock", "BASIC")] });
    assert.ok(items.length >= 1);
    assert.ok(items.every((item) => item.authConfig.authScheme === "BASIC"));
  });

  await step("list: newest first, page by page, each once, without a complaint", async () => {
    const { value, complaints } = await complaintsDuring(async () => {
      const seen = [];
      let cursor;
      do {
        const page = await accounts.list({ limit: 2, ...(cursor && { cursor }) });
        seen.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor && seen.length < 200);
      return seen;
    });
    assert.deepEqual(complaints, []);
    const ids = value.map((item) => item.id);
    assert.deepEqual(ids, [...new Set(ids)]);
    assert.deepEqual(ids, (await accounts.list({ limit: 200 })).items.map((item) => item.id));
    const times = value.map((item) => Date.parse(item.createdAt));
    assert.deepEqual(times, [...times].sort((a, b) => b - a));
  });

  await step("list: users whose ids hold a comma, by repeated keys", async () => {
    const odd = `${world.user("comma")},x`;
    await accounts.link(odd, await configFor("gmail"));
    const { json } = await world.call("GET", `/api/v3.1/connected_accounts?user_ids=${encodeURIComponent(odd)}&user_ids=nobody`);
    assert.deepEqual(json.items.map((item) => item.user_id), [odd]);
  });

  await step("disable: INACTIVE, and its tools do not run", async () => {
    await accounts.disable(gmail.id);
    const { status, isDisabled } = await accounts.get(gmail.id);
    assert.deepEqual([status, isDisabled], ["INACTIVE", true]);
    await refused(run("GMAIL_GET_PROFILE", { userId: alice, connectedAccountId: gmail.id }), "ComposioToolExecutionError", { status: 422 });
  });

  await step("enable: ACTIVE, and they run again", async () => {
    await accounts.enable(gmail.id);
    assert.equal((await accounts.get(gmail.id)).status, "ACTIVE");
    assert.equal((await run("GMAIL_GET_PROFILE", { userId: alice, connectedAccountId: gmail.id })).data.emailAddress, ALICE.email);
  });

  await step("update: status by name", async () => {
    await accounts.updateStatus(gmail.id, { enabled: false });
    assert.equal((await accounts.get(gmail.id)).status, "INACTIVE");
    await accounts.update(gmail.id, { enabled: true });
    assert.equal((await accounts.get(gmail.id)).status, "ACTIVE");
  });

  await step("patch: an alias is set and cleared", async () => {
    await composio.client.connectedAccounts.patch(gmail.id, { alias: "work" });
    assert.equal((await accounts.get(gmail.id)).alias, "work");
    await composio.client.connectedAccounts.patch(gmail.id, { alias: "" });
    assert.equal((await accounts.get(gmail.id)).alias, null);
  });

  await step("patch: an alias that the user's other account has", async () => {
    await refused(composio.client.connectedAccounts.patch(gmail.id, { alias: "private" }), "BadRequestError", { status: 400, says: /private/ });
  });

  await step("patch: a new key takes the place of the old one", async () => {
    const user = world.user("rotating");
    const request = await accounts.initiate(user, await configFor("mock", "API_KEY"), { config: AuthScheme.APIKey({ generic_api_key: (await keysOf(ALICE)).generic_api_key }) });
    await composio.client.connectedAccounts.patch(request.id, { connection: { state: { authScheme: "API_KEY", val: { generic_api_key: (await keysOf(BOB)).generic_api_key } } } });
    assert.equal((await run("MOCK_WHOAMI", { userId: user })).data.email, BOB.email);
  });

  await step("refresh: gives a link and leaves the account at work", async () => {
    const { id, status, redirect_url } = await accounts.refresh(gmail.id);
    assert.deepEqual([id, status], [gmail.id, "ACTIVE"]);
    await world.finish(redirect_url);
    assert.equal((await accounts.get(gmail.id)).status, "ACTIVE");
  });

  await step("tokens are renewed as time goes by, the status stays", async () => {
    const before = await world.tokenOf(gmail.id);
    await world.advance("2h");
    assert.notEqual(await world.tokenOf(gmail.id), before);
    assert.equal((await run("GMAIL_GET_PROFILE", { connectedAccountId: gmail.id, userId: alice })).successful, true);
  });

  await step("expired: after the provider has revoked the grant", async () => {
    const user = world.user("expiring");
    const account = await connect(user, "jira", BOB);
    await world.revokeAtProvider("atlassian", BOB);
    await world.advance("2h");
    const { status, statusReason } = await accounts.get(account.id);
    assert.equal(status, "EXPIRED");
    assert.ok(statusReason.length > 0);
  });

  await step("expired: a wait ends at once, with the reason", async () => {
    const { items } = await accounts.list({ statuses: ["EXPIRED"], toolkitSlugs: ["jira"] });
    const error = await refused(accounts.waitForConnection(items[0].id, 10_000), "ConnectionRequestFailedError", { says: /EXPIRED/ });
    assert.match(error.message, /EXPIRED/);
  });

  await step("expired: the same account by a new link", async () => {
    const { items } = await accounts.list({ statuses: ["EXPIRED"], toolkitSlugs: ["jira"] });
    const { json } = await world.call("GET", `/api/v3.1/connected_accounts/${items[0].id}`);
    const again = await connect(json.user_id, "jira", BOB);
    assert.equal(again.id, items[0].id);
  });

  await step("delete: it is gone for get, list and tools", async () => {
    const user = world.user("leaving");
    const account = await connect(user, "gmail", ALICE);
    await accounts.delete(account.id);
    await refused(accounts.get(account.id), "NotFoundError", { status: 404 });
    assert.deepEqual((await accounts.list({ userIds: [user] })).items, []);
    await refused(run("GMAIL_GET_PROFILE", { userId: user }), "ComposioConnectedAccountNotFoundError");
  });

  await step("delete: with revocation, the provider knows the token no more", async () => {
    const account = await connect(world.user("thorough"), "mock", ALICE, "OAUTH2");
    const token = await world.tokenOf(account.id);
    const whoami = () => fetch(`${world.mockUrl}/mock/mockidp/mock/whoami`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await whoami()).status, 200);
    const answer = await world.call("DELETE", `/api/v3.1/connected_accounts/${account.id}?revoke_on_delete=true`);
    assert.deepEqual([answer.status, answer.json.success], [200, true]);
    assert.equal((await whoami()).status, 401);
  });

  const revoke = (id) => (sdk.isNewer ? accounts.revoke(id) : world.call("POST", `/api/v3.1/connected_accounts/${id}/revoke`).then(({ json }) => ({ revokedTokens: json.revoked_tokens, connectedAccount: json.connected_account })));

  await step("revoke: REVOKED, twice is no error", async () => {
    const account = await connect(world.user("revoking"), "mock", BOB, "OAUTH2");
    const first = await revoke(account.id);
    assert.equal(first.connectedAccount.status, "REVOKED");
    assert.deepEqual([...first.revokedTokens].sort(), ["access_token", "refresh_token"]);
    assert.deepEqual((await revoke(account.id)).revokedTokens, []);
  });

  if (sdk.isNewer) {
    await step("revoke: an account that never connected", async () => {
      const request = await accounts.link(world.user("never"), await configFor("mock", "OAUTH2"));
      await refused(accounts.revoke(request.id), "ComposioConnectedAccountNotRevokableError");
    });
    await step("revoke: where the provider has no way to", async () => {
      const request = await accounts.initiate(world.user("norevoke"), await configFor("mock", "API_KEY"), { config: AuthScheme.APIKey({ generic_api_key: (await keysOf(ALICE)).generic_api_key }) });
      await refused(accounts.revoke(request.id), "ComposioConnectedAccountRevocationNotSupportedError");
    });
  }

  await step("wait: not longer than asked", async () => {
    const request = await accounts.link(world.user("slow"), await configFor("gmail"));
    await refused(request.waitForConnection(300), "ConnectionRequestTimeoutError");
  });

  await step("wait: for an unknown account", async () => {
    await refused(accounts.waitForConnection("ca_nosuch000000", 1_000), "ComposioConnectedAccountNotFoundError", { status: 404 });
  });

  const unknown = {
    get: (id) => accounts.get(id),
    delete: (id) => accounts.delete(id),
    disable: (id) => accounts.disable(id),
    refresh: (id) => accounts.refresh(id),
    patch: (id) => composio.client.connectedAccounts.patch(id, { alias: "x" }),
  };
  for (const [name, call] of Object.entries(unknown)) {
    await step(`${name}: an unknown id`, async () => {
      await refused(call("ca_nosuch000000"), "NotFoundError", { status: 404, says: /ca_nosuch000000/ });
    });
  }
}
