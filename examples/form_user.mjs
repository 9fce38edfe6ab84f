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
function findForm(html, words) {
  for (const word of words) {
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
  for (const [input] of content.matchAll(/<(?:input|textarea)[^>]*>/g)) {
    const name = attribute(input, "name");
    if (name && attribute(input, "type") !== "checkbox") body.set(name, values[name] ?? attribute(input, "value") ?? "");
  }
  if (attribute(button, "name")) body.set(attribute(button, "name"), attribute(button, "value") ?? "");
  return body;
}

// Opens the link and presses on until no page has one of these buttons, or until the way leads back to
// the application, whose page is not opened. Answers with where it ended: URL, status (none for the
// application's) and text of the page.
export async function walk(link, values, buttons = BUTTONS, isApplication = (url) => url.searchParams.has("connected_account_id")) {
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
      if (isApplication(target)) return { url: target };
      next = { url: target };
      continue;
    }
    const text = await answer.text();
    const form = findForm(text, buttons);
    // The same form again is a refusal of what was entered.
    if (!form || (body && answer.status >= 400)) return { url, status: answer.status, text };
    next = { url: new URL(attribute(form.tag, "action") ?? "", url), body: fillIn(form, values) };
  }
  throw new Error(`the walk does not end: ${next.url}`);
}

export const visit = async (link, values) => (await walk(link, values)).url;
