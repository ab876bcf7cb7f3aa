import assert from "node:assert/strict";
import { test } from "node:test";

import { createEarlyKeys } from "../src/early.js";

function early() {
  const ran = [];
  const lapsed = [];
  let time = 0;
  const keys = createEarlyKeys({ run: (act) => ran.push(act), onLapse: () => lapsed.push(true), now: () => time });
  return { keys, ran, lapsed, pass: (ms) => (time += ms) };
}

test("keys pressed a moment too early are taken in their order, one picture each", () => {
  const { keys, ran } = early();
  keys.add("accept");
  keys.add("reject");
  let ready = 1;
  keys.take(() => ready-- <= 0);
  assert.deepEqual(ran, ["accept"]);
  keys.take(() => false);
  assert.deepEqual(ran, ["accept", "reject"]);
});

test("a key pressed long before its picture came judges nothing, and that is said", () => {
  const { keys, ran, lapsed, pass } = early();
  keys.add("accept");
  keys.add("accept");
  pass(2000);
  keys.take(() => false);
  assert.deepEqual(ran, []);
  assert.equal(lapsed.length, 1);
});

test("of a burst none is lost, however long the pictures take", () => {
  const { keys, ran, lapsed, pass } = early();
  keys.taken();
  for (let n = 0; n < 30; n += 1) {
    pass(30);
    keys.add("nothing");
  }
  for (let n = 0; n < 30; n += 1) {
    let ready = 1;
    pass(120);
    keys.take(() => ready-- <= 0);
  }
  assert.equal(ran.length, 30);
  assert.equal(lapsed.length, 0);
});
