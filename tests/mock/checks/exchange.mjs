// Token exchange: RFC 8693.
import assert from "node:assert/strict";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, code_only } = CLIENTS;
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS = "urn:ietf:params:oauth:token-type:access_token";

export default (checkAll) => {
  const check = (name, clause, run) => checkAll(name, clause, run, { "oidc-provider": "ships no token exchange" });
  const exchange = (s, subject_token, more = {}, client = basic) => s.token(client, { grant_type: GRANT, subject_token, subject_token_type: ACCESS, ...more });

  check("an access token is exchanged for another of the same account", "RFC 8693 §2.2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    const { status, json, headers, text } = await exchange(s, access_token);
    assert.equal(status, 200, text);
    assert.match(headers.get("cache-control"), /no-store/);
    assert.equal(json.issued_token_type, ACCESS);
    assert.equal(json.token_type.toLowerCase(), "bearer");
    assert.notEqual(json.access_token, access_token);
    assert.equal((await s.userinfo(json.access_token)).json.sub, (await s.userinfo(access_token)).json.sub);
  });

  check("openid-client exchanges a token", "RFC 8693 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    const tokens = await openid.genericGrantRequest(await s.configuration(basic), GRANT, { subject_token: access_token, subject_token_type: ACCESS });
    assert.ok(tokens.access_token);
  });

  check("an exchange may ask for less", "RFC 8693 §2.1", async (s) => {
    const { access_token } = await s.connect(basic, { scope: "openid read write" });
    assert.equal((await exchange(s, access_token, { scope: "read" })).json.scope, "read");
  });

  check("an exchange may not ask for more", "RFC 8693 §2.2.2", async (s) => {
    const { access_token } = await s.connect(basic, { scope: "openid read" });
    assertRefused(await exchange(s, access_token, { scope: "read write" }), "invalid_scope");
  });

  check("an exchange of a token that nobody gave is refused", "RFC 8693 §2.2.2", async (s) => {
    assertRefused(await exchange(s, "no-such-token"), ["invalid_request", "invalid_grant"]);
  });

  check("an exchange of an expired token is refused", "RFC 8693 §2.2.2", async (s) => {
    const { access_token, expires_in } = await s.connect(basic);
    await s.later(expires_in + 1, async () => assertRefused(await exchange(s, access_token), ["invalid_request", "invalid_grant"]));
  });

  check("an exchange of a revoked token is refused", "RFC 8693 §2.2.2", async (s) => {
    const { access_token } = await s.connect(basic);
    await s.post("revocation_endpoint", basic, { token: access_token });
    assertRefused(await exchange(s, access_token), ["invalid_request", "invalid_grant"]);
  });

  check("an exchange without the type of its token is refused", "RFC 8693 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    assertRefused(await exchange(s, access_token, { subject_token_type: undefined }), "invalid_request");
  });

  check("an exchange without a token is refused", "RFC 8693 §2.1", async (s) => {
    assertRefused(await exchange(s, undefined), "invalid_request");
  });

  check("an exchange for a type that nobody issues is refused", "RFC 8693 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    assertRefused(await exchange(s, access_token, { requested_token_type: "urn:ietf:params:oauth:token-type:saml2" }), "invalid_request");
  });

  check("a client that is not registered for the exchange is refused", "RFC 8693 §2.2.2", async (s) => {
    const { access_token } = await s.connect(basic);
    assertRefused(await exchange(s, access_token, {}, code_only), "unauthorized_client");
  });

  check("an exchange for a resource that nobody knows is refused", "RFC 8693 §2.2.2", async (s) => {
    const { access_token } = await s.connect(basic);
    assertRefused(await exchange(s, access_token, { resource: s.unknownResource }), "invalid_target");
  });
};
