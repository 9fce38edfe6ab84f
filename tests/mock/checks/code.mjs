// The authorization code at the token endpoint: RFC 6749 section 4.1.3, RFC 7636 section 4.6.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { APP_WITH_QUERY, CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, other, post, public: native, strict, code_only } = CLIENTS;
const NATIVE = { redirect_uri: "http://127.0.0.1:4711/cb" };

// The library's own way through the redemption, with all that it verifies.
async function redeemWithLibrary(s, client, parameters) {
  const { client: metadata, auth, insecure } = s.library(client);
  const as = await s.metadata();
  const { url, state, redirect_uri, verifier } = await s.authorize(client, parameters);
  const answered = oauth.validateAuthResponse(as, metadata, url, state);
  const response = await oauth.authorizationCodeGrantRequest(as, metadata, auth, answered, redirect_uri, verifier, insecure);
  return oauth.processAuthorizationCodeResponse(as, metadata, response, { requireIdToken: s.scope.includes("openid") });
}

export default (check) => {
  for (const [how, client, parameters] of [["basic", basic], ["post", post], ["none", native, NATIVE]]) {
    check(`oauth4webapi redeems a code, authenticated by ${how}`, "RFC 6749 §4.1.3", async (s) => {
      const tokens = await redeemWithLibrary(s, client, parameters);
      assert.ok(tokens.access_token && tokens.refresh_token);
    });

    check(`openid-client redeems a code, authenticated by ${how}`, "RFC 6749 §4.1.3", async (s) => {
      const { url, state, verifier } = await s.authorize(client, parameters);
      const tokens = await openid.authorizationCodeGrant(await s.configuration(client), url, { pkceCodeVerifier: verifier, expectedState: state });
      assert.ok(tokens.access_token && tokens.refresh_token);
    });
  }

  check("the answer is JSON, says Bearer, a lifetime and the scope, and may not be cached", "RFC 6749 §5.1", async (s) => {
    const { status, headers, json } = await s.redeem(basic, await s.authorize(basic));
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^application\/json/);
    assert.match(headers.get("cache-control"), /no-store/);
    assert.equal(json.token_type.toLowerCase(), "bearer");
    assert.ok(Number.isInteger(json.expires_in) && json.expires_in > 0, `expires_in ${json.expires_in}`);
    assert.deepEqual(json.scope.split(" ").sort(), s.scope.split(" ").sort());
  });

  check("an access token is believed until expires_in, and not after", "RFC 6749 §5.1", async (s) => {
    const tokens = await s.connect(basic);
    await s.later(tokens.expires_in - 30, async () => assert.equal((await s.userinfo(tokens.access_token)).status, 200));
    await s.later(tokens.expires_in + 1, async () => assert.equal((await s.userinfo(tokens.access_token)).status, 401));
  });

  check("PKCE is optional for a client that may go without", "RFC 7636 §4.4.1", async (s) => {
    const tokens = await s.connect(basic, {}, { omitPkce: true });
    assert.ok(tokens.access_token);
  });

  check("a client that shall use PKCE is served with it", "RFC 7636 §4.6", async (s) => {
    assert.ok((await s.connect(strict)).access_token);
  });

  check("a verifier without a challenge is refused", "RFC 9700 §2.1.1", async (s) => {
    const authorization = await s.authorize(basic, {}, { omitPkce: true });
    assertRefused(await s.redeem(basic, authorization, { code_verifier: oauth.generateRandomCodeVerifier() }), ["invalid_grant", "invalid_request"]);
  });

  check("a wrong verifier is refused", "RFC 7636 §4.6", async (s) => {
    assertRefused(await s.redeem(basic, await s.authorize(basic), { code_verifier: oauth.generateRandomCodeVerifier() }), "invalid_grant");
  });

  check("a missing verifier is refused", "RFC 7636 §4.6", async (s) => {
    assertRefused(await s.redeem(basic, await s.authorize(basic), { code_verifier: undefined }), ["invalid_grant", "invalid_request"]);
  });

  check("an empty verifier is refused", "RFC 7636 §4.6", async (s) => {
    assertRefused(await s.redeem(basic, await s.authorize(basic), { code_verifier: "" }), ["invalid_grant", "invalid_request"]);
  });

  check("the challenge itself is no verifier", "RFC 7636 §4.6", async (s) => {
    const authorization = await s.authorize(basic);
    const code_verifier = await oauth.calculatePKCECodeChallenge(authorization.verifier);
    assertRefused(await s.redeem(basic, authorization, { code_verifier }), "invalid_grant");
  });

  check("a redirect URI that is not the request's is refused", "RFC 6749 §4.1.3", async (s) => {
    assertRefused(await s.redeem(basic, await s.authorize(basic), { redirect_uri: APP_WITH_QUERY }), "invalid_grant");
  });

  check("a missing redirect URI is refused where the request had one", "RFC 6749 §4.1.3", async (s) => {
    assertRefused(await s.redeem(basic, await s.authorize(basic), { redirect_uri: undefined }), ["invalid_grant", "invalid_request"]);
  });

  check("a code is good for once", "RFC 6749 §4.1.2", async (s) => {
    const authorization = await s.authorize(basic);
    assert.equal((await s.redeem(basic, authorization)).status, 200);
    assertRefused(await s.redeem(basic, authorization), "invalid_grant");
  });

  check("a code that comes again ends the access token that it gave", "RFC 6749 §4.1.2", async (s) => {
    const authorization = await s.authorize(basic);
    const { json } = await s.redeem(basic, authorization);
    assert.equal((await s.userinfo(json.access_token)).status, 200);
    await s.redeem(basic, authorization);
    assert.equal((await s.userinfo(json.access_token)).status, 401);
  });

  check("a code that comes again ends the refresh token that it gave", "RFC 6749 §4.1.2", async (s) => {
    const authorization = await s.authorize(basic);
    const { json } = await s.redeem(basic, authorization);
    await s.redeem(basic, authorization);
    assertRefused(await s.refresh(basic, json.refresh_token), "invalid_grant");
  });

  check("a code that comes again ends what was refreshed since", "RFC 9700 §2.1.1", async (s) => {
    const authorization = await s.authorize(basic);
    const { json } = await s.redeem(basic, authorization);
    const { json: refreshed } = await s.refresh(basic, json.refresh_token);
    await s.redeem(basic, authorization);
    assert.equal((await s.userinfo(refreshed.access_token)).status, 401);
    assertRefused(await s.refresh(basic, refreshed.refresh_token), "invalid_grant");
  });

  check("a code is refused to another client", "RFC 6749 §4.1.3", async (s) => {
    assertRefused(await s.redeem(other, await s.authorize(basic)), "invalid_grant");
  });

  check("a code of a public client is refused to another client", "RFC 6749 §4.1.3", async (s) => {
    assertRefused(await s.redeem(basic, await s.authorize(native, NATIVE)), "invalid_grant");
  });

  check("an expired code is refused", "RFC 6749 §4.1.2", async (s) => {
    const authorization = await s.authorize(basic);
    await s.later(601, async () => assertRefused(await s.redeem(basic, authorization), "invalid_grant"));
  });

  check("a code is good for half a minute at least", "RFC 6749 §4.1.2", async (s) => {
    const authorization = await s.authorize(basic);
    await s.later(30, async () => assert.equal((await s.redeem(basic, authorization)).status, 200));
  });

  check("a code that nobody gave is refused", "RFC 6749 §5.2", async (s) => {
    const authorization = await s.authorize(basic);
    assertRefused(await s.redeem(basic, authorization, { code: "no-such-code" }), "invalid_grant");
  });

  check("a redemption without code is refused", "RFC 6749 §5.2", async (s) => {
    const authorization = await s.authorize(basic);
    assertRefused(await s.redeem(basic, authorization, { code: undefined }), "invalid_request");
  });

  check("a refused redemption may not be cached", "RFC 6749 §5.2", async (s) => {
    const { headers } = await s.redeem(basic, await s.authorize(basic), { code: "no-such-code" });
    assert.match(headers.get("cache-control"), /no-store/);
  });

  check("a client that may not refresh gets no refresh token", "RFC 6749 §1.5", async (s) => {
    assert.equal((await s.connect(code_only)).refresh_token, undefined);
  });

  check("two consents give tokens that share nothing", "RFC 6749 §1.4", async (s) => {
    const [one, two] = [await s.connect(basic), await s.connect(basic)];
    assert.notEqual(one.access_token, two.access_token);
    assert.notEqual(one.refresh_token, two.refresh_token);
  });
};
