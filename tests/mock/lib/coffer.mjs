// `coffer mock`, and one of its providers as a subject.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { CLIENTS, pkceOf } from "../clients.mjs";
import { start } from "./process.mjs";
import { Subject } from "./subject.mjs";

export const startCoffer = (binary, home, args = []) =>
  start(binary, ["mock", "--port", "0", "--print-json", ...args], { PATH: process.env.PATH, HOME: home, LC_ALL: "C.UTF-8" });

const PROVIDERS = new URL("../../../fixtures/providers/", import.meta.url);

// By provider, the reasons why it differs and the checks that show it.
const DEVIATIONS = JSON.parse(fs.readFileSync(new URL("../deviations.json", import.meta.url)));

const byCheck = (reasons) => Object.fromEntries(Object.entries(reasons).flatMap(([reason, checks]) => checks.map((check) => [check, reason])));

export const STRICT = { label: "coffer mock", provider: "mockidp", deviations: {} };

// Those that imitate a provider that is not strict; what they differ in is data.
export const PERSONAS = fs.readdirSync(PROVIDERS).map((name) => path.parse(name).name).filter((name) => name !== STRICT.provider).sort()
  .map((provider) => ({ label: provider, provider, reasons: DEVIATIONS[provider] ?? {}, deviations: byCheck(DEVIATIONS[provider] ?? {}) }));

// The strict one is what was started; each persona has a tenant, so that none moves another's clock.
export async function subjectOf(ready, { provider }) {
  if (provider === "mockidp") return new CofferSubject(ready, provider);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${ready.control_url}/tenants`, { method: "POST", headers, body: JSON.stringify({ provider }) });
  assert.equal(answer.status, 201, `no tenant for ${provider}: ${answer.status}`);
  return new PersonaSubject(await answer.json(), provider);
}

export class CofferSubject extends Subject {
  constructor(ready, provider) {
    super(ready);
    this.provider = provider;
    this.resource = `${ready.url}/mock/mockidp/mock`;
    this.protectedUrl = `${this.resource}/whoami`;
    this.unknownResource = `${ready.url}/nowhere`;
  }

  async control(method, name, json) {
    const answer = await this.send(method, `${this.ready.control_url}/${name}`, { json });
    assert.equal(answer.status, 200, `${method} /_mock/${name}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async prepare() {
    for (const client of Object.values(CLIENTS)) await this.addClient(client);
  }

  addClient({ application_type, ...client }) {
    return this.control("POST", "clients", { provider: this.provider, ...client, pkce: pkceOf(client) });
  }

  async advance(seconds) {
    const { now_ms } = await this.control("GET", "clock");
    await this.control("POST", "clock", { set: new Date(now_ms + seconds * 1000).toISOString() });
  }

  rotateKeys() {
    return this.control("POST", "signing_keys/rotate", { provider: this.provider });
  }

  // A grant ends without the client's knowledge.
  revoke(person) {
    return this.control("POST", "grants/revoke", { provider: this.provider, account: person.email, what: "all" });
  }
}

// The value at a JSON pointer (RFC 6901) of plain names.
const at = (json, pointer) => pointer.slice(1).split("/").reduce((value, name) => value?.[name], json);

// A provider with manners, asked as its own clients ask it: what its description tells clients to do is done, and the
// answer's members are looked for where it says.
class PersonaSubject extends CofferSubject {
  constructor(ready, provider) {
    super(ready, provider);
    this.description = JSON.parse(fs.readFileSync(new URL(`${provider}.json`, PROVIDERS)));
    if (this.description.mock.refresh_token === "offline_scope") this.scope += " offline_access";
  }

  async authorizationUrl(client, parameters) {
    const { authorize_params, scope_param = "scope", scope_separator = " " } = this.description;
    const url = await super.authorizationUrl(client, { ...authorize_params, ...parameters });
    const scope = this.#withOffline(url.searchParams.get("scope"));
    url.searchParams.delete("scope");
    if (scope) url.searchParams.set(scope_param, scope.replaceAll(" ", scope_separator));
    return url;
  }

  // Some give refresh tokens to those alone who ask by scope.
  #withOffline(scope) {
    const isMissing = scope && this.scope.includes("offline_access") && !scope.includes("offline_access");
    return isMissing ? `${scope} offline_access` : scope;
  }

  credentials(client, form) {
    const sent = super.credentials(client, form);
    return this.description.body_format === "json" ? { headers: sent.headers, json: sent.form } : sent;
  }

  async token(client, form) {
    const { token_params, refresh_params, refresh_url, token_response = {} } = this.description;
    const isRefresh = form.grant_type === "refresh_token";
    const sent = { ...(isRefresh ? refresh_params : token_params), ...form };
    const answer = isRefresh && refresh_url
      ? await this.send("POST", `${this.issuer}/refresh`, this.credentials(client, sent))
      : await super.token(client, sent);
    for (const [name, pointer] of Object.entries(token_response)) {
      const value = answer.json && at(answer.json, pointer);
      if (value !== undefined) answer.json[name] = value;
    }
    return answer;
  }
}
