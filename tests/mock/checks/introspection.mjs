// RFC 7662.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, other, post, public: native } = CLIENTS;

export default (check) => {
  const introspect = (s, client, form) => s.post("introspection_endpoint", client, form);

  check("an access token is told as active, with whose it is and how long", "RFC 7662 §2.2", async (s) => {
    const { access_token, expires_in } = await s.connect(basic);
    const { json } = await introspect(s, basic, { token: access_token });
    assert.equal(json.active, true);
    assert.equal(json.client_id, basic.client_id);
    assert.equal(json.exp - json.iat, expires_in);
    assert.deepEqual(json.scope.split(" ").sort(), s.scope.split(" ").sort());
    assert.equal(json.sub, (await s.userinfo(access_token)).json.sub);
    assert.equal(json.token_type?.toLowerCase(), "bearer");
  });

  check("oauth4webapi introspects", "RFC 7662 §2", async (s) => {
    const { access_token } = await s.connect(post);
    const { client, auth, insecure } = s.library(post);
    const as = await s.metadata();
    const answer = await oauth.introspectionRequest(as, client, auth, access_token, insecure);
    assert.equal((await oauth.processIntrospectionResponse(as, client, answer)).active, true);
  });

  check("openid-client introspects", "RFC 7662 §2", async (s) => {
    const { access_token } = await s.connect(basic);
    assert.equal((await openid.tokenIntrospection(await s.configuration(basic), access_token)).active, true);
  });

  check("a refresh token is told as active", "RFC 7662 §2.2", async (s) => {
    assert.equal(await s.isActive(basic, (await s.connect(basic)).refresh_token), true);
  });

  check("a replaced refresh token is told as inactive", "RFC 7662 §2.2", async (s) => {
    const { refresh_token } = await s.connect(basic);
    await s.refresh(basic, refresh_token);
    assert.equal(await s.isActive(basic, refresh_token), false);
  });

  check("of an inactive token nothing else is told", "RFC 7662 §2.2", async (s) => {
    const { status, json } = await introspect(s, basic, { token: "no-such-token" });
    assert.equal(status, 200);
    assert.deepEqual(json, { active: false });
  });

  check("an expired access token is told as inactive", "RFC 7662 §2.2", async (s) => {
    const { access_token, expires_in } = await s.connect(basic);
    await s.later(expires_in + 1, async () => assert.equal(await s.isActive(basic, access_token), false));
  });

  check("an expired refresh token is told as inactive", "RFC 7662 §2.2", async (s) => {
    const { refresh_token } = await s.connect(basic);
    await s.later(31 * 86400, async () => assert.equal(await s.isActive(basic, refresh_token), false));
  });

  check("another client learns nothing about a token", "RFC 7662 §4", async (s) => {
    const { access_token, refresh_token } = await s.connect(basic);
    for (const token of [access_token, refresh_token]) assert.deepEqual((await introspect(s, other, { token })).json, { active: false });
  });

  check("a public client learns nothing about another's token", "RFC 7662 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    const { status, json } = await introspect(s, native, { token: access_token });
    if (status === 200) assert.deepEqual(json, { active: false });
    else assert.ok([400, 401].includes(status), `status ${status}`);
  });

  check("a wrong hint does not matter", "RFC 7662 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    for (const token_type_hint of ["refresh_token", "nonsense"]) {
      assert.equal((await introspect(s, basic, { token: access_token, token_type_hint })).json.active, true);
    }
  });

  check("introspection by nobody is refused", "RFC 7662 §2.1", async (s) => {
    assertRefused(await s.send("POST", await s.endpoint("introspection_endpoint"), { form: { token: "x" } }), ["invalid_client", "invalid_request"], [400, 401]);
  });

  check("introspection with a wrong secret is refused", "RFC 7662 §2.3", async (s) => {
    assertRefused(await introspect(s, { ...basic, client_secret: "wrong-secret-0123456789" }, { token: "x" }), "invalid_client", [401]);
  });

  check("introspection without a token is refused", "RFC 7662 §2.1", async (s) => {
    assertRefused(await introspect(s, basic, {}), "invalid_request");
  });

  check("introspection is a POST", "RFC 7662 §2.1", async (s) => {
    const { status } = await s.send("GET", await s.endpoint("introspection_endpoint"), { headers: { authorization: s.basic(basic) } });
    assert.ok([400, 404, 405].includes(status), `status ${status}`);
  });

  check("what introspection tells may not be cached", "RFC 7662 §4", async (s) => {
    assert.match((await introspect(s, basic, { token: "x" })).headers.get("cache-control") ?? "", /no-store/);
  });
};
