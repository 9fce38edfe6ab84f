import assert from "node:assert/strict";
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernStdioTransport } from "@modelcontextprotocol/client/stdio";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ALICE, BOB } from "../lib/world.mjs";

const INFO = { name: "steps", version: "1.0.0" };
const CAN_OPEN_URLS = { capabilities: { elicitation: { url: {} } } };
const clients = [
  ["sdk", Client, StreamableHTTPClientTransport, {}],
  ["client", ModernClient, ModernTransport, {}],
  ["client 2026-07-28", ModernClient, ModernTransport, { versionNegotiation: { mode: { pin: "2026-07-28" } } }],
];

const textOf = (result) => JSON.parse(result.content[0].text);

export default async function mcp({ world, sdk, recorder, composio, step, connect }) {
  const headers = { "x-api-key": world.key };
  const open = async (AnyClient, Transport, url, options = {}, sent = headers) => {
    const client = new AnyClient(INFO, options);
    await client.connect(new Transport(new URL(url), { requestInit: { headers: sent } }));
    return client;
  };

  for (const [name, AnyClient, Transport, options] of clients) {
    const user = world.user("mcp");
    const session = await composio.create(user);
    const client = { current: undefined };

    await step(`${name}: connects`, async () => {
      client.current = await open(AnyClient, Transport, session.mcp.url, options);
      assert.equal(client.current.getServerVersion().name, "coffer");
    });

    await step(`${name}: lists the session's tools`, async () => {
      const { tools } = await client.current.listTools();
      const listed = (await session.tools()).map((tool) => tool.function.name);
      assert.deepEqual(tools.map((tool) => tool.name).sort(), listed.sort());
      assert.ok(tools.every((tool) => tool.inputSchema.type === "object"));
      assert.ok(tools.some((tool) => tool.name === "COMPOSIO_MANAGE_CONNECTIONS"));
    });

    await step(`${name}: a tool without a connection answers with a link; the user connects, and the retry works`, async () => {
      const whoami = () => client.current.callTool({ name: "MOCK_WHOAMI", arguments: {} });
      const result = await whoami();
      assert.equal(result.isError, true);
      const { data } = textOf(result);
      assert.ok(data.redirect_url.startsWith(`${world.url}/link/lk_`), data.redirect_url);
      await world.finish(data.redirect_url, BOB);
      const again = await whoami();
      assert.ok(!again.isError, again.content[0].text);
      assert.equal(textOf(again).data.email, BOB.email);
    });

    await step(`${name}: a user who denies leaves the tool without a connection`, async () => {
      const call = () => client.current.callTool({ name: "SLACK_LIST_ALL_CHANNELS", arguments: {} });
      await world.finish(textOf(await call()).data.redirect_url, ALICE, ["Continue", "Sign in", "Deny"]);
      assert.equal((await call()).isError, true);
    });

    await step(`${name}: the link of the meta tool connects, and the retry works`, async () => {
      const asked = textOf(await client.current.callTool({ name: "COMPOSIO_MANAGE_CONNECTIONS", arguments: { toolkits: ["gmail"] } }));
      await world.finish(asked.data.results.gmail.redirect_url);
      const result = await client.current.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} });
      assert.ok(!result.isError);
      assert.equal(textOf(result).data.emailAddress, ALICE.email);
    });

    await step(`${name}: wrong arguments are a result that the model sees`, async () => {
      const result = await client.current.callTool({ name: "GMAIL_SEND_EMAIL", arguments: { subject: "x" } });
      assert.equal(result.isError, true);
      assert.match(result.content[0].text, /recipient_email/);
    });

    await step(`${name}: an unknown tool is a protocol error`, async () => {
      const error = await client.current.callTool({ name: "NO_SUCH_TOOL", arguments: {} }).then(() => assert.fail("not refused"), (refusal) => refusal);
      assert.equal(error.code, -32602, String(error));
    });

    await step(`${name}: the endpoint of a user, without a session`, async () => {
      const direct = await open(AnyClient, Transport, `${world.url}/mcp?user_id=${user}`, options);
      const result = await direct.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} });
      assert.equal(textOf(result).data.emailAddress, ALICE.email);
      await direct.close();
    });

    await step(`${name}: a bearer key is as good`, async () => {
      const bearer = await open(AnyClient, Transport, session.mcp.url, options, { authorization: `Bearer ${world.key}` });
      assert.ok((await bearer.listTools()).tools.length > 0);
      await bearer.close();
    });

    await step(`${name}: a wrong key`, async () => {
      const error = await open(AnyClient, Transport, session.mcp.url, options, { "x-api-key": "nokey" }).then(() => assert.fail("not refused"), (refusal) => refusal);
      assert.ok(error.code === 401 || error.status === 401 || /401|[Uu]nauthorized/.test(`${error.name} ${error.message}`), `${error.name} ${error.code}: ${error.message}`);
    });

    await step(`${name}: closes`, async () => {
      await client.current.close();
    });
  }

  for (const [name, AnyClient, Transport] of clients.slice(0, 2)) {
    await step(`${name}: a client that opens URLs is asked to open the link, and its next call works`, async () => {
      const { mcp: { url } } = await composio.create(world.user("elicited"));
      const client = await open(AnyClient, Transport, url, CAN_OPEN_URLS);
      const error = await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} }).then(() => assert.fail("not asked"), (refusal) => refusal);
      assert.equal(error.code, -32042, String(error));
      const [asked] = error.data.elicitations;
      assert.equal(asked.mode, "url");
      await world.finish(asked.url, BOB);
      assert.equal(textOf(await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} })).data.emailAddress, BOB.email);
      await client.close();
    });
  }

  const modern = async (mode, answer) => {
    const { mcp: { url } } = await composio.create(world.user("elicited"));
    const client = new ModernClient(INFO, { ...CAN_OPEN_URLS, versionNegotiation: { mode } });
    const opened = [];
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      opened.push(params);
      return answer(params);
    });
    await client.connect(new ModernTransport(new URL(url), { requestInit: { headers } }));
    const result = await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} });
    const version = client.getNegotiatedProtocolVersion();
    await client.close();
    return { result, opened, version };
  };

  for (const [name, mode] of [["2026-07-28", { pin: "2026-07-28" }], ["that negotiates", "auto"]]) {
    await step(`client ${name}: is asked for the link, and the call goes on by itself`, async () => {
      const { result, opened, version } = await modern(mode, async ({ url }) => {
        await world.finish(url, BOB);
        return { action: "accept" };
      });
      assert.equal(version, "2026-07-28");
      assert.equal(textOf(result).data.emailAddress, BOB.email);
      assert.deepEqual(opened.map((params) => params.mode), ["url"]);
    });
  }

  await step("client 2026-07-28: a user who declines is not asked again", async () => {
    const { result, opened } = await modern({ pin: "2026-07-28" }, () => ({ action: "decline" }));
    assert.equal(result.isError, true);
    assert.match(result.content[0].text, /did not want/);
    assert.equal(opened.length, 1);
  });

  await step("the endpoint of a user: by the account that the URL names, and by no other user's", async () => {
    const user = world.user("mcp");
    const [work, home] = [await connect(user, "gmail", ALICE), await connect(user, "gmail", BOB)];
    const email = async (query) => {
      const client = await open(Client, StreamableHTTPClientTransport, `${world.url}/mcp?${query}`);
      const result = textOf(await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} }));
      await client.close();
      return result.data.emailAddress;
    };
    assert.equal(await email(`user_id=${user}`), BOB.email);
    assert.equal(await email(`user_id=${user}&connected_account_id=${work.id}`), ALICE.email);
    assert.equal(await email(`connected_account_id=${home.id}`), BOB.email);
    for (const query of [`user_id=${world.user("mcp")}&connected_account_id=${work.id}`, `user_id=${user}&user_id=${world.user("mcp")}`]) {
      const error = await email(query).then(() => assert.fail("not refused"), (refusal) => refusal);
      assert.ok([400, 404].includes(error.code), String(error));
    }
  });

  await step("a session without prompts: no link is given", async () => {
    const quiet = await composio.create(world.user("quiet"), { manageConnections: { enable: false }, toolkits: ["gmail"] });
    const client = await open(Client, StreamableHTTPClientTransport, quiet.mcp.url);
    const { tools } = await client.listTools();
    assert.ok(!tools.some((tool) => tool.name === "COMPOSIO_MANAGE_CONNECTIONS"));
    const result = await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} });
    assert.equal(result.isError, true);
    assert.ok(!result.content[0].text.includes("/link/"));
    await client.close();
  });

  await step("a session: two at once see their own user's data", async () => {
    const users = await Promise.all([ALICE, BOB].map(async (person) => {
      const session = await composio.create(world.user("pair"));
      await world.finish((await session.authorize("gmail")).redirectUrl, person);
      return [person, await open(Client, StreamableHTTPClientTransport, session.mcp.url)];
    }));
    const seen = await Promise.all(users.map(async ([, client]) => textOf(await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} })).data.emailAddress));
    assert.deepEqual(seen, [ALICE.email, BOB.email]);
    await Promise.all(users.map(([, client]) => client.close()));
  });

  const starts = (Transport, more = []) =>
    new Transport({ command: world.binary, args: ["mcp", ...more], env: { ...world.env, COFFER_URL: world.url, COFFER_API_KEY: world.key } });

  await step("stdio: a client that starts a process", async () => {
    const client = new Client(INFO);
    await client.connect(starts(StdioClientTransport, ["--user", world.user("stdio")]));
    const { tools } = await client.listTools();
    assert.ok(tools.some((tool) => tool.name === "COMPOSIO_MANAGE_CONNECTIONS"));
    const asked = await client.callTool({ name: "COMPOSIO_MANAGE_CONNECTIONS", arguments: { toolkits: ["gmail"] } });
    recorder.note("stdio", JSON.stringify(asked));
    await world.finish(textOf(asked).data.results.gmail.redirect_url);
    const result = await client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} });
    recorder.note("stdio", JSON.stringify(result));
    assert.equal(textOf(result).data.emailAddress, ALICE.email);
    await client.close();
  });

  for (const [name, mode] of [["in the legacy era", "legacy"], ["in the modern one", { pin: "2026-07-28" }]]) {
    await step(`stdio: a client that opens URLs, ${name}`, async () => {
      const client = new ModernClient(INFO, { ...CAN_OPEN_URLS, versionNegotiation: { mode } });
      client.setRequestHandler("elicitation/create", async ({ params }) => {
        await world.finish(params.url, BOB);
        return { action: "accept" };
      });
      await client.connect(starts(ModernStdioTransport, ["--user", world.user("stdio")]));
      const call = () => client.callTool({ name: "GMAIL_GET_PROFILE", arguments: {} });
      const result = await call().catch(async (error) => {
        assert.deepEqual([mode, error.code], ["legacy", -32042], String(error));
        await world.finish(error.data.elicitations[0].url, BOB);
        return call();
      });
      recorder.note("stdio", JSON.stringify(result));
      assert.equal(textOf(result).data.emailAddress, BOB.email);
      await client.close();
    });
  }

  await step("stdio: a daemon that is not there is told in each answer", async () => {
    const nowhere = new StdioClientTransport({ command: world.binary, args: ["mcp", "--user", "u"], env: { ...world.env, COFFER_URL: "http://127.0.0.1:9", COFFER_API_KEY: world.key }, stderr: "ignore" });
    const error = await new Client(INFO).connect(nowhere).then(() => assert.fail("connected"), (refusal) => refusal);
    assert.match(String(error), /127\.0\.0\.1:9|reach|connect|closed/i);
  });

  const url = `${world.url}/mcp?user_id=raw`;
  const ping = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
  const post = (more, body = ping) => fetch(url, { method: "POST", body, headers: { ...headers, "content-type": "application/json", accept: "application/json, text/event-stream", ...more } });

  await step("wire: GET opens no stream", async () => {
    const answer = await fetch(url, { headers: { ...headers, accept: "text/event-stream" } });
    assert.equal(answer.status, 405);
    assert.match(answer.headers.get("allow"), /POST/);
  });

  await step("wire: another site's page is refused", async () => {
    assert.equal((await post({ origin: "https://evil.example" })).status, 403);
  });

  await step("wire: a version that nobody knows", async () => {
    assert.equal((await post({ "mcp-protocol-version": "1999-01-01" })).status, 400);
  });

  await step("wire: what is not JSON", async () => {
    const answer = await post({}, "{");
    assert.deepEqual([answer.status, (await answer.json()).error.code], [400, -32700]);
  });

  await step("wire: an unknown method", async () => {
    const answer = await post({}, JSON.stringify({ jsonrpc: "2.0", id: 7, method: "no/such" }));
    const { id, error } = await answer.json();
    assert.deepEqual([id, error.code], [7, -32601]);
  });

  await step("wire: text in place of JSON", async () => {
    assert.ok([400, 415].includes((await post({ "content-type": "text/plain" })).status));
  });

  await step("wire: an unknown session", async () => {
    const answer = await fetch(`${world.url}/tool_router/trs_nosuch000000/mcp`, { method: "POST", body: ping, headers: { ...headers, "content-type": "application/json" } });
    assert.equal(answer.status, 404);
  });

  await step(`${sdk.label}: the SDK hands out the endpoint with its key`, async () => {
    const session = sdk.isNewer ? await composio.create(world.user("mcp"), { mcp: true }) : await composio.create(world.user("mcp"));
    const client = await open(Client, StreamableHTTPClientTransport, session.mcp.url, {}, session.mcp.headers);
    assert.ok((await client.listTools()).tools.length > 0);
    await client.close();
  });
}
