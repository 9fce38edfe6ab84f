// Jest, as npm gives it and with no flag, with one mock for the file.
const { startMock } = require("../../../mockprovider/clients/node");

let mock;
beforeAll(async () => { mock = await startMock(); });
beforeEach(() => mock.reset());
afterAll(() => mock.stop());

test("a connected user's token dies with time", async () => {
  const tokens = await mock.connect("alice@example.com");
  await mock.advance("2h");
  await expect(mock.userinfo(tokens)).rejects.toMatchObject({ status: 401 });
});

test("each test finds the mock as it was in the beginning", async () => {
  expect(await mock.grants()).toEqual([]);
});
