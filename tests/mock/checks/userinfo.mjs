// The userinfo endpoint, as a resource that believes live tokens alone: OIDC Core section 5.3, RFC 6750.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";

const { basic } = CLIENTS;

function assertChallenged({ status, headers }, error) {
  assert.equal(status, 401);
  const challenge = headers.get("www-authenticate") ?? "";
  assert.match(challenge, /^Bearer\b/);
  assert.match(challenge, new RegExp(`error="${error}"`));
}

export default (check) => {
  for (const method of ["GET", "POST"]) {
    check(`userinfo answers a ${method} with a token in the header`, "OIDC Core §5.3.1", async (s) => {
      const { status, headers, json } = await s.userinfo((await s.connect(basic)).access_token, method);
      assert.equal(status, 200);
      assert.match(headers.get("content-type"), /^application\/json/);
      assert.ok(json.sub);
    });
  }

  check("openid-client fetches userinfo of the subject that the id token names", "OIDC Core §5.3.4", async (s) => {
    const configuration = await s.configuration(basic);
    const { url, state, verifier } = await s.authorize(basic);
    const tokens = await openid.authorizationCodeGrant(configuration, url, { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true });
    assert.ok((await openid.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub)).sub);
  });

  check("oauth4webapi fetches userinfo", "OIDC Core §5.3.2", async (s) => {
    const { access_token } = await s.connect(basic);
    const { client, insecure } = s.library(basic);
    const as = await s.metadata();
    const answer = await oauth.userInfoRequest(as, client, access_token, insecure);
    assert.ok((await oauth.processUserInfoResponse(as, client, oauth.skipSubjectCheck, answer)).sub);
  });

  check("the address is told to whom the scope email was granted", "OIDC Core §5.4", async (s) => {
    assert.equal((await s.userinfo((await s.connect(basic, { scope: "openid email" })).access_token)).json.email, "alice@example.com");
  });

  check("the address is kept from whom it was not", "OIDC Core §5.4", async (s) => {
    assert.equal((await s.userinfo((await s.connect(basic, { scope: "openid" })).access_token)).json.email, undefined);
  });

  check("the scheme's name Bearer may be in any case", "RFC 9110 §11.1", async (s) => {
    const { access_token } = await s.connect(basic);
    const { status } = await s.send("GET", await s.endpoint("userinfo_endpoint"), { headers: { authorization: `bEARER ${access_token}` } });
    assert.equal(status, 200);
  });

  check("a request without token gets a challenge without error code", "RFC 6750 §3.1", async (s) => {
    const { status, headers } = await s.send("GET", await s.endpoint("userinfo_endpoint"));
    assert.equal(status, 401);
    assert.match(headers.get("www-authenticate") ?? "", /^Bearer\b/);
    assert.doesNotMatch(headers.get("www-authenticate"), /error=/);
  }, { "oidc-provider": "takes a missing token for a malformed request: 400 invalid_request" });

  check("a token that nobody gave gets a challenge", "RFC 6750 §3.1", async (s) => {
    assertChallenged(await s.userinfo("no-such-token"), "invalid_token");
  });

  check("an expired token gets a challenge", "RFC 6750 §3.1", async (s) => {
    const { access_token, expires_in } = await s.connect(basic);
    await s.later(expires_in + 1, async () => assertChallenged(await s.userinfo(access_token), "invalid_token"));
  });

  check("a revoked token gets a challenge", "RFC 6750 §3.1", async (s) => {
    const { access_token } = await s.connect(basic);
    await s.post("revocation_endpoint", basic, { token: access_token });
    assertChallenged(await s.userinfo(access_token), "invalid_token");
  });

  check("a code is no token", "RFC 6750 §3.1", async (s) => {
    assertChallenged(await s.userinfo((await s.authorize(basic)).answer.code), "invalid_token");
  });

  check("a client's password is no token", "RFC 6750 §2.1", async (s) => {
    const { status } = await s.send("GET", await s.endpoint("userinfo_endpoint"), { headers: { authorization: s.basic(basic) } });
    assert.ok([400, 401].includes(status), `status ${status}`);
  });

  check("a token in the URL is not believed", "RFC 9700 §4.3.2", async (s) => {
    const url = new URL(await s.endpoint("userinfo_endpoint"));
    url.searchParams.set("access_token", (await s.connect(basic)).access_token);
    const { status } = await s.send("GET", url);
    assert.ok([400, 401].includes(status), `status ${status}`);
  }, { "oidc-provider": "also takes tokens from the query (RFC 6750 §2.3), which is optional" });

  check("userinfo is deleted and replaced by nobody", "OIDC Core §5.3.1", async (s) => {
    const { status } = await s.userinfo((await s.connect(basic)).access_token, "DELETE");
    assert.ok([404, 405].includes(status), `status ${status}`);
  });
};
