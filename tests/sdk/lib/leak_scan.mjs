// Searches bytes for credentials as they could leak: raw, URL-encoded, hex, base64. As examples/leak_scan.py does.
const SHORTEST = 12; // shorter values occur by chance

const base64At = (shift, data) => Buffer.concat([Buffer.alloc(shift), data]).toString("base64").replace(/=+$/, "");
const urlSafe = (text) => text.replaceAll("+", "-").replaceAll("/", "_");

// Every text that betrays the secret wherever it stands inside a longer one.
export function spellings(secret) {
  const data = Buffer.from(secret);
  const found = new Set([secret, encodeURIComponent(secret), data.toString("hex"), data.toString("hex").toUpperCase()]);
  for (const shift of [0, 1, 2]) {
    // The first and last characters of base64 depend on the neighbours: only those between are certain.
    const core = base64At(shift, data).slice([0, 2, 3][shift], (data.length + shift) % 3 === 0 ? undefined : -1);
    found.add(core).add(urlSafe(core));
  }
  return [...found];
}

const literal = (text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

// Any credential that begins so, for those whose value nobody outside ever sees.
function shapedLike(prefix) {
  const data = Buffer.from(prefix);
  const patterns = [
    `${literal(prefix)}[A-Za-z0-9._~-]{20}`,
    `${literal(encodeURIComponent(prefix))}[A-Za-z0-9._~-]{20}`,
    `(?:${data.toString("hex")})[0-9a-fA-F]{40}`,
  ];
  for (const shift of [0, 1, 2]) {
    const whole = Math.floor((data.length + shift) / 3) * 4;
    const core = base64At(shift, data).slice([0, 2, 3][shift], whole);
    if (core.length >= 4) patterns.push(`${literal(core)}[A-Za-z0-9+/_-]{26}`);
  }
  return new RegExp(patterns.join("|"));
}

export class Scanner {
  secrets = new Map(); // name -> spellings
  shapes = new Map(); // name -> pattern

  add(name, secret) {
    if (!secret || secret.length < SHORTEST) throw new Error(`${name} is too short to search for`);
    this.secrets.set(name, spellings(secret));
  }

  addShape(name, prefix) {
    this.shapes.set(name, shapedLike(prefix));
  }

  leaksIn(bytes) {
    const text = bytes.toString("latin1");
    const values = [...this.secrets].filter(([, forms]) => forms.some((form) => text.includes(form)));
    const shapes = [...this.shapes].filter(([, pattern]) => pattern.test(text));
    return [...values, ...shapes].map(([name]) => name);
  }
}
