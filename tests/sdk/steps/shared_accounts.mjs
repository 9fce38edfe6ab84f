import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE } from "../lib/world.mjs";

// Accounts of one user that others may use by name.
export default async function sharedAccounts({ world, composio, step, configFor, connect }) {
  const accounts = composio.connectedAccounts;
  const owner = world.user("owner");
  const friend = world.user("friend");
  const stranger = world.user("stranger");
  const share = (acl) => ({ experimental: { accountType: "SHARED", ...(acl && { aclConfigForShared: acl }) } });
  const pinnedBy = (user, id) => composio.create(user, { connectedAccounts: { gmail: [id] } });
  const profile = async (session) => (await session.execute("GMAIL_GET_PROFILE", {})).data.emailAddress;
  const run = (userId, connectedAccountId) =>
    composio.tools.execute("GMAIL_GET_PROFILE", { userId, connectedAccountId, arguments: {}, dangerouslySkipVersionCheck: true });
  const listOf = async (id) => (await composio.client.connectedAccounts.retrieve(id)).experimental.acl_config_for_shared;
  let shared;

  await step("create: by a link, with the users that may use it", async () => {
    shared = await connect(owner, "gmail", ALICE, undefined, share({ allowedUserIds: [friend] }));
    assert.equal(shared.experimental?.accountType ?? "SHARED", "SHARED");
    assert.deepEqual(await listOf(shared.id), { allow_all_users: false, allowed_user_ids: [friend], not_allowed_user_ids: [] });
  });

  await step("create: in a session", async () => {
    const session = await composio.create(owner);
    const request = await session.authorize("slack", share({ allowAllUsers: true }));
    await world.finish(request.redirectUrl);
    const { id } = await request.waitForConnection(10_000);
    assert.equal((await listOf(id)).allow_all_users, true);
  });

  await step("list: only where SHARED ones are asked for", async () => {
    const ids = async (query) => (await accounts.list({ userIds: [owner], toolkitSlugs: ["gmail"], ...query })).items.map((item) => item.id);
    assert.deepEqual(await ids({}), []);
    assert.deepEqual(await ids({ accountType: "SHARED" }), [shared.id]);
    assert.deepEqual(await ids({ accountType: "ALL" }), [shared.id]);
    assert.deepEqual(await ids({ accountType: "PRIVATE" }), []);
  });

  await step("use: by a user on the list, who pins it", async () => {
    assert.equal(await profile(await pinnedBy(friend, shared.id)), ALICE.email);
  });

  await step("use: by a user on the list, who names it", async () => {
    assert.equal((await run(friend, shared.id)).data.emailAddress, ALICE.email);
  });

  await step("use: never unasked, not even by its owner", async () => {
    for (const user of [owner, friend]) {
      const session = await composio.create(user);
      await refused(session.execute("GMAIL_GET_PROFILE", {}), "BadRequestError", { status: 400, says: /No connected account found/ });
      await refused(run(user), "ComposioConnectedAccountNotFoundError");
    }
  });

  await step("use: not by a user who is not on the list", async () => {
    const words = (id) => pinnedBy(stranger, id).then(() => "taken", (error) => `${error.status} ${error.message}`.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, ""));
    const foreign = await words(shared.id);
    assert.match(foreign, /^4\d\d /);
    const error = await run(stranger, shared.id).then(() => assert.fail("it ran"), (refusal) => refusal);
    assert.ok([403, 404].includes(error.cause.status), `${error.cause.status}`);
  });

  await step("change: a user more", async () => {
    await accounts.updateAcl(shared.id, { allowedUserIds: [friend, stranger] });
    assert.equal(await profile(await pinnedBy(stranger, shared.id)), ALICE.email);
  });

  await step("change: a user less, and the session that has it pinned is at its end", async () => {
    const session = await pinnedBy(friend, shared.id);
    await accounts.updateAcl(shared.id, { allowedUserIds: [stranger] });
    const error = await session.execute("GMAIL_GET_PROFILE", {}).then(() => assert.fail("it ran"), (refusal) => refusal);
    assert.ok([403, 404, 422].includes(error.status), `${error.status}`);
  });

  await step("change: for everybody but one", async () => {
    await accounts.updateAcl(shared.id, { allowAllUsers: true, notAllowedUserIds: [stranger] });
    const anyone = world.user("anyone");
    assert.equal(await profile(await pinnedBy(anyone, shared.id)), ALICE.email);
    await refused(pinnedBy(stranger, shared.id), "BadRequestError", { status: 400 });
  });

  await step("change: an empty change changes nothing", async () => {
    const before = await listOf(shared.id);
    await accounts.updateAcl(shared.id, {}).catch((error) => assert.match(error.name, /Validation/)); // one SDK refuses it itself
    assert.deepEqual(await listOf(shared.id), before);
  });

  await step("refused: a list on a private account, in the SDK's own class", async () => {
    const own = await connect(world.user("alone"), "gmail", ALICE);
    await refused(accounts.updateAcl(own.id, { allowAllUsers: true }), "ComposioAclOnlyForSharedError");
    const options = { allowMultiple: true, experimental: { accountType: "PRIVATE", aclConfigForShared: { allowAllUsers: true } } };
    await refused(configFor("gmail").then((id) => accounts.link(world.user("alone"), id, options)), "ComposioAclOnlyForSharedError");
    const session = await composio.create(world.user("alone"));
    await refused(session.authorize("gmail", { experimental: options.experimental }), "ComposioAclOnlyForSharedError");
  });

  await step("refused: a list of an unknown account", async () => {
    await refused(accounts.updateAcl("ca_nosuch000000", { allowAllUsers: true }), "NotFoundError", { status: 404 });
  });

  await step("refused: two SHARED accounts of a toolkit in one session", async () => {
    const second = await connect(owner, "gmail", ALICE, undefined, share({ allowAllUsers: true }));
    await refused(composio.create(owner, { connectedAccounts: { gmail: [shared.id, second.id] } }), "BadRequestError", { status: 400, says: /SHARED/ });
  });
}
