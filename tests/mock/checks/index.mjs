// Every check, by area; or those with these words in their name.
import { Suite } from "../lib/suite.mjs";

const NO_PATH = { peerHasNoPath: { "oidc-provider": "its issuer has no path here" } };
const OURS = { pagesAreOurs: { "oidc-provider": "the pages are peer.mjs's own" } };

const AREAS = { metadata: NO_PATH, authorization: OURS, code: {}, client_authentication: {}, refresh: {}, client_credentials: {}, device: {},
  pushed_requests: {}, introspection: {}, revocation: {}, userinfo: {}, id_token: {}, resources: {}, registration: {}, exchange: {},
  pages_of_other_origins: {} };

export async function allChecks(words = "") {
  const suite = new Suite();
  for (const [area, reasons] of Object.entries(AREAS)) (await import(`./${area}.mjs`)).default(suite.group(area.replaceAll("_", " ")), reasons);
  suite.checks = suite.checks.filter(({ name }) => name.includes(words));
  return suite;
}
