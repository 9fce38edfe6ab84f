// Composio's SDKs as npm gives them. Nothing of them is changed; what a program may set is set here.
process.env.TELEMETRY_DISABLED = "true"; // they would report to hosts on the internet
process.env.COMPOSIO_LOG_LEVEL ??= "warn";

const QUIET = { allowTracking: false, disableVersionCheck: true };

async function load(label, name) {
  const lib = await import(name);
  const make = (world, options = {}) => new lib.Composio({ baseURL: world.url, apiKey: world.key, ...QUIET, ...options });
  return { label, lib, make, isNewer: label !== "0.17" };
}

export const loadSdks = () => Promise.all([load("0.17", "composio-core-0.17"), load("0.21", "@composio/core")]);

// What the SDK complains about while `work` runs: an answer that it cannot read is a warning, no more.
export async function warningsOf(work) {
  const seen = [];
  const originals = ["warn", "error"].map((name) => [name, console[name]]);
  for (const [name] of originals) console[name] = (...words) => seen.push(words.map(String).join(" "));
  try {
    return { value: await work(), warnings: seen };
  } finally {
    for (const [name, original] of originals) console[name] = original;
  }
}
