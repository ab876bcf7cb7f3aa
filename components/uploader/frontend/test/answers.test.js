import assert from "node:assert/strict";
import { test } from "node:test";

import { lineReader, outcomeOf } from "../src/answers.js";
import { delayBefore, retryAfterMs } from "../src/backoff.js";

const answer = (status, body = null, retryAfter = null) => outcomeOf({ status, body, retryAfter });

test("201 is registered, 200 is a twin that was here already", () => {
  assert.equal(answer(201, { media: { id: 7 }, twin: false }).state, "registered");
  const twin = answer(200, { media: { id: 7 }, twin: true });
  assert.deepEqual([twin.state, twin.mediaId], ["already_here", 7]);
});

test("what a new picture looks like comes along, and is nothing where a server does not say", () => {
  assert.deepEqual(answer(201, { media: { id: 7 }, twin: false, looks_like: [3, 5] }).looksLike, [3, 5]);
  assert.deepEqual(answer(201, { media: { id: 7 }, twin: false }).looksLike, []);
});

test("a repeated key that had registered the file is not called a twin", () => {
  assert.equal(answer(200, { media: { id: 7 }, twin: false }).state, "registered");
});

test("a success that is not ours, of a proxy perhaps, is no success", () => {
  assert.equal(answer(200, null).kind, "again");
});

test("no answer and an unreachable bucket concern everybody, an error of the server this file", () => {
  assert.equal(answer(0).everyone, true);
  assert.equal(answer(503, { detail: "The bucket cannot be reached." }, "5").everyone, true);
  assert.equal(answer(503, null, "5").waitMs, 5000);
  assert.equal(answer(500).everyone, false);
});

test("a broken rule is refused in the server's own words", () => {
  assert.deepEqual(answer(413, { detail: "Too large." }), { kind: "refused", detail: "Too large." });
});

test("lines are handed out once, when they are complete", () => {
  const read = lineReader();
  assert.deepEqual(read('{"name":"a"}\n{"na'), [{ name: "a" }]);
  assert.deepEqual(read('{"name":"a"}\n{"name":"b"}\n'), [{ name: "b" }]);
  assert.deepEqual(read('{"name":"a"}\n{"name":"b"}\n{"name":"c"}', true), [{ name: "c" }]);
  assert.deepEqual(read('{"name":"a"}\n{"name":"b"}\n{"name":"c"}', true), []);
});

test("waits grow from a second to half a minute", () => {
  const even = () => 0.5;
  assert.deepEqual([1, 2, 3, 6, 20].map((tries) => delayBefore(tries, null, even)), [1000, 2000, 4000, 30000, 30000]);
});

test("what the server asks for counts when it is longer, within two minutes", () => {
  assert.equal(delayBefore(1, 10_000), 10_000);
  assert.equal(delayBefore(1, 3_600_000), 120_000);
});

test("Retry-After comes as seconds or as a date", () => {
  assert.equal(retryAfterMs("7"), 7000);
  assert.equal(retryAfterMs("Wed, 12 Aug 2026 17:00:10 GMT", Date.parse("2026-08-12T17:00:00Z")), 10_000);
  assert.equal(retryAfterMs("soon"), null);
  assert.equal(retryAfterMs(null), null);
});
