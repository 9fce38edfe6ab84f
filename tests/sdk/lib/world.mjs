// A daemon of its own with its mock provider, and the hands that move both.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { walk } from "../../../examples/form_user.mjs";

// One toolkit more, which needs no login.
const OWN_TOOLKITS = new URL("../toolkits", import.meta.url).pathname;

export const ALICE = { email: "alice@example.com", password: "password" };
export const BOB = { email: "bob@example.com", password: "password" };

export class World {
  #users = 0;
  #secrets = new Map();

  static async start(binary, recorder) {
    // In memory where there is such a place: what a crash leaves on the disk is asked elsewhere.
    const home = fs.mkdtempSync(path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "coffer-sdk-"));
    const folders = { XDG_CONFIG_HOME: "config", XDG_DATA_HOME: "data", XDG_STATE_HOME: "state", XDG_RUNTIME_DIR: "run" };
    const env = { PATH: process.env.PATH, HOME: home, LC_ALL: "C.UTF-8", TMPDIR: home };
    for (const [name, folder] of Object.entries(folders)) {
      env[name] = path.join(home, folder);
      fs.mkdirSync(env[name], { mode: 0o700 });
    }
    const log = fs.openSync(path.join(home, "daemon.log"), "a");
    const daemon = spawn(binary, ["dev", "--port", "0", "--print-json", "--toolkit-dir", OWN_TOOLKITS], { env, stdio: ["ignore", "pipe", log] });
    const [line] = await Promise.race([once(readline.createInterface(daemon.stdout), "line"), once(daemon, "exit")]);
    assert.equal(typeof line, "string", `coffer dev did not start: ${fs.readFileSync(path.join(home, "daemon.log"))}`);
    const ready = JSON.parse(line);
    recorder.watch(ready.url);
    return Object.assign(new World(), { home, daemon, env, binary, url: ready.url, key: ready.api_key, mockUrl: ready.mock_url });
  }

  async stop() {
    const ended = once(this.daemon, "exit");
    this.daemon.kill("SIGTERM");
    const [code] = await ended;
    const log = fs.readFileSync(path.join(this.home, "daemon.log"), "utf8");
    fs.rmSync(this.home, { recursive: true });
    assert.equal(code, 0, `coffer dev ended with ${code}:\n${log.slice(-4000)}`);
    return log;
  }

  kill() {
    this.daemon.kill("SIGKILL");
    fs.rmSync(this.home, { recursive: true, force: true });
  }

  // A user whom nobody has used before.
  user(name) {
    return `${name}-${++this.#users}`;
  }

  async call(method, target, body, headers = { "x-api-key": this.key }) {
    const sent = body === undefined ? headers : { ...headers, "content-type": "application/json" };
    const answer = await fetch(this.url + target, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      // pages and empty answers
    }
    return { status: answer.status, headers: answer.headers, text, json };
  }

  async mock(method, target, body) {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await fetch(`${this.mockUrl}/_mock/${target}`, { method, headers, body: body && JSON.stringify(body) });
    assert.equal(answer.status, 200, `${method} /_mock/${target}: ${answer.status}`);
    return answer.json();
  }

  // What falls due on the way has happened when this returns.
  async advance(duration) {
    const { status, text } = await this.call("POST", "/_coffer/clock", { advance: duration });
    assert.equal(status, 200, text);
  }

  async revokeAtProvider(provider, person) {
    const { grants } = await this.mock("POST", "grants/revoke", { provider, account: person.email, what: "all" });
    assert.ok(grants > 0, `${provider} had no grant of ${person.email}`);
  }

  // What the person would enter in a key form, by field name.
  keysOf(toolkit, person) {
    return this.mock("GET", `keys?toolkit=${toolkit}&account=${encodeURIComponent(person.email)}`);
  }

  // The one way by which a credential leaves: for an API key with the scope for it, as that of a dev daemon.
  async tokenOf(account) {
    const { json } = await this.call("GET", `/_coffer/accounts/${account}/token`);
    for (const [name, value] of Object.entries(json.fields ?? {})) if (value.startsWith("mak_")) this.remember(`${name} of ${account}`, value);
    if (json.fields) return json.fields;
    const secret = json.token ?? json.password;
    this.remember(`credential ${this.#secrets.size} of ${account}`, secret);
    return secret;
  }

  remember(name, secret) {
    this.#secrets.set(name, secret);
  }

  // Everything that must be in no answer of this daemon, as far as anybody knows.
  async secrets() {
    const { json } = await this.call("GET", "/api/v3.1/connected_accounts?limit=1000&account_type=ALL&statuses=ACTIVE");
    for (const { id } of json.items) await this.tokenOf(id);
    for (const { provider, client_secret } of (await this.mock("GET", "clients")).clients) {
      if (client_secret) this.remember(`client secret of ${provider}`, client_secret);
    }
    this.remember("API key", this.key);
    return this.#secrets;
  }

  // The user's part of a link, to its end.
  finish(link, values = ALICE, buttons) {
    return walk(link, values, buttons);
  }
}
