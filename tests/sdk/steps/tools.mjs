import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

export default async function tools({ world, sdk, composio, step, connect }) {
  const alice = world.user("alice");
  const bob = world.user("bob");
  let account;

  await step("list: of one toolkit, each with a schema of type object", async () => {
    const found = await composio.tools.getRawComposioTools({ toolkits: ["gmail"] });
    assert.ok(found.length >= 5);
    for (const tool of found) {
      assert.equal(tool.toolkit.slug, "gmail");
      assert.equal(tool.inputParameters.type, "object");
      assert.equal(tool.outputParameters.type, "object");
    }
  });

  await step("list: by their slugs, in one call", async () => {
    const wanted = ["GMAIL_SEND_EMAIL", "GITHUB_CREATE_AN_ISSUE"];
    const found = await composio.tools.getRawComposioTools({ tools: wanted });
    assert.deepEqual(found.map((tool) => tool.slug).sort(), [...wanted].sort());
  });

  await step("list: of two toolkits", async () => {
    const found = await composio.tools.getRawComposioTools({ toolkits: ["gmail", "tavily"], limit: 100 });
    assert.deepEqual([...new Set(found.map((tool) => tool.toolkit.slug))].sort(), ["gmail", "tavily"]);
  });

  await step("execute: a tool that needs no login, without an account", async () => {
    const free = world.user("free");
    const session = await composio.create(free);
    assert.equal((await session.toolkits({ toolkits: ["free"] })).items[0].isNoAuth, true);
    assert.deepEqual((await session.execute("FREE_PING", {})).data, { ok: true });
    const { data, successful } = await composio.tools.execute("FREE_PING", { userId: free, arguments: {}, dangerouslySkipVersionCheck: true });
    assert.deepEqual([data, successful], [{ ok: true }, true]);
  });

  await step("list: by words", async () => {
    const found = await composio.tools.getRawComposioTools({ search: "send email" });
    assert.ok(found.some((tool) => tool.slug === "GMAIL_SEND_EMAIL"), found.map((tool) => tool.slug).join());
  });

  await step("list: a limit holds", async () => {
    assert.equal((await composio.tools.getRawComposioTools({ toolkits: ["gmail"], limit: 3 })).length, 3);
  });

  await step("list: important ones only, unless a limit asks for all", async () => {
    const important = await composio.tools.getRawComposioTools({ toolkits: ["mock"] });
    const all = await composio.tools.getRawComposioTools({ toolkits: ["mock"], limit: 100 });
    assert.ok(!important.some((tool) => tool.slug === "MOCK_FAIL"));
    assert.ok(all.some((tool) => tool.slug === "MOCK_FAIL"));
  });

  await step("list: as functions for a model, by user", async () => {
    const found = await composio.tools.get(alice, { toolkits: ["gmail"] });
    const send = found.find((tool) => tool.function.name === "GMAIL_SEND_EMAIL");
    assert.equal(send.type, "function");
    assert.ok(send.function.parameters.required.includes("recipient_email"));
  });

  await step("list: one function by its slug", async () => {
    const found = await composio.tools.get(alice, "GMAIL_GET_PROFILE");
    assert.deepEqual(found.map((tool) => tool.function.name), ["GMAIL_GET_PROFILE"]);
  });

  await step("enum: the slugs of all tools", async () => {
    const slugs = await composio.tools.getToolsEnum();
    for (const slug of ["GMAIL_SEND_EMAIL", "MOCK_WHOAMI", "TAVILY_TAVILY_SEARCH"]) assert.ok(slugs.includes(slug), slug);
  });

  await step("detail: one tool with version and scopes", async () => {
    const tool = await composio.tools.getRawComposioToolBySlug("GMAIL_SEND_EMAIL");
    assert.equal(tool.name, "Send email");
    assert.match(tool.version, /^\d{8}_\d\d$/);
    assert.ok(tool.availableVersions.includes(tool.version));
    assert.ok(tool.tags.includes("destructiveHint"));
  });

  await step("detail: an unknown tool", async () => {
    await refused(composio.tools.getRawComposioToolBySlug("GMAIL_NO_SUCH"), "ComposioToolNotFoundError", { status: 404 });
  });

  const run = (slug, body) => composio.tools.execute(slug, { dangerouslySkipVersionCheck: true, ...body });

  await step("execute: without a connection the SDK says so", async () => {
    await refused(run("GMAIL_GET_PROFILE", { userId: alice, arguments: {} }), "ComposioConnectedAccountNotFoundError");
  });

  await step("execute: for the user alone", async () => {
    account = await connect(alice, "gmail", ALICE);
    const result = await run("GMAIL_GET_PROFILE", { userId: alice, arguments: {} });
    assert.deepEqual([result.successful, result.error, result.data.emailAddress], [true, null, ALICE.email]);
    assert.match(result.logId, /^log_/);
  });

  await step("execute: by the account's id alone", async () => {
    const result = await run("GMAIL_GET_PROFILE", { connectedAccountId: account.id, arguments: {} });
    assert.equal(result.data.emailAddress, ALICE.email);
  });

  await step("execute: by user and account", async () => {
    const result = await run("GMAIL_GET_PROFILE", { userId: alice, connectedAccountId: account.id, arguments: {} });
    assert.equal(result.data.emailAddress, ALICE.email);
  });

  await step("execute: each user gets their own data", async () => {
    await connect(bob, "gmail", BOB);
    const [first, second] = await Promise.all([alice, bob].map((userId) => run("GMAIL_GET_PROFILE", { userId, arguments: {} })));
    assert.deepEqual([first.data.emailAddress, second.data.emailAddress], [ALICE.email, BOB.email]);
  });

  await step("execute: with a stated version", async () => {
    const { version } = await composio.tools.getRawComposioToolBySlug("GMAIL_GET_PROFILE");
    const result = await composio.tools.execute("GMAIL_GET_PROFILE", { userId: alice, arguments: {}, version });
    assert.equal(result.successful, true);
  });

  await step("execute: the SDK wants a version or its waiver", async () => {
    await refused(composio.tools.execute("GMAIL_GET_PROFILE", { userId: alice, arguments: {} }), "ComposioToolVersionRequiredError");
  });

  await step("execute: what is written can be read", async () => {
    const sent = await run("GMAIL_SEND_EMAIL", { userId: alice, arguments: { recipient_email: "carol@example.com", subject: `Minutes ${sdk.label}`, body: "Agreed." } });
    assert.equal(sent.successful, true, sent.error);
    const read = await run("GMAIL_FETCH_MESSAGE_BY_MESSAGE_ID", { userId: alice, arguments: { message_id: sent.data.id } });
    const subject = read.data.payload.headers.find((header) => header.name === "Subject");
    assert.equal(subject.value, `Minutes ${sdk.label}`);
  });

  await step("execute: what the service refuses is a result, not an exception", async () => {
    await connect(alice, "mock", ALICE, "OAUTH2");
    const result = await run("MOCK_FAIL", { userId: alice, arguments: { status: 418, message: "a teapot" } });
    assert.equal(result.successful, false);
    assert.match(result.error, /teapot|418/);
  });

  await step("execute: a missing argument is refused by name", async () => {
    await refused(run("GMAIL_SEND_EMAIL", { userId: alice, arguments: { subject: "x" } }), "ComposioToolExecutionError", { status: 400, says: /recipient_email/ });
  });

  await step("execute: an argument of the wrong type is refused by name", async () => {
    await refused(run("GMAIL_FETCH_EMAILS", { userId: alice, arguments: { max_results: "many" } }), "ComposioToolExecutionError", { status: 400, says: /max_results/ });
  });

  await step("execute: an unknown tool", async () => {
    await refused(run("GMAIL_NO_SUCH", { userId: alice, arguments: {} }), "ComposioToolNotFoundError", { status: 404 });
  });

  await step("execute: an unknown account id", async () => {
    const error = await refused(run("GMAIL_GET_PROFILE", { userId: alice, connectedAccountId: "ca_nosuch000000", arguments: {} }), "ComposioToolExecutionError");
    assert.equal(error.cause?.status ?? error.originalError?.status, 404);
  });

  await step("execute: another toolkit's account", async () => {
    const error = await refused(run("TAVILY_TAVILY_SEARCH", { userId: alice, connectedAccountId: account.id, arguments: { query: "x" } }), "ComposioToolExecutionError");
    assert.ok([400, 404].includes(error.cause.status), String(error.cause.status));
  });

  const carol = world.user("carol");
  const whoami = (more) => run("MOCK_WHOAMI", { userId: carol, arguments: {}, ...more });
  const keyOfAlice = async () => {
    const { generic_api_key: key } = await world.keysOf("mock", ALICE);
    world.remember("key in a request", key);
    return key;
  };
  const given = async (more) => ({ customConnectionData: { authScheme: "API_KEY", toolkitSlug: "mock", val: { generic_api_key: await keyOfAlice() }, ...more } });

  await step("execute: by a credential in the request, of which nothing is kept", async () => {
    const result = await whoami(await given());
    assert.deepEqual([result.successful, result.data.email], [true, ALICE.email], result.error);
    assert.deepEqual((await composio.connectedAccounts.list({ userIds: [carol] })).items, []);
  });

  await step("execute: by a header of the caller's, which no answer shows", async () => {
    const customAuthParams = { parameters: [{ in: "header", name: "X-API-Key", value: await keyOfAlice() }] };
    assert.equal((await whoami({ customAuthParams })).data.email, ALICE.email);
    const echo = await run("MOCK_ECHO", { userId: carol, arguments: { message: "hello" }, customAuthParams });
    assert.match(echo.data.headers["x-api-key"], /redacted/);
  });

  await step("execute: a credential in the request that the service refuses is a result", async () => {
    const { successful, error } = await whoami(await given({ val: { generic_api_key: "mak_nobody-0000" } }));
    assert.equal(successful, false);
    assert.match(error, /401/);
  });

  for (const [name, wrong] of Object.entries({
    "of another toolkit": { toolkitSlug: "tavily" },
    "of a scheme that the toolkit does not take": { authScheme: "NO_AUTH", val: {} },
    "without its value": { val: {} },
    "for another place": { val: { generic_api_key: "x", base_url: "https://evil.example" } },
  })) {
    await step(`execute: a credential in the request ${name}`, async () => {
      await refused(whoami(await given(wrong)), "ComposioToolExecutionError", { status: 400, says: /custom_connection_data/ });
    });
  }

  for (const [name, customAuthParams] of Object.entries({
    "to another place": { baseURL: "http://127.0.0.1:9/", parameters: [{ in: "header", name: "authorization", value: "Bearer x" }] },
    "in a header that frames the request": { parameters: [{ in: "header", name: "Host", value: "evil.example" }] },
    "that breaks the line": { parameters: [{ in: "header", name: "X-API-Key", value: "x\r\nHost: evil.example" }] },
  })) {
    await step(`execute: the caller's own parameters ${name}`, async () => {
      await refused(whoami({ customAuthParams }), "ComposioToolExecutionError", { status: 400, says: /custom_auth_params/ });
    });
  }

  await step("execute: a credential in the request beside an account", async () => {
    await refused(run("GMAIL_GET_PROFILE", { userId: alice, connectedAccountId: account.id, arguments: {}, ...(await given({ toolkitSlug: "gmail" })) }),
      "ComposioToolExecutionError", { status: 400, says: /connected_account_id/ });
  });

  await step("execute: modifiers of the program run around the call", async () => {
    const seen = [];
    const result = await composio.tools.execute("MOCK_ECHO", { userId: alice, arguments: { message: "one" }, dangerouslySkipVersionCheck: true }, {
      beforeExecute: ({ params }) => {
        seen.push("before");
        return { ...params, arguments: { message: "two" } };
      },
      afterExecute: ({ result: answer }) => {
        seen.push("after");
        return answer;
      },
    });
    assert.deepEqual([seen, result.data.message], [["before", "after"], "two"]);
  });

  await step("execute: a model's function call through the provider", async () => {
    const call = { id: "call_1", type: "function", function: { name: "GMAIL_GET_PROFILE", arguments: "{}" } };
    const answer = JSON.parse(await composio.provider.executeToolCall(alice, call, {}));
    assert.equal(answer.data.emailAddress, ALICE.email);
  });

  await step("execute: no header of an answer shows the credential that was sent", async () => {
    const result = await run("MOCK_ECHO", { userId: alice, arguments: { message: "hello" } });
    assert.equal(result.data.account, ALICE.email);
    assert.doesNotMatch(JSON.stringify(result), /mock_at_[A-Za-z0-9_-]{8}/);
  });

  await step("input: arguments out of plain language are not offered", async () => {
    const answer = await world.call("POST", "/api/v3.1/tools/execute/GMAIL_SEND_EMAIL/input", { text: "mail carol" });
    assert.deepEqual([answer.status, answer.json.error.slug], [501, "unsupported"]);
  });
}
