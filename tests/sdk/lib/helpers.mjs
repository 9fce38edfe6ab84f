// What many steps begin with.
import assert from "node:assert/strict";
import { ALICE } from "./world.mjs";

export function helpersFor(world, composio) {
  const configs = new Map();

  async function configFor(toolkit, scheme) {
    const name = `${toolkit} ${scheme ?? ""}`;
    if (!configs.has(name)) {
      const options = scheme && scheme !== "OAUTH2" ? { type: "use_custom_auth", name, authScheme: scheme, credentials: {} } : undefined;
      configs.set(name, (await composio.authConfigs.create(toolkit, options ?? { type: "use_composio_managed_auth", name })).id);
    }
    return configs.get(name);
  }

  // An ACTIVE account: the user signs in by a link.
  async function connect(user, toolkit, person = ALICE, scheme, options = {}) {
    const request = await composio.connectedAccounts.link(user, await configFor(toolkit, scheme), { allowMultiple: true, ...options });
    await world.finish(request.redirectUrl, person);
    const account = await request.waitForConnection(10_000);
    assert.equal(account.status, "ACTIVE");
    return account;
  }

  return { configFor, connect };
}
