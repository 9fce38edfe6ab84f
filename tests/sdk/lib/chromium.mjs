// A real browser over the DevTools protocol: pages are read and clicked from outside, without a script in them.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";

const NAMES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--remote-debugging-port=0"];
const MOST_POLLS = 400;
const pause = () => new Promise((resolve) => setTimeout(resolve, 25));

export const findChromium = () => NAMES.find((name) => fs.existsSync(name));

// Its helper processes outlive the browser by a moment, and write to the profile until they end.
async function removed(folder) {
  for (let left = MOST_POLLS; ; left--) {
    try {
      return fs.rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (left === 0) throw error;
      await pause();
    }
  }
}

export class Chromium {
  #last = 0;
  #waiting = new Map();
  #listeners = [];

  static async start(binary) {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), "coffer-chromium-"));
    const child = spawn(binary, [...OPTIONS, `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
    const browser = Object.assign(new Chromium(), { profile, child });
    for await (const line of readline.createInterface(child.stderr)) {
      const found = line.match(/DevTools listening on (ws:\S+)/);
      if (!found) continue;
      await browser.#attach(found[1]);
      child.stderr.resume();
      return browser;
    }
    throw new Error(`${binary} did not start`);
  }

  async #attach(url) {
    this.socket = new WebSocket(url);
    await new Promise((resolve, reject) => Object.assign(this.socket, { onopen: resolve, onerror: reject }));
    this.socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  #take({ id, result, error, method, params, sessionId }) {
    if (method) for (const listener of this.#listeners) listener(method, params, sessionId);
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(`${waiting.method}: ${error.message}`));
    else waiting.resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
  }

  on(listener) {
    this.#listeners.push(listener);
  }

  // A page with cookies of its own.
  async page({ scripts = true } = {}) {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId);
    await Promise.all(["Page", "DOM", "Log"].map((domain) => page.send(`${domain}.enable`)));
    await page.send("Emulation.setScriptExecutionDisabled", { value: !scripts });
    return page;
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
    await removed(this.profile);
  }
}

class Page {
  complaints = []; // of the browser: what a policy stopped
  #loads = 0;

  constructor(browser, session) {
    this.send = (method, params) => browser.send(method, params, session);
    browser.on((method, params, sessionId) => {
      if (sessionId !== session) return;
      if (method === "Page.loadEventFired") ++this.#loads;
      if (method === "Log.entryAdded" && params.entry.source === "security") this.complaints.push(params.entry.text);
    });
  }

  // Does what makes the browser go to another page, and waits until that is there.
  async #going(act) {
    const before = this.#loads;
    await act();
    for (let poll = 0; this.#loads === before; ++poll) {
      if (poll === MOST_POLLS) throw new Error(`the browser stays at ${await this.url()} ${this.complaints.join("; ")}`);
      await pause();
    }
  }

  open(url) {
    return this.#going(() => this.send("Page.navigate", { url }));
  }

  async url() {
    const { entries, currentIndex } = await this.send("Page.getNavigationHistory");
    return new URL(entries[currentIndex].url);
  }

  async text() {
    const { root } = await this.send("DOM.getDocument", { depth: 0 });
    return (await this.send("DOM.getOuterHTML", { nodeId: root.nodeId })).outerHTML;
  }

  async #find(xpath) {
    await this.send("DOM.getDocument", { depth: -1 });
    const { searchId, resultCount } = await this.send("DOM.performSearch", { query: xpath });
    if (resultCount === 0) return undefined;
    const { nodeIds } = await this.send("DOM.getSearchResults", { searchId, fromIndex: 0, toIndex: 1 });
    return nodeIds[0];
  }

  async fill(name, value) {
    const nodeId = await this.#find(`//input[@name='${name}']`);
    if (!nodeId) return false;
    await this.send("DOM.focus", { nodeId });
    await this.send("Input.insertText", { text: value });
    return true;
  }

  // Clicks the first button that begins with one of the words. false: there is none.
  async press(words) {
    for (const word of words) {
      const nodeId = await this.#find(`//button[starts-with(normalize-space(.), '${word}')]`);
      if (nodeId) return this.#click(nodeId);
    }
    return false;
  }

  async #click(nodeId) {
    await this.send("DOM.scrollIntoViewIfNeeded", { nodeId });
    const { model } = await this.send("DOM.getBoxModel", { nodeId });
    const [left, top, , , right, bottom] = model.content;
    const at = { x: (left + right) / 2, y: (top + bottom) / 2, button: "left", clickCount: 1 };
    await this.#going(async () => {
      await this.send("Input.dispatchMouseEvent", { type: "mousePressed", ...at });
      await this.send("Input.dispatchMouseEvent", { type: "mouseReleased", ...at });
    });
    return true;
  }
}
