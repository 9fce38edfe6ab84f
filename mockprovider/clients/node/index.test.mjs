// usage: COFFER=path node --test
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, beforeEach, test } from "node:test";
import { mockFixture, MockError, startMock } from "./index.mjs";

const ALICE = "alice@example.com";
const BOB = "bob@example.com";

let mock;
before(async () => { mock = await startMock(); });
beforeEach(() => mock.reset());
after(() => mock.stop());

const isDead = (tokens) => assert.rejects(mock.userinfo(tokens), { name: "MockError", status: 401 });
const isRefused = (tokens) => assert.rejects(mock.refresh(tokens), { name: "MockError", error: "invalid_grant" });

async function authorizeUrl() {
  const query = { response_type: "code", client_id: mock.clientId, redirect_uri: "http://127.0.0.1:8123/cb", state: "s1", scope: "openid",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };
  return `${(await mock.metadata()).authorization_endpoint}?${new URLSearchParams(query)}`;
}

test("a user is connected", async () => {
  const tokens = await mock.connect(BOB, { scope: "openid email" });
  assert.equal((await mock.userinfo(tokens)).email, BOB);
});

test("an application gets its redirect when the user approves", async () => {
  const back = await mock.approve(await authorizeUrl(), ALICE);
  assert.equal(back.origin + back.pathname, "http://127.0.0.1:8123/cb");
  assert.equal(back.searchParams.get("state"), "s1");
  assert.ok(back.searchParams.get("code"));
});

test("an application is told when the user denies", async () => {
  assert.equal((await mock.deny(await authorizeUrl())).searchParams.get("error"), "access_denied");
});

test("a wrong password is an error", async () => {
  await assert.rejects(mock.approve(await authorizeUrl(), ALICE, "wrong"), MockError);
});

test("time ends an access token", async () => {
  const tokens = await mock.connect(ALICE);
  await mock.advance("2h");
  await isDead(tokens);
  assert.ok(await mock.userinfo(await mock.refresh(tokens)));
});

test("an access token can be expired alone", async () => {
  const tokens = await mock.connect(ALICE);
  assert.equal(await mock.expire({ account: ALICE }), 1);
  await isDead(tokens);
  assert.ok((await mock.refresh(tokens)).access_token);
});

test("a refresh token can be expired", async () => {
  const tokens = await mock.connect(ALICE);
  await mock.expire({ account: ALICE, what: "refresh" });
  await isRefused(tokens);
});

test("a grant can be revoked without touching another", async () => {
  const [alices, bobs] = [await mock.connect(ALICE), await mock.connect(BOB)];
  assert.equal(await mock.revoke({ account: ALICE }), 1);
  await isDead(alices);
  await isRefused(alices);
  assert.ok(await mock.userinfo(bobs));
});

test("the journal tells what was asked", async () => {
  await mock.refresh(await mock.connect(ALICE));
  const entries = await mock.journal({ endpoint: "refresh", account: ALICE });
  assert.deepEqual(entries.map((entry) => entry.status), [200]);
});

test("events are the journal of an endpoint", async () => {
  await mock.connect(ALICE);
  assert.deepEqual((await mock.events("token")).map(({ endpoint, account }) => [endpoint, account]), [["token", ALICE]]);
});

test("an expectation holds when exactly so many requests came", async () => {
  await mock.refresh(await mock.connect(ALICE));
  assert.equal((await mock.expect({ endpoint: "refresh", since: "1m" })).length, 1);
  await assert.rejects(mock.expect({ count: 0, endpoint: "refresh", since: "1m" }), /broken/);
});

test("a script answers for the person", async () => {
  await mock.script("deny", { login_hint: BOB, count: 1 });
  await assert.rejects(mock.connect(BOB, { login_hint: BOB }), { error: "access_denied" });
});

test("a snapshot brings back what was", async () => {
  const tokens = await mock.connect(ALICE);
  const before = await mock.snapshot();
  await mock.revoke({ account: ALICE });
  await isDead(tokens);
  await mock.restore(before);
  assert.ok(await mock.userinfo(tokens));
});

test("a fault meets the next request", async () => {
  const tokens = await mock.connect(ALICE);
  await mock.fault({ endpoint: "refresh", status: 503 });
  await assert.rejects(mock.refresh(tokens), { status: 503 });
  assert.ok((await mock.refresh(tokens)).access_token);
});

test("faults can be cleared", async () => {
  const tokens = await mock.connect(ALICE);
  await mock.fault({ endpoint: "refresh", status: 503 });
  await mock.clearFaults();
  assert.ok((await mock.refresh(tokens)).access_token);
});

test("a client can be added", async () => {
  await mock.addClient({ client_id: "mine", client_secret: "its secret", redirect_uris: ["https://app.example/cb"] });
  const { clients } = await mock.control("GET", "clients");
  assert.ok(clients.some((client) => client.client_id === "mine"));
});

