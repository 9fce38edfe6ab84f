// coffer's mock provider in tests of JavaScript programs: plain async functions, no dependencies, Node 18 or newer.
//
//   const mock = await startMock();
//   const tokens = await mock.connect("alice@example.com", { scope: "openid email" });
//   await mock.advance("1h");                       // its access token is dead now
//   await mock.revoke({ account: "alice@example.com" });  // and the next refresh is refused
//   await mock.stop();
//
// Everything throws MockError when the mock refuses what it is told.
"use strict";
const { spawn } = require("node:child_process");
const { createHash, randomBytes } = require("node:crypto");
const { once } = require("node:events");
const readline = require("node:readline");

const LOOPBACK = "http://127.0.0.1/callback"; // the ready client comes back to any path and port of it
const TIMEOUT_MS = 30_000;
const MOST_STEPS = 12;
const ALICE = "alice@example.com";

// The mock, or an endpoint of its provider, refused: `status` and `answer` say what it said, `error` the OAuth error.
class MockError extends Error {
  constructor(what, status = 0, answer = {}) {
    super(status ? `${what}: ${status} ${JSON.stringify(answer)}` : what);
    this.name = "MockError";
    this.status = status;
    this.answer = answer ?? {};
    this.error = this.answer.error ?? "";
  }
}

// Starts `coffer mock` on a port of its own. `binary`: by default $COFFER, or coffer in the PATH. It ends with this process,
// however that ends, and does not keep it alive.
async function startMock({ binary = process.env.COFFER ?? "coffer", args = [] } = {}) {
  const child = spawn(binary, ["mock", "--port", "0", "--print-json", "--exit-with-stdin", ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await Promise.race([once(readline.createInterface(child.stdout), "line"), once(child, "exit")]).catch((error) => [error]);
  if (typeof line !== "string") throw new MockError(`${binary} mock did not start: ${line?.message ?? `it ended with ${line}`}`);
  for (const each of [child, child.stdin, child.stdout]) each.unref();
  return new Mock(JSON.parse(line), () => stopChild(child));
}

async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, "exit");
  child.kill();
  await ended;
}

// A fixture for the `test.extend` of Playwright and Vitest, such as test.extend({ mock: mockFixture() }): a mock for each test.
const mockFixture = (options) => async ({}, use) => {
  const mock = await startMock(options);
  try {
    await use(mock);
  } finally {
    await mock.stop();
  }
};

// A running mock provider: what startMock() began, one that somebody else did, by the line that it printed, or a tenant.
class Mock {
  #end;
  #provider;

  constructor(ready, end = async () => {}) {
    Object.assign(this, { url: ready.url, issuer: ready.issuer, clientId: ready.client_id, clientSecret: ready.client_secret,
      controlUrl: ready.control_url });
    this.#end = end;
  }

  // A mock of its own in the same process, beside every other tenant: own clock, accounts, clients, faults and journal.
  // Options: name, seed, now, freeze, rate, provider.
  async tenant(options = {}) {
    const tenants = new URL("/_mock/tenants", this.controlUrl).href;
    const ready = await this.#call("POST", tenants, jsonBody(options));
    return new Mock(ready, () => this.#call("DELETE", `${tenants}/${ready.name}`));
  }

  // Ends what startMock() or tenant() began.
  async stop() {
    const end = this.#end;
    this.#end = async () => {};
    await end();
  }

  [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    return this.stop();
  }

  // -- The person in front of the browser --------------------------------------------------------

  // Signs in and allows. Answers with the redirect to the application as a URL, which is not followed; for the page of a
  // device, such as verification_uri_complete, with where it ended.
  approve(authorizeUrl, account = ALICE, password = "password") {
    return this.#walk(authorizeUrl, ["Continue", "Sign in", "Allow"], account, password);
  }

  // Signs in and refuses.
  deny(authorizeUrl, account = ALICE, password = "password") {
    return this.#walk(authorizeUrl, ["Continue", "Sign in", "Deny"], account, password);
  }

  async #walk(authorizeUrl, words, account, password) {
    const values = { email: account, login: account, username: account, password };
    const cookies = new Map();
    let next = { url: new URL(authorizeUrl) };
    for (let step = 0; step < MOST_STEPS; ++step) {
      if (next.url.origin !== new URL(this.url).origin) return next.url;
      const answer = await browse(next, cookies);
      const location = answer.headers.get("location");
      if (location) {
        next = { url: new URL(location, next.url) };
        continue;
      }
      const text = await answer.text();
      const form = findForm(text, words);
      if (next.body && answer.ok && !text.includes("<form")) return next.url;
      if (answer.status >= 400 || !form) throw new MockError(`${next.url} asks for nothing that can be answered: ${headingOf(text)}`, answer.status);
      next = { url: new URL(form.action, next.url), body: new URLSearchParams(form.fields.map(([name, value]) => [name, values[name] ?? value])) };
    }
    throw new MockError(`the walk does not end: ${next.url}`);
  }

  // -- The application ---------------------------------------------------------------------------

