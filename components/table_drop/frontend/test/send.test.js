import assert from "node:assert/strict";
import { test } from "node:test";

import { answerOf } from "../src/send.js";

test("an answer that is no JSON is none: a proxy's page is never shown as a sentence", () => {
  assert.equal(answerOf("<html>502</html>"), null);
  assert.deepEqual(answerOf('{"id": 3}'), { id: 3 });
});
