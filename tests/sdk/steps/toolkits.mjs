import assert from "node:assert/strict";
import { refused } from "../lib/harness.mjs";

export default async function toolkits({ world, sdk, composio, step }) {
  await step("list: every item has name, categories and number of tools", async () => {
    const items = await composio.toolkits.get({});
    const gmail = items.find((item) => item.slug === "gmail");
    assert.equal(gmail.name, "Gmail");
    assert.equal(gmail.isLocalToolkit, false);
    assert.deepEqual(gmail.composioManagedAuthSchemes, ["OAUTH2"]);
    assert.deepEqual(gmail.authSchemes, ["OAUTH2"]);
    assert.deepEqual(gmail.meta.categories.map((category) => category.slug), ["email"]);
    assert.ok(gmail.meta.toolsCount >= 8);
    for (const slug of ["github", "gmail", "jira", "mock", "slack", "tavily", "zendesk"]) {
      assert.ok(items.some((item) => item.slug === slug), slug);
    }
  });

  await step("list: by category", async () => {
    const items = await composio.toolkits.get({ category: "email" });
    assert.ok(items.some((item) => item.slug === "gmail"));
    assert.ok(items.every((item) => item.meta.categories.some((category) => category.slug === "email")));
  });

  await step("list: alphabetically, two at a time, no toolkit twice", async () => {
    const seen = [];
    let cursor;
    for (let page = 0; page < 50; ++page) {
      const items = await composio.toolkits.get({ sortBy: "alphabetically", limit: 2, ...(cursor && { cursor }) });
      seen.push(...items.map((item) => item.slug));
      const raw = await world.call("GET", `/api/v3.1/toolkits?sort_by=alphabetically&limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      assert.deepEqual(raw.json.items.map((item) => item.slug), items.map((item) => item.slug));
      cursor = raw.json.next_cursor;
      if (!cursor) break;
    }
    assert.deepEqual(seen, [...new Set(seen)]);
    const names = (await composio.toolkits.get({ limit: 1000 })).map((item) => item.slug);
    assert.deepEqual([...seen].sort(), [...names].sort());
  });

  await step("list: only those that need no client of one's own", async () => {
    const items = await composio.toolkits.get({ managedBy: "composio" });
    assert.ok(items.some((item) => item.slug === "gmail"));
  });

  await step("detail: OAuth toolkit with its scopes and fields", async () => {
    const gmail = await composio.toolkits.get("gmail");
    assert.equal(gmail.slug, "gmail");
    const [detail] = gmail.authConfigDetails;
    assert.equal(detail.mode, "OAUTH2");
    const required = detail.fields.authConfigCreation.required.map((field) => field.name);
    assert.deepEqual(required.sort(), ["client_id", "client_secret"]);
    assert.deepEqual(detail.fields.connectedAccountInitiation.required, []);
    assert.deepEqual(gmail.meta.categories, [{ slug: "email", name: gmail.meta.categories[0].name }]);
    assert.ok(gmail.meta.categories[0].name.length > 0);
  });

  await step("detail: the fields of a key toolkit say what to enter", async () => {
    const fields = await composio.toolkits.getConnectedAccountInitiationFields("tavily", "API_KEY", { requiredOnly: true });
    assert.deepEqual(fields.map((field) => field.name), ["generic_api_key"]);
    assert.equal(fields[0].required, true);
    assert.ok(fields[0].displayName.length > 0);
  });

  await step("detail: the fields of a toolkit with basic login and a subdomain", async () => {
    const fields = await composio.toolkits.getConnectedAccountInitiationFields("zendesk", "BASIC");
    assert.deepEqual(fields.map((field) => field.name).sort(), ["password", "subdomain", "username"]);
  });

  await step("detail: what a client of one's own needs", async () => {
    const fields = await composio.toolkits.getAuthConfigCreationFields("github", "OAUTH2", { requiredOnly: true });
    assert.deepEqual(fields.map((field) => field.name).sort(), ["client_id", "client_secret"]);
  });

  await step("detail: a toolkit with every scheme has a description of each", async () => {
    const mock = await composio.toolkits.get("mock");
    assert.deepEqual(mock.authConfigDetails.map((detail) => detail.mode), ["OAUTH2", "API_KEY", "BEARER_TOKEN", "BASIC", "BASIC_WITH_JWT",
      "GOOGLE_SERVICE_ACCOUNT", "SERVICE_ACCOUNT", "BILLCOM_AUTH", "SAML", "CALCOM_AUTH", "OAUTH1", "DCR_OAUTH", "S2S_OAUTH2"]);
  });

  await step("detail: an unknown toolkit", async () => {
    // 0.17 compares with another package's class and so never sees that it was a 404.
    await refused(composio.toolkits.get("nosuchtoolkit"), sdk.isNewer ? "ComposioToolkitNotFoundError" : "ComposioToolkitFetchError", { status: 404 });
  });

  await step("categories: each that a toolkit has", async () => {
    const { items } = await composio.toolkits.listCategories();
    assert.ok(items.some((category) => category.id === "email" && category.name.length > 0));
    const slugs = new Set((await composio.toolkits.get({ limit: 1000 })).flatMap((item) => item.meta.categories.map((each) => each.slug)));
    for (const slug of slugs) assert.ok(items.some((category) => category.id === slug), slug);
  });

  await step("authorize: makes what is missing and gives a link", async () => {
    const request = await composio.toolkits.authorize(world.user("authorized"), "slack");
    assert.match(request.id, /^ca_/);
    assert.ok(request.redirectUrl.startsWith(`${world.url}/link/lk_`));
    await world.finish(request.redirectUrl);
    const account = await request.waitForConnection(10_000);
    assert.equal(account.status, "ACTIVE");
    assert.equal(account.toolkit.slug, "slack");
  });

  await step("authorize: an unknown toolkit", async () => {
    await refused(composio.toolkits.authorize("u", "nosuchtoolkit"), sdk.isNewer ? "ComposioToolkitNotFoundError" : "ComposioToolkitFetchError", { status: 404 });
  });

  const many = (slugs) => (sdk.isNewer ? composio.toolkits.getMany(slugs)
    : composio.client.post("/api/v3.1/toolkits/multi", { body: { toolkits: slugs } }).then(({ items }) => items));

  await step("several: by their slugs", async () => {
    const items = await many(["gmail", "slack"]);
    assert.deepEqual(items.map((item) => item.slug).sort(), ["gmail", "slack"]);
    assert.ok(items.every((item) => item.meta));
  });

  await step("several: those that do not exist are left out", async () => {
    assert.deepEqual((await many(["gmail", "nosuchtoolkit"])).map((item) => item.slug), ["gmail"]);
  });

  if (sdk.isNewer) {
    await step("changelog: an empty page", async () => {
      assert.deepEqual((await composio.toolkits.changelog()).items, []);
    });
  }
}