  // The provider's metadata (RFC 8414).
  metadata() {
    return this.#call("GET", `${this.issuer}/.well-known/openid-configuration`);
  }

  // How this provider wants to be spoken to: its endpoints, parameter names, and where tokens stand in its answers.
  async provider() {
    this.#provider ??= (await this.control("GET", "providers")).providers.find(({ issuer }) => issuer === this.issuer);
    return this.#provider;
  }

  // A whole authorization of the ready client, as this provider wants it; `scope` is separated by spaces. Answers with
  // what the token endpoint gave; the members of RFC 6749 are at the top, wherever the provider has them.
  async connect(account = ALICE, { scope = "openid", ...parameters } = {}) {
    const provider = await this.provider();
    const verifier = randomBytes(32).toString("base64url");
    const asked = { response_type: "code", client_id: this.clientId, redirect_uri: LOOPBACK, state: randomBytes(8).toString("hex"),
      [provider.scope_param]: scope.split(" ").join(provider.scope_separator),
      code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
      ...provider.authorize_params, ...parameters };
    const back = await this.approve(`${provider.authorization_endpoint}?${new URLSearchParams(withOwnNames(provider, asked))}`, account);
    const answer = Object.fromEntries(back.searchParams);
    const code = answer[ownName(provider, "code")];
    if (!code) throw new MockError("the authorization was refused", 303, answer);
    const tokens = await this.token({ grant_type: "authorization_code", code, redirect_uri: asked.redirect_uri, code_verifier: verifier,
      ...provider.token_params });
    return provider.swap_after_code ? this.#exchange(provider, provider.swap_after_code, provider.token_endpoint, tokens) : tokens;
  }

  // A refresh by the ready client, or what this provider has in its place. The refresh token is the one of before where
  // none came.
  async refresh({ access_token, refresh_token }) {
    const provider = await this.provider();
    if (provider.renewal) return this.#exchange(provider, provider.renewal, provider.refresh_endpoint, { access_token });
    const fresh = await this.token({ grant_type: "refresh_token", refresh_token, ...provider.refresh_params });
    return { refresh_token, ...fresh };
  }

  // Any request of the ready client to the token endpoint, by the names of RFC 6749.
  async token(form) {
    const provider = await this.provider();
    const headers = { accept: "application/json" };
    const inBody = provider.token_auth === "body";
    if (!inBody) headers.authorization = this.#basic(provider.token_auth);
    const client = { client_id: this.clientId, ...(this.clientSecret && { client_secret: this.clientSecret }) };
    const sent = withOwnNames(provider, inBody ? { ...form, ...client } : form);
    const { body, headers: type } = provider.body_format === "json" ? jsonBody(sent) : { body: new URLSearchParams(sent) };
    const endpoint = form.grant_type === "refresh_token" ? provider.refresh_endpoint : provider.token_endpoint;
    return readTokens(provider, await this.#call("POST", endpoint, { body, headers: { ...headers, ...type } }));
  }

  // One access token for another, where the provider has a grant of its own for that.
  async #exchange(provider, { grant_type, token_param, sends_client }, endpoint, { access_token }) {
    const client = sends_client ? { client_id: this.clientId, client_secret: this.clientSecret } : {};
    const query = new URLSearchParams({ grant_type, [token_param]: access_token, ...client });
    return readTokens(provider, await this.#call("GET", `${endpoint}?${query}`));
  }

  // Who the access token is for; a MockError of status 401 when it is dead.
  async userinfo({ access_token }) {
    const { userinfo_endpoint } = await this.provider();
    return this.#call("GET", userinfo_endpoint, { headers: { authorization: `Bearer ${access_token}` } });
  }

  #basic(kind) {
    const encoded = (text) => new URLSearchParams([["", text]]).toString().slice(1);
    const pair = kind === "basic_secret" ? [this.clientSecret, ""] : [this.clientId, this.clientSecret].map(encoded);
    return `Basic ${Buffer.from(pair.join(":")).toString("base64")}`;
  }

  // -- What happens at the provider --------------------------------------------------------------

  // Moves the clock, such as by "55m". What falls due on the way has happened when it answers, with the new time.
  async advance(duration) {
    return (await this.control("POST", "clock", { advance: duration })).now;
  }

  // Ends the time of "access" or "refresh" tokens, or of "all". Answers how many grants were touched.
  async expire({ account, provider, what = "access" } = {}) {
    return (await this.control("POST", "grants/expire", { account, provider, what })).grants;
  }

  // Revokes, as the account's owner would. Answers how many grants were touched.
  async revoke({ account, provider, what = "all" } = {}) {
    return (await this.control("POST", "grants/revoke", { account, provider, what })).grants;
  }

  async grants(filters = {}) {
    return (await this.control("GET", `grants?${new URLSearchParams(filters)}`)).grants;
  }

  // What was asked and answered, oldest first: endpoint, provider, account, client_id, family, after, limit.
  async journal(filters = {}) {
    return (await this.control("GET", `journal?${new URLSearchParams(filters)}`)).entries;
  }

