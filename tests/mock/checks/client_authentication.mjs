// Who a client is at the token endpoint, and what a token request has to be: RFC 6749 sections 2.3, 3.2 and 5.2.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import { CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, post, odd, odd_post, public: native, code_only } = CLIENTS;
const GRANT = { grant_type: "client_credentials" };
const WRONG = "wrong-secret-0123456789012345678901234567";
const header = (value) => ({ authorization: `Basic ${Buffer.from(value).toString("base64")}` });

export default (check) => {
  const eitherWay = { "oidc-provider": "takes basic for post and post for basic" };
  const request = async (s, sent) => s.send("POST", await s.endpoint("token_endpoint"), sent);

  check("a wrong secret by basic is refused, with a challenge", "RFC 6749 §5.2", async (s) => {
    const answer = await s.token({ ...basic, client_secret: WRONG }, GRANT);
    assertRefused(answer, "invalid_client", [401]);
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Basic\b/);
  });

  check("a wrong secret by post is refused", "RFC 6749 §5.2", async (s) => {
    assertRefused(await s.token({ ...post, client_secret: WRONG }, GRANT), "invalid_client", [400, 401]);
  });

  check("an unknown client by basic is refused, with a challenge", "RFC 6749 §5.2", async (s) => {
    const answer = await s.token({ ...basic, client_id: "nobody" }, GRANT);
    assertRefused(answer, "invalid_client", [401]);
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Basic\b/);
  });

  check("an unknown client by post is refused", "RFC 6749 §5.2", async (s) => {
    assertRefused(await s.token({ ...post, client_id: "nobody" }, GRANT), "invalid_client", [400, 401]);
  });

  check("a confidential client that says its name alone is refused", "RFC 6749 §3.2.1", async (s) => {
    for (const { client_id } of [basic, post]) {
      assertRefused(await request(s, { form: { ...GRANT, client_id } }), "invalid_client", [400, 401]);
    }
  });

  check("an empty secret is refused", "RFC 6749 §2.3.1", async (s) => {
    assertRefused(await request(s, { form: GRANT, headers: header(`${basic.client_id}:`) }), ["invalid_client", "invalid_request"], [400, 401]);
  });

  check("a request of nobody is refused", "RFC 6749 §3.2.1", async (s) => {
    assertRefused(await request(s, { form: GRANT }), ["invalid_client", "invalid_request"], [400, 401]);
  });

  check("basic and post at once are refused", "RFC 6749 §2.3", async (s) => {
    const { client_id, client_secret } = basic;
    const answer = await request(s, { headers: { authorization: s.basic(basic) }, form: { ...GRANT, client_id, client_secret } });
    assertRefused(answer, ["invalid_request", "invalid_client"], [400, 401]);
  });

  check("one client in the header and another in the body are refused", "RFC 6749 §2.3", async (s) => {
    const answer = await request(s, { headers: { authorization: s.basic(basic) }, form: { ...GRANT, client_id: post.client_id } });
    assertRefused(answer, ["invalid_request", "invalid_client"], [400, 401]);
  });

  check("the same client_id in header and body is no contradiction", "RFC 6749 §3.2.1", async (s) => {
    const answer = await request(s, { headers: { authorization: s.basic(basic) }, form: { ...GRANT, client_id: basic.client_id } });
    assert.equal(answer.status, 200, answer.text);
  });

  check("id and secret with - _ + % : and space come through basic", "RFC 6749 §2.3.1", async (s) => {
    assert.equal((await s.token(odd, GRANT)).status, 200);
  });

  check("oauth4webapi's encoding of such an id and secret is understood", "RFC 6749 §2.3.1", async (s) => {
    const { client, auth, insecure } = s.library(odd);
    const as = await s.metadata();
    const answer = await oauth.clientCredentialsGrantRequest(as, client, auth, {}, insecure);
    assert.ok((await oauth.processClientCredentialsResponse(as, client, answer)).access_token);
  });

  check("id and secret with - _ + % : and space come through post", "RFC 6749 §2.3.1", async (s) => {
    assert.equal((await s.token(odd_post, GRANT)).status, 200);
  });

  check("the secret of one such client is no other's", "RFC 6749 §2.3.1", async (s) => {
    assertRefused(await s.token({ ...odd, client_secret: odd.client_secret.replace("+", " ") }, GRANT), "invalid_client", [401]);
  });

  check("the scheme's name may be in any case", "RFC 9110 §11.1", async (s) => {
    const answer = await request(s, { headers: { authorization: s.basic(basic).replace("Basic", "bAsIc") }, form: GRANT });
    assert.equal(answer.status, 200, answer.text);
  });

  const BROKEN = { "that is no base64": "Basic !!!", "without a colon": header("no-colon").authorization, "of another scheme": "Digest x=y" };
  for (const [what, authorization] of Object.entries(BROKEN)) {
    check(`a credential ${what} is refused`, "RFC 6749 §5.2", async (s) => {
      assertRefused(await request(s, { headers: { authorization }, form: GRANT }), ["invalid_client", "invalid_request"], [400, 401]);
    });
  }

  check("a client that registered for post is refused by basic", "RFC 7591 §2", async (s) => {
    assertRefused(await request(s, { headers: { authorization: s.basic(post) }, form: GRANT }), "invalid_client", [400, 401]);
  }, eitherWay);

  check("a client that registered for basic is refused by post", "RFC 7591 §2", async (s) => {
    const { client_id, client_secret } = basic;
    assertRefused(await request(s, { form: { ...GRANT, client_id, client_secret } }), "invalid_client", [400, 401]);
  }, eitherWay);

  check("credentials in the URL are not believed", "RFC 6749 §2.3.1", async (s) => {
    const url = new URL(await s.endpoint("token_endpoint"));
    url.searchParams.set("client_id", post.client_id);
    url.searchParams.set("client_secret", post.client_secret);
    assertRefused(await s.send("POST", url, { form: GRANT }), ["invalid_client", "invalid_request"], [400, 401]);
  });

  check("a grant that nobody knows is refused", "RFC 6749 §5.2", async (s) => {
    assertRefused(await s.token(basic, { grant_type: "urn:example:magic" }), "unsupported_grant_type");
  });

  check("a request without grant is refused", "RFC 6749 §5.2", async (s) => {
    assertRefused(await s.token(basic, { scope: "read" }), "invalid_request");
  });

  check("a grant that the client is not registered for is refused", "RFC 6749 §5.2", async (s) => {
    assertRefused(await s.token(code_only, GRANT), "unauthorized_client");
  }, { "oidc-provider": "refuses it as invalid_request" });

  check("a parameter of a token request that comes twice is refused", "RFC 6749 §3.2", async (s) => {
    const form = new URLSearchParams([["grant_type", "client_credentials"], ["scope", "read"], ["scope", "read"]]);
    assertRefused(await request(s, { headers: { authorization: s.basic(basic) }, form }), "invalid_request");
  });

  check("a parameter of a token request without a value counts as absent", "RFC 6749 §3.2", async (s) => {
    assert.equal((await s.token(basic, { ...GRANT, scope: "" })).status, 200);
    assertRefused(await s.token(basic, { grant_type: "" }), "invalid_request");
  });

  check("a parameter of a token request that nobody knows is ignored", "RFC 6749 §3.2", async (s) => {
    assert.equal((await s.token(basic, { ...GRANT, flavour: "vanilla" })).status, 200);
  });

  for (const method of ["GET", "PUT", "DELETE"]) {
    check(`${method} is no token request`, "RFC 6749 §3.2", async (s) => {
      const url = new URL(await s.endpoint("token_endpoint"));
      url.searchParams.set("grant_type", "client_credentials");
      const { status, json } = await s.send(method, url, { headers: { authorization: s.basic(basic) } });
      assert.ok([400, 404, 405].includes(status), `status ${status}`);
      assert.equal(json?.access_token, undefined);
    });
  }

  check("a token request is a form and not JSON", "RFC 6749 §3.2", async (s) => {
    const { status, json } = await request(s, { headers: { authorization: s.basic(basic) }, json: GRANT });
    assert.ok([400, 415].includes(status), `status ${status}`);
    assert.equal(json?.access_token, undefined);
  });

  check("a token request without a body is refused as JSON", "RFC 6749 §5.2", async (s) => {
    assertRefused(await request(s, { headers: { authorization: s.basic(basic) } }), "invalid_request");
  });

  check("a public client needs no secret", "RFC 6749 §2.1", async (s) => {
    const tokens = await s.connect(native, { redirect_uri: "http://127.0.0.1:4712/cb" });
    assert.equal((await s.refresh(native, tokens.refresh_token)).status, 200);
  });
};
