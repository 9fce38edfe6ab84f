// Pushed authorization requests: RFC 9126.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { APP, CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, other, public: native } = CLIENTS;

export default (check) => {
  async function push(s, client = basic, more = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    const form = { response_type: "code", redirect_uri: APP, scope: s.scope, state: "s1", client_id: client.client_id,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...more };
    return { verifier, answer: await s.post("pushed_authorization_request_endpoint", client, form) };
  }

  async function link(s, client, request_uri) {
    const url = new URL(await s.endpoint("authorization_endpoint"));
    url.searchParams.set("client_id", client.client_id);
    url.searchParams.set("request_uri", request_uri);
    return url;
  }

  // The request was not served: a page, or an error that the client is told.
  function assertNotServed(end) {
    const told = end.url.href.startsWith(APP) ? end.url.searchParams : undefined;
    if (told) return assert.ok(["invalid_request_uri", "invalid_request"].includes(told.get("error")) && !told.get("code"), end.url.href);
    assert.ok(end.status >= 400, `status ${end.status}`);
  }

  check("a pushed request gets an address that is good for a while", "RFC 9126 §2.2", async (s) => {
    const { answer } = await push(s);
    assert.equal(answer.status, 201, answer.text);
    assert.match(answer.headers.get("content-type"), /^application\/json/);
    assert.match(answer.headers.get("cache-control"), /no-store/);
    assert.match(answer.json.request_uri, /^urn:ietf:params:oauth:request_uri:/);
    assert.ok(answer.json.expires_in > 0);
  });

  check("openid-client pushes its request and gets its tokens", "RFC 9126 §4", async (s) => {
    const configuration = await s.configuration(basic);
    const verifier = openid.randomPKCECodeVerifier();
    const url = await openid.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: APP, scope: s.scope, state: "s1",
      code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" });
    const end = await s.walk(url);
    const tokens = await openid.authorizationCodeGrant(configuration, end.url, { pkceCodeVerifier: verifier, expectedState: "s1" });
    assert.ok(tokens.access_token);
  });

  check("a public client may push its request", "RFC 9126 §2", async (s) => {
    const redirect_uri = "http://127.0.0.1:4715/cb";
    const { verifier, answer } = await push(s, native, { redirect_uri });
    const end = await s.walk(await link(s, native, answer.json.request_uri), { redirect_uri });
    const { status } = await s.token(native, { grant_type: "authorization_code", code: end.url.searchParams.get("code"), redirect_uri, code_verifier: verifier });
    assert.equal(status, 200);
  });

  check("a pushed challenge demands its verifier", "RFC 9126 §2.1", async (s) => {
    const { answer } = await push(s);
    const end = await s.walk(await link(s, basic, answer.json.request_uri));
    const form = { grant_type: "authorization_code", code: end.url.searchParams.get("code"), redirect_uri: APP };
    assertRefused(await s.token(basic, form), ["invalid_grant", "invalid_request"]);
  });

  check("what stands beside a pushed request changes nothing in it", "RFC 9126 §4", async (s) => {
    const { answer } = await push(s);
    const url = await link(s, basic, answer.json.request_uri);
    url.searchParams.set("state", "changed");
    url.searchParams.set("redirect_uri", "https://evil.example/cb");
    const end = await s.walk(url);
    if (end.url.href.startsWith(APP)) assert.equal(end.url.searchParams.get("state"), "s1");
    else assert.ok(end.status >= 400, end.url.href);
  });

  check("a pushed request is good for once", "RFC 9126 §4", async (s) => {
    const { answer } = await push(s);
    const url = await link(s, basic, answer.json.request_uri);
    assert.ok((await s.walk(url)).url.searchParams.get("code"));
    assertNotServed(await s.walk(url));
  });

  check("a pushed request that waited too long is not served", "RFC 9126 §2.2", async (s) => {
    const { answer } = await push(s);
    await s.later(answer.json.expires_in + 1, async () => assertNotServed(await s.walk(await link(s, basic, answer.json.request_uri))));
  });

  check("a pushed request is not served to another client", "RFC 9126 §2.2", async (s) => {
    const { answer } = await push(s);
    assertNotServed(await s.walk(await link(s, other, answer.json.request_uri)));
  });

  check("a request address that nobody gave is not served", "RFC 9126 §4", async (s) => {
    assertNotServed(await s.walk(await link(s, basic, "urn:ietf:params:oauth:request_uri:nonsense")));
  });

  check("a pushed request with a wrong secret is refused", "RFC 9126 §2.3", async (s) => {
    const { answer } = await push(s, { ...basic, client_secret: "wrong-secret-0123456789" });
    assertRefused(answer, "invalid_client", [401]);
  });

  check("a pushed request of nobody is refused", "RFC 9126 §2.3", async (s) => {
    const answer = await s.send("POST", await s.endpoint("pushed_authorization_request_endpoint"), { form: { client_id: basic.client_id, response_type: "code" } });
    assertRefused(answer, ["invalid_client", "invalid_request"], [400, 401]);
  });

  check("a pushed request with an unregistered redirect URI is refused at once", "RFC 9126 §2.3", async (s) => {
    const { answer } = await push(s, basic, { redirect_uri: "https://evil.example/cb" });
    assertRefused(answer, ["invalid_request", "invalid_redirect_uri"]);
  });

  check("a pushed request with a plain challenge is refused at once", "RFC 9126 §2.3", async (s) => {
    const { answer } = await push(s, basic, { code_challenge_method: "plain" });
    assertRefused(answer, "invalid_request");
  });

  check("a pushed request without response type is refused at once", "RFC 9126 §2.3", async (s) => {
    const { answer } = await push(s, basic, { response_type: undefined });
    assertRefused(answer, "invalid_request");
  });

  check("a pushed request may not point to another one", "RFC 9126 §2.1", async (s) => {
    const { answer: first } = await push(s);
    const { answer } = await push(s, basic, { request_uri: first.json.request_uri });
    assertRefused(answer, ["invalid_request", "request_uri_not_supported"]);
  });

  check("a request is pushed by POST", "RFC 9126 §2", async (s) => {
    const { status } = await s.send("GET", await s.endpoint("pushed_authorization_request_endpoint"), { headers: { authorization: s.basic(basic) } });
    assert.ok([404, 405].includes(status), `status ${status}`);
  });
};
