// panva's oidc-provider, unmodified, with what the checks need: clients, plain forms, and a clock that can be moved.
// usage: node peer.mjs [SETTINGS as JSON]    prints one line as `coffer mock --print-json` does
// With {"as_it_comes": true} keys and database are those that it brings itself, for measurements.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import { CLIENTS, LOOPBACK, pkceOf, SCOPES } from "./clients.mjs";
import { MemoryStore } from "./lib/memory_store.mjs";
import { consentForm, form, loginForm, page } from "./lib/peer_pages.mjs";

const settings = { access_token_s: 3600, refresh_token_s: 30 * 86400, ...JSON.parse(process.argv[2] ?? "{}") };
const PEOPLE = ["alice@example.com", "bob@example.com"];
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

// The process' time: oidc-provider asks Date for it.
let skew_ms = 0;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + skew_ms;

const quiet = console.warn;
console.warn = () => {};
const { default: Provider, errors } = await import("oidc-provider");

function makeKey(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: randomBytes(8).toString("hex") };
}
const makeKeys = () => [makeKey("rsa", { modulusLength: 2048 }, "RS256"), makeKey("ed25519", {}, "EdDSA")];

const ready = {
  client_id: "peer-ready-client",
  client_secret: randomBytes(24).toString("base64url"),
  redirect_uris: [LOOPBACK],
  application_type: "native",
  token_endpoint_auth_method: "client_secret_basic",
  grant_types: ["authorization_code", "refresh_token", "client_credentials"],
};

// Members and grants of its own that oidc-provider does not know stay out.
function asPeerClient({ pkce, access_token_format, ...client }) {
  const grant_types = client.grant_types.filter((grant) => grant !== EXCHANGE);
  return { ...client, grant_types };
}
const clients = [ready, ...(settings.as_it_comes ? [] : Object.values(CLIENTS))].map(asPeerClient);
const pkceRequired = new Set(Object.values(CLIENTS).filter((client) => pkceOf(client) === "required").map((client) => client.client_id));

const server = http.createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const RESOURCES = { [`${url}/resource`]: "opaque", [`${url}/jwt-resource`]: "jwt" };

function resourceServer(_, resource) {
  if (!RESOURCES[resource]) throw new errors.InvalidTarget();
  return { scope: "read write", audience: resource, accessTokenFormat: RESOURCES[resource], jwt: { sign: { alg: "RS256" } } };
}

const ownOnly = (_, client, token) => token.clientId === client.clientId;

const store = new MemoryStore();
const configuration = (keys) => ({
  ...(settings.as_it_comes ? {} : { adapter: store.adapter(), jwks: { keys } }),
  clients,
  scopes: SCOPES.split(" "),
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["not a secret"], long: { sameSite: "none" } },
  enableHttpPostMethods: true,
  clientBasedCORS: () => true,
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "EdDSA"] },
  responseTypes: ["code"],
  pkce: { required: (_, client) => pkceRequired.has(client.clientId) },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: id, email_verified: true, name: id.split("@")[0] }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
  expiresWithSession: () => false,
  rotateRefreshToken: true,
  ttl: {
    AccessToken: settings.access_token_s, ClientCredentials: settings.access_token_s, RefreshToken: settings.refresh_token_s,
    AuthorizationCode: 60, DeviceCode: 600, IdToken: 3600, Interaction: 3600, Session: 3600, Grant: settings.refresh_token_s,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: (ctx, html, _, error) => { ctx.body = error ? page("This code connects nothing", "") : page("Enter the code", form(html, "Continue")); },
      userCodeConfirmSource: (ctx, html) => { ctx.body = page("Is this your device?", form(html, "Continue")); },
      successSource: (ctx) => { ctx.body = page("The device is connected", ""); },
    },
    introspection: { enabled: true, allowedPolicy: ownOnly },
    revocation: { enabled: true },
    registration: { enabled: true },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: resourceServer, useGrantedResource: () => true },
  },
});

let keys = settings.as_it_comes ? [] : makeKeys();
let provider = new Provider(url, configuration(keys));
let serve = provider.callback();

function rotateKeys() {
  keys = [...makeKeys(), ...keys];
  provider = new Provider(url, configuration(keys));
  serve = provider.callback();
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function grantOf({ params, session, grantId, prompt: { details } }) {
  const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (details.missingOIDCScope) grant.addOIDCScope(details.missingOIDCScope.join(" "));
  if (details.missingOIDCClaims) grant.addOIDCClaims(details.missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) grant.addResourceScope(resource, scopes.join(" "));
  return grant.save();
}

async function answerOf(interaction, sent) {
  if (interaction.prompt.name === "login") return { login: { accountId: sent.get("email") } };
  if (sent.get("decision") !== "allow") return { error: "access_denied", error_description: "the person refused" };
  return { consent: { grantId: await grantOf(interaction) } };
}

async function interact(request, response) {
  const interaction = await provider.interactionDetails(request, response);
  const isLogin = interaction.prompt.name === "login";
  if (request.method === "POST") {
    const sent = new URLSearchParams(await bodyOf(request));
    const isKnown = PEOPLE.includes(sent.get("email")) && sent.get("password") === "password";
    if (!isLogin || isKnown) {
      await provider.interactionFinished(request, response, await answerOf(interaction, sent), { mergeWithLastSubmission: true });
      return;
    }
  }
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(isLogin ? loginForm(interaction.uid, interaction.params.login_hint) : consentForm(interaction.uid));
}

const CONTROLS = {
  add_client: (client) => store.put("Client", client.client_id, client),
  clock: ({ advance_s = 0, set_skew_s }) => { skew_ms = set_skew_s === undefined ? skew_ms + advance_s * 1000 : set_skew_s * 1000; },
  rotate_keys: rotateKeys,
  revoke: ({ account }) => store.revokeGrantsOf(account),
};

async function control(request, response) {
  const body = await bodyOf(request);
  const answer = CONTROLS[request.url.slice("/_control/".length)](body ? JSON.parse(body) : {});
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(answer ?? {}));
}

server.on("request", async (request, response) => {
  try {
    if (request.url.startsWith("/_control/")) await control(request, response);
    else if (request.url.startsWith("/interaction/")) await interact(request, response);
    else await serve(request, response);
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error?.stack ?? error));
  }
});
console.warn = quiet;
console.log(JSON.stringify({ url, issuer: url, client_id: ready.client_id, client_secret: ready.client_secret,
  control_url: `${url}/_control`, pid: process.pid, resources: Object.keys(RESOURCES) }));

// It ends with whoever started it and holds the other end of this pipe.
if (!fs.fstatSync(0).isCharacterDevice()) process.stdin.on("end", () => process.exit(0)).resume();
