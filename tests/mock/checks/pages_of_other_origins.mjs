// Applications that live in a browser: which answers the pages of other origins may read.
import assert from "node:assert/strict";
import { CLIENTS } from "../clients.mjs";

const ORIGIN = "https://page.example";
const CLAUSE = "Fetch §3.3";

// "*" says so to requests without cookies alone.
const isReadable = (headers) => ["*", ORIGIN].includes(headers.get("access-control-allow-origin"));

function preflight(s, url, wanted) {
  return s.send("OPTIONS", url, { headers: { origin: ORIGIN, "access-control-request-method": "POST", "access-control-request-headers": wanted } });
}

export default (check) => {
  for (const name of ["metadata", "keys"]) {
    check(`a page of another origin may read the ${name}`, CLAUSE, async (s) => {
      const url = name === "keys" ? await s.endpoint("jwks_uri") : `${s.issuer}/.well-known/openid-configuration`;
      const { status, headers } = await s.send("GET", url, { headers: { origin: ORIGIN } });
      assert.equal(status, 200);
      assert.ok(isReadable(headers), headers.get("access-control-allow-origin"));
    });
  }

  for (const name of ["token_endpoint", "revocation_endpoint", "userinfo_endpoint"]) {
    check(`a preflight of the ${name.replace("_", " ")} grants the headers that it asks for`, CLAUSE, async (s) => {
      const { status, headers } = await preflight(s, await s.endpoint(name), "authorization,content-type");
      assert.ok(status === 204 || status === 200, `${status}`);
      assert.ok(isReadable(headers), headers.get("access-control-allow-origin"));
      const granted = headers.get("access-control-allow-headers")?.toLowerCase().split(/ *, */);
      assert.ok(granted?.includes("authorization") && granted.includes("content-type"), `${granted}`);
    });
  }

  check("a page may read the refusal of a token request", CLAUSE, async (s) => {
    const body = new URLSearchParams({ grant_type: "authorization_code", code: "nothing", client_id: CLIENTS.public.client_id });
    const { status, headers } = await s.send("POST", await s.endpoint("token_endpoint"), { headers: { origin: ORIGIN }, body });
    assert.ok(status >= 400, `${status}`);
    assert.ok(isReadable(headers), headers.get("access-control-allow-origin"));
  });

  check("no page of another origin may read the authorization endpoint", CLAUSE, async (s) => {
    const { headers } = await s.send("GET", await s.endpoint("authorization_endpoint"), { headers: { origin: ORIGIN } });
    assert.ok(!isReadable(headers), headers.get("access-control-allow-origin"));
  });
};
