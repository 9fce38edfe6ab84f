// Refresh tokens: RFC 6749 section 6, RFC 9700 section 4.14.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";
import { assertRefused, BOB } from "../lib/subject.mjs";

const { basic, other, public: native } = CLIENTS;

export default (check) => {
  check("a refresh gives a new access token and a new refresh token", "RFC 9700 §4.14.2", async (s) => {
    const first = await s.connect(basic);
    const { status, json } = await s.refresh(basic, first.refresh_token);
    assert.equal(status, 200);
    assert.ok(json.access_token && json.access_token !== first.access_token);
    assert.ok(json.refresh_token && json.refresh_token !== first.refresh_token);
    assert.equal((await s.userinfo(json.access_token)).status, 200);
  });

  check("openid-client refreshes", "RFC 6749 §6", async (s) => {
    const first = await s.connect(basic);
    const tokens = await openid.refreshTokenGrant(await s.configuration(basic), first.refresh_token);
    assert.ok(tokens.access_token && tokens.refresh_token);
  });

  check("oauth4webapi refreshes", "RFC 6749 §6", async (s) => {
    const first = await s.connect(basic);
    const { client, auth, insecure } = s.library(basic);
    const as = await s.metadata();
    const answer = await oauth.refreshTokenGrantRequest(as, client, auth, first.refresh_token, insecure);
    assert.ok((await oauth.processRefreshTokenResponse(as, client, answer)).access_token);
  });

  check("the answer to a refresh may not be cached", "RFC 6749 §5.1", async (s) => {
    const { headers } = await s.refresh(basic, (await s.connect(basic)).refresh_token);
    assert.match(headers.get("cache-control"), /no-store/);
  });

  check("a chain of ten refreshes works", "RFC 6749 §6", async (s) => {
    let { refresh_token } = await s.connect(basic);
    for (let step = 0; step < 10; ++step) ({ refresh_token } = (await s.refresh(basic, refresh_token)).json);
    assert.ok(refresh_token);
  });

  check("an old refresh token is refused", "RFC 9700 §4.14.2", async (s) => {
    const first = await s.connect(basic);
    await s.refresh(basic, first.refresh_token);
    assertRefused(await s.refresh(basic, first.refresh_token), "invalid_grant");
  });

  check("an old refresh token ends the newest one of its family", "RFC 9700 §4.14.2", async (s) => {
    const first = await s.connect(basic);
    const { json: second } = await s.refresh(basic, first.refresh_token);
    const { json: third } = await s.refresh(basic, second.refresh_token);
    await s.refresh(basic, first.refresh_token);
    assertRefused(await s.refresh(basic, third.refresh_token), "invalid_grant");
  });

  check("an old refresh token ends the access tokens of its family", "RFC 9700 §4.14.2", async (s) => {
    const first = await s.connect(basic);
    const { json: second } = await s.refresh(basic, first.refresh_token);
    await s.refresh(basic, first.refresh_token);
    assert.equal((await s.userinfo(second.access_token)).status, 401);
  });

  check("an old refresh token ends no other family of the same account", "RFC 9700 §4.14.2", async (s) => {
    const [first, unrelated] = [await s.connect(basic), await s.connect(basic)];
    await s.refresh(basic, first.refresh_token);
    await s.refresh(basic, first.refresh_token);
    assert.equal((await s.refresh(basic, unrelated.refresh_token)).status, 200);
  });

  check("an old refresh token of a public client ends its family", "RFC 9700 §2.2.2", async (s) => {
    const first = await s.connect(native, { redirect_uri: "http://127.0.0.1:4713/cb" });
    const { json: second } = await s.refresh(native, first.refresh_token);
    assertRefused(await s.refresh(native, first.refresh_token), "invalid_grant");
    assertRefused(await s.refresh(native, second.refresh_token), "invalid_grant");
  });

  check("a refresh token is refused to another client, and its own may still use it", "RFC 6749 §6", async (s) => {
    const { refresh_token } = await s.connect(basic);
    assertRefused(await s.refresh(other, refresh_token), "invalid_grant");
    assert.equal((await s.refresh(basic, refresh_token)).status, 200);
  });

  check("a refresh with a wrong secret uses nothing up", "RFC 6749 §6", async (s) => {
    const { refresh_token } = await s.connect(basic);
    assertRefused(await s.refresh({ ...basic, client_secret: "wrong-secret-01234567890123456789" }, refresh_token), "invalid_client", [401]);
    assert.equal((await s.refresh(basic, refresh_token)).status, 200);
  });

  check("a refresh may ask for less", "RFC 6749 §6", async (s) => {
    const { refresh_token } = await s.connect(basic, { scope: "openid read write" });
    const { json } = await s.refresh(basic, refresh_token, { scope: "openid read" });
    assert.deepEqual(json.scope.split(" ").sort(), ["openid", "read"]);
  });

  check("a refresh may not ask for more", "RFC 6749 §6", async (s) => {
    const { refresh_token } = await s.connect(basic, { scope: "openid read" });
    assertRefused(await s.refresh(basic, refresh_token, { scope: "openid read write" }), "invalid_scope");
  });

  check("a refresh that was refused for its scope uses nothing up", "RFC 6749 §6", async (s) => {
    const { refresh_token } = await s.connect(basic, { scope: "openid read" });
    await s.refresh(basic, refresh_token, { scope: "openid write" });
    assert.equal((await s.refresh(basic, refresh_token)).status, 200);
  });

  check("a refresh for less leaves the refresh token's own scope as it was", "RFC 6749 §6", async (s) => {
    const { refresh_token } = await s.connect(basic, { scope: "openid read write" });
    const { json: narrow } = await s.refresh(basic, refresh_token, { scope: "openid read" });
    const { json: wide } = await s.refresh(basic, narrow.refresh_token);
    assert.deepEqual(wide.scope.split(" ").sort(), ["openid", "read", "write"]);
  });

  check("an expired refresh token is refused", "RFC 6749 §6", async (s) => {
    const { refresh_token } = await s.connect(basic);
    await s.later(31 * 86400, async () => assertRefused(await s.refresh(basic, refresh_token), "invalid_grant"));
  });

  check("a refresh token outlives its access token", "RFC 6749 §1.5", async (s) => {
    const { refresh_token } = await s.connect(basic);
    await s.later(86400, async () => assert.equal((await s.refresh(basic, refresh_token)).status, 200));
  });

  check("a refresh token that nobody gave is refused", "RFC 6749 §5.2", async (s) => {
    assertRefused(await s.refresh(basic, "no-such-token"), "invalid_grant");
  });

  check("a refresh without refresh token is refused", "RFC 6749 §5.2", async (s) => {
    assertRefused(await s.refresh(basic, undefined), "invalid_request");
  });

  check("an access token is no refresh token", "RFC 6749 §1.5", async (s) => {
    assertRefused(await s.refresh(basic, (await s.connect(basic)).access_token), "invalid_grant");
  });

  check("a refresh token is no access token", "RFC 6749 §1.5", async (s) => {
    assert.equal((await s.userinfo((await s.connect(basic)).refresh_token)).status, 401);
  });

  check("a grant that the person ended is refused to its client", "RFC 6749 §5.2", async (s) => {
    const tokens = await s.connect(basic, {}, { person: BOB });
    await s.revoke(BOB);
    assertRefused(await s.refresh(basic, tokens.refresh_token), "invalid_grant");
    assert.equal((await s.userinfo(tokens.access_token)).status, 401);
  });
};
