import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { refused } from "../lib/harness.mjs";
import { Receiver } from "../lib/recorder.mjs";
import { ALICE, BOB } from "../lib/world.mjs";

const EXPIRED = "composio.connected_account.expired";

const parts = ({ headers, body }) => ({
  id: headers["webhook-id"],
  timestamp: headers["webhook-timestamp"],
  signature: headers["webhook-signature"],
  payload: body,
});

export default async function webhooks({ world, sdk, composio, recorder, step, connect }) {
  const receiver = await Receiver.start(recorder);
  const subscriptions = () => world.call("GET", "/api/v3.1/webhook_subscriptions").then(({ json }) => json.items);
  const verify = (delivery, secret, more = {}) => composio.triggers.verifyWebhook({ ...parts(delivery), secret, ...more });
  let secret;
  let account;
  let user;
  let delivery;

  const expire = async (provider, toolkit, person, scheme) => {
    user = world.user("expiring");
    account = await connect(user, toolkit, person, scheme);
    await world.revokeAtProvider(provider, person);
    await world.advance("2h");
    return receiver.next();
  };

  await step("subscribe: with a secret, shown once", async () => {
    const made = await composio.triggers.setWebhookSubscription({ webhookUrl: receiver.url, enabledEvents: [EXPIRED] });
    secret = made.secret;
    assert.match(made.id, /^ws_/);
    assert.ok(secret.length >= 32);
    const [listed] = await subscriptions();
    assert.deepEqual([listed.id, listed.webhook_url, listed.enabled_events], [made.id, receiver.url, [EXPIRED]]);
    assert.equal(listed.secret, undefined);
    world.remember("webhook secret", secret);
  });

  await step("subscribe: again changes the one there is", async () => {
    await composio.triggers.setWebhookSubscription({ webhookUrl: receiver.url, enabledEvents: [EXPIRED] });
    assert.equal((await subscriptions()).length, 1);
  });

  await step("expired: it is told, once, with everything the SDK demands", async () => {
    delivery = await expire("atlassian", "jira", BOB);
    const event = JSON.parse(delivery.body);
    assert.deepEqual([event.type, event.data.id, event.data.user_id, event.data.status], [EXPIRED, account.id, user, "EXPIRED"]);
    assert.deepEqual([event.data.toolkit.slug, event.id], ["jira", delivery.headers["webhook-id"]]);
    assert.equal(delivery.headers["x-composio-webhook-version"], "V3");
    assert.equal(delivery.headers["x-composio-delivery-attempt"], "1");
    if (sdk.lib.ConnectionExpiredEventSchema) sdk.lib.ConnectionExpiredEventSchema.parse(event);
    assert.equal(receiver.waiting, 0);
  });

  await step("signature: the SDK's own check holds", async () => {
    const { version, payload, rawPayload } = await verify(delivery, secret);
    assert.equal(version, "V3");
    assert.equal(payload.triggerSlug, EXPIRED);
    assert.equal(rawPayload.data.id, account.id);
  });

  await step("signature: standardwebhooks' check holds, from the same delivery", async () => {
    const event = new Webhook(secret).verify(delivery.body, delivery.headers);
    assert.equal(event.data.id, account.id);
  });

  await step("signature: one byte more, and both refuse", async () => {
    const forged = { ...delivery, body: `${delivery.body} ` };
    await refused(verify(forged, secret), "ComposioWebhookSignatureVerificationError");
    assert.throws(() => new Webhook(secret).verify(forged.body, forged.headers));
  });

  await step("signature: another secret, and both refuse", async () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    await refused(verify(delivery, other), "ComposioWebhookSignatureVerificationError");
    assert.throws(() => new Webhook(other).verify(delivery.body, delivery.headers));
  });

  await step("signature: of an older moment, and both refuse", async () => {
    const old = { ...delivery, headers: { ...delivery.headers, "webhook-timestamp": String(Number(delivery.headers["webhook-timestamp"]) - 3600) } };
    await refused(verify(old, secret), "ComposioWebhookSignatureVerificationError");
    assert.throws(() => new Webhook(secret).verify(old.body, old.headers));
  });

  await step("delivery: it is tried again, with the same id and a signature that holds", async () => {
    receiver.statuses.push(500);
    const first = await expire("google", "gmail", ALICE);
    await world.advance("10s");
    const second = await receiver.next();
    assert.deepEqual([first.status, second.status], [500, 200]);
    assert.equal(second.headers["webhook-id"], first.headers["webhook-id"]);
    assert.equal(second.headers["x-composio-delivery-attempt"], "2");
    assert.equal(second.body, first.body);
    await verify(second, secret);
  });

  if (sdk.isNewer) {
    const { subscriptions: own } = composio.webhooks;
    let id;

    await step("subscriptions: list and get", async () => {
      const { items } = await own.list({});
      [{ id }] = items;
      const one = await own.get(id);
      assert.deepEqual([one.id, one.webhookUrl, one.enabledEvents], [id, receiver.url, [EXPIRED]]);
    });

    await step("subscriptions: event types", async () => {
      const { items } = await own.listEventTypes();
      const expired = items.find((item) => item.eventType === EXPIRED);
      assert.ok(expired.supportedVersions.includes("V3"));
    });

    const isSignedWith = async (signed, key) => {
      const byStandard = (() => {
        try {
          return new Webhook(key).verify(signed.body, signed.headers).type === EXPIRED;
        } catch {
          return false;
        }
      })();
      const bySdk = await verify(signed, key).then(() => true, (error) => assert.match(error.name, /SignatureVerification/) ?? false);
      assert.equal(byStandard, bySdk, "the two checks do not agree");
      return bySdk;
    };
    let rotated;

    await step("subscriptions: a rotated secret signs what comes next, and so does the old one", async () => {
      rotated = (await own.rotateSecret(id)).secret;
      assert.notEqual(rotated, secret);
      world.remember("rotated webhook secret", rotated);
      const after = await expire("mockidp", "mock", BOB, "OAUTH2");
      assert.deepEqual([await isSignedWith(after, rotated), await isSignedWith(after, secret)], [true, true]);
    });

    await step("subscriptions: a day later the old secret is of no use", async () => {
      await world.advance("24h");
      const after = await expire("mockidp", "mock", BOB, "OAUTH2");
      assert.deepEqual([await isSignedWith(after, rotated), await isSignedWith(after, secret)], [true, false]);
    });

    await step("subscriptions: update", async () => {
      const other = await Receiver.start(recorder);
      await own.update(id, { webhookUrl: other.url });
      assert.equal((await own.get(id)).webhookUrl, other.url);
    });

    await step("subscriptions: delete", async () => {
      await own.delete(id);
      await refused(own.get(id), "NotFoundError", { status: 404 });
      assert.deepEqual((await own.list({})).items, []);
    });

    await step("subscriptions: an unknown id", async () => {
      await refused(own.rotateSecret("ws_nosuch000000"), "NotFoundError", { status: 404 });
    });
  }

  await step("subscribe: a URL that is none", async () => {
    await refused(composio.client.post("/api/v3.1/webhook_subscriptions", { body: { webhook_url: "ftp://a/b", enabled_events: [EXPIRED], version: "V3" } }), "BadRequestError", { status: 400, says: /webhook_url/ });
  });
}
