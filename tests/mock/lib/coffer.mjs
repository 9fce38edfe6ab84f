// `coffer mock`, and one of its providers as a subject.
import assert from "node:assert/strict";
import fs from "node:fs";
import { CLIENTS, pkceOf } from "../clients.mjs";
import { start } from "./process.mjs";
import { Subject } from "./subject.mjs";

export const startCoffer = (binary, home, args = []) =>
  start(binary, ["mock", "--port", "0", "--print-json", ...args], { PATH: process.env.PATH, HOME: home, LC_ALL: "C.UTF-8" });

const DEVIATIONS = JSON.parse(fs.readFileSync(new URL("../deviations.json", import.meta.url)));

// The strict provider first, then those that imitate one that is not; what they differ in is data.
export const personasOf = () => [{ label: "coffer mock", provider: "mockidp", deviations: {} },
  ...Object.entries(DEVIATIONS).map(([provider, deviations]) => ({ label: provider, provider, deviations }))];

export class CofferSubject extends Subject {
  constructor(ready, { provider } = { provider: "mockidp" }) {
    super({ ...ready, issuer: `${ready.url}/mock/${provider}` });
    this.provider = provider;
    this.resource = `${ready.url}/mock/mockidp/mock`;
    this.protectedUrl = `${this.resource}/whoami`;
    this.unknownResource = `${ready.url}/nowhere`;
  }

  async control(method, name, json) {
    const answer = await this.send(method, `${this.ready.url}/_mock/${name}`, { json });
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
