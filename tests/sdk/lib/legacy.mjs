// The first SDK has one class of error: which one it is, its code says.
import assert from "node:assert/strict";

export async function refusedAs(work, code, says) {
  const error = await work.then(() => assert.fail("not refused"), (refusal) => refusal);
  assert.equal(error.errCode, code, `${error.name}: ${error.message}`);
  if (says) assert.match(`${error.message} ${error.description}`, says);
  return error;
}
