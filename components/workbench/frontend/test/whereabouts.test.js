import assert from "node:assert/strict";
import { test } from "node:test";

import { isAt, placeAt } from "../src/whereabouts.js";

const at = (search, pathname = "/review") => placeAt({ pathname, search }, "/review");

test("an address names a place", () => {
  assert.deepEqual(at("?queue=filter&source=a&source=b&start=7"), {
    queue: "filter",
    query: [
      ["queue", "filter"],
      ["source", "a"],
      ["source", "b"],
    ],
    start: 7,
  });
  assert.equal(at("?queue=parked").start, null);
});

test("what only Python can tell is left to Python", () => {
  assert.equal(at(""), null);
  assert.equal(at("?queue=parked&plain=1"), null);
  assert.equal(at("?queue=parked", "/browse"), null);
  assert.equal(at("?queue=parked&start=x").start, null);
});

test("the order of an address does not matter", () => {
  globalThis.location = /** @type {any} */ ({ pathname: "/review" });
  const place = { query: [["queue", "filter"], ["source", "a"]], start: 3 };
  assert.ok(isAt("?source=a&start=3&queue=filter", place));
  assert.ok(!isAt("?source=a&queue=filter", place));
  delete globalThis.location;
});
