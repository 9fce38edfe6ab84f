import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const ABROAD = "https://evil.example/whoami";

// Raw calls to a service's own API, as an account and in a session.
export default async function proxy({ world, composio, step, connect }) {
  const alice = world.user("alice");
  const account = await connect(alice, "mock", ALICE, "OAUTH2");
  const { client } = composio;
  const call = (body) => composio.tools.proxyExecute({ method: "GET", endpoint: "/whoami", connectedAccountId: account.id, ...body });

  await step("a raw call is answered with status, headers and data", async () => {
    const { status, data, headers } = await call({});
    assert.deepEqual([status, data.email], [200, ALICE.email]);
    assert.match(headers["content-type"], /json/);
    assert.equal(headers["set-cookie"], undefined);
  });

  await step("parameters go into query and headers", async () => {
    const { data } = await call({ endpoint: "/slow", parameters: [{ in: "query", name: "delay_ms", value: 1 }, { in: "header", name: "x-trace", value: "7" }] });
    assert.equal(data.delayed_ms, 1);
  });

  await step("a body is sent as JSON", async () => {
    const { data } = await call({ endpoint: "/echo", method: "POST", body: { message: "grüße" } });
    assert.deepEqual([data.message, data.account], ["grüße", ALICE.email]);
    assert.match(data.headers["content-type"], /json/);
  });

  await step("what the service echoes of the credential is taken out", async () => {
    const { data } = await call({ endpoint: "/echo", method: "POST", body: { message: "x" } });
    assert.match(data.headers.authorization, /redacted/);
  });

  await step("what the service refuses is an answer, not an exception", async () => {
    const { status } = await call({ endpoint: "/no/such/thing" });
    assert.equal(status, 404);
  });

  await step("bytes are sent as base64", async () => {
    const answer = await client.tools.proxy({
      endpoint: "/echo", method: "POST", connected_account_id: account.id, parameters: [],
      binary_body: { base64: Buffer.from('{"message":"bytes"}').toString("base64"), content_type: "application/json" },
    });
    assert.equal(answer.data.message, "bytes");
  });

  for (const [name, endpoint] of Object.entries({
    "another host": ABROAD,
    "another host without a scheme": "//evil.example/whoami",
    "another host behind a user name": "https://mock.invalid@evil.example/",
    "another toolkit of the same mock": `${world.mockUrl}/mock/google/gmail/gmail/v1/users/me/profile`,
    "dots that climb": "/../../google/gmail/gmail/v1/users/me/profile",
    "escaped dots that climb": "/%2e%2e/%2e%2e/google/gmail/x",
    "the daemon itself": `${world.url}/_coffer/accounts/${account.id}/token`,
    "a file": "file:///etc/passwd",
    "a fragment": "/whoami#x",
  })) {
    await step(`refused: ${name}`, () => refused(call({ endpoint }), "BadRequestError", { status: 400, says: /endpoint/ }));
  }

  for (const name of ["Authorization", "cookie", "Host", "proxy-authorization"]) {
    await step(`refused: a ${name} header of the caller`, async () => {
      await refused(call({ parameters: [{ in: "header", name, value: "x" }] }), "BadRequestError", { status: 400, says: new RegExp(name) });
    });
  }

  await step("refused: a header that breaks the line", async () => {
    await refused(call({ parameters: [{ in: "header", name: "x-a", value: "1\r\nAuthorization: x" }] }), "BadRequestError", { status: 400 });
  });

  await step("refused: the base URL of a credential that the caller brings along", async () => {
    const body = { endpoint: "/whoami", method: "GET", connected_account_id: account.id, custom_auth_params: { base_url: "https://evil.example", parameters: [] } };
    await refused(client.tools.proxy(body), "BadRequestError", { status: 400, says: /custom_auth_params/ });
    const run = composio.tools.execute("MOCK_WHOAMI", { userId: alice, arguments: {}, dangerouslySkipVersionCheck: true, customAuthParams: { baseURL: "https://evil.example", parameters: [] } });
    await refused(run, "ComposioToolExecutionError", { status: 400, says: /custom_auth_params/ });
  });

  await step("refused: without an account", async () => {
    await refused(call({ connectedAccountId: undefined }), "BadRequestError", { status: 400, says: /connected_account_id/ });
  });

  await step("refused: an unknown account", async () => {
    await refused(call({ connectedAccountId: "ca_nosuch000000" }), "NotFoundError", { status: 404, says: /ca_nosuch000000/ });
  });

  await step("refused: a disabled account", async () => {
    const other = await connect(world.user("off"), "mock", ALICE, "OAUTH2");
    await composio.connectedAccounts.disable(other.id);
    await refused(call({ connectedAccountId: other.id }), "UnprocessableEntityError", { status: 422 });
  });

  await step("session: a raw call is the session's user's", async () => {
    const bob = world.user("bob");
    await connect(bob, "mock", BOB, "OAUTH2");
    const [mine, theirs] = await Promise.all([alice, bob].map(async (user) => {
      const session = await composio.create(user);
      return session.proxyExecute({ toolkit: "mock", endpoint: "/whoami", method: "GET" });
    }));
    assert.deepEqual([mine.status, mine.data.email, theirs.data.email], [200, ALICE.email, BOB.email]);
  });

  await step("session: refused where it leaves the toolkit's API", async () => {
    const session = await composio.create(alice);
    await refused(session.proxyExecute({ toolkit: "mock", endpoint: ABROAD, method: "GET" }), "BadRequestError", { status: 400, says: /endpoint/ });
  });

  await step("session: refused for a toolkit that it has not", async () => {
    const session = await composio.create(alice, { toolkits: ["gmail"] });
    await refused(session.proxyExecute({ toolkit: "mock", endpoint: "/whoami", method: "GET" }), "PermissionDeniedError", { status: 403, says: /mock/ });
  });

  await step("session: refused where nobody has connected", async () => {
    const session = await composio.create(world.user("nobody"));
    await refused(session.proxyExecute({ toolkit: "mock", endpoint: "/whoami", method: "GET" }), "BadRequestError", { status: 400, says: /No connected account found/ });
  });

  await step("session: refused where the session has some of the toolkit's tools only", async () => {
    for (const config of [{ tags: ["readOnlyHint"] }, { tools: { mock: ["MOCK_WHOAMI"] } }]) {
      const session = await composio.create(alice, config);
      await refused(session.proxyExecute({ toolkit: "mock", endpoint: "/whoami", method: "GET" }), "PermissionDeniedError", { status: 403, says: /raw calls/ });
    }
  });

  await step("session: refused where raw calls are switched off", async () => {
    const session = await composio.create(alice, { workbench: { enable: true, enableProxyExecution: false } });
    await refused(session.proxyExecute({ toolkit: "mock", endpoint: "/whoami", method: "GET" }), "PermissionDeniedError", { status: 403, says: /raw calls/ });
  });
}
