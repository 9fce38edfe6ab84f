import assert from "node:assert/strict";
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { refused } from "../lib/harness.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const CLIENTS = { sdk: [Client, StreamableHTTPClientTransport], client: [ModernClient, ModernTransport] };

// Named choices of tools, each with an MCP URL per user.
export default async function mcpServers({ world, sdk, composio, step, configFor, connect }) {
  const servers = composio.mcp;
  const alice = world.user("alice");
  const chosen = ["GMAIL_GET_PROFILE", "TAVILY_TAVILY_SEARCH"];
  let server;

  const open = async (url, kind = "sdk") => {
    const [AnyClient, Transport] = CLIENTS[kind];
    const client = new AnyClient({ name: "steps", version: "1.0.0" });
    await client.connect(new Transport(new URL(url), { requestInit: { headers: { "x-api-key": world.key } } }));
    return client;
  };
  const namesAt = async (url) => {
    const client = await open(url);
    const { tools } = await client.listTools();
    await client.close();
    return tools.map((tool) => tool.name);
  };
  const emailAt = async (url, kind) => {
    const client = await open(url, kind);
    const result = await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} });
    await client.close();
    return JSON.parse(result.content[0].text).data.emailAddress;
  };

  await step("create: with toolkits and tools", async () => {
    const gmail = await configFor("gmail");
    server = await servers.create("mail and search", { toolkits: [{ authConfigId: gmail }, "tavily", "slack"], allowedTools: chosen, manuallyManageConnections: false });
    assert.deepEqual([server.name, server.allowedTools, server.authConfigIds], ["mail and search", chosen, [gmail]]);
    assert.equal(new URL(server.MCPUrl).origin, world.url);
    assert.ok(server.commands.claude.includes(server.MCPUrl));
  });

  await step("get and list: by name and toolkit", async () => {
    assert.equal((await servers.get(server.id)).name, "mail and search");
    const ids = async (query) => (await servers.list({ page: 1, limit: 10, ...query })).items.map((item) => item.id);
    assert.deepEqual(await ids({ name: "SEARCH" }), [server.id]);
    assert.deepEqual(await ids({ toolkits: ["gmail"] }), [server.id]);
    assert.deepEqual(await ids({ toolkits: ["github"] }), []);
    assert.deepEqual(await ids({ authConfigs: server.authConfigIds }), [server.id]);
  });

  await step("list: page by page", async () => {
    const more = await servers.create("another", { toolkits: ["slack"] });
    const first = await servers.list({ page: 1, limit: 1 });
    const second = await servers.list({ page: 2, limit: 1 });
    assert.deepEqual([first.totalPages, second.currentPage], [2, 2]);
    assert.deepEqual([first.items[0].id, second.items[0].id].sort(), [server.id, more.id].sort());
    await servers.delete(more.id);
  });

  for (const kind of Object.keys(CLIENTS)) {
    await step(`generate: a URL that a client connects to as the user: ${kind}`, async () => {
      const [mine, theirs] = [world.user("mcp"), world.user("mcp")];
      await connect(mine, "gmail", ALICE);
      await connect(theirs, "gmail", BOB);
      const urls = await Promise.all([mine, theirs].map(async (user) => (await servers.generate(user, server.id)).url));
      assert.deepEqual(await Promise.all(urls.map((url) => emailAt(url, kind))), [ALICE.email, BOB.email]);
    });
  }

  await step("generate: the tools are the server's choice", async () => {
    const { url, allowedTools, userId } = await server.generate(alice);
    assert.deepEqual([allowedTools, userId], [chosen, alice]);
    const names = await namesAt(url);
    assert.deepEqual(names.filter((name) => !name.startsWith("COMPOSIO_")).sort(), chosen);
    assert.ok(names.includes("COMPOSIO_MANAGE_CONNECTIONS"));
  });

  await step("generate: without prompts where the program connects its users itself", async () => {
    const { url } = await servers.generate(alice, server.id, { manuallyManageConnections: true });
    assert.ok(!(await namesAt(url)).includes("COMPOSIO_MANAGE_CONNECTIONS"));
  });

  await step("generate: by the account, too", async () => {
    const account = await connect(world.user("mcp"), "gmail", BOB);
    const made = await composio.client.mcp.generate.url({ mcp_server_id: server.id, connected_account_ids: [account.id], managed_auth_by_composio: true });
    assert.equal(await emailAt(made.connected_account_urls[0]), BOB.email);
  });

  await step("update: a URL given out before has the new choice", async () => {
    const { url } = await servers.generate(alice, server.id);
    const changed = await servers.update(server.id, { name: "search", toolkits: ["tavily"], allowedTools: [] });
    assert.deepEqual([changed.name, changed.toolkits], ["search", ["tavily"]]);
    const names = await namesAt(url);
    assert.ok(names.includes("TAVILY_TAVILY_SEARCH") && !names.some((name) => name.startsWith("GMAIL_")), names.join());
  });

  await step("update: no toolkit does not become all", async () => {
    await refused(servers.update(server.id, { toolkits: [] }), "BadRequestError", { status: 400, says: /toolkits/ });
    assert.deepEqual((await servers.get(server.id)).toolkits, ["tavily"]);
  });

  await step("delete: it is gone, and so is what its URLs serve", async () => {
    const { url } = await servers.generate(alice, server.id);
    await servers.delete(server.id);
    await refused(servers.get(server.id), "NotFoundError", { status: 404 });
    await refused(servers.generate(alice, server.id), "NotFoundError", { status: 404 });
    const error = await open(url).then(() => assert.fail("it answers"), (refusal) => refusal);
    assert.equal(error.code, 404, String(error));
  });

  await step("refused: an unknown server", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    await refused(servers.update(id, { name: "x" }), "NotFoundError", { status: 404, says: /MCP server/ });
    await refused(servers.delete(id), "NotFoundError", { status: 404, says: /MCP server/ });
  });

  await step("refused: an unknown toolkit, tool or auth config, by name", async () => {
    for (const [config, says] of [
      [{ toolkits: ["nosuchtoolkit"] }, /nosuchtoolkit/],
      [{ toolkits: ["gmail"], allowedTools: ["NO_SUCH_TOOL"] }, /NO_SUCH_TOOL/],
      [{ toolkits: ["gmail"], allowedTools: ["SLACK_TEST_AUTH"] }, sdk.isNewer ? /allowed_tools.*SLACK_TEST_AUTH/ : /custom_tools.*SLACK_TEST_AUTH/],
      [{ toolkits: [{ authConfigId: "ac_nosuch000000" }] }, /ac_nosuch000000/],
    ]) {
      await refused(servers.create("bad", config), "BadRequestError", { status: 400, says });
    }
  });
}