test("a refused control says why", async () => {
  await assert.rejects(mock.control("POST", "clock", { sideways: "1h" }), /sideways/);
});

test("a reset forgets the grants", async () => {
  const tokens = await mock.connect(ALICE);
  await mock.reset();
  await isDead(tokens);
  assert.deepEqual(await mock.grants(), []);
});

test("a user is connected and refreshed at every provider", async () => {
  const later = { facebook: "24h", instagram: "24h", threads: "24h" }; // some are not renewed before a day is over
  const folder = new URL("../../../fixtures/providers/", import.meta.url);
  for (const file of await readdir(folder)) {
    const provider = file.replace(".json", "");
    const tenant = await mock.tenant({ provider });
    const tokens = await tenant.connect(BOB, { scope: "openid offline_access" });
    assert.ok(await tenant.userinfo(tokens), provider);
    if (!tokens.refresh_token && !later[provider]) {
      assert.equal(JSON.parse(await readFile(new URL(file, folder))).mock.refresh_token, "never", provider);
    } else {
      await tenant.advance(later[provider] ?? "1h");
      const fresh = await tenant.refresh(tokens);
      assert.notEqual(fresh.access_token, tokens.access_token, provider);
      assert.equal(!fresh.refresh_token, !tokens.refresh_token, provider);
      assert.ok(await tenant.userinfo(fresh), provider);
      await assert.rejects(tenant.refresh({ access_token: "unknown", refresh_token: "unknown" }), MockError, provider);
    }
    await tenant.stop();
  }
});

test("a tenant makes further ones beside itself", async () => {
  const tenant = await mock.tenant();
  const beside = await tenant.tenant({ name: "beside" });
  assert.equal(beside.url, `${mock.url}/t/beside`);
  await beside.stop();
  await assert.rejects(beside.metadata(), MockError);
  assert.ok(await tenant.metadata());
  await tenant.stop();
});

test("tenants share a process and nothing else", async () => {
  const [one, other] = [await mock.tenant(), await mock.tenant({ name: "other" })];
  const [mine, theirs] = [await one.connect(ALICE), await other.connect(ALICE)];
  await one.advance("2h");
  assert.equal(await other.revoke({ account: BOB }), 0);
  assert.ok(await other.userinfo(theirs));
  await assert.rejects(one.userinfo(mine), { status: 401 });
  assert.equal((await mock.journal({ endpoint: "token" })).length, 0);
  await one.stop();
  await other.stop();
  await assert.rejects(one.metadata(), MockError);
});

test("a program that is no coffer is an error", async () => {
  await assert.rejects(startMock({ binary: "false" }), /ended with 1/);
  await assert.rejects(startMock({ binary: "/no/such/program" }), MockError);
});

test("a fixture lends a mock and ends it", async () => {
  let lent;
  await mockFixture()({}, async (each) => {
    lent = each;
    assert.ok((await each.connect()).access_token);
  });
  await assert.rejects(lent.metadata());
});

test("an answer that is no JSON is an error that says so", async () => {
  for (const action of ["html", "truncated_json"]) {
    await mock.fault({ endpoint: "token", action });
    await assert.rejects(mock.connect(), { name: "MockError", message: /\/token answered what is no JSON/ });
  }
});

test("a device is allowed on its page", async () => {
  const { device_authorization_endpoint } = await mock.metadata();
  const asked = new URLSearchParams({ client_id: mock.clientId, client_secret: mock.clientSecret });
  const device = await (await fetch(device_authorization_endpoint, { method: "POST", body: asked })).json();
  assert.ok(`${await mock.approve(device.verification_uri_complete)}`.startsWith(mock.issuer));
  assert.ok(await mock.token({ grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: device.device_code }));
});

const STARTS_ONE = `import { startMock } from ${JSON.stringify(new URL("./index.mjs", import.meta.url))}; console.log((await startMock()).url);`;

for (const [how, program] of [["ends without stopping it", STARTS_ONE],
  ["is told to end", `${STARTS_ONE} process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`],
  ["is killed", `${STARTS_ONE} process.kill(process.pid, "SIGKILL");`],
  ["fails", `${STARTS_ONE} throw new Error("the test failed");`]]) {
  test(`a program that ${how} takes its mock with it`, async () => {
    const url = await new Promise((done) => {
      execFile(process.execPath, ["--input-type=module", "-e", program], { timeout: 30_000 }, (_, printed) => done(printed.trim()));
    });
    assert.match(url, /^http/);
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      try {
        await fetch(`${url}/_mock/clock`);
      } catch {
        return;
      }
    }
    assert.fail(`${url} is still there`);
  });
}

test("a program that requires it gets what one that imports it gets", () => {
  assert.equal(createRequire(import.meta.url)("coffer-testing").startMock, startMock);
});
