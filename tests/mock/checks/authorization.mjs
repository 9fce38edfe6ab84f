// The authorization endpoint: RFC 6749 section 4.1, RFC 7636, RFC 8252, RFC 9207.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { APP, APP_WITH_QUERY, CLIENTS } from "../clients.mjs";
import { BOB } from "../lib/subject.mjs";

const { basic, public: native, strict } = CLIENTS;
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; // RFC 7636 appendix B

// The answer to an authorization request, without a person.
async function ask(s, client, parameters) {
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
  return s.send("GET", await s.authorizationUrl(client, { state: "s1", ...pkce, ...parameters }));
}

function assertNeverRedirected(answer) {
  assert.equal(answer.headers.get("location"), null, "it was redirected");
  assert.ok(answer.status >= 400 && answer.status < 500, `status ${answer.status}`);
}

// An error told to the client, with everything that it needs to believe it.
function assertToldClient(s, answer, errors) {
  const location = answer.headers.get("location");
  assert.ok(location?.startsWith(APP), `expected a redirect to the client, got ${answer.status} ${answer.text.slice(0, 200)}`);
  const told = new URL(location).searchParams;
  assert.ok([errors].flat().includes(told.get("error")), `expected ${errors}, got ${told.get("error")}`);
  assert.equal(told.get("code"), null);
  assert.equal(told.get("state"), "s1");
  assert.equal(told.get("iss"), s.issuer);
}

