import assert from "node:assert/strict";
import { test } from "node:test";

import { chosenText } from "../src/view.js";

const rows = (...paths) => paths.map((path) => ({ path }));

test("a file alone is called by its name, several are counted", () => {
  assert.equal(chosenText([], 0), "");
  assert.match(chosenText(rows("autumn.zip"), 2000), /^autumn\.zip · 2\.0 KB$/);
  assert.match(chosenText(rows("a.jpg", "b.jpg", "labels.json"), 2000), /^2 pictures, 1 other file · /);
});
