import assert from "node:assert/strict";
import { test } from "node:test";

import { missingOf, nextReply, replied } from "../src/questions.js";

const MISSED = { key: "missed_smoke", sentence: "Is there smoke that no shape shows?", asked: "required" };

test("the key goes from none to yes, to no, and to none again", () => {
  assert.deepEqual([undefined, true, false].map(nextReply), [true, false, undefined]);
});

test("a reply taken back leaves no trace, the others stay", () => {
  assert.deepEqual(replied({ missed_smoke: true, night: false }, "missed_smoke", undefined), { night: false });
  assert.deepEqual(replied({}, "missed_smoke", false), { missed_smoke: false });
});

test("only what has to be answered is missing, and no is an answer", () => {
  assert.equal(missingOf([MISSED], {}), MISSED.sentence);
  assert.equal(missingOf([MISSED], undefined), MISSED.sentence);
  assert.equal(missingOf([MISSED], { missed_smoke: false }), null);
  assert.equal(missingOf([{ ...MISSED, asked: "optional" }], {}), null);
});
