// Discovery: OpenID Connect Discovery 1.0, RFC 8414, and what the metadata promises.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import { CLIENTS } from "../clients.mjs";

const has = (list, ...wanted) => wanted.forEach((each) => assert.ok(list?.includes(each), `${each} is not in ${JSON.stringify(list)}`));

export default (check, { peerHasNoPath }) => {
  check("oauth4webapi finds the metadata by OpenID's rule", "OIDC Discovery §4", async (s) => {
    const as = await s.metadata();
    assert.equal(as.issuer, s.issuer);
  });

  check("oauth4webapi finds the metadata by the rule of RFC 8414", "RFC 8414 §3", async (s) => {
    const issuer = new URL(s.issuer);
    const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", [oauth.allowInsecureRequests]: true });
    const as = await oauth.processDiscoveryResponse(issuer, answer);
    assert.equal(as.token_endpoint, await s.endpoint("token_endpoint"));
  });

  check("openid-client configures itself from the issuer", "OIDC Discovery §4", async (s) => {
    const configuration = await s.configuration(CLIENTS.basic);
    assert.equal(configuration.serverMetadata().issuer, s.issuer);
  });

  check("the well-known part may stand before the issuer's path", "RFC 8414 §3.1", async (s) => {
    const { origin, pathname } = new URL(s.issuer);
    for (const name of ["oauth-authorization-server", "openid-configuration"]) {
      const { status, json } = await s.send("GET", `${origin}/.well-known/${name}${pathname}`);
      assert.equal(status, 200, name);
      assert.equal(json.issuer, s.issuer);
    }
  }, peerHasNoPath);

  check("an issuer's path that does not exist has no metadata", "RFC 8414 §3.2", async (s) => {
    const { origin } = new URL(s.issuer);
    const { status } = await s.send("GET", `${origin}/.well-known/oauth-authorization-server/no/such/issuer`);
    assert.equal(status, 404);
  });

  check("the metadata is JSON", "RFC 8414 §3.2", async (s) => {
    const { status, headers } = await s.send("GET", `${s.issuer}/.well-known/openid-configuration`);
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^application\/json/);
  });

  check("every endpoint of the metadata is an absolute URL of the issuer's origin", "RFC 8414 §2", async (s) => {
    const names = ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint", "jwks_uri",
      "registration_endpoint", "device_authorization_endpoint", "pushed_authorization_request_endpoint"];
    for (const name of names) assert.equal(new URL(await s.endpoint(name)).origin, new URL(s.issuer).origin, name);
  });

  check("the metadata offers S256 and not plain", "RFC 9700 §2.1.1", async (s) => {
    assert.deepEqual((await s.metadata()).code_challenge_methods_supported, ["S256"]);
  });

  check("the metadata offers client authentication by basic, by post and by none", "RFC 8414 §2", async (s) => {
    has((await s.metadata()).token_endpoint_auth_methods_supported, "client_secret_basic", "client_secret_post", "none");
  });

  check("the metadata names every grant that is served", "RFC 8414 §2", async (s) => {
    has((await s.metadata()).grant_types_supported, "authorization_code", "refresh_token", "client_credentials",
      "urn:ietf:params:oauth:grant-type:device_code");
  });

  check("the metadata offers the code flow alone", "RFC 9700 §2.1.2", async (s) => {
    assert.deepEqual((await s.metadata()).response_types_supported, ["code"]);
  });

  check("the metadata promises iss in authorization answers", "RFC 9207 §3", async (s) => {
    assert.equal((await s.metadata()).authorization_response_iss_parameter_supported, true);
  });

  check("the metadata names the algorithms of its id tokens", "OIDC Discovery §3", async (s) => {
    has((await s.metadata()).id_token_signing_alg_values_supported, "RS256", "EdDSA");
  });

  check("the metadata names scopes that it grants", "RFC 8414 §2", async (s) => {
    has((await s.metadata()).scopes_supported, "openid");
  });

  check("the key set holds public keys alone, each with a name", "RFC 7517 §4", async (s) => {
    const { status, json } = await s.send("GET", await s.endpoint("jwks_uri"));
    assert.equal(status, 200);
    assert.deepEqual([...new Set(json.keys.map((key) => key.kty))].sort(), ["OKP", "RSA"]);
    for (const key of json.keys) {
      assert.ok(key.kid, "a key has no kid");
      for (const secret of ["d", "p", "q", "dp", "dq", "qi", "k"]) assert.equal(key[secret], undefined, `${key.kid} shows ${secret}`);
    }
    assert.equal(new Set(json.keys.map((key) => key.kid)).size, json.keys.length);
  });
};
