// Dynamic registration and its management: RFC 7591, RFC 7592.
import assert from "node:assert/strict";
import * as openid from "openid-client";
import { APP } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const METADATA = { client_name: "Registered", redirect_uris: [APP], grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"], token_endpoint_auth_method: "client_secret_basic" };

export default (check) => {
  const send = async (s, json) => s.send("POST", await s.endpoint("registration_endpoint"), { json });

  async function register(s, more = {}) {
    const { status, json, text } = await send(s, { ...METADATA, ...more });
    assert.equal(status, 201, text);
    return json;
  }

  const manage = (s, method, { registration_client_uri, registration_access_token }, json) =>
    s.send(method, registration_client_uri, { headers: { authorization: `Bearer ${registration_access_token}` }, json });

  // What an update has to say: all of it (RFC 7592 section 2.2).
  const updateOf = ({ client_id, client_secret }, more) => ({ ...METADATA, client_id, client_secret, ...more });

  check("a registration gives an id, a secret and the way to manage it", "RFC 7591 §3.2.1", async (s) => {
    const { status, headers, json } = await send(s, METADATA);
    assert.equal(status, 201);
    assert.match(headers.get("content-type"), /^application\/json/);
    assert.match(headers.get("cache-control"), /no-store/);
    assert.ok(json.client_id && json.client_secret);
    assert.ok(Number.isInteger(json.client_secret_expires_at));
    assert.ok(json.registration_access_token && new URL(json.registration_client_uri));
  });

  check("a registration tells what was registered", "RFC 7591 §3.2.1", async (s) => {
    const registered = await register(s);
    for (const [name, value] of Object.entries(METADATA)) assert.deepEqual(registered[name], value, name);
  });

  check("openid-client registers itself and connects", "RFC 7591 §3", async (s) => {
    const configuration = await openid.dynamicClientRegistration(new URL(s.issuer), METADATA, undefined, { execute: [openid.allowInsecureRequests] });
    const { client_id, client_secret } = configuration.clientMetadata();
    const tokens = await s.connect({ ...METADATA, client_id, client_secret });
    assert.ok(tokens.access_token);
  });

  check("a registered public client has no secret", "RFC 7591 §3.2.1", async (s) => {
    assert.equal((await register(s, { token_endpoint_auth_method: "none" })).client_secret, undefined);
  });

  check("two registrations are two clients", "RFC 7591 §3.2.1", async (s) => {
    const [one, two] = [await register(s), await register(s)];
    assert.notEqual(one.client_id, two.client_id);
    assert.notEqual(one.client_secret, two.client_secret);
  });

  check("a registered client is held to its redirect URIs", "RFC 7591 §2", async (s) => {
    const registered = await register(s);
    const answer = await s.send("GET", await s.authorizationUrl(registered, { redirect_uri: `${APP}/other` }));
    assert.equal(answer.headers.get("location"), null);
    assert.ok(answer.status >= 400, `status ${answer.status}`);
  });

  check("a registered client gets no scope but those that it registered", "RFC 7591 §2", async (s) => {
    const registered = await register(s, { scope: "openid read" });
    const { answer, ...rest } = await s.authorize(registered, { scope: "openid read write" });
    if (answer.error) return assert.equal(answer.error, "invalid_scope");
    const { json } = await s.redeem({ ...METADATA, ...registered }, { answer, ...rest });
    assert.ok(!json.scope.split(" ").includes("write"), json.scope);
  });

  const WRONG = {
    "without a redirect URI": { redirect_uris: undefined },
    "with no redirect URI": { redirect_uris: [] },
    "whose redirect URI has a fragment": { redirect_uris: [`${APP}#x`] },
    "whose redirect URI is relative": { redirect_uris: ["/cb"] },
    "whose redirect URIs are no list": { redirect_uris: APP },
    "with an unknown way to authenticate": { token_endpoint_auth_method: "magic" },
    "with an unknown grant": { grant_types: ["magic"] },
  };
  for (const [what, wrong] of Object.entries(WRONG)) {
    check(`a registration ${what} is refused`, "RFC 7591 §3.2.2", async (s) => {
      assertRefused(await send(s, { ...METADATA, ...wrong }), ["invalid_redirect_uri", "invalid_client_metadata"]);
    });
  }

  check("a registration that is no JSON object is refused", "RFC 7591 §3.1", async (s) => {
    assertRefused(await send(s, ["x"]), ["invalid_request", "invalid_client_metadata"]);
  });

  check("a registration can be read", "RFC 7592 §2.1", async (s) => {
    const registered = await register(s);
    const { status, headers, json } = await manage(s, "GET", registered);
    assert.equal(status, 200);
    assert.match(headers.get("cache-control"), /no-store/);
    assert.equal(json.client_id, registered.client_id);
    assert.deepEqual(json.redirect_uris, METADATA.redirect_uris);
  });

  check("a registration is kept from who has no token for it", "RFC 7592 §2.1", async (s) => {
    const registered = await register(s);
    for (const registration_access_token of ["wrong", (await register(s)).registration_access_token]) {
      const { status, json } = await manage(s, "GET", { ...registered, registration_access_token });
      assert.ok([401, 403].includes(status), `status ${status}`);
      assert.equal(json?.client_secret, undefined);
    }
  });

  check("a registration can be changed, with effect", "RFC 7592 §2.2", async (s) => {
    const registered = await register(s);
    const redirect_uris = ["https://app.example/new"];
    const { status, json, text } = await manage(s, "PUT", registered, updateOf(registered, { redirect_uris, client_name: "Renamed" }));
    assert.equal(status, 200, text);
    assert.equal(json.client_name, "Renamed");
    const changed = { ...METADATA, redirect_uris, client_id: registered.client_id, client_secret: json.client_secret ?? registered.client_secret };
    assert.ok((await s.connect(changed)).access_token);
    const old = await s.send("GET", await s.authorizationUrl(changed, { redirect_uri: APP }));
    assert.equal(old.headers.get("location"), null);
  });

  check("a change for another client is refused", "RFC 7592 §2.2", async (s) => {
    const [one, two] = [await register(s), await register(s)];
    const { status } = await manage(s, "PUT", one, updateOf({ ...one, client_id: two.client_id }, {}));
    assert.equal(status, 400);
  });

  check("a change to wrong metadata is refused and changes nothing", "RFC 7592 §2.2", async (s) => {
    const registered = await register(s);
    assertRefused(await manage(s, "PUT", registered, updateOf(registered, { redirect_uris: [`${APP}#x`] })), ["invalid_redirect_uri", "invalid_client_metadata"]);
    assert.deepEqual((await manage(s, "GET", registered)).json.redirect_uris, METADATA.redirect_uris);
  });

  check("a change without a token for it is refused", "RFC 7592 §2.2", async (s) => {
    const registered = await register(s);
    const { status } = await manage(s, "PUT", { ...registered, registration_access_token: "wrong" }, updateOf(registered, { client_name: "Evil" }));
    assert.ok([401, 403].includes(status), `status ${status}`);
    assert.equal((await manage(s, "GET", registered)).json.client_name, METADATA.client_name);
  });

  check("a registration can be deleted, and the client is unknown then", "RFC 7592 §2.3", async (s) => {
    const registered = await register(s);
    assert.equal((await manage(s, "DELETE", registered)).status, 204);
    const client = { ...METADATA, client_id: registered.client_id, client_secret: registered.client_secret };
    assertRefused(await s.refresh(client, "x"), "invalid_client", [401]);
    assert.equal((await manage(s, "GET", registered)).status, 401);
  });

  check("a deleted client's requests are never redirected", "RFC 7592 §2.3", async (s) => {
    const registered = await register(s);
    await manage(s, "DELETE", registered);
    const answer = await s.send("GET", await s.authorizationUrl(registered, { redirect_uri: APP }));
    assert.equal(answer.headers.get("location"), null);
    assert.ok(answer.status >= 400, `status ${answer.status}`);
  });

  check("a deletion without a token for it is refused", "RFC 7592 §2.3", async (s) => {
    const registered = await register(s);
    const { status } = await manage(s, "DELETE", { ...registered, registration_access_token: "wrong" });
    assert.ok([401, 403].includes(status), `status ${status}`);
    assert.equal((await manage(s, "GET", registered)).status, 200);
  });
};
