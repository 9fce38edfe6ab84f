// RFC 7009.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, other, post, public: native } = CLIENTS;

export default (check) => {
  const revoke = (s, client, form) => s.post("revocation_endpoint", client, form);

  check("a revoked access token is not believed any more", "RFC 7009 §2.2", async (s) => {
    const { access_token } = await s.connect(basic);
    assert.equal((await revoke(s, basic, { token: access_token })).status, 200);
    assert.equal((await s.userinfo(access_token)).status, 401);
    assert.equal(await s.isActive(basic, access_token), false);
  });

  check("a revoked refresh token is refused", "RFC 7009 §2.2", async (s) => {
    const { refresh_token } = await s.connect(basic);
    assert.equal((await revoke(s, basic, { token: refresh_token })).status, 200);
    assertRefused(await s.refresh(basic, refresh_token), "invalid_grant");
  });

  check("a revoked refresh token takes its access tokens with it", "RFC 7009 §2.1", async (s) => {
    const { access_token, refresh_token } = await s.connect(basic);
    await revoke(s, basic, { token: refresh_token });
    assert.equal((await s.userinfo(access_token)).status, 401);
  });

  check("a revocation after a refresh ends the newest tokens", "RFC 7009 §2.1", async (s) => {
    const { json } = await s.refresh(basic, (await s.connect(basic)).refresh_token);
    await revoke(s, basic, { token: json.refresh_token });
    assert.equal((await s.userinfo(json.access_token)).status, 401);
    assertRefused(await s.refresh(basic, json.refresh_token), "invalid_grant");
  });

  check("another grant of the same account lives on", "RFC 7009 §2.1", async (s) => {
    const [one, two] = [await s.connect(basic), await s.connect(basic)];
    await revoke(s, basic, { token: one.refresh_token });
    assert.equal((await s.userinfo(two.access_token)).status, 200);
    assert.equal((await s.refresh(basic, two.refresh_token)).status, 200);
  });

  check("oauth4webapi revokes", "RFC 7009 §2", async (s) => {
    const { access_token } = await s.connect(post);
    const { client, auth, insecure } = s.library(post);
    const as = await s.metadata();
    assert.equal(await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, access_token, insecure)), undefined);
    assert.equal((await s.userinfo(access_token)).status, 401);
  });

  check("openid-client revokes", "RFC 7009 §2", async (s) => {
    const { access_token } = await s.connect(basic);
    await openid.tokenRevocation(await s.configuration(basic), access_token);
    assert.equal((await s.userinfo(access_token)).status, 401);
  });

  check("a public client may revoke its own", "RFC 7009 §2.1", async (s) => {
    const { access_token, refresh_token } = await s.connect(native, { redirect_uri: "http://127.0.0.1:4714/cb" });
    assert.equal((await revoke(s, native, { token: refresh_token })).status, 200);
    assert.equal((await s.userinfo(access_token)).status, 401);
  });

  check("a token that nobody gave is revoked already", "RFC 7009 §2.2", async (s) => {
    assert.equal((await revoke(s, basic, { token: "no-such-token" })).status, 200);
  });

  check("a second revocation is no error", "RFC 7009 §2.2", async (s) => {
    const { access_token } = await s.connect(basic);
    for (let time = 0; time < 2; ++time) assert.equal((await revoke(s, basic, { token: access_token })).status, 200);
  });

  check("a wrong hint does not keep a token alive", "RFC 7009 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    await revoke(s, basic, { token: access_token, token_type_hint: "refresh_token" });
    assert.equal((await s.userinfo(access_token)).status, 401);
  });

  check("another client's tokens cannot be revoked", "RFC 7009 §2.1", async (s) => {
    const { access_token, refresh_token } = await s.connect(basic);
    for (const token of [access_token, refresh_token]) await revoke(s, other, { token });
    assert.equal((await s.userinfo(access_token)).status, 200);
    assert.equal((await s.refresh(basic, refresh_token)).status, 200);
  });

  check("a wrong secret revokes nothing", "RFC 7009 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    assertRefused(await revoke(s, { ...basic, client_secret: "wrong-secret-0123456789" }, { token: access_token }), "invalid_client", [401]);
    assert.equal((await s.userinfo(access_token)).status, 200);
  });

  check("revocation by nobody is refused", "RFC 7009 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    const answer = await s.send("POST", await s.endpoint("revocation_endpoint"), { form: { token: access_token } });
    assertRefused(answer, ["invalid_client", "invalid_request"], [400, 401]);
    assert.equal((await s.userinfo(access_token)).status, 200);
  });

  check("revocation without a token is refused", "RFC 7009 §2.2.1", async (s) => {
    assertRefused(await revoke(s, basic, {}), "invalid_request");
  });

  check("revocation is a POST", "RFC 7009 §2.1", async (s) => {
    const { access_token } = await s.connect(basic);
    const url = new URL(await s.endpoint("revocation_endpoint"));
    url.searchParams.set("token", access_token);
    const { status } = await s.send("GET", url, { headers: { authorization: s.basic(basic) } });
    assert.ok([400, 404, 405].includes(status), `status ${status}`);
    assert.equal((await s.userinfo(access_token)).status, 200);
  });
};
