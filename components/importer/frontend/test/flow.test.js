import assert from "node:assert/strict";
import { test } from "node:test";

import { createEngine } from "../../../uploader/frontend/src/engine.js";
import { createFlow, kindOfImport, nameOfImport } from "../src/flow.js";

const file = (path, size = 10) => ({ file: { name: path.split("/").pop(), size, type: "" }, path });
const kept = { status: 201, body: { media: {} }, retryAfter: null };
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A flow before a server that answers as told; `asked` is what it was asked. */
function flowBefore({ send = async () => kept, answer = async (path) => ({ ok: true, status: 200, body: { id: 7 } }) } = {}) {
  const asked = [];
  let keys = 0;
  const engine = createEngine({ send, newKey: () => `key-${++keys}`, empties: true });
  const ask = async (path, body) => {
    asked.push([path, body]);
    return answer(path, body);
  };
  const flow = createFlow({ engine, newKey: () => `client-${++keys}`, ask, lost: () => "lost", nothing: () => "nothing" });
  return { engine, flow, asked };
}

test("all files are sent before the import is asked to be read", async () => {
  const sent = [];
  const { engine, flow, asked } = flowBefore({
    send: async (row) => {
      sent.push(row.path);
      return kept;
    },
  });
  engine.add([file("set/a.jpg"), file("set/labels/a.txt", 0)]);
  await flow.begin();
  await settled();
  assert.deepEqual(sent.sort(), ["set/a.jpg", "set/labels/a.txt"]);
  assert.deepEqual(asked.map(([path]) => path), ["", "/7/read"]);
  assert.equal(asked[0][1].name, "set");
  assert.equal(flow.standing().finished, 7);
  assert.deepEqual(engine.rows(), []);
});

test("an answer that got lost is asked for again under the same client id", async () => {
  let away = true;
  const { engine, flow, asked } = flowBefore({ answer: async () => (away ? { ok: false, status: 0, body: null } : { ok: true, status: 200, body: { id: 7 } }) });
  engine.add([file("a.zip")]);
  await flow.begin();
  assert.equal(flow.standing().problem, "lost");
  assert.equal(engine.rows()[0].state, "ready");
  away = false;
  await flow.begin();
  await settled();
  assert.equal(asked[0][1].client_id, asked[1][1].client_id);
  assert.equal(flow.standing().finished, 7);
});

test("a refused file holds the reading back until the person goes on without it", async () => {
  const { engine, flow, asked } = flowBefore({
    send: async (row) => (row.path === "b.jpg" ? { status: 422, body: { detail: "No." }, retryAfter: null } : kept),
  });
  engine.add([file("a.jpg"), file("b.jpg")]);
  await flow.begin();
  await settled();
  assert.deepEqual(asked.map(([path]) => path), [""]);
  await flow.finish();
  assert.equal(flow.standing().finished, 7);
});

test("giving up cancels the import and forgets its files", async () => {
  const { engine, flow, asked } = flowBefore({ send: () => new Promise(() => {}) });
  engine.add([file("a.jpg")]);
  await flow.begin();
  await flow.giveUp();
  assert.deepEqual(asked.at(-1)[0], "/7/cancel");
  assert.deepEqual(engine.rows(), []);
  assert.equal(flow.importId(), null);
});

test("a folder without files is met with words, until one with files is dropped", () => {
  const { engine, flow } = flowBefore();
  let drawn = 0;
  flow.subscribe(() => (drawn += 1));
  flow.add([]);
  assert.equal(flow.standing().problem, "nothing");
  assert.ok(drawn > 0);
  flow.add([file("set/a.jpg")]);
  assert.equal(flow.standing().problem, "");
  flow.add([file("set/.DS_Store"), file("set/Thumbs.db")]);
  assert.equal(flow.standing().problem, "nothing");
  assert.deepEqual(engine.rows().map((row) => row.path), ["set/a.jpg"]);
});

test("an import is called by its folder, or by its one file", () => {
  const rows = (...paths) => paths.map((path) => ({ path, kind: path.endsWith(".zip") ? "archive" : "picture" }));
  assert.equal(nameOfImport(rows("set/a.jpg", "set/b/c.txt")), "set");
  assert.equal(nameOfImport(rows("a.zip")), "a.zip");
  assert.equal(nameOfImport(rows("one/a.jpg", "two/b.jpg")), "one/a.jpg");
  assert.equal(kindOfImport(rows("a.zip")), "archive");
  assert.equal(kindOfImport(rows("a.zip", "b.zip")), "files");
});
