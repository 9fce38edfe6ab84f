// oidc-provider as a subject: peer.mjs runs it.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { start } from "./process.mjs";
import { Subject } from "./subject.mjs";

const PROGRAM = fileURLToPath(new URL("../peer.mjs", import.meta.url));

export const startPeer = (settings = {}) => start(process.execPath, [PROGRAM, JSON.stringify(settings)]);

export class PeerSubject extends Subject {
  constructor(ready) {
    super(ready);
    [this.resource, this.jwtResource] = ready.resources;
    this.unknownResource = `${ready.url}/nowhere`;
  }

  async control(name, json) {
    const answer = await this.send("POST", `${this.ready.control_url}/${name}`, { json });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  async prepare() {}

  advance(seconds) {
    return this.control("clock", { advance_s: seconds });
  }

  rotateKeys() {
    return this.control("rotate_keys");
  }

  revoke(person) {
    return this.control("revoke", { account: person.email });
  }
}
