import assert from "node:assert/strict";
import { z } from "zod";
import { refused } from "../lib/harness.mjs";

// Tools of the program's own: the SDK runs them here, the vault lets the agent find them.
export default async function customTools({ world, sdk, composio, step, connect }) {
  const alice = world.user("alice");
  const { experimental_createTool: createTool, experimental_createToolkit: createToolkit } = sdk.lib;
  const grep = createTool("GREP", {
    name: "Grep",
    description: "Search source files for a pattern",
    inputParams: z.object({ pattern: z.string(), path: z.string().default(".") }),
    execute: async ({ pattern, path }) => ({ matches: [`${path}: ${pattern}`] }),
  });
  const whoami = createTool("WHOAMI", {
    name: "Who am I",
    description: "Tell whose mailbox this is",
    extendsToolkit: "gmail",
    inputParams: z.object({}),
    execute: async (_, context) => ({ email: (await context.execute("GMAIL_GET_PROFILE", {})).data.emailAddress }),
  });
  const tools = createToolkit("DEV_TOOLS", {
    name: "Developer tools",
    description: "What developers need",
    tools: [createTool("VERSION", {
      name: "Version",
      description: "Tell the compiler's version",
      preload: true,
      inputParams: z.object({}),
      execute: async () => ({ version: "12.2" }),
    })],
  });
  const own = { customTools: [grep, whoami], customToolkits: [tools] };
  const slugs = ["LOCAL_DEV_TOOLS_VERSION", "LOCAL_GMAIL_WHOAMI", "LOCAL_GREP"];
  let session;
  let attached;

  await step("create: the session names them as agents see them", async () => {
    session = await composio.create(alice, { experimental: own });
    assert.deepEqual(session.customTools().map((tool) => tool.slug).sort(), slugs);
    assert.deepEqual(session.customToolkits().map((toolkit) => toolkit.tools[0].slug), ["LOCAL_DEV_TOOLS_VERSION"]);
  });

  await step("execute: by the agent's slug and by the program's own", async () => {
    for (const slug of ["LOCAL_GREP", "GREP"]) {
      const { data, error } = await session.execute(slug, { pattern: "main" });
      assert.equal(error, null);
      assert.deepEqual(data.matches, [".: main"]);
    }
  });

  await step("execute: one that calls a tool of the vault", async () => {
    await connect(alice, "gmail");
    const { data } = await session.execute("LOCAL_GMAIL_WHOAMI", {});
    assert.match(data.email, /@/);
  });

  await step("tools: those that are preloaded", async () => {
    const names = (await session.tools()).map((tool) => tool.function.name);
    assert.deepEqual(names.filter((name) => name.startsWith("LOCAL_")), ["LOCAL_DEV_TOOLS_VERSION"]);
  });

  await step("search: finds them among the others", async () => {
    const found = await session.search({ query: "search source files" });
    assert.ok(found.results[0].primaryToolSlugs.includes("LOCAL_GREP"), found.results[0].primaryToolSlugs.join());
    assert.equal(found.toolSchemas.LOCAL_GREP.toolkit, "custom");
  });

  await step("use: brings them along to a session that is there", async () => {
    const plain = await composio.create(alice);
    attached = await composio.use(plain.sessionId, own);
    assert.deepEqual(attached.customTools().map((tool) => tool.slug).sort(), slugs);
    assert.deepEqual((await attached.execute("VERSION")).data, { version: "12.2" });
    const found = await attached.search({ query: "compiler version" });
    assert.ok(found.results[0].primaryToolSlugs.includes("LOCAL_DEV_TOOLS_VERSION"), found.results[0].primaryToolSlugs.join());
    assert.deepEqual((await composio.use(plain.sessionId)).customTools(), []);
  });

  await step("execute: by a program that does not have them", async () => {
    const other = await composio.use(session.sessionId);
    await refused(other.execute("LOCAL_GREP", { pattern: "main" }), "BadRequestError", { status: 400, says: /application's own/ });
  });
}
