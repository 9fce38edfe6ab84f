// The provider that is checked, as the checks see it: what they send by hand, what the client libraries need, the
// person who signs in, and the hand on the clock.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { walk } from "../../../examples/form_user.mjs";
import { APP, CLIENTS } from "../clients.mjs";

export const ALICE = { email: "alice@example.com", password: "password" };
export const BOB = { email: "bob@example.com", password: "password" };

// Why a check says nothing about a subject.
export class NotApplicable extends Error {}

const INSECURE = { [oauth.allowInsecureRequests]: true }; // http on loopback
const formEncode = (text) => new URLSearchParams([["", text]]).toString().slice(1);
const isAt = (prefix) => (url) => `${url.origin}${url.pathname}` === prefix.split("?")[0];

export class Subject {
  #metadata;
  skew_s = 0;
  scope = "openid email read";

  constructor(ready) {
    this.ready = ready;
    this.issuer = ready.issuer;
  }

  notApplicable(reason) {
    throw new NotApplicable(reason);
  }

  // -- Requests by hand ------------------------------------------------------------------------------------------

  async send(method, url, { headers = {}, form, json, body } = {}) {
    if (form) body = form instanceof URLSearchParams ? form : new URLSearchParams(Object.entries(form).filter(([, value]) => value !== undefined));
    if (json !== undefined) [body, headers] = [JSON.stringify(json), { "content-type": "application/json", ...headers }];
    const answer = await fetch(url, { method, headers: { accept: "application/json, */*", ...headers }, body, redirect: "manual" });
    const text = await answer.text();
    let parsed;
    try {
      parsed = JSON.parse(text);
    } catch {
      // a page, or nothing
    }
    return { status: answer.status, headers: answer.headers, text, json: parsed };
  }

  async endpoint(name) {
    const url = (await this.metadata())[name];
    assert.ok(url, `the metadata has no ${name}`);
    return url;
  }

  basic(client) {
    return `Basic ${Buffer.from(`${formEncode(client.client_id)}:${formEncode(client.client_secret)}`).toString("base64")}`;
  }

  // What this client sends of itself, in the way it is registered for.
  credentials(client, form = {}) {
    if (client.token_endpoint_auth_method === "client_secret_basic") return { headers: { authorization: this.basic(client) }, form };
    return { form: { client_id: client.client_id, client_secret: client.client_secret, ...form } };
  }

  async post(endpoint, client, form) {
    return this.send("POST", await this.endpoint(endpoint), this.credentials(client, form));
  }

  token(client, form) {
    return this.post("token_endpoint", client, form);
  }

  refresh(client, refresh_token, more = {}) {
    return this.token(client, { grant_type: "refresh_token", refresh_token, ...more });
  }

  async isActive(client, token) {
    const { status, json } = await this.post("introspection_endpoint", client, { token });
    assert.equal(status, 200);
    return json.active;
  }

  // Whether the provider still believes an access token.
  async userinfo(access_token, method = "GET") {
    return this.send(method, await this.endpoint("userinfo_endpoint"), { headers: { authorization: `Bearer ${access_token}` } });
  }

  // -- The client libraries --------------------------------------------------------------------------------------

  async metadata() {
    if (!this.#metadata) {
      const issuer = new URL(this.issuer);
      const answer = await oauth.discoveryRequest(issuer, { algorithm: "oidc", ...INSECURE });
      this.#metadata = await oauth.processDiscoveryResponse(issuer, answer);
    }
    return this.#metadata;
  }

  // Client and its authentication for oauth4webapi; its clock goes with the provider's.
  library(client) {
    const auth = { client_secret_basic: oauth.ClientSecretBasic, client_secret_post: oauth.ClientSecretPost }[client.token_endpoint_auth_method];
    return {
      client: { client_id: client.client_id, id_token_signed_response_alg: client.id_token_signed_response_alg, [oauth.clockSkew]: this.skew_s },
      auth: auth ? auth(client.client_secret) : oauth.None(),
      insecure: INSECURE,
    };
  }

  // openid-client's configuration, as its discovery makes it.
  async configuration(client) {
    const auth = { client_secret_basic: openid.ClientSecretBasic, client_secret_post: openid.ClientSecretPost }[client.token_endpoint_auth_method];
    const metadata = { id_token_signed_response_alg: client.id_token_signed_response_alg, [openid.clockSkew]: this.skew_s };
    return openid.discovery(new URL(this.issuer), client.client_id, metadata, auth ? auth(client.client_secret) : openid.None(),
      { execute: [openid.allowInsecureRequests] });
  }

  // -- The person ------------------------------------------------------------------------------------------------

  async authorizationUrl(client, parameters) {
    const url = new URL(await this.endpoint("authorization_endpoint"));
    const all = { client_id: client.client_id, response_type: "code", redirect_uri: client.redirect_uris?.[0] ?? APP, scope: this.scope, ...parameters };
    for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value);
    return url;
  }

  // Where the walk ended: { url } of the application, or { url, status, text } of a page.
  walk(link, { person = ALICE, deny = false, redirect_uri = APP, values = {} } = {}) {
    const buttons = deny ? ["Continue", "Sign in", "Deny"] : ["Continue", "Sign in", "Allow"];
    return walk(link, { ...person, ...values }, buttons, isAt(redirect_uri));
  }

  // A whole authorization: what came back to the client, and what it has to remember.
  async authorize(client, parameters = {}, { omitPkce = false, ...walking } = {}) {
    const verifier = oauth.generateRandomCodeVerifier();
    const challenge = omitPkce ? {} : { code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" };
    const state = oauth.generateRandomState();
    const url = await this.authorizationUrl(client, { state, ...challenge, ...parameters });
    const redirect_uri = url.searchParams.get("redirect_uri");
    const end = await this.walk(url, { redirect_uri, ...walking });
    assert.equal(end.status, undefined, `the walk ended on a page of the provider: ${end.status} ${end.text?.slice(0, 300)}`);
    return { url: end.url, answer: Object.fromEntries(end.url.searchParams), state, redirect_uri, verifier: omitPkce ? undefined : verifier };
  }

  // The code's redemption by hand, with what the authorization gave; members can be changed or left out.
  redeem(client, { answer, redirect_uri, verifier }, changed = {}) {
    return this.token(client, { grant_type: "authorization_code", code: answer.code, redirect_uri, code_verifier: verifier, ...changed });
  }

  // Tokens of a whole authorization.
  async connect(client, parameters = {}, walking = {}) {
    const authorization = await this.authorize(client, parameters, walking);
    const { status, json, text } = await this.redeem(client, authorization);
    assert.equal(status, 200, text);
    return json;
  }

  // -- Time ------------------------------------------------------------------------------------------------------

  // Runs `work` with the provider's clock moved on, and moves it back.
  async later(seconds, work) {
    await this.advance(seconds);
    this.skew_s += seconds;
    try {
      return await work();
    } finally {
      this.skew_s -= seconds;
      await this.advance(-seconds);
    }
  }
}

// What RFC 6749 section 5.2 says of a refusal.
export function assertRefused({ status, headers, json, text }, error, statuses = [400]) {
  const allowed = [error].flat();
  assert.ok(json && allowed.includes(json.error), `expected ${allowed.join(" or ")}, got ${status} ${text.slice(0, 300)}`);
  assert.ok(statuses.includes(status), `expected status ${statuses.join(" or ")}, got ${status}`);
  assert.match(headers.get("content-type") ?? "", /^application\/json/);
  assert.equal(json.access_token, undefined);
}

export { CLIENTS };
