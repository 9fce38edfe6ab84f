// Named steps, run one after the other. A step that throws has failed; one that calls skip() says why.
import assert from "node:assert/strict";

const MOST_STEP_MS = 60_000;

class Skipped extends Error {}

export const skip = (why) => {
  throw new Skipped(why);
};

const within = (milliseconds, work) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const SLOW_SECONDS = 1;
const MOST_LINES = 30;

const indented = (text) => text.split("\n").slice(0, MOST_LINES).map((line) => `        ${line}`).join("\n");

// What went wrong and where in the steps; the SDKs' own frames say little.
function described(error) {
  const frames = (error.stack ?? "").split("\n").filter((line) => line.includes("/steps/"));
  return [`${error.name}: ${error.message}`, ...frames].join("\n");
}

export class Report {
  names = new Set();
  counts = { ok: 0, failed: 0, skipped: 0 };

  // A function that runs steps whose names begin with these words.
  steps(prefix) {
    return async (name, body) => this.#run(`${prefix}/${name}`, body);
  }

  async #run(name, body) {
    if (this.names.has(name)) throw new Error(`two steps are called "${name}"`);
    this.names.add(name);
    const started = performance.now();
    try {
      await within(MOST_STEP_MS, body());
      const seconds = (performance.now() - started) / 1000;
      this.#say("ok", seconds < SLOW_SECONDS ? name : `${name} (${seconds.toFixed(1)} s)`);
    } catch (error) {
      if (error instanceof Skipped) return this.#say("skipped", `${name}: ${error.message}`);
      this.fail(name, error);
    }
  }

  fail(name, error) {
    this.#say("failed", name);
    console.log(indented(described(error)));
    if (error.cause) console.log(indented(`because of ${String(error.cause)}`));
  }

  #say(kind, text) {
    ++this.counts[kind];
    console.log(`  ${kind.padEnd(7)} ${text}`);
  }

  total() {
    const { ok, failed, skipped } = this.counts;
    return `${ok} steps held, ${failed} failed, ${skipped} skipped`;
  }
}

const causes = (error) => {
  const found = [];
  for (let at = error; at && found.length < 5; at = at.cause ?? at.originalError) found.push(at);
  return found;
};

// Checks how a call is refused: by the error's class (a name, as its module may not export it), by the HTTP
// status of the error or of what caused it, and by words of the message. Answers with the error.
export async function refused(work, name, { status, says } = {}) {
  let value;
  try {
    value = await work;
  } catch (error) {
    const chain = causes(error);
    const seen = chain.map((each) => `${each.name}/${each.constructor.name}: ${each.message}`).join("\n  by ");
    assert.ok(error.name === name || error.constructor.name === name, `refused as\n  ${seen}\nand not as ${name}`);
    if (status) {
      const statuses = chain.map((each) => each.status ?? each.statusCode);
      assert.ok(statuses.includes(status), `status ${statuses.join(", ")} and not ${status}:\n  ${seen}`);
    }
    if (says) assert.match(chain.map((each) => each.message).join("\n"), says);
    return error;
  }
  throw new assert.AssertionError({ message: `not refused: ${JSON.stringify(value)?.slice(0, 500)}` });
}
