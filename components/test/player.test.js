import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthText } from "../player.js";

test("the length of a video is told as clocks tell it", () => {
  assert.equal(lengthText(0.4), "0:00");
  assert.equal(lengthText(5), "0:05");
  assert.equal(lengthText(754.6), "12:35");
  assert.equal(lengthText(3723), "1:02:03");
  assert.equal(lengthText(null), "");
});
