// The peer's pages: plain forms, with the words that a form filler looks for.
const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

export const page = (title, content) => `<!doctype html><title>${title}</title><h1>${title}</h1>${content}`;

// A form of oidc-provider's own, which comes without a button.
export const form = (html, button) => html.replace("</form>", `<button type="submit">${button}</button></form>`);

export const loginForm = (uid, hint) => page("Sign in", `<form method="post" action="/interaction/${uid}">
<input name="email" type="email" value="${escape(hint)}"><input name="password" type="password">
<button type="submit">Sign in</button></form>`);

export const consentForm = (uid) => page("Allow access", `<form method="post" action="/interaction/${uid}">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button></form>`);
