// Writes down every answer that comes from a watched origin: status line, headers, body.
import http from "node:http";
import net from "node:net";

export class Recorder {
  answers = []; // {from, bytes}
  asked = new Set(); // "GET /api/v3.1/tools"
  #origins = new Set();
  #pending = new Set();
  #open = new Set(); // what came through taps

  watch(origin) {
    this.#origins.add(origin);
  }

  note(from, bytes) {
    this.answers.push({ from, bytes: Buffer.from(bytes) });
  }

  // From now on everything that uses fetch is seen.
  wrapFetch() {
    const original = globalThis.fetch;
    globalThis.fetch = async (input, options) => {
      const answer = await original(input, options);
      const url = new URL(input instanceof Request ? input.url : input);
      const from = `${(options?.method ?? input.method ?? "GET").toUpperCase()} ${url.pathname}`;
      if (this.#origins.has(url.origin)) {
        this.asked.add(from);
        this.#keep(from, answer.clone());
      }
      return answer;
    };
  }

  #keep(from, answer) {
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\r\n");
    const work = answer.arrayBuffer().then(
      (body) => this.note(from, Buffer.concat([Buffer.from(`${answer.status}\r\n${headers}\r\n\r\n`), Buffer.from(body)])),
      () => {}, // a client that left early
    );
    this.#pending.add(work);
    work.finally(() => this.#pending.delete(work));
  }

  // What was written down since the last call.
  async take() {
    await Promise.all(this.#pending);
    for (const parts of this.#open) this.note("tap", Buffer.concat(parts.splice(0)));
    return this.answers.splice(0);
  }

  // A way to `target` for clients that do not use fetch. Bytes pass as they are.
  async tap(target) {
    const { hostname, port } = new URL(target);
    const server = net.createServer((client) => {
      const daemon = net.connect(Number(port), hostname);
      const parts = [];
      this.#open.add(parts);
      daemon.on("data", (bytes) => parts.push(bytes));
      client.on("data", (bytes) => {
        const line = bytes.toString("latin1").match(/^([A-Z]+) ([^ ?]+)[^ ]* HTTP\/1\.1\r\n/);
        if (line) this.asked.add(`${line[1]} ${line[2]}`);
      });
      client.on("error", () => daemon.destroy());
      daemon.on("error", () => client.destroy());
      client.pipe(daemon).pipe(client);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return `http://127.0.0.1:${server.address().port}`;
  }
}

// Takes webhooks. `next()` waits for the one after those it has given already.
export class Receiver {
  #deliveries = [];
  #waiting = [];

  static async start(recorder) {
    const receiver = new Receiver();
    receiver.server = http.createServer((request, answer) => {
      const parts = [];
      request.on("data", (bytes) => parts.push(bytes));
      request.on("end", () => {
        const status = receiver.statuses.shift() ?? 200;
        answer.writeHead(status).end();
        recorder.note("webhook", Buffer.concat([Buffer.from(JSON.stringify(request.headers)), ...parts]));
        receiver.#take({ headers: request.headers, body: Buffer.concat(parts).toString(), status });
      });
    });
    await new Promise((resolve) => receiver.server.listen(0, "127.0.0.1", resolve));
    receiver.server.unref();
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook`;
    return receiver;
  }

  statuses = []; // of the next answers; 200 when there are none left

  #take(delivery) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(delivery);
    else this.#deliveries.push(delivery);
  }

  get waiting() {
    return this.#deliveries.length;
  }

  next() {
    if (this.#deliveries.length > 0) return Promise.resolve(this.#deliveries.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
