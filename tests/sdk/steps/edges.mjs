import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const MEGABYTE = 1024 * 1024;
const AT_ONCE = 8;

const times = (count, work) => Promise.all(Array.from({ length: count }, (_, index) => work(index)));

// What is large, odd, or happens at the same time.
export default async function edges({ world, sdk, composio, step, configFor, connect }) {
  const run = (slug, body) => composio.tools.execute(slug, { dangerouslySkipVersionCheck: true, arguments: {}, ...body });
  const user = world.user("edge");
  await connect(user, "mock", ALICE, "OAUTH2");

  for (const [name, odd] of Object.entries({
    "any script and emoji": "ünïcödé 用户 🙂",
    "all that means something in a URL": "a/b?c#d&e=f%2e%2e+ ",
    "quotes and SQL": `'; DROP TABLE connection; -- "x"`,
    "a name that objects have": "__proto__",
    "256 bytes": "x".repeat(256),
  })) {
    await step(`a user id of ${name}`, async () => {
      const session = await composio.create(odd);
      const request = await session.authorize("gmail");
      await world.finish(request.redirectUrl, ALICE);
      assert.equal((await request.waitForConnection(10_000)).status, "ACTIVE");
      assert.equal((await composio.connectedAccounts.list({ userIds: [odd] })).items.length, 1);
      assert.equal((await run("GMAIL_GET_PROFILE", { userId: odd })).data.emailAddress, ALICE.email);
    });
  }

  await step("a user id that differs in a space or an invisible character is another user", async () => {
    for (const other of [`${user} `, `${user}\u200b`, user.toUpperCase()]) {
      await refused(run("MOCK_WHOAMI", { userId: other }), "ComposioConnectedAccountNotFoundError");
    }
  });

  await step("a user id with a control character is none", async () => {
    for (const other of [`${user}\0`, `${user}\0x`, `${user}\n`, `${user}\u009b`]) {
      await refused(run("MOCK_WHOAMI", { userId: other }), "ComposioToolExecutionError", { status: 400, says: /control character/ });
      await refused(composio.create(other), "BadRequestError", { status: 400, says: /control character/ });
    }
  });

  for (const [name, userId, says] of [["too long", "x".repeat(257), /256/], ["empty", "", /user_id/], ["half a character", "a\ud800b", /JSON/]]) {
    await step(`a user id that is ${name}`, () => refused(composio.create(userId), "BadRequestError", { status: 400, says }));
  }

  await step("a list of users that is empty means nobody, and not everybody", async () => {
    for (const userIds of sdk.isNewer ? [[], [""]] : [[""]]) {  // the older one leaves an empty list out
      await refused(composio.connectedAccounts.list({ userIds }), "BadRequestError", { status: 400, says: /user_ids/ });
    }
  });

  await step("called by the name localhost, the MCP URL has that name too", async () => {
    const baseURL = world.url.replace("127.0.0.1", "localhost");
    const session = await sdk.make(world, { baseURL }).create(user);
    assert.equal(new URL(session.mcp.url).origin, baseURL);
    assert.equal(session.mcp.headers["x-api-key"], world.key);
  });

  await step("a large argument goes through", async () => {
    const { data } = await run("MOCK_ECHO", { userId: user, arguments: { message: "m", extra: { text: "z".repeat(0.9 * MEGABYTE) } } });
    assert.equal(data.extra.text.length, 0.9 * MEGABYTE | 0);
  });

  await step("a body that is too large is refused, and the connection is of use", async () => {
    // No more than the front reads to the end: of a longer body the rest meets a closed connection, and the answer may be lost.
    const error = await refused(run("MOCK_ECHO", { userId: user, arguments: { message: "x".repeat(4 * MEGABYTE) } }), "ComposioToolExecutionError");
    assert.equal(error.cause.status, 413);
    assert.equal((await run("MOCK_WHOAMI", { userId: user })).data.email, ALICE.email);
  });

  await step("an argument that is nested without end", async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(500)}1${"}".repeat(500)}`);
    await refused(run("MOCK_ECHO", { userId: user, arguments: { message: "m", extra: deep } }), "ComposioToolExecutionError", { status: 400 });
  });

  await step("links for one user at the same time: each is an account of its own", async () => {
    const id = await configFor("gmail");
    const many = world.user("many");
    const requests = await times(AT_ONCE, () => composio.connectedAccounts.link(many, id, { allowMultiple: true }));
    assert.equal(new Set(requests.map((request) => request.id)).size, AT_ONCE);
    await Promise.all(requests.map((request, index) => world.finish(request.redirectUrl, index % 2 ? ALICE : BOB)));
    const { items } = await composio.connectedAccounts.list({ userIds: [many] });
    assert.deepEqual(items.map((item) => item.status), Array(AT_ONCE).fill("ACTIVE"));
    const seen = await Promise.all(requests.map(async ({ id: connectedAccountId }) => (await run("GMAIL_GET_PROFILE", { userId: many, connectedAccountId })).data.emailAddress));
    assert.deepEqual(seen, requests.map((_, index) => (index % 2 ? ALICE : BOB).email));
  });

  await step("one link, opened twice at the same time: one walk ends in an account", async () => {
    const request = await composio.connectedAccounts.link(world.user("twice"), await configFor("gmail"), { callbackUrl: "http://127.0.0.1:9/back" });
    const ends = await Promise.all([ALICE, BOB].map((person) => world.finish(request.redirectUrl, person)));
    const came = ends.filter(({ url }) => url.searchParams.get("status") === "success");
    assert.equal(came.length, 1, ends.map(({ url, status }) => `${url} ${status}`).join("\n"));
    assert.equal((await request.waitForConnection(10_000)).status, "ACTIVE");
  });

  await step("an alias for two at the same time: one has it", async () => {
    const id = await configFor("mock", "API_KEY");
    const { generic_api_key } = await world.keysOf("mock", ALICE);
    const owner = world.user("alias");
    const connection = { user_id: owner, alias: "mine", state: { authScheme: "API_KEY", val: { status: "ACTIVE", generic_api_key } } };
    const made = await Promise.allSettled([1, 2, 3, 4].map(() => composio.client.connectedAccounts.create({ auth_config: { id }, connection })));
    assert.deepEqual(made.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected", "rejected"]);
    for (const { reason } of made.filter(({ status }) => status === "rejected")) assert.equal(reason.status, 400);
  });

  if (!sdk.isNewer) return;

  await step("a thousand accounts, page by page, each once", async () => {
    const id = await configFor("slack"); // links that nobody opens: no credential to search for
    for (let first = 0; first < 1000; first += 50) {
      await times(50, (index) => composio.client.link.create({ auth_config_id: id, user_id: `bulk-${first + index}` }));
    }
    const seen = [];
    let cursor;
    do {
      const page = await composio.connectedAccounts.list({ authConfigIds: [id], limit: 97, ...(cursor && { cursor }) });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor && seen.length < 2000);
    assert.deepEqual([seen.length, new Set(seen).size], [1000, 1000]);
  });
}