  // The journal of one endpoint: "token", "refresh", "revoke", "api:gmail", ...
  events(endpoint, filters = {}) {
    return this.journal({ ...(endpoint ? { endpoint } : {}), ...filters });
  }

  // Waits until exactly `count` requests fit that are chosen as in the journal, and answers with them; throws when there
  // are more, or too few in time. `since`, `within` and `timeout` are durations such as "5m".
  async expect({ count = 1, ...chosen } = {}) {
    const { met, verdict, entries, ...found } = await this.control("POST", "expect", { count, ...chosen });
    if (!met) throw new MockError(`expected ${count} of ${JSON.stringify(chosen)}, found ${found.count}: ${verdict}`);
    return entries;
  }

  // How the next authorization requests are answered without pages: allow, deny, abandon, slow, wrong_state,
  // issuer_mismatch, duplicate_callback; for provider, client_id, login_hint, account, count.
  script(action = "allow", script = {}) {
    return this.control("POST", "scripts", { action, ...script });
  }

  // All that it remembers, for restore().
  snapshot() {
    return this.control("GET", "snapshot");
  }

  restore(snapshot) {
    return this.control("POST", "restore", snapshot);
  }

  // What the next request that fits meets, such as { endpoint: "refresh", action: "commit_then_reset" }.
  async fault(fault) {
    return (await this.control("POST", "faults", fault)).id;
  }

  clearFaults() {
    return this.control("DELETE", "faults");
  }

  async addClient(client) {
    return this.control("POST", "clients", { provider: (await this.provider()).id, ...client });
  }

  // All as it was in the beginning; the clock stays.
  reset() {
    return this.control("POST", "reset", {});
  }

  // Any of the controls of docs/mock-provider.md.
  control(method, name, body) {
    return this.#call(method, `${this.controlUrl}/${name}`, body && jsonBody(body));
  }

  async #call(method, url, sent = {}) {
    const answer = await fetch(url, { method, ...sent, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    let json;
    try {
      json = JSON.parse(text || "{}");
    } catch {
      // told below
    }
    const what = `${method} ${url.split("?")[0]}`;
    if (!answer.ok) throw new MockError(what, answer.status, json);
    if (json === undefined) throw new MockError(`${what} answered what is no JSON: ${text.slice(0, 60)}`);
    return json;
  }
}

const jsonBody = (value) => ({ body: JSON.stringify(value), headers: { "content-type": "application/json" } });
const ownName = (provider, name) => provider.parameter_names[name] ?? name;
const withOwnNames = (provider, parameters) =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [ownName(provider, name), value]));
const at = (answer, pointer) => pointer.split("/").slice(1).reduce((value, name) => value?.[name], answer);

// The answer, and at its top the members of RFC 6749 from where the provider has them.
function readTokens({ token_response: places }, answer) {
  const found = {};
  for (const [name, place] of Object.entries(places)) {
    const value = at(answer, place);
    if (value !== undefined && value !== null) found[name] = value;
  }
  // Its refreshes may answer in another shape.
  const tokens = places.access_token && !found.access_token ? answer : { ...answer, ...found };
  if (!tokens.access_token) throw new MockError("the token endpoint gave no access_token", 200, answer);
  return tokens;
}

async function browse({ url, body }, cookies) {
  const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
  const answer = await fetch(url, { method: body ? "POST" : "GET", body, redirect: "manual", headers: cookie ? { cookie } : {},
    signal: AbortSignal.timeout(TIMEOUT_MS) });
  for (const line of answer.headers.getSetCookie?.() ?? []) {
    const [, name, value] = line.match(/^\s*([^=]+)=([^;]*)/);
    cookies.set(name, value);
  }
  return answer;
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", "#x2F": "/" };
const decode = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27|#x2F);/g, (_, name) => ENTITIES[name]);
const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
  return found ? decode(found[1]) : undefined;
};
const headingOf = (html) => decode(html.match(/<h1[^>]*>([^<]*)/)?.[1] ?? "");

// Action and fields of the form that has a button beginning with one of these words.
function findForm(html, words) {
  for (const [, tag, content] of html.matchAll(/(<form[^>]*>)([\s\S]*?)<\/form>/g)) {
    for (const [, button, text] of content.matchAll(/(<button[^>]*>)([^<]*)<\/button>/g)) {
      if (!words.some((word) => decode(text).trim().startsWith(word))) continue;
      const inputs = [...content.matchAll(/<input[^>]*>/g)].map(([input]) => input).filter(isSent);
      return { action: attribute(tag, "action") ?? "", fields: [...inputs, button].filter((each) => attribute(each, "name")).map(fieldOf) };
    }
  }
  return undefined;
}

const isSent = (input) => !["checkbox", "radio"].includes(attribute(input, "type")) || /\schecked/.test(input);
const fieldOf = (tag) => [attribute(tag, "name"), attribute(tag, "value") ?? ""];

module.exports = { Mock, MockError, mockFixture, startMock };
