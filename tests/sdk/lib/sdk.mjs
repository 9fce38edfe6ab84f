// Composio's SDKs as npm gives them. Nothing of them is changed; what a program may set is set here.
process.env.TELEMETRY_DISABLED = "true"; // they would report to hosts on the internet
process.env.COMPOSIO_LOG_LEVEL = "warn";
process.env.COMPOSIO_LOGGING_LEVEL = "error"; // of the first one

const QUIET = { allowTracking: false, disableVersionCheck: true };

async function load(label, name) {
  const lib = await import(name);
  const make = (world, options = {}) => new lib.Composio({ baseURL: world.url, apiKey: world.key, ...QUIET, ...options });
  return { label, lib, make, isNewer: label !== "0.17" };
}

export const loadSdks = () => Promise.all([load("0.17", "composio-core-0.17"), load("0.21", "@composio/core")]);

// What the SDKs complain about: an answer that they cannot read is a warning to them, no more.
export const complaints = [];
for (const name of ["warn", "error"]) console[name] = (...words) => complaints.push(words.map(String).join(" "));

export async function complaintsDuring(work) {
  const before = complaints.length;
  const value = await work();
  return { value, complaints: complaints.slice(before) };
}