export default (check, { pagesAreOurs }) => {
  check("oauth4webapi believes the answer: code, state and iss", "RFC 9207 §2.4", async (s) => {
    const { url, state } = await s.authorize(basic);
    const parameters = oauth.validateAuthResponse(await s.metadata(), s.library(basic).client, url, state);
    assert.ok(parameters.get("code"));
    assert.equal(parameters.get("iss"), s.issuer);
  });

  check("a client that sees another issuer in the answer refuses it", "RFC 9207 §2.4", async (s) => {
    const { url, state } = await s.authorize(basic);
    const as = await s.metadata();
    url.searchParams.set("iss", "https://other.example");
    assert.throws(() => oauth.validateAuthResponse(as, s.library(basic).client, url, state), /iss/);
  });

  check("a client that misses iss in the answer refuses it", "RFC 9207 §2.4", async (s) => {
    const { url, state } = await s.authorize(basic);
    const as = await s.metadata();
    url.searchParams.delete("iss");
    assert.throws(() => oauth.validateAuthResponse(as, s.library(basic).client, url, state), /iss/);
  });

  check("openid-client builds a request that is granted", "RFC 6749 §4.1.1", async (s) => {
    const configuration = await s.configuration(basic);
    const verifier = openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(configuration, { redirect_uri: APP, scope: s.scope, state: "s1",
      code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" });
    const end = await s.walk(url);
    const tokens = await openid.authorizationCodeGrant(configuration, end.url, { pkceCodeVerifier: verifier, expectedState: "s1" });
    assert.equal(tokens.token_type, "bearer");
  });

  check("the request may be a POST", "OIDC Core §3.1.2.1", async (s) => {
    const url = await s.authorizationUrl(basic, { state: "s1", code_challenge: CHALLENGE, code_challenge_method: "S256" });
    const answer = await s.send("POST", url.origin + url.pathname, { form: url.searchParams });
    assert.ok([200, 302, 303].includes(answer.status), `status ${answer.status}`);
    const location = answer.headers.get("location") ?? "";
    assert.ok(!location.startsWith(APP), `told the client ${location}`);
  });

  check("other methods than GET and POST are refused", "RFC 6749 §3.1", async (s) => {
    const { status } = await s.send("PUT", await s.authorizationUrl(basic, {}));
    assert.ok([404, 405].includes(status), `status ${status}`);
  });

  check("state comes back byte for byte", "RFC 6749 §4.1.2", async (s) => {
    const state = "a=b&c d+e%2F/é?#\"<>";
    const { answer } = await s.authorize(basic, { state });
    assert.equal(answer.state, state);
  });

  check("no state is invented where none was sent", "RFC 6749 §4.1.2", async (s) => {
    const { answer } = await s.authorize(basic, { state: undefined });
    assert.equal(answer.state, undefined);
  });

  check("a registered redirect URI keeps its query", "RFC 6749 §3.1.2", async (s) => {
    const { url, answer } = await s.authorize(basic, { redirect_uri: APP_WITH_QUERY });
    assert.equal(answer.tenant, "7");
    assert.ok(url.searchParams.get("code"));
  });

  check("an unknown client is never redirected", "RFC 6749 §4.1.2.1", async (s) => {
    assertNeverRedirected(await ask(s, basic, { client_id: "nobody" }));
  });

  check("a request without client_id is never redirected", "RFC 6749 §4.1.2.1", async (s) => {
    const url = await s.authorizationUrl(basic, {});
    url.searchParams.delete("client_id");
    assertNeverRedirected(await s.send("GET", url));
  });

  const FOREIGN = {
    "of another host": "https://evil.example/cb",
    "with more of a path": `${APP}/more`,
    "with another query": `${APP}?x=1`,
    "in another case": "https://app.example/CB",
    "with a slash at its end": `${APP}/`,
    "with http instead of https": "http://app.example/cb",
    "with a port": "https://app.example:444/cb",
    "with a user before the host": "https://app.example@evil.example/cb",
    "with a host that begins like it": "https://app.example.evil.example/cb",
    "with dots in its path": "https://app.example/x/../cb",
    "with a fragment": `${APP}#x`,
    "that is relative": "/cb",
    "of another scheme": "javascript:alert(1)",
  };
  for (const [what, redirect_uri] of Object.entries(FOREIGN)) {
    check(`a redirect URI ${what} is never redirected to`, "RFC 9700 §2.1", async (s) => {
      assertNeverRedirected(await ask(s, basic, { redirect_uri }));
    });
  }

  check("a request without redirect URI is never redirected where several are registered", "RFC 6749 §3.1.2.3", async (s) => {
    assertNeverRedirected(await ask(s, basic, { redirect_uri: undefined }));
  });

  check("a loopback redirect URI may have any port", "RFC 8252 §7.3", async (s) => {
    for (const port of [1234, 65000]) {
      const { url } = await s.authorize(native, { redirect_uri: `http://127.0.0.1:${port}/cb` });
      assert.equal(url.port, String(port));
    }
  });

  check("a loopback redirect URI has to have the registered path", "RFC 8252 §7.3", async (s) => {
    assertNeverRedirected(await ask(s, native, { redirect_uri: "http://127.0.0.1:1234/other" }));
  });

  check("a loopback port frees no other host", "RFC 8252 §7.3", async (s) => {
    assertNeverRedirected(await ask(s, native, { redirect_uri: "http://10.0.0.1:1234/cb" }));
  });

  check("the ready client may come back to any loopback port", "RFC 8252 §7.3", async (s) => {
    const ready = { ...s.ready, token_endpoint_auth_method: "client_secret_basic" };
    const tokens = await s.connect(ready, { redirect_uri: "http://127.0.0.1:4567/cb" });
    assert.ok(tokens.access_token);
  });

  check("a response type that is unknown is told to the client", "RFC 6749 §4.1.2.1", async (s) => {
    assertToldClient(s, await ask(s, basic, { response_type: "banana" }), "unsupported_response_type");
  });

  check("the implicit flow is refused", "RFC 9700 §2.1.2", async (s) => {
    const answer = await ask(s, basic, { response_type: "token" });
    // RFC 6749 section 4.2.2.1: errors of the implicit flow travel in the fragment.
    const location = new URL((answer.headers.get("location") ?? "").replace("#", "?"));
    assert.ok(["unsupported_response_type", "unauthorized_client"].includes(location.searchParams.get("error")), location.href);
    assert.equal(location.searchParams.get("access_token"), null);
  });

  check("a request without response type is told to the client", "RFC 6749 §4.1.2.1", async (s) => {
    assertToldClient(s, await ask(s, basic, { response_type: undefined }), "invalid_request");
  });

  check("a parameter that comes twice is refused", "RFC 6749 §3.1", async (s) => {
    const url = await s.authorizationUrl(basic, { state: "s1", code_challenge: CHALLENGE, code_challenge_method: "S256" });
    url.searchParams.append("scope", "openid");
    const answer = await s.send("GET", url);
    if (answer.headers.get("location")) assertToldClient(s, answer, "invalid_request");
    else assert.equal(answer.status, 400);
  });

  check("a redirect URI that comes twice is never redirected to", "RFC 6749 §3.1", async (s) => {
    const url = await s.authorizationUrl(basic, {});
    url.searchParams.append("redirect_uri", "https://evil.example/cb");
    const location = (await s.send("GET", url)).headers.get("location") ?? "";
    assert.ok(!location.startsWith("https://evil.example"), location);
  });

  check("a parameter without a value counts as absent", "RFC 6749 §3.1", async (s) => {
    assertToldClient(s, await ask(s, basic, { response_type: "" }), "invalid_request");
  });

  check("a parameter that nobody knows is ignored", "RFC 6749 §3.1", async (s) => {
    const { answer } = await s.authorize(basic, { flavour: "vanilla" });
    assert.ok(answer.code);
  });

  check("a plain challenge is refused", "RFC 9700 §2.1.1", async (s) => {
    assertToldClient(s, await ask(s, basic, { code_challenge_method: "plain" }), "invalid_request");
  });

  check("a challenge without method counts as plain and is refused", "RFC 7636 §4.3", async (s) => {
    assertToldClient(s, await ask(s, basic, { code_challenge_method: undefined }), "invalid_request");
  });

  check("a method without a challenge is refused", "RFC 7636 §4.3", async (s) => {
    assertToldClient(s, await ask(s, basic, { code_challenge: undefined }), "invalid_request");
  });

  check("a challenge that no verifier can have made is refused", "RFC 7636 §4.2", async (s) => {
    assertToldClient(s, await ask(s, basic, { code_challenge: "short" }), "invalid_request");
  });

  check("a public client has to send a challenge", "RFC 9700 §2.1.1", async (s) => {
    const answer = await ask(s, native, { redirect_uri: "http://127.0.0.1:1234/cb", code_challenge: undefined, code_challenge_method: undefined });
    const told = new URL(answer.headers.get("location") ?? "about:blank");
    assert.equal(told.searchParams.get("error"), "invalid_request", `${answer.status} ${told}`);
  });

  check("a client that shall use PKCE has to send a challenge", "RFC 7636 §4.4.1", async (s) => {
    assertToldClient(s, await ask(s, strict, { code_challenge: undefined, code_challenge_method: undefined }), "invalid_request");
  });

  check("a refused consent is told to the client, with state and iss", "RFC 6749 §4.1.2.1", async (s) => {
    const { answer, state } = await s.authorize(basic, {}, { deny: true });
    assert.equal(answer.error, "access_denied");
    assert.equal(answer.state, state);
    assert.equal(answer.iss, s.issuer);
    assert.equal(answer.code, undefined);
  });

  check("oauth4webapi reports a refused consent as such", "RFC 6749 §4.1.2.1", async (s) => {
    const { url, state } = await s.authorize(basic, {}, { deny: true });
    const as = await s.metadata();
    assert.throws(() => oauth.validateAuthResponse(as, s.library(basic).client, url, state), (error) => error.error === "access_denied");
  });

  check("a wrong password gives no code", "OIDC Core §3.1.2.3", async (s) => {
    const end = await s.walk(await s.authorizationUrl(basic, { code_challenge: CHALLENGE, code_challenge_method: "S256" }),
      { person: { email: "alice@example.com", password: "wrong" } }).catch((error) => ({ url: new URL("about:blank"), text: error.message }));
    assert.ok(!end.url.href.startsWith(APP), end.url.href);
  });

  check("prompt=none without a session is told to the client", "OIDC Core §3.1.2.6", async (s) => {
    assertToldClient(s, await ask(s, basic, { prompt: "none" }), ["login_required", "interaction_required"]);
  });

  check("who signed in is who the token is for", "OIDC Core §2", async (s) => {
    const tokens = await s.connect(basic, {}, { person: BOB });
    assert.equal((await s.userinfo(tokens.access_token)).json.email, BOB.email);
  });

  check("the pages may not be framed", "RFC 9700 §4.16", async (s) => {
    const { status, headers } = await ask(s, basic, {});
    assert.equal(status, 200);
    const policy = headers.get("content-security-policy") ?? "";
    assert.ok(/frame-ancestors 'none'/.test(policy) || headers.get("x-frame-options") === "DENY", policy);
  }, pagesAreOurs);

  check("a code in a URL is kept out of the referrer and out of caches", "RFC 9700 §4.2.4", async (s) => {
    const answer = await ask(s, basic, { response_type: undefined });
    assert.match(answer.headers.get("cache-control") ?? "", /no-store/);
  });
};
