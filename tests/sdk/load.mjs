// 64 SDK clients at once for a while: does each see its own user's data, and how long does it wait?
// usage: node load.mjs COFFER [SECONDS [CLIENTS]]    prints one JSON line per figure; fails where data or a call does
import assert from "node:assert/strict";
import { Recorder } from "./lib/recorder.mjs";
import { loadSdks } from "./lib/sdk.mjs";
import { ALICE, BOB, World } from "./lib/world.mjs";

const [binary, seconds = "20", number = "64"] = process.argv.slice(2);
const CLIENTS = Number(number);
const PEOPLE = [ALICE, BOB];

// What came back with a 5xx: the SDKs would try again and say nothing.
const failures = [];
const original = globalThis.fetch;
globalThis.fetch = async (input, options) => {
  const answer = await original(input, options);
  if (answer.status >= 500) failures.push(`${answer.status} for ${input}`);
  return answer;
};

const [, sdk] = await loadSdks();
const world = await World.start(binary, new Recorder());
process.on("exit", () => world.daemon.kill("SIGKILL"));

async function makeClient(index) {
  const composio = sdk.make(world);
  const person = PEOPLE[index % PEOPLE.length];
  const user = world.user("load");
  const session = await composio.create(user, { manageConnections: { callbackUrl: "http://127.0.0.1:9/chat" } });
  await world.finish((await session.authorize("gmail")).redirectUrl, person);
  return { composio, session, user, person };
}

// The calls that an application makes all day, and who each is to be answered for.
const CALLS = {
  "execute in a session": async ({ session }) => (await session.execute("GMAIL_GET_PROFILE", {})).data.emailAddress,
  "execute for a user": async ({ composio, user }) =>
    (await composio.tools.execute("GMAIL_GET_PROFILE", { userId: user, arguments: {}, dangerouslySkipVersionCheck: true })).data.emailAddress,
  "list accounts": async ({ composio, user, person }) => {
    const { items } = await composio.connectedAccounts.list({ userIds: [user], statuses: ["ACTIVE"] });
    return items.length === 1 ? person.email : `${items.length} accounts`;
  },
  "list toolkits of a session": async ({ session, person }) => {
    const { items } = await session.toolkits({ toolkits: ["gmail"], isConnected: true });
    return items.length === 1 ? person.email : `${items.length} toolkits`;
  },
};

const wrong = [];
const refusals = [];

async function ask(name, call, client) {
  try {
    const seen = await call(client);
    if (seen !== client.person.email) wrong.push(`${client.user} was answered for ${seen}`);
  } catch (error) {
    refusals.push(`${name}: ${error.name} ${error.message}`);
  }
}

// Milliseconds of each call, by its name.
async function measure(clients, forSeconds) {
  const times = Object.fromEntries(Object.keys(CALLS).map((name) => [name, []]));
  const end = performance.now() + forSeconds * 1000;
  const work = async (client) => {
    while (performance.now() < end) {
      for (const [name, call] of Object.entries(CALLS)) {
        const started = performance.now();
        await ask(name, call, client);
        times[name].push(performance.now() - started);
      }
    }
  };
  await Promise.all(clients.map(work));
  return times;
}

const at = (values, share) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];
const round = (value) => Number(value.toFixed(3));

// As the other benches print: a figure beside a floor of the same run.
function print(name, value, unit, other, against) {
  console.log(JSON.stringify({ name, value: round(value), unit, ratio: round(value / other), against: `${against}: ${round(other)}`, target: "none 0.00", holds: true }));
}

function printNone(name, count) {
  console.log(JSON.stringify({ name, value: count, unit: "answers", ratio: count, against: "none: 0", target: "<= 0.00", holds: count === 0 }));
}

const clients = [];
for (let index = 0; index < CLIENTS; ++index) clients.push(await makeClient(index));
const alone = await measure(clients.slice(0, 1), Math.min(2, Number(seconds)));
const together = await measure(clients, Number(seconds));

for (const name of Object.keys(CALLS)) {
  for (const [word, share] of [["median", 0.5], ["p99", 0.99]]) {
    print(`sdk_load.${word} of: ${name}`, at(together[name], share), "ms", at(alone[name], share), "one client alone, ms");
  }
}
const rate = (times, over) => Object.values(times).flat().length / over;
print(`sdk_load.calls of ${CLIENTS} clients`, rate(together, Number(seconds)), "1/s", rate(alone, Math.min(2, Number(seconds))), "one client alone, 1/s");
printNone("sdk_load.wrong user's data", wrong.length);
printNone("sdk_load.5xx", failures.length);
printNone("sdk_load.calls that the SDK gave up", refusals.length);
for (const found of [wrong, failures, refusals]) assert.deepEqual(found.slice(0, 5), []);
await world.stop();
process.exit(0);
