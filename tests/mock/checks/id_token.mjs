// The id token and its keys: OIDC Core sections 2, 3.1.3 and 10.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";
import { BOB } from "../lib/subject.mjs";

const { basic, other, eddsa } = CLIENTS;
const part = (token, index) => JSON.parse(Buffer.from(token.split(".")[index], "base64url"));
const claimsOf = (tokens) => part(tokens.id_token, 1);
const kidOf = (tokens) => part(tokens.id_token, 0).kid;

const keysOf = async (s) => (await s.send("GET", await s.endpoint("jwks_uri"))).json.keys;

// Signature and claims, as oauth4webapi checks them.
async function verify(s, client, parameters = {}, expected = {}) {
  const { client: metadata, auth, insecure } = s.library(client);
  const as = { ...(await s.metadata()) }; // oauth4webapi keeps a key set as long as this object
  const { url, state, redirect_uri, verifier } = await s.authorize(client, parameters);
  const answered = oauth.validateAuthResponse(as, metadata, url, state);
  const response = await oauth.authorizationCodeGrantRequest(as, metadata, auth, answered, redirect_uri, verifier, insecure);
  const copy = response.clone();
  const tokens = await oauth.processAuthorizationCodeResponse(as, metadata, response, { requireIdToken: true, ...expected });
  await oauth.validateApplicationLevelSignature(as, response, insecure);
  return { tokens, claims: oauth.getValidatedIdTokenClaims(tokens), sent: await copy.json() };
}

// openid-client with every check that it has.
async function verifyWithOpenidClient(s, client) {
  const configuration = await s.configuration(client);
  openid.enableNonRepudiationChecks(configuration);
  const { url, state, verifier } = await s.authorize(client);
  return openid.authorizationCodeGrant(configuration, url, { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true });
}

export default (check) => {
  for (const [alg, client, type] of [["RS256", basic, "RSA"], ["EdDSA", eddsa, "OKP"]]) {
    check(`an id token signed with ${alg} verifies with a key of the key set`, "OIDC Core §3.1.3.7", async (s) => {
      const { tokens } = await verify(s, client);
      assert.equal(part(tokens.id_token, 0).alg, alg);
      assert.equal((await keysOf(s)).find((key) => key.kid === kidOf(tokens)).kty, type);
    });

    check(`openid-client verifies an id token signed with ${alg}`, "OIDC Core §3.1.3.7", async (s) => {
      assert.equal((await verifyWithOpenidClient(s, client)).claims().aud, client.client_id);
    });
  }

  check("the id token says who issued it, for whom, about whom and until when", "OIDC Core §2", async (s) => {
    const { claims } = await verify(s, basic);
    assert.equal(claims.iss, s.issuer);
    assert.deepEqual([claims.aud].flat(), [basic.client_id]);
    assert.ok(claims.sub && claims.exp > claims.iat);
  });

  check("no id token comes without the scope openid", "OIDC Core §3.1.2.1", async (s) => {
    assert.equal((await s.connect(basic, { scope: "read" })).id_token, undefined);
  });

  check("the nonce comes back in the id token", "OIDC Core §3.1.3.7", async (s) => {
    const { claims } = await verify(s, basic, { nonce: "n-0S6_WzA2Mj" }, { expectedNonce: "n-0S6_WzA2Mj" });
    assert.equal(claims.nonce, "n-0S6_WzA2Mj");
  });

  check("a client that finds another nonce refuses the id token", "OIDC Core §3.1.3.7", async (s) => {
    await assert.rejects(verify(s, basic, { nonce: "one" }, { expectedNonce: "another" }), /nonce/);
  });

  check("no nonce is invented where none was sent", "OIDC Core §2", async (s) => {
    assert.equal(claimsOf(await s.connect(basic)).nonce, undefined);
  });

  check("at_hash, where it is given, is of the access token", "OIDC Core §3.1.3.6", async (s) => {
    const tokens = await s.connect(basic);
    const expected = createHash("sha256").update(tokens.access_token).digest().subarray(0, 16).toString("base64url");
    assert.equal(claimsOf(tokens).at_hash, expected);
  }, { "oidc-provider": "leaves at_hash out in the code flow, where it is optional" });

  check("at_hash of an id token signed with EdDSA is of SHA-512", "OIDC Core §3.1.3.6", async (s) => {
    const tokens = await s.connect(eddsa);
    const expected = createHash("sha512").update(tokens.access_token).digest().subarray(0, 32).toString("base64url");
    assert.equal(claimsOf(tokens).at_hash, expected);
  }, { "oidc-provider": "leaves at_hash out in the code flow, where it is optional" });

  check("max_age makes the id token say when the person signed in", "OIDC Core §3.1.2.1", async (s) => {
    const { claims } = await verify(s, basic, { max_age: "600" }, { maxAge: 600 });
    assert.ok(Number.isInteger(claims.auth_time));
  });

  check("an id token that was changed does not verify", "OIDC Core §3.1.3.7", async (s) => {
    const { sent } = await verify(s, basic);
    const [header, payload, signature] = sent.id_token.split(".");
    const { client, insecure } = s.library(basic);
    const as = { ...(await s.metadata()) };
    const evil = Buffer.from(JSON.stringify({ ...part(sent.id_token, 1), email: "eve@example.com" })).toString("base64url");
    assert.notEqual(evil, payload);
    const answer = Response.json({ ...sent, id_token: `${header}.${evil}.${signature}` });
    await oauth.processAuthorizationCodeResponse(as, client, answer, { requireIdToken: true });
    await assert.rejects(oauth.validateApplicationLevelSignature(as, answer, insecure), /signature/);
  });

  check("a subject is the same to each grant of an account, and another's for another account", "OIDC Core §2", async (s) => {
    const [one, two, bob] = [await s.connect(basic), await s.connect(basic), await s.connect(basic, {}, { person: BOB })];
    assert.equal(claimsOf(one).sub, claimsOf(two).sub);
    assert.notEqual(claimsOf(one).sub, claimsOf(bob).sub);
  });

  check("an id token is for one client alone", "OIDC Core §2", async (s) => {
    assert.notDeepEqual(claimsOf(await s.connect(basic)).aud, claimsOf(await s.connect(other)).aud);
  });

  check("an id token of a refresh is of the same issuer, subject and client", "OIDC Core §12.2", async (s) => {
    const first = await s.connect(basic);
    const { json } = await s.refresh(basic, first.refresh_token);
    if (json.id_token === undefined) s.notApplicable("gives no id token at a refresh, where it is optional");
    for (const name of ["iss", "sub", "aud"]) assert.deepEqual(claimsOf(json)[name], claimsOf(first)[name]);
    assert.ok(claimsOf(json).iat >= claimsOf(first).iat);
  });

  check("keys rotate: a new one signs, and what the old one signed still verifies", "OIDC Core §10.1.1", async (s) => {
    const before = await s.connect(basic);
    await s.rotateKeys();
    const { tokens } = await verify(s, basic);
    assert.notEqual(kidOf(tokens), kidOf(before));
    const keys = await keysOf(s);
    assert.ok(keys.some((key) => key.kid === kidOf(before)), "the old key is gone");
    assert.ok(keys.some((key) => key.kid === kidOf(tokens)), "the new key is missing");
  });

  check("tokens outlive a rotation of keys", "OIDC Core §10.1.1", async (s) => {
    const { access_token, refresh_token } = await s.connect(basic);
    await s.rotateKeys();
    assert.equal((await s.userinfo(access_token)).status, 200);
    assert.equal((await s.refresh(basic, refresh_token)).status, 200);
  });
};
