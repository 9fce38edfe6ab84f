// The device grant: RFC 8628.
import assert from "node:assert/strict";
import * as oauth from "oauth4webapi";
import * as openid from "openid-client";
import { CLIENTS } from "../clients.mjs";
import { assertRefused } from "../lib/subject.mjs";

const { basic, other, public: native, code_only } = CLIENTS;
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

export default (check) => {
  const noSlowDown = { "oidc-provider": "never asks to slow down, which is the provider's choice (RFC 8628 §3.5)" };

  async function begin(s, client = basic, more = {}) {
    const { status, json, text } = await s.post("device_authorization_endpoint", client, { scope: s.scope, ...(client.client_secret ? {} : { client_id: client.client_id }), ...more });
    assert.equal(status, 200, text);
    return json;
  }
  const poll = (s, client, device_code) => s.token(client, { grant_type: GRANT, device_code });

  // Where the person types the code; the page has to say that it is done or refused.
  const enter = (s, { verification_uri, user_code }, walking) => s.walk(verification_uri, { values: { user_code }, ...walking });

  check("the device gets a code for itself and one for the person", "RFC 8628 §3.2", async (s) => {
    const { status, headers, json } = await s.post("device_authorization_endpoint", basic, { scope: s.scope });
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^application\/json/);
    assert.match(headers.get("cache-control"), /no-store/);
    assert.ok(json.device_code && json.user_code && json.expires_in > 0);
    assert.ok(new URL(json.verification_uri));
    assert.notEqual(json.device_code, json.user_code);
  });

  check("openid-client begins a device grant", "RFC 8628 §3.1", async (s) => {
    const begun = await openid.initiateDeviceAuthorization(await s.configuration(basic), { scope: s.scope });
    assert.ok(begun.user_code);
  });

  check("oauth4webapi gets tokens once the person has agreed", "RFC 8628 §3.5", async (s) => {
    const { client, auth, insecure } = s.library(basic);
    const as = await s.metadata();
    const answer = await oauth.deviceAuthorizationRequest(as, client, auth, { scope: s.scope }, insecure);
    const begun = await oauth.processDeviceAuthorizationResponse(as, client, answer);
    await enter(s, begun);
    const response = await oauth.deviceCodeGrantRequest(as, client, auth, begun.device_code, insecure);
    const tokens = await oauth.processDeviceCodeResponse(as, client, response);
    assert.ok(tokens.access_token && tokens.refresh_token);
  });

  check("a device's tokens are live and can be refreshed", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    await enter(s, begun);
    const { json } = await poll(s, basic, begun.device_code);
    assert.equal((await s.userinfo(json.access_token)).json.email, "alice@example.com");
    assert.equal((await s.refresh(basic, json.refresh_token)).status, 200);
  });

  check("a public client may use the device grant", "RFC 8628 §3.1", async (s) => {
    const begun = await begin(s, native);
    await enter(s, begun);
    assert.equal((await poll(s, native, begun.device_code)).status, 200);
  });

  check("the complete address needs no typing", "RFC 8628 §3.3.1", async (s) => {
    const begun = await begin(s);
    await s.walk(begun.verification_uri_complete);
    assert.equal((await poll(s, basic, begun.device_code)).status, 200);
  });

  check("the person's code may be typed in lower case and without dashes", "RFC 8628 §6.1", async (s) => {
    const begun = await begin(s);
    await enter(s, { ...begun, user_code: begun.user_code.toLowerCase().replace(/[^a-z0-9]/g, "") });
    assert.equal((await poll(s, basic, begun.device_code)).status, 200);
  });

  check("before the person has answered, the device is told to wait", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    assertRefused(await poll(s, basic, begun.device_code), "authorization_pending");
  });

  check("a device that asks too soon is told to slow down", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    await poll(s, basic, begun.device_code);
    assertRefused(await poll(s, basic, begun.device_code), "slow_down");
  }, noSlowDown);

  check("a device that keeps the interval is never told to slow down", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    const interval = (begun.interval ?? 5) + 1;
    assertRefused(await poll(s, basic, begun.device_code), "authorization_pending");
    await s.later(interval, async () => {
      assertRefused(await poll(s, basic, begun.device_code), "authorization_pending");
      await s.later(interval, async () => assertRefused(await poll(s, basic, begun.device_code), "authorization_pending"));
    });
  });

  check("each request to slow down adds five seconds to the interval", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    const interval = begun.interval ?? 5;
    await poll(s, basic, begun.device_code);
    assertRefused(await poll(s, basic, begun.device_code), "slow_down");
    await s.later(interval + 6, async () => {
      assertRefused(await poll(s, basic, begun.device_code), "authorization_pending");
      await s.later(interval + 1, async () => assertRefused(await poll(s, basic, begun.device_code), "slow_down"));
    });
  }, noSlowDown);

  check("a device that slows down gets its tokens in the end", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    for (let time = 0; time < 2; ++time) await poll(s, basic, begun.device_code);
    await enter(s, begun);
    await s.later(60, async () => assert.equal((await poll(s, basic, begun.device_code)).status, 200));
  });

  check("a refusal of the person is told to the device", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    await enter(s, begun, { deny: true });
    assertRefused(await poll(s, basic, begun.device_code), "access_denied");
  });

  check("a device code that waited too long is told as expired", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    await s.later(begun.expires_in + 1, async () => assertRefused(await poll(s, basic, begun.device_code), ["expired_token", "invalid_grant"]));
  });

  check("a person's code that waited too long connects nothing", "RFC 8628 §3.3", async (s) => {
    const begun = await begin(s);
    await s.later(begun.expires_in + 1, () => enter(s, begun).catch(() => {}));
    const { json } = await poll(s, basic, begun.device_code);
    assert.equal(json.access_token, undefined);
  });

  check("a device code is good for once", "RFC 8628 §3.5", async (s) => {
    const begun = await begin(s);
    await enter(s, begun);
    assert.equal((await poll(s, basic, begun.device_code)).status, 200);
    assertRefused(await poll(s, basic, begun.device_code), ["invalid_grant", "expired_token"]);
  });

  check("a person's code is good for once", "RFC 8628 §5.1", async (s) => {
    const begun = await begin(s);
    await enter(s, begun);
    const end = await enter(s, begun).catch((error) => ({ status: 400, text: error.message }));
    assert.equal((await poll(s, basic, begun.device_code)).status, 200);
    assert.ok(end.status >= 200, end.text);
  });

  check("a device code is refused to another client", "RFC 8628 §3.4", async (s) => {
    const begun = await begin(s);
    await enter(s, begun);
    assertRefused(await poll(s, other, begun.device_code), "invalid_grant");
  });

  check("a device code that nobody gave is refused", "RFC 8628 §3.5", async (s) => {
    assertRefused(await poll(s, basic, "no-such-code"), ["invalid_grant", "expired_token"]);
  });

  check("a poll without device code is refused", "RFC 8628 §3.4", async (s) => {
    assertRefused(await s.token(basic, { grant_type: GRANT }), "invalid_request");
  });

  check("a wrong person's code connects nothing", "RFC 8628 §3.3", async (s) => {
    const begun = await begin(s);
    await enter(s, { ...begun, user_code: "AAAA-AAAA" }).catch(() => {});
    assertRefused(await poll(s, basic, begun.device_code), "authorization_pending");
  });

  check("a client that is not registered for the device grant is refused", "RFC 8628 §3.1", async (s) => {
    assertRefused(await s.post("device_authorization_endpoint", code_only, { scope: s.scope }), "unauthorized_client", [400, 401]);
  }, { "oidc-provider": "refuses it as invalid_request" });

  check("a device grant of an unknown client is refused", "RFC 8628 §3.1", async (s) => {
    assertRefused(await s.post("device_authorization_endpoint", { ...basic, client_id: "nobody" }, { scope: s.scope }), "invalid_client", [401]);
  });

  check("a device authorization request is a POST", "RFC 8628 §3.1", async (s) => {
    const { status } = await s.send("GET", await s.endpoint("device_authorization_endpoint"), { headers: { authorization: s.basic(basic) } });
    assert.ok([400, 404, 405].includes(status), `status ${status}`);
  }, { "oidc-provider": "has the person's way back below this path, and answers 500" });
};
