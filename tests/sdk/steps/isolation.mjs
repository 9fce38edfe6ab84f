import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

export default async function isolation({ world, composio, step, configFor, connect }) {
  const alice = world.user("alice");
  const bob = world.user("bob");
  const mine = await connect(alice, "gmail", ALICE);
  const run = (body) => composio.tools.execute("GMAIL_GET_PROFILE", { arguments: {}, dangerouslySkipVersionCheck: true, ...body });
  const without = (text, id) => text.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, "").replace(/[0-9a-f-]{36}/g, "");
  const words = (work, id) => work.then(() => "it worked", (error) => without(`${error.cause?.status ?? error.status} ${error.cause?.message ?? error.message}`, id));

  await step("a tool: another user's account id is as unknown as none", async () => {
    const foreign = await words(run({ userId: bob, connectedAccountId: mine.id }), mine.id);
    const none = await words(run({ userId: bob, connectedAccountId: "ca_nosuch000000" }), "ca_nosuch000000");
    assert.match(foreign, /^404 /);
    assert.equal(foreign, none);
  });

  await step("a tool: without an account of one's own there is none", async () => {
    await refused(run({ userId: bob }), "ComposioConnectedAccountNotFoundError");
  });

  await step("a list: another user's account does not appear, even by its id", async () => {
    const { json } = await world.call("GET", `/api/v3.1/connected_accounts?user_ids=${bob}&connected_account_ids=${mine.id}`);
    assert.deepEqual(json.items, []);
    assert.equal(json.total_items, 0);
  });

  await step("a session: sees the accounts of its user alone", async () => {
    const session = await composio.create(bob);
    const { items } = await session.toolkits({ toolkits: ["gmail"] });
    assert.ok(!items[0].connection?.isActive);
    await refused(session.execute("GMAIL_GET_PROFILE", {}), "BadRequestError", { status: 400, says: /No connected account found/ });
  });

  await step("a session: another user's account by id is as unknown as none", async () => {
    const session = await composio.create(bob, { multiAccount: { enable: true } });
    const foreign = await words(session.execute("GMAIL_GET_PROFILE", {}, { account: mine.id }), mine.id);
    const none = await words(session.execute("GMAIL_GET_PROFILE", {}, { account: "ca_nosuch000000" }), "ca_nosuch000000");
    assert.notEqual(foreign, "it worked");
    assert.equal(foreign, none);
  });

  await step("a session: what manages connections shows its user's alone", async () => {
    const session = await composio.create(bob);
    const result = await session.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"] });
    assert.equal(result.data.results.gmail.status, "initiated");
    assert.ok(!JSON.stringify(result).includes(mine.id));
  });

  await step("two users at the same provider: each is who they signed in as", async () => {
    await connect(bob, "gmail", BOB);
    assert.equal((await run({ userId: bob })).data.emailAddress, BOB.email);
    assert.equal((await run({ userId: alice })).data.emailAddress, ALICE.email);
  });

  await step("disconnecting one leaves the other", async () => {
    const { items } = await composio.connectedAccounts.list({ userIds: [bob], toolkitSlugs: ["gmail"], statuses: ["ACTIVE"] });
    await composio.connectedAccounts.delete(items[0].id);
    await refused(run({ userId: bob }), "ComposioConnectedAccountNotFoundError");
    assert.equal((await run({ userId: alice })).data.emailAddress, ALICE.email);
  });

  await step("a user id is taken as it is: case and spaces matter", async () => {
    for (const other of [alice.toUpperCase(), `${alice} `, ` ${alice}`]) {
      const { status } = await world.call("POST", "/api/v3.1/tools/execute/GMAIL_GET_PROFILE", { user_id: other, arguments: {} });
      assert.equal(status, 400, JSON.stringify(other));
    }
  });

  await step("a user id in any script", async () => {
    const user = `${world.user("用户")}/ä?&#`;
    const request = await composio.connectedAccounts.link(user, await configFor("gmail"));
    await world.finish(request.redirectUrl);
    assert.equal((await run({ userId: user })).data.emailAddress, ALICE.email);
    const { items } = await composio.connectedAccounts.list({ userIds: [user] });
    assert.deepEqual(items.map((item) => item.id), [request.id]);
  });
}
