// `coffer mock`, and one of its providers as a subject.
import assert from "node:assert/strict";
import fs from "node:fs";
import { CLIENTS, pkceOf } from "../clients.mjs";
import { start } from "./process.mjs";
import { Subject } from "./subject.mjs";

export const startCoffer = (binary, home, args = []) =>
  start(binary, ["mock", "--port", "0", "--print-json", ...args], { PATH: process.env.PATH, HOME: home, LC_ALL: "C.UTF-8" });

// By provider, the reasons why it differs and the checks that show it.
const DEVIATIONS = JSON.parse(fs.readFileSync(new URL("../deviations.json", import.meta.url)));

const byCheck = (reasons) => Object.fromEntries(Object.entries(reasons).flatMap(([reason, checks]) => checks.map((check) => [check, reason])));

// The strict provider first, then those that imitate one that is not; what they differ in is data.
export const PERSONAS = [{ label: "coffer mock", provider: "mockidp", deviations: {} },
  ...Object.entries(DEVIATIONS).map(([provider, reasons]) => ({ label: provider, provider, deviations: byCheck(reasons) }))];

// The strict one is what was started; each persona has a tenant, so that none moves another's clock.
export async function subjectOf(ready, { provider }) {
  if (provider === "mockidp") return new CofferSubject(ready, provider);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${ready.control_url}/tenants`, { method: "POST", headers, body: JSON.stringify({ provider }) });
  assert.equal(answer.status, 201, `no tenant for ${provider}: ${answer.status}`);
  return new CofferSubject(await answer.json(), provider);
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

  // Members of RFC 7591 by the names that the control has for them.
  addClient(client) {
    const { client_id, client_secret, redirect_uris, grant_types } = client;
    return this.control("POST", "clients", { provider: this.provider, client_id, client_secret, redirect_uris, grant_types, pkce: pkceOf(client),
      auth_method: client.token_endpoint_auth_method, id_token_alg: client.id_token_signed_response_alg, access_tokens: client.access_token_format });
  }

  async advance(seconds) {
    const { now_ms } = await this.control("GET", "clock");
    await this.control("POST", "clock", { set: new Date(now_ms + seconds * 1000).toISOString() });
  }

  rotateKeys() {
    return this.control("POST", "signing-keys/rotate", { provider: this.provider });
  }

  // A grant ends without the client's knowledge.
  revoke(person) {
    return this.control("POST", "grants/revoke", { provider: this.provider, account: person.email, what: "all" });
  }
}
