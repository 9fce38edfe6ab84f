// A client for itself: RFC 6749 section 4.4.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, post, public: native } = CLIENTS;
const GRANT = { grant_type: "client_credentials" };

export default (check) => {
  check("oauth4webapi gets a token for the client itself", "RFC 6749 §4.4", async (s) => {
    const { client, auth, insecure } = s.library(post);
    const as = await s.metadata();
    const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: "read" }, insecure);
    assert.ok((await oauth.processClientCredentialsResponse(as, client, answer)).access_token);
  });

  check("openid-client gets a token for the client itself", "RFC 6749 §4.4", async (s) => {
    assert.ok((await openid.clientCredentialsGrant(await s.configuration(basic), { scope: "read" })).access_token);
  });

  check("a client's own token comes without refresh token and id token", "RFC 6749 §4.4.3", async (s) => {
    const { json } = await s.token(basic, { ...GRANT, scope: "read" });
    assert.ok(json.access_token);
    assert.equal(json.refresh_token, undefined);
    assert.equal(json.id_token, undefined);
  });

  check("a client's own token is live, the client's, and of the scope that was asked for", "RFC 7662 §2.2", async (s) => {
    const { json } = await s.token(basic, { ...GRANT, scope: "read" });
    const { json: seen } = await s.post("introspection_endpoint", basic, { token: json.access_token });
    assert.equal(seen.active, true);
    assert.equal(seen.client_id, basic.client_id);
    assert.equal(seen.scope, "read");
  });

  check("a client's own token ends with its time", "RFC 6749 §5.1", async (s) => {
    const { json } = await s.token(basic, GRANT);
    await s.later(json.expires_in + 1, async () => assert.equal(await s.isActive(basic, json.access_token), false));
  });

  check("a client's own token can be revoked", "RFC 7009 §2", async (s) => {
    const { json } = await s.token(basic, GRANT);
    assert.equal((await s.post("revocation_endpoint", basic, { token: json.access_token })).status, 200);
    assert.equal(await s.isActive(basic, json.access_token), false);
  });

  check("a public client gets no token for itself", "RFC 6749 §4.4", async (s) => {
    assertRefused(await s.token(native, GRANT), ["unauthorized_client", "invalid_client"], [400, 401]);
  }, { "oidc-provider": "refuses it as invalid_request" });

  check("a client's own token is nobody's userinfo", "OIDC Core §5.3", async (s) => {
    const { json } = await s.token(basic, GRANT);
    const { status, headers } = await s.userinfo(json.access_token);
    assert.ok([401, 403].includes(status), `status ${status}`);
    assert.match(headers.get("www-authenticate") ?? "", /^Bearer\b/);
  });
};
