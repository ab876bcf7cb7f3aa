import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesText as downloaded } from "../../../downloader/frontend/src/strings.js";
import { bytesText, limitText, speak } from "../src/strings.js";

test("sizes are told in thousands, as the pages and the downloads tell them", () => {
  const sizes = [812, 36_400, 1_400_000, 15_700_000];
  assert.deepEqual(sizes.map(bytesText), ["812 B", "36 KB", "1.4 MB", "16 MB"]);
  assert.deepEqual(sizes.map(downloaded), ["812 B", "36 KB", "1.4 MB", "15.7 MB"]);
  assert.equal(downloaded(999_700), "1.0 MB");
});

test("limits are told as the API has them, and what is beyond one is never told as large as it", () => {
  assert.deepEqual([25 * 2 ** 20, 25 * 2 ** 20 + 1, 2 ** 31].map(limitText), ["25 MiB", "25.1 MiB", "2 GiB"]);
  speak("fr");
  assert.equal(limitText(25 * 2 ** 20 + 1), "25,1 Mio");
  speak("en");
});
