// A user without a browser: follows redirects, keeps cookies, fills in forms. For tests and demonstrations.

const MOST_STEPS = 20;
const BUTTONS = ["Continue", "Connect", "Sign in", "Allow"];

const unescape = (text) =>
  text.replace(/&(amp|lt|gt|quot|#39|#x27|#x2F);/g, (_, name) =>
    ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'", "#x2F": "/" })[name]);

const attribute = (tag, name) => {
  const match = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
  return match ? unescape(match[1]) : undefined;
};

// The first form that has a button with one of these words, and that button's tag.
function findForm(html) {
  for (const word of BUTTONS) {
    for (const [, tag, content] of html.matchAll(/(<form[^>]*>)([\s\S]*?)<\/form>/g)) {
      for (const [, button, text] of content.matchAll(/(<button[^>]*>)([^<]*)<\/button>/g)) {
        if (unescape(text).trim().startsWith(word)) return { tag, content, button };
      }
    }
  }
  return undefined;
}

function fillIn({ content, button }, values) {
  const body = new URLSearchParams();
  for (const [input] of content.matchAll(/<input[^>]*>/g)) {
    const name = attribute(input, "name");
    if (name && attribute(input, "type") !== "checkbox") body.set(name, values[name] ?? attribute(input, "value") ?? "");
  }
  if (attribute(button, "name")) body.set(attribute(button, "name"), attribute(button, "value") ?? "");
  return body;
}

// Opens the link and presses on until the way leads back to the application, whose URL is
// returned without being opened: whatever is neither the link's origin nor a form on the way.
export async function visit(link, values) {
  const cookies = new Map(); // by origin
  let next = { url: new URL(link) };
  for (let step = 0; step < MOST_STEPS; ++step) {
    const { url, body } = next;
    const jar = cookies.get(url.origin) ?? new Map();
    cookies.set(url.origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { method: body ? "POST" : "GET", body, redirect: "manual", headers: cookie ? { cookie } : {} });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^\s*([^=]+)=([^;]*)/);
      jar.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location) {
      const target = new URL(location, url);
      if (target.searchParams.has("connected_account_id")) return target;
      next = { url: target };
      continue;
    }
    const form = findForm(await answer.text());
    if (!form) return url;
    next = { url: new URL(attribute(form.tag, "action") ?? "", url), body: fillIn(form, values) };
  }
  throw new Error(`the walk does not end: ${next.url}`);
}
