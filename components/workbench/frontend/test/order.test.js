import assert from "node:assert/strict";
import { test } from "node:test";

import { ENGLISH } from "../src/english.js";
import { FRENCH } from "../src/french.js";
import { ORDERS, inOrder, ofQueue, orderOf } from "../src/order.js";

test("a query that names no order has the one of its queue", () => {
  assert.equal(orderOf([["queue", "to_review"]]), "captured");
  assert.equal(orderOf([["queue", "filter"], ["state", "new"]]), "-uploaded");
  assert.equal(orderOf([["queue", "to_review"], ["sort", "-score"]]), "-score");
});

test("another order replaces the one before, and what narrows the queue stays", () => {
  const query = [["queue", "to_review"], ["sort", "random"], ["tag", "a"], ["seed", "7"], ["tag", "b"]];
  assert.deepEqual(inOrder(query, "uploaded"), [["queue", "to_review"], ["tag", "a"], ["tag", "b"], ["sort", "uploaded"]]);
});

test("a random order gets a seed of its own, within what the filter takes", () => {
  const seedOf = (random) => inOrder([["queue", "parked"], ["seed", "1"]], "random", () => random).filter(([name]) => name === "seed");
  assert.deepEqual(seedOf(0), [["seed", "0"]]);
  assert.deepEqual(seedOf(1 - 2 ** -53), [["seed", String(2 ** 31 - 1)]]);
});

test("another queue keeps the order and nothing else", () => {
  const query = [["queue", "to_review"], ["tag", "a"], ["sort", "random"], ["seed", "7"]];
  assert.deepEqual(ofQueue(query, "unsure"), [["queue", "unsure"], ["sort", "random"], ["seed", "7"]]);
});

test("every order has a name in both languages", () => {
  for (const order of [...ORDERS, "-uploaded", "-captured", "file_name"]) {
    assert.ok(ENGLISH.orders[order] && FRENCH.orders[order], order);
  }
});
