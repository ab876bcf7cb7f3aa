import assert from "node:assert/strict";
import { test } from "node:test";

import { createLabels } from "../src/labels.js";

const one = (key, more = {}) => ({ id: 1, key, name: key.replace("_", " "), colour: "#112233", hotkey: null, applies_to: "both", exclusive_group: null, pinned: false, retired: false, ...more });
const WILDFIRE = [
  one("wildfire", { hotkey: "1", pinned: true, exclusive_group: "smoke" }),
  one("industrial", { hotkey: "2", pinned: true, exclusive_group: "smoke" }),
  one("antenna", { hotkey: "F A", exclusive_group: "false_positive" }),
  one("low_cloud", { hotkey: "F L", exclusive_group: "false_positive" }),
  one("high_cloud", { hotkey: "F H", exclusive_group: "false_positive" }),
  one("old", { retired: true, hotkey: null }),
];

test("a digit and F with a letter find their label class", () => {
  const labels = createLabels(WILDFIRE);
  assert.equal(labels.byDigit("2").key, "industrial");
  assert.equal(labels.byLetter("l").key, "low_cloud");
  assert.equal(labels.keysOf("antenna"), "F A");
  assert.equal(labels.byDigit("9"), undefined);
});

test("a pinned label class without a key takes a free digit", () => {
  const labels = createLabels([...WILDFIRE, one("drone", { pinned: true })]);
  assert.equal(labels.byDigit("3").key, "drone");
});

test("a retired label class is named where it stands, and not offered", () => {
  const labels = createLabels(WILDFIRE);
  assert.equal(labels.nameOf("old"), "old");
  assert.ok(!labels.offered.some((each) => each.key === "old"));
});

test("what was just used stands first among the others", () => {
  const labels = createLabels([...WILDFIRE, one("tree"), one("road")]);
  labels.used("road");
  assert.equal(labels.recent[0].key, "road");
  assert.equal(labels.recent.length, 3);
});

test("typing finds by name, beginnings first", () => {
  const labels = createLabels([...WILDFIRE, one("cloud_bank")]);
  assert.deepEqual(labels.search("cloud").map((each) => each.key), ["cloud_bank", "low_cloud", "high_cloud"]);
  assert.deepEqual(labels.search("zebra"), []);
});

test("smoke and false positive exclude each other for a whole picture, false positives do not", () => {
  const labels = createLabels(WILDFIRE);
  assert.deepEqual(labels.toggle(["antenna"], "low_cloud"), ["antenna", "low_cloud"]);
  assert.deepEqual(labels.toggle(["antenna", "low_cloud"], "wildfire"), ["wildfire"]);
  assert.deepEqual(labels.toggle(["wildfire"], "wildfire"), []);
});
