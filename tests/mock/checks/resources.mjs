// Tokens for one resource and the resources' own metadata: RFC 8707, RFC 9728, RFC 9068.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import { CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, jwt } = CLIENTS;
const INSECURE = { [oauth.allowInsecureRequests]: true };

export default (check) => {
  const noResources = { "oidc-provider": "is an authorization server and serves no protected resource" };
  const asks = { scope: "read" };

  async function connectFor(s, resource, changed = {}) {
    const authorization = await s.authorize(basic, { ...asks, resource });
    assert.ok(authorization.answer.code, JSON.stringify(authorization.answer));
    return s.redeem(basic, authorization, changed);
  }

  check("a token for a resource is for that resource", "RFC 8707 §2", async (s) => {
    const { status, json, text } = await connectFor(s, s.resource);
    assert.equal(status, 200, text);
    const { json: seen } = await s.post("introspection_endpoint", basic, { token: json.access_token });
    assert.deepEqual([seen.aud].flat(), [s.resource]);
  });

  check("the resource may be named again with the code", "RFC 8707 §2.2", async (s) => {
    assert.equal((await connectFor(s, s.resource, { resource: s.resource })).status, 200);
  });

  check("a refreshed token is for the same resource", "RFC 8707 §2.2", async (s) => {
    const { json } = await connectFor(s, s.resource);
    const { json: refreshed } = await s.refresh(basic, json.refresh_token);
    const { json: seen } = await s.post("introspection_endpoint", basic, { token: refreshed.access_token });
    assert.deepEqual([seen.aud].flat(), [s.resource]);
  });

  check("a client's own token may be for a resource", "RFC 8707 §2", async (s) => {
    const { status, json, text } = await s.token(basic, { grant_type: "client_credentials", resource: s.resource, scope: "read" });
    assert.equal(status, 200, text);
    const { json: seen } = await s.post("introspection_endpoint", basic, { token: json.access_token });
    assert.deepEqual([seen.aud].flat(), [s.resource]);
  });

  check("a resource that nobody knows is refused to the authorization request", "RFC 8707 §2", async (s) => {
    const answer = await s.send("GET", await s.authorizationUrl(basic, { ...asks, resource: s.unknownResource }));
    const told = new URL(answer.headers.get("location") ?? "about:blank").searchParams;
    assert.equal(told.get("error"), "invalid_target", `${answer.status}`);
  });

  check("a resource that nobody knows is refused to the token request", "RFC 8707 §2.2", async (s) => {
    assertRefused(await s.token(basic, { grant_type: "client_credentials", resource: s.unknownResource }), "invalid_target");
  });

  check("a code gives no token for a resource that was not asked for", "RFC 8707 §2.2", async (s) => {
    assertRefused(await connectFor(s, s.resource, { resource: s.unknownResource }), "invalid_target");
  });

  for (const [what, resource] of [["that is no absolute URI", "/relative"], ["with a fragment", "https://api.example/#x"]]) {
    check(`a resource ${what} is refused`, "RFC 8707 §2", async (s) => {
      assertRefused(await s.token(basic, { grant_type: "client_credentials", resource }), ["invalid_target", "invalid_request"]);
    });
  }

  // A token that a resource can read for itself.
  async function jwtTokens(s) {
    if (s.jwtResource) return { ...(await (await s.redeem(basic, await s.authorize(basic, { ...asks, resource: s.jwtResource }))).json), audience: s.jwtResource };
    const tokens = await s.connect(jwt, { ...asks, resource: s.resource });
    return { ...tokens, audience: s.resource };
  }

  check("oauth4webapi verifies an access token that is a JWT", "RFC 9068 §4", async (s) => {
    const { access_token, audience } = await jwtTokens(s);
    const request = new Request("https://api.example/", { headers: { authorization: `Bearer ${access_token}` } });
    const claims = await oauth.validateJwtAccessToken({ ...(await s.metadata()) }, request, audience, INSECURE);
    assert.equal(claims.iss, s.issuer);
    assert.deepEqual(claims.scope.split(" "), ["read"]);
    assert.ok(claims.sub && claims.jti && claims.client_id);
  });

  check("an access token that is a JWT says so in its type", "RFC 9068 §2.1", async (s) => {
    const { access_token } = await jwtTokens(s);
    assert.equal(JSON.parse(Buffer.from(access_token.split(".")[0], "base64url")).typ, "at+jwt");
  });

  check("an access token is opaque where nothing else was agreed", "RFC 6749 §1.4", async (s) => {
    assert.equal((await s.connect(basic)).access_token.split(".").length === 3, false);
  });

  check("oauth4webapi finds a resource's metadata", "RFC 9728 §3", async (s) => {
    const url = new URL(s.resource);
    const answer = await oauth.resourceDiscoveryRequest(url, INSECURE);
    const metadata = await oauth.processResourceDiscoveryResponse(url, answer);
    assert.ok(metadata.authorization_servers.length > 0);
  }, noResources);

  check("a resource's metadata leads to an authorization server with metadata", "RFC 9728 §7.6", async (s) => {
    const { origin, pathname } = new URL(s.resource);
    const { json } = await s.send("GET", `${origin}/.well-known/oauth-protected-resource${pathname}`);
    for (const issuer of json.authorization_servers) {
      const url = new URL(issuer);
      const answer = await oauth.discoveryRequest(url, { algorithm: "oauth2", ...INSECURE });
      assert.ok((await oauth.processDiscoveryResponse(url, answer)).token_endpoint);
    }
  }, noResources);

  check("a resource's challenge names its metadata", "RFC 9728 §5.1", async (s) => {
    const { status, headers } = await s.send("GET", s.protectedUrl);
    assert.equal(status, 401);
    const named = (headers.get("www-authenticate") ?? "").match(/resource_metadata="([^"]+)"/);
    assert.ok(named, headers.get("www-authenticate"));
    assert.equal((await s.send("GET", named[1])).json.resource, s.resource);
  }, noResources);

  const callWith = (s, token) => s.send("GET", s.protectedUrl, { headers: { authorization: `Bearer ${token}` } });

  check("a resource believes a token for it, and not after its revocation", "RFC 6750 §3.1", async (s) => {
    const { json } = await connectFor(s, s.resource);
    assert.equal((await callWith(s, json.access_token)).status, 200);
    await s.post("revocation_endpoint", basic, { token: json.access_token });
    const { status, headers } = await callWith(s, json.access_token);
    assert.equal(status, 401);
    assert.match(headers.get("www-authenticate") ?? "", /error="invalid_token"/);
  }, noResources);

  check("a resource refuses an expired token", "RFC 6750 §3.1", async (s) => {
    const { json } = await connectFor(s, s.resource);
    await s.later(json.expires_in + 1, async () => assert.equal((await callWith(s, json.access_token)).status, 401));
  }, noResources);

  check("a path without a resource has no metadata", "RFC 9728 §3", async (s) => {
    const { origin } = new URL(s.resource);
    assert.equal((await s.send("GET", `${origin}/.well-known/oauth-protected-resource/no/such`)).status, 404);
  }, noResources);
};
