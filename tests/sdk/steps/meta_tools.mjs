import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

export default async function metaTools({ world, composio, step, connect }) {
  const alice = world.user("alice");
  const session = await composio.create(alice);
  const search = async (useCase) => (await session.execute("COMPOSIO_SEARCH_TOOLS", { queries: [{ use_case: useCase }] })).data;

  await step("offered: all that a plain session has, none that runs others' code", async () => {
    const names = (await session.tools()).map((tool) => tool.function.name);
    for (const name of ["COMPOSIO_MANAGE_CONNECTIONS", "COMPOSIO_SEARCH_TOOLS", "COMPOSIO_GET_TOOL_SCHEMAS", "COMPOSIO_MULTI_EXECUTE_TOOL"]) {
      assert.ok(names.includes(name), name);
    }
    for (const name of ["COMPOSIO_REMOTE_WORKBENCH", "COMPOSIO_REMOTE_BASH_TOOL", "COMPOSIO_WAIT_FOR_CONNECTIONS"]) {
      assert.ok(!names.includes(name), name);
    }
  });

  for (const [query, slug] of [["send an email", "GMAIL_SEND_EMAIL"], ["open a ticket", "ZENDESK_CREATE_ZENDESK_TICKET"], ["search the web", "TAVILY_TAVILY_SEARCH"], ["create an issue in a repository", "GITHUB_CREATE_AN_ISSUE"]]) {
    await step(`search: "${query}"`, async () => {
      const [{ primary_tool_slugs: found }] = (await search(query)).results;
      assert.ok(found.includes(slug), found.join());
    });
  }

  await step("search: by the session's own call", async () => {
    const found = await session.search({ query: "send an email" });
    assert.ok(found.success, found.error);
    assert.ok(found.results[0].primaryToolSlugs.includes("GMAIL_SEND_EMAIL"), found.results[0].primaryToolSlugs.join());
    assert.ok(found.toolSchemas.GMAIL_SEND_EMAIL);
    assert.equal(found.toolkitConnectionStatuses.find((each) => each.toolkit === "gmail").hasActiveConnection, false);
    assert.ok(found.nextStepsGuidance.length > 0);
  });

  await step("search: by the session's own call, in the toolkits that it names", async () => {
    const found = await session.search({ query: "send a message", toolkits: ["slack"] });
    assert.ok(found.results[0].primaryToolSlugs.length > 0);
    assert.ok(found.results[0].primaryToolSlugs.every((slug) => slug.startsWith("SLACK_")), found.results[0].primaryToolSlugs.join());
  });

  await step("search: several at once, each with its own result", async () => {
    const queries = ["send an email", "open a ticket"].map((use_case) => ({ use_case }));
    const { results } = await composio.client.toolRouter.session.search(session.sessionId, { queries });
    assert.deepEqual(results.map((result) => [result.index, result.use_case]), [[1, "send an email"], [2, "open a ticket"]]);
  });

  await step("search: without a query, and in a session that there is not", async () => {
    const { session: raw } = composio.client.toolRouter;
    await refused(raw.search(session.sessionId, { queries: [] }), "BadRequestError", { status: 400, says: /queries/ });
    await refused(raw.search("trs_nosuch000000", { queries: [{ use_case: "x" }] }), "NotFoundError", { status: 404 });
  });

  await step("search: tells schemas and what is connected", async () => {
    const found = await search("send an email");
    assert.ok(found.tool_schemas.GMAIL_SEND_EMAIL.input_schema.properties.recipient_email);
    const status = found.toolkit_connection_statuses.find((each) => each.toolkit === "gmail");
    assert.equal(status.has_active_connection, false);
  });

  await step("search: what fits far better than the rest stands alone", async () => {
    const [{ primary_tool_slugs: best, related_tool_slugs: others }] = (await search("search the web")).results;
    assert.deepEqual(best, ["TAVILY_TAVILY_SEARCH"]);
    assert.ok(others.length > 0);
  });

  await step("search: the best tools come with their schema, the others with the way to it", async () => {
    const queries = ["send an email", "list the labels of a mailbox"].map((use_case) => ({ use_case }));
    const { results, tool_schemas: schemas } = (await session.execute("COMPOSIO_SEARCH_TOOLS", { queries })).data;
    const best = new Set(results.flatMap((result) => result.primary_tool_slugs));
    const others = results.flatMap((result) => result.related_tool_slugs).filter((slug) => !best.has(slug));
    assert.ok(results.some((result) => result.related_tool_slugs.some((slug) => best.has(slug))), "none is the best of one and related to another");
    for (const slug of best) assert.equal(schemas[slug].hasFullSchema, true, slug);
    for (const slug of others) assert.deepEqual([schemas[slug].hasFullSchema, schemas[slug].schemaRef.args.tool_slugs], [false, [slug]]);
  });

  await step("search: nothing that fits is no error", async () => {
    assert.deepEqual((await search("xyzzy plugh")).results[0].primary_tool_slugs, []);
  });

  await step("schemas: of two tools", async () => {
    const { data } = await session.execute("COMPOSIO_GET_TOOL_SCHEMAS", { tool_slugs: ["GMAIL_SEND_EMAIL", "GMAIL_GET_PROFILE"] });
    const text = JSON.stringify(data);
    assert.ok(text.includes("recipient_email"));
    assert.ok(text.includes("GMAIL_GET_PROFILE"));
  });

  await step("schemas: of tools that there are not, and of too many", async () => {
    const { data } = await session.execute("COMPOSIO_GET_TOOL_SCHEMAS", { tool_slugs: ["GMAIL_GET_PROFILE", "NO_SUCH_TOOL"] });
    assert.deepEqual([data.success, data.not_found, Object.keys(data.tool_schemas)], [false, ["NO_SUCH_TOOL"], ["GMAIL_GET_PROFILE"]]);
    const tool_slugs = Array(51).fill("GMAIL_GET_PROFILE");
    await refused(session.execute("COMPOSIO_GET_TOOL_SCHEMAS", { tool_slugs }), "BadRequestError", { status: 400, says: /tool_slugs/ });
  });

  await step("schemas and searches keep to the session's tools", async () => {
    const narrow = await composio.create(alice, { tools: { gmail: { disable: ["GMAIL_SEND_EMAIL"] } } });
    const { data } = await narrow.execute("COMPOSIO_GET_TOOL_SCHEMAS", { tool_slugs: ["GMAIL_SEND_EMAIL"] });
    assert.deepEqual(data.not_found, ["GMAIL_SEND_EMAIL"]);
    const found = await narrow.execute("COMPOSIO_SEARCH_TOOLS", { queries: [{ use_case: "send an email" }] });
    assert.equal(found.data.tool_schemas.GMAIL_SEND_EMAIL, undefined);
  });

  await step("manage connections: of too many toolkits, and of one that the session has not", async () => {
    const toolkits = Array.from({ length: 21 }, (_, index) => `toolkit${index}`);
    await refused(session.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits }), "BadRequestError", { status: 400, says: /toolkits/ });
    const narrow = await composio.create(alice, { toolkits: ["slack"] });
    const { data } = await narrow.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"] });
    assert.deepEqual([data.results.gmail.status, data.results.gmail.redirect_url], ["failed", undefined]);
  });

  await step("several tools at once: each has its own result, failures are kept apart", async () => {
    await connect(alice, "gmail", ALICE);
    const tools = [
      { tool_slug: "GMAIL_GET_PROFILE", arguments: {} },
      { tool_slug: "GMAIL_SEND_EMAIL", arguments: { subject: "no recipient" } },
      { tool_slug: "NO_SUCH_TOOL", arguments: {} },
      { tool_slug: "SLACK_LIST_ALL_CHANNELS", arguments: {} },
    ];
    const { data } = await session.execute("COMPOSIO_MULTI_EXECUTE_TOOL", { tools });
    assert.deepEqual([data.total_count, data.success_count, data.error_count], [4, 1, 3]);
    assert.deepEqual(data.results.map((result) => [result.index, result.tool_slug]), tools.map((tool, index) => [index, tool.tool_slug]));
    assert.equal(data.results[0].response.data.emailAddress, ALICE.email);
    assert.match(JSON.stringify(data.results[1]), /recipient_email/);
  });

  await step("several tools at once: a meta tool is told to be called by itself", async () => {
    const { data } = await session.execute("COMPOSIO_MULTI_EXECUTE_TOOL", { tools: [{ tool_slug: "COMPOSIO_SEARCH_TOOLS", arguments: {} }] });
    assert.match(data.results[0].error, /tool_slug.*meta tool.*COMPOSIO_SEARCH_TOOLS/);
  });

  await step("several tools at once: an account for each", async () => {
    const second = await connect(alice, "gmail", BOB, undefined, { alias: "second" });
    const both = await composio.create(alice, { multiAccount: { enable: true } });
    const tools = [{ tool_slug: "GMAIL_GET_PROFILE", arguments: {}, account: "second" }, { tool_slug: "GMAIL_GET_PROFILE", arguments: {}, account: second.id }];
    const { data } = await both.execute("COMPOSIO_MULTI_EXECUTE_TOOL", { tools });
    assert.deepEqual(data.results.map((result) => result.response.data.emailAddress), [BOB.email, BOB.email]);
  });

  await step("several tools at once: more than fifty are refused", async () => {
    const tools = Array.from({ length: 51 }, () => ({ tool_slug: "GMAIL_GET_PROFILE", arguments: {} }));
    await refused(session.execute("COMPOSIO_MULTI_EXECUTE_TOOL", { tools }), "BadRequestError", { status: 400, says: /tools/ });
  });

  await step("wait: ends when the user has signed in", async () => {
    const waiting = await composio.create(world.user("waited"), { manageConnections: { enable: true, waitForConnections: true } });
    const names = (await waiting.tools()).map((tool) => tool.function.name);
    assert.ok(names.includes("COMPOSIO_WAIT_FOR_CONNECTIONS"), names.join());
    const { data } = await waiting.execute("COMPOSIO_MANAGE_CONNECTIONS", { toolkits: ["gmail"] });
    const [result] = await Promise.all([
      waiting.execute("COMPOSIO_WAIT_FOR_CONNECTIONS", { toolkits: ["gmail"] }),
      world.finish(data.results.gmail.redirect_url),
    ]);
    assert.equal(result.error, null);
    assert.match(JSON.stringify(result.data.results.gmail), /active/i);
  });

  await step("wait: any of several, and not longer than asked", async () => {
    const waiting = await composio.create(world.user("any"), { manageConnections: { enable: true, waitForConnections: true } });
    const wait = async (more) => (await waiting.execute("COMPOSIO_WAIT_FOR_CONNECTIONS", { toolkits: ["gmail", "slack"], timeout_seconds: 0, ...more })).data;
    assert.deepEqual([(await wait({})).timed_out, (await wait({ mode: "any" })).timed_out], [true, true]);
    await world.finish((await waiting.authorize("gmail")).redirectUrl);
    const all = await wait({});
    assert.deepEqual([all.timed_out, all.all_connected, all.results.gmail.status, all.results.slack.status], [true, false, "active", "waiting"]);
    assert.equal((await wait({ mode: "any" })).timed_out, false);
    await refused(wait({ timeout_seconds: 31 }), "BadRequestError", { status: 400, says: /timeout_seconds/ });
  });

  await step("wait: not without the tool that makes links", async () => {
    const quiet = await composio.create(world.user("quiet"), { manageConnections: { enable: false, waitForConnections: true } });
    const names = (await quiet.tools()).map((tool) => tool.function.name);
    assert.ok(!names.includes("COMPOSIO_WAIT_FOR_CONNECTIONS"), names.join());
    await refused(quiet.execute("COMPOSIO_WAIT_FOR_CONNECTIONS", { toolkits: ["gmail"] }), "PermissionDeniedError", { status: 403 });
  });

  await step("search off: neither the tool nor its schemas are there", async () => {
    // The SDK has no option for it but the preset below.
    const made = await world.call("POST", "/api/v3.1/tool_router/session", { user_id: alice, search: { enable: false } });
    const { json } = await world.call("GET", `/api/v3.1/tool_router/session/${made.json.session_id}/tools?limit=500`);
    const slugs = json.items.map((tool) => tool.slug);
    assert.ok(slugs.includes("COMPOSIO_MANAGE_CONNECTIONS"), slugs.join());
    assert.ok(!slugs.includes("COMPOSIO_SEARCH_TOOLS") && !slugs.includes("COMPOSIO_GET_TOOL_SCHEMAS"), slugs.join());
  });

  await step("direct tools: the toolkit's own instead of those that find them", async () => {
    const direct = await composio.create(alice, { toolkits: ["gmail"], sessionPreset: "direct_tools" });
    const names = (await direct.tools()).map((tool) => tool.function.name);
    assert.ok(names.includes("GMAIL_GET_PROFILE"), names.join());
    assert.ok(!names.some((name) => name.startsWith("COMPOSIO_")), names.join());
  });
}
