import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { refused } from "../lib/harness.mjs";
import { ALICE } from "../lib/world.mjs";

// The project's own settings, what it has no triggers of, and the description of its API.
export default async function project({ world, sdk, composio, step, connect }) {
  const { client } = composio;
  const config = {
    read: () => client.get("/api/v3.1/org/project/config"),
    change: (body) => client.patch("/api/v3.1/org/project/config", { body }),
  };

  await step("config: the masking switch is stored, and values stay masked", async () => {
    const account = await connect(world.user("masked"), "gmail", ALICE);
    for (const value of [false, true]) {
      await config.change({ mask_secret_keys_in_connected_account: value });
      assert.equal((await config.read()).mask_secret_keys_in_connected_account, value);
      assert.equal((await composio.connectedAccounts.get(account.id)).state.val.access_token, "REDACTED");
    }
  });

  await step("config: a setting of the wrong type", async () => {
    await refused(config.change({ mask_secret_keys_in_connected_account: "no" }), "BadRequestError", { status: 400, says: /mask_secret_keys/ });
  });

  await step("whose key it is", async () => {
    const info = await client.get("/api/v3.1/auth/session/info");
    assert.match(JSON.stringify(info), /"pr_[^"]+"/);
  });

  await step("triggers: there are none", async () => {
    assert.deepEqual((await composio.triggers.listActive({})).items, []);
    assert.deepEqual((await composio.triggers.listTypes({})).items, []);
    assert.deepEqual(await composio.triggers.listEnum(), []);
  });

  await step("triggers: each is unknown", async () => {
    await refused(composio.triggers.create(world.user("u"), "GMAIL_NEW_MESSAGE", {}), "ComposioTriggerTypeNotFoundError");
    await refused(composio.triggers.delete("ti_nosuch000000"), "NotFoundError", { status: 404 });
    await refused(composio.triggers.enable("ti_nosuch000000"), "NotFoundError", { status: 404 });
    await refused(composio.triggers.disable("ti_nosuch000000"), "NotFoundError", { status: 404 });
  });

  await step("openapi: the document is one of OpenAPI 3.1", async () => {
    const { status, json } = await world.call("GET", "/openapi.json", undefined, {});
    assert.equal(status, 200);
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(json));
    assert.ok(valid, JSON.stringify(errors)?.slice(0, 2000));
    assert.equal(validator.version, "3.1");
    assert.deepEqual(json.servers, [{ url: world.url }]);
  });

  if (sdk.isNewer) {
    await step("openapi: the validator refuses a document without a title", async () => {
      const { json } = await world.call("GET", "/openapi.json", undefined, {});
      delete json.info.title;
      assert.equal((await new Validator().validate(json)).valid, false);
    });
  }
}
