import assert from "node:assert/strict";
import { test } from "node:test";

import { rowCounter } from "../src/rows.js";

const bytes = (text) => new TextEncoder().encode(text);

test("rows are lines without the header", () => {
  const count = rowCounter();
  assert.equal(count(bytes("\ufeffid,file_name\n")), 0);
  assert.equal(count(bytes("1,a.jpg\n2,b.jpg\n")), 2);
});

test("a line break inside quotes is no row, even where a chunk ends within them", () => {
  const count = rowCounter();
  count(bytes('id,comment\n1,"too '));
  assert.equal(count(bytes('wide,\nreally ""wide"""\n2,x\n')), 2);
});
