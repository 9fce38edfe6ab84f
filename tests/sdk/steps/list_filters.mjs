import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const sorted = (values) => [...values].sort();

// Each filter of each list, by the typed resources of @composio/client.
export default async function listFilters({ world, composio, step, configFor, connect }) {
  const { client } = composio;
  const [alice, bob] = [world.user("alice"), world.user("bob")];
  const gmail = await connect(alice, "gmail", ALICE, undefined, { alias: "work" });
  const jira = await connect(alice, "jira", ALICE);
  const other = await connect(bob, "gmail", BOB);
  const accounts = async (query) => (await client.connectedAccounts.list(query)).items.map((item) => item.id);

  await step("accounts: by their ids", async () => {
    assert.deepEqual(sorted(await accounts({ connected_account_ids: [gmail.id, other.id] })), sorted([gmail.id, other.id]));
    assert.deepEqual(await accounts({ connected_account_ids: ["ca_nosuch000000"] }), []);
  });

  await step("accounts: by toolkits", async () => {
    assert.deepEqual(await accounts({ toolkit_slugs: ["jira"] }), [jira.id]);
    assert.deepEqual(sorted(await accounts({ toolkit_slugs: ["jira", "gmail"] })), sorted([gmail.id, jira.id, other.id]));
  });

  await step("accounts: all filters together", async () => {
    const query = { user_ids: [alice], toolkit_slugs: ["gmail"], statuses: ["ACTIVE"], auth_config_ids: [await configFor("gmail")] };
    assert.deepEqual(await accounts(query), [gmail.id]);
    assert.deepEqual(await accounts({ ...query, statuses: ["EXPIRED"] }), []);
  });

  await step("accounts: in each order", async () => {
    const oldest = [gmail.id, jira.id, other.id];
    assert.deepEqual(await accounts({}), oldest.toReversed());
    assert.deepEqual(await accounts({ order_by: "created_at", order_direction: "asc" }), oldest);
    await composio.connectedAccounts.disable(gmail.id);
    await composio.connectedAccounts.enable(gmail.id);
    assert.equal((await accounts({ order_by: "updated_at" }))[0], gmail.id);
    assert.equal((await accounts({ order_by: "updated_at", order_direction: "asc" })).at(-1), gmail.id);
  });

  await step("accounts: page by page in each order, each once", async () => {
    for (const order of [{}, { order_direction: "asc" }, { order_by: "updated_at" }]) {
      const seen = [];
      let cursor;
      do {
        const page = await client.connectedAccounts.list({ ...order, limit: 1, ...(cursor && { cursor }) });
        assert.deepEqual([page.total_items, page.total_pages, page.current_page], [3, 3, seen.length + 1]);
        seen.push(...page.items.map((item) => item.id));
        cursor = page.next_cursor;
      } while (cursor && seen.length < 10);
      assert.deepEqual(seen, await accounts(order));
    }
  });

  for (const [name, query] of Object.entries({
    "a cursor that is none": { cursor: "garbage" },
    "a cursor of nothing": { cursor: "bnVsbA==" },
    "a cursor of an enormous page": { cursor: Buffer.from("99999999999999999999:99999999999999999999").toString("base64") },
    "a limit of none": { limit: 0 },
    "a negative limit": { limit: -1 },
    "an unknown order": { order_by: "name" },
    "an unknown direction": { order_direction: "up" },
    "an unknown status": { statuses: ["SLEEPING"] },
    "an unknown account type": { account_type: "PUBLIC" },
  })) {
    await step(`accounts: ${name}`, () => refused(client.connectedAccounts.list(query), "BadRequestError", { status: 400, says: new RegExp(Object.keys(query)[0].replace(/e?s$/, "")) }));
  }

  const configs = async (query) => (await client.authConfigs.list(query)).items.map((item) => item.name);

  await step("auth configs: each toolkit has its managed one from the start", async () => {
    const managed = await client.authConfigs.list({ is_composio_managed: true, limit: 1000 });
    const toolkits = managed.items.map((item) => item.toolkit.slug);
    for (const slug of ["github", "gmail", "jira", "sentry", "slack", "tavily", "zendesk"]) assert.equal(toolkits.filter((one) => one === slug).length, 1, slug);
  });

  await step("auth configs: by toolkit, kind and words", async () => {
    await composio.authConfigs.create("tavily", { type: "use_custom_auth", name: "Search keys", authScheme: "API_KEY", credentials: {} });
    assert.deepEqual(await configs({ toolkit_slug: "tavily" }), ["Search keys", "Tavily Auth Config"]);
    assert.deepEqual(await configs({ is_composio_managed: false }), ["Search keys"]);
    assert.ok(!(await configs({ is_composio_managed: true })).includes("Search keys"));
    assert.deepEqual(await configs({ search: "search KEYS" }), ["Search keys"]);
    assert.deepEqual(await configs({ search: "nosuchwords" }), []);
  });

  await step("auth configs: disabled ones where they are asked for", async () => {
    const { id } = (await client.authConfigs.list({ toolkit_slug: "tavily" })).items[0];
    await composio.authConfigs.disable(id);
    assert.deepEqual(await configs({ toolkit_slug: "tavily" }), ["Tavily Auth Config"]);
    assert.deepEqual(await configs({ toolkit_slug: "tavily", show_disabled: true }), ["Search keys", "Tavily Auth Config"]);
    await composio.authConfigs.enable(id);
  });

  await step("auth configs: page by page", async () => {
    const all = await configs({ limit: 1000 });
    const seen = [];
    let cursor;
    do {
      const page = await client.authConfigs.list({ limit: 1, ...(cursor && { cursor }) });
      seen.push(...page.items.map((item) => item.name));
      cursor = page.next_cursor;
    } while (cursor && seen.length < 20);
    assert.deepEqual(seen, all);
  });

  const toolkits = async (query) => (await client.toolkits.list({ limit: 1000, ...query })).items.map((item) => item.slug);

  await step("toolkits: by words, category, kind and manager", async () => {
    assert.deepEqual(await toolkits({ search: "gmail" }), ["gmail"]);
    assert.deepEqual(await toolkits({ category: "email" }), ["gmail"]);
    assert.deepEqual(sorted(await toolkits({ managed_by: "all" })), sorted(await toolkits({})));
    assert.deepEqual(await toolkits({ managed_by: "project" }), ["free"]);
    assert.deepEqual(await toolkits({ sort_by: "alphabetically" }), sorted(await toolkits({})));
  });

  for (const query of [{ managed_by: "nobody" }, { sort_by: "size" }]) {
    await step(`toolkits: an unknown ${Object.keys(query)[0]}`, () => refused(client.toolkits.list(query), "BadRequestError", { status: 400, says: new RegExp(Object.keys(query)[0]) }));
  }

  const tools = async (query) => (await client.tools.list({ limit: 1000, ...query })).items.map((item) => item.slug);

  await step("tools: by toolkit, slugs, tags, words and importance", async () => {
    const all = await tools({ toolkit_slug: "gmail" });
    assert.ok(all.every((slug) => slug.startsWith("GMAIL_")));
    assert.deepEqual(await tools({ tool_slugs: "GMAIL_SEND_EMAIL" }), ["GMAIL_SEND_EMAIL"]);
    const reading = await tools({ toolkit_slug: "gmail", tags: ["readOnlyHint"] });
    assert.ok(reading.includes("GMAIL_GET_PROFILE") && !reading.includes("GMAIL_SEND_EMAIL"), reading.join());
    assert.ok((await tools({ toolkit_slug: "gmail", search: "profile" })).includes("GMAIL_GET_PROFILE"));
    const important = await tools({ toolkit_slug: "gmail", important: "true" });
    assert.ok(important.length > 0 && important.length < all.length, `${important.length} of ${all.length}`);
  });

  await step("tools: by auth config", async () => {
    const found = await tools({ auth_config_ids: [await configFor("jira")] });
    assert.ok(found.length > 0 && found.every((slug) => slug.startsWith("JIRA_")), found.join());
  });

  await step("tools: page by page, each once", async () => {
    const seen = [];
    let cursor;
    do {
      const page = await client.tools.list({ limit: 7, ...(cursor && { cursor }) });
      seen.push(...page.items.map((item) => item.slug));
      cursor = page.next_cursor;
    } while (cursor && seen.length < 500);
    assert.deepEqual(seen, [...new Set(seen)]);
    assert.deepEqual(sorted(seen), sorted(await composio.tools.getToolsEnum()));
  });

  await step("tools: a cursor that is none", () => refused(client.tools.list({ cursor: "garbage" }), "BadRequestError", { status: 400, says: /cursor/ }));

  const session = await composio.create(alice);
  const inSession = async (query) => (await client.toolRouter.session.toolkits(session.sessionId, query)).items.map((item) => item.slug);

  await step("a session's toolkits: by name, words and connection", async () => {
    assert.deepEqual(sorted(await inSession({ toolkits: ["gmail", "slack"] })), ["gmail", "slack"]);
    assert.deepEqual(await inSession({ search: "slack" }), ["slack"]);
    assert.deepEqual(sorted(await inSession({ is_connected: true })), ["gmail", "jira"]);
    assert.ok(!(await inSession({ is_connected: false, limit: 50 })).includes("gmail"));
  });

  await step("a session's toolkits: a cursor that is none", () => refused(inSession({ cursor: "garbage" }), "BadRequestError", { status: 400, says: /cursor/ }));
}
