// Playwright's runner, as npm gives it, with a mock for each test that asks for one. No browser is needed here.
import { expect, test as base } from "@playwright/test";
import { mockFixture } from "../../../mockprovider/clients/node/index.mjs";

const test = base.extend({ mock: mockFixture() });

test("a connected user's token dies with time", async ({ mock }) => {
  const tokens = await mock.connect("alice@example.com");
  await mock.advance("2h");
  await expect(mock.userinfo(tokens)).rejects.toMatchObject({ status: 401 });
});

test("each test has a mock of its own", async ({ mock }) => {
  expect(await mock.grants()).toEqual([]);
});
