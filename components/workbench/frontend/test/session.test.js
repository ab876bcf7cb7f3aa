import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../src/api.js";
import { createDrafts } from "../src/drafts.js";
import { createOutbox } from "../src/outbox.js";
import { createQueue } from "../src/queue.js";
import { createSession } from "../src/session.js";
import { openStore } from "../src/store.js";
import { TEXT } from "../src/strings.js";
import { Acts } from "../src/undo.js";

const ME = { id: 1, scope: "user" };
const BOX = { label_class: "wildfire", box: [0.1, 0.1, 0.2, 0.2], points: null, origin: "human", confidence: null };
const annotation = (id, shapes = [BOX], author = "curator-2") => ({ id, number: id, author, shapes, label_classes: [] });
const media = (id, more = {}) => ({ id, state: "new", annotation: null, last_review: null, width: 100, height: 100, source: null, ...more });
const answered = (id, state = "annotated") => media(id, { state, annotation: annotation(id * 10) });
const settled = async (times = 20) => {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setTimeout(resolve));
};
let stores = 0;

/**
 * A session over these items and a server that takes everything, unless `refuse` says otherwise. The screen shows
 * every picture at once and remembers what was said.
 */
async function desk(items, { refuse = () => null, store, me = ME, reply } = {}) {
  store ??= await openStore(`session-${(stores += 1)}`);
  const posts = [];
  const said = [];
  const seen = { presented: [], ended: null, asked: null };
  const rows = new Map(items.map((item) => [item.id, structuredClone(item)]));
  const post = async (path, body) => {
    posts.push([path, body]);
    const error = refuse(path, body);
    if (error) throw error;
    if (reply) return reply(path, body);
    const id = body.media_id ?? Number(path.split("/")[2]);
    const stored = body.shapes ? annotation(1000 + posts.length, body.shapes, "me") : null;
    const leadsTo = { undone: rows.get(id)?.state, reopened: "annotated" };
    const state = leadsTo[body.decision] ?? body.decision ?? "annotated";
    const current = stored?.id ?? rows.get(id)?.annotation?.id ?? null;
    return { annotation: stored ?? undefined, review: null, media: { id, state, current_annotation_id: current }, notes: [] };
  };
  const api = { get: async (path) => rows.get(Number(path.split("/")[2])) };
  let session;
  const queue = createQueue({ fetchPage: async () => ({ items: structuredClone(items), next_cursor: null, count: items.length, capped: false }) });
  const outbox = createOutbox({ store, post, access: me.id, onStored: (a, s) => session.onStored(a, s), onRefused: (a, e) => session.onRefused(a, e) });
  const ui = {
    present: (entry) => {
      seen.presented.push(entry.item.id);
      session.onShown(entry, true);
    },
    ended: (what) => (seen.ended = what),
    waiting: () => {},
    drawingChanged: () => {},
    changed: () => {},
    notice: (text) => said.push(text),
    ask: (act, give) => (seen.asked = { act, give }),
    stored: () => {},
    cameBack: (entry) => said.push(`back ${entry.item.id}`),
  };
  session = createSession({ api, queue, outbox, acts: new Acts(store, me.id), drafts: createDrafts({ store, access: me.id }), me, leavesQueue: true, ui });
  await queue.fetchMore();
  await session.load();
  if (!session.shown && (queue.current || queue.isComplete)) session.arrive();
  const draw = (...shapes) => session.stroke({ shapes, labels: session.drawing.labels });
  return { session, queue, outbox, posts, said, seen, store, draw, rows };
}

test("accepting goes to the next picture at once and names the annotation that was on screen", async () => {
  const { session, posts, seen } = await desk([answered(1), answered(2)]);
  session.decide("accepted");
  assert.deepEqual(seen.presented, [1, 2]);
  assert.equal(posts[0][0], "/reviews");
  assert.equal(posts[0][1].annotation_id, 10);
  assert.equal(posts[0][1].decision, "accepted");
});

test("accepting with something drawn submits it in the same request", async () => {
  const { session, posts, draw } = await desk([media(1), media(2)]);
  draw(BOX);
  session.decide("accepted");
  assert.equal(posts[0][0], "/media/1/annotations");
  assert.equal(posts[0][1].decision, "accepted");
  assert.equal(posts[0][1].based_on, null);
  assert.deepEqual(posts[0][1].shapes, [BOX]);
});

test("accepting a new picture with nothing drawn stays and says why", async () => {
  const { session, posts, said, seen } = await desk([media(1), media(2)]);
  session.decide("accepted");
  assert.deepEqual(said, ["Draw shapes, or say that nothing is here."]);
  assert.deepEqual(posts, []);
  assert.deepEqual(seen.presented, [1]);
});

test("sending back asks for a comment first", async () => {
  const { session, posts, seen } = await desk([answered(1), answered(2)]);
  session.decide("sent_back");
  assert.equal(seen.asked.act, "sent_back");
  assert.deepEqual(posts, []);
  seen.asked.give("too wide");
  assert.equal(posts[0][1].comment, "too wide");
});

test("a comment kept for the next decision goes with it, and with no other", async () => {
  const { session, posts } = await desk([answered(1), answered(2)]);
  session.setComment("seen from the road");
  session.decide("accepted");
  session.decide("rejected");
  await settled();
  assert.deepEqual(posts.map(([, body]) => body.comment), ["seen from the road", null]);
});

test("one client id per picture shown, another one for the next act on it", async () => {
  const { session, posts } = await desk([answered(1, "accepted")]);
  session.decide("reopened", "look again");
  await settled();
  session.decide("sent_back", "wrong");
  await settled();
  const ids = posts.map(([, body]) => body.client_id);
  assert.equal(new Set(ids).size, 2);
});

test("reopening stays with the picture", async () => {
  const { session, seen } = await desk([answered(1, "accepted"), answered(2)]);
  session.decide("reopened", "look again");
  await settled();
  assert.deepEqual(seen.presented, [1]);
  assert.equal(session.situation().saving, false);
});

test("strokes are undone first, then the decision before, across pictures", async () => {
  const { session, posts, draw, said } = await desk([answered(1), answered(2)]);
  session.decide("accepted");
  await settled();
  draw(BOX, { ...BOX, label_class: "antenna" });
  session.undo();
  assert.equal(session.drawing.shapes.length, 1);
  session.undo();
  await settled();
  assert.equal(session.shown.item.id, 1);
  assert.equal(posts.at(-1)[1].decision, "undone");
  assert.equal(posts.at(-1)[1].media_id, 1);
  assert.deepEqual(said.at(-1), TEXT.notices.undone("accepted"));
});

test("undoing a submission brings its drawing back", async () => {
  const { session, draw } = await desk([media(1), media(2)]);
  draw(BOX);
  session.decide("submitted");
  await settled();
  session.undo();
  await settled();
  assert.equal(session.shown.item.id, 1);
  assert.deepEqual(session.drawing.shapes, [BOX]);
  assert.ok(session.dirty);
});

test("what was undone is done again", async () => {
  const { session, posts } = await desk([answered(1), answered(2)]);
  session.decide("rejected");
  await settled();
  session.undo();
  await settled();
  session.redo();
  await settled();
  assert.deepEqual(posts.map(([, body]) => body.decision), ["rejected", "undone", "rejected"]);
  assert.equal(session.shown.item.id, 2);
});

const stale = (theirs) =>
  new ApiError(409, { detail: "Someone answered this picture a moment ago.", code: "stale_annotation", annotation: theirs, media: { state: "annotated", current_annotation_id: theirs.id } });

test("a colleague was faster: the picture comes back with both answers, not under the finger", async () => {
  const theirs = annotation(77, [{ ...BOX, box: [0.5, 0.5, 0.6, 0.6] }], "curator-7");
  const { session, draw, said, queue } = await desk([media(1), media(2), media(3)], { refuse: (path) => (path === "/media/1/annotations" ? stale(theirs) : null) });
  draw(BOX);
  session.decide("submitted");
  await settled();
  assert.equal(session.shown.item.id, 2);
  assert.deepEqual(said, ["back 1"]);
  session.step(true);
  assert.equal(session.shown.item.id, 1);
  assert.deepEqual(session.shown.returned.theirs.shapes, theirs.shapes);
  assert.deepEqual(session.drawing.shapes, [BOX]);
  assert.equal(queue.next().item.id, 3);
});

test("mine is kept as the next annotation, after theirs", async () => {
  const theirs = annotation(77, [{ ...BOX, box: [0.5, 0.5, 0.6, 0.6] }], "curator-7");
  let first = true;
  const refuse = () => {
    const error = first ? stale(theirs) : null;
    first = false;
    return error;
  };
  const { session, draw, posts, outbox } = await desk([media(1)], { refuse });
  draw(BOX);
  session.decide("submitted");
  await settled();
  session.decide("rejected");
  assert.equal(posts.length, 1);
  session.keepMine();
  await settled();
  assert.equal(posts[1][1].based_on, 77);
  assert.deepEqual(posts[1][1].shapes, [BOX]);
  assert.notEqual(posts[1][1].client_id, posts[0][1].client_id);
  assert.equal(outbox.status, "saved");
});

test("mine is dropped: theirs stays, and Ctrl+Z still has the drawing", async () => {
  const theirs = annotation(77, [{ ...BOX, box: [0.5, 0.5, 0.6, 0.6] }], "curator-7");
  const { session, draw, outbox, store } = await desk([media(1)], { refuse: () => stale(theirs) });
  draw(BOX);
  session.decide("submitted");
  await settled();
  session.dropMine();
  await settled();
  assert.deepEqual(session.drawing.shapes, theirs.shapes);
  assert.ok(!session.dirty);
  assert.equal(outbox.status, "saved");
  assert.deepEqual(await store.all("outbox"), []);
  session.undo();
  assert.deepEqual(session.drawing.shapes, [BOX]);
});

test("a refused answer comes back with the server's sentence and the drawing", async () => {
  const no = new ApiError(422, { detail: "Shape 1: A box has no area.", code: "invalid_box" });
  let refusing = true;
  const { session, draw, posts } = await desk([media(1), media(2)], { refuse: (path) => (refusing && path === "/media/1/annotations" ? no : null) });
  draw(BOX);
  session.decide("submitted");
  await settled();
  session.step(true);
  assert.equal(session.shown.item.id, 1);
  assert.equal(session.shown.returned.sentence, "Shape 1: A box has no area.");
  assert.deepEqual(session.drawing.shapes, [BOX]);
  refusing = false;
  session.decide("submitted");
  await settled();
  assert.equal(posts.length, 2);
});

test("a drawing that was not submitted is there again after stepping away, and after a reload", async () => {
  const store = await openStore("session-drafts");
  const first = await desk([media(1), media(2)], { store });
  first.draw(BOX);
  first.session.step(true);
  first.session.step(false);
  assert.deepEqual(first.session.drawing.shapes, [BOX]);
  await settled();
  const second = await desk([media(1), media(2)], { store });
  assert.deepEqual(second.session.drawing.shapes, [BOX]);
  assert.deepEqual(second.said, [TEXT.notices.draftBack]);
});

test("a draft of an answer that has been overtaken is not offered", async () => {
  const store = await openStore("session-old-drafts");
  const first = await desk([media(1)], { store });
  first.draw(BOX);
  await settled();
  const second = await desk([answered(1)], { store });
  assert.ok(!second.session.dirty);
});

test("the end of the queue says what was done", async () => {
  const { session, seen } = await desk([answered(1), answered(2), answered(3)]);
  session.decide("accepted");
  session.step(true);
  session.decide("rejected");
  assert.deepEqual(seen.ended, { decided: 2, skipped: 1, cameBack: 0, median: null });
});

test("a viewer is told so", async () => {
  const { session, said, posts } = await desk([answered(1)], { me: { id: 1, scope: "viewer" } });
  session.decide("accepted");
  assert.deepEqual(said, [TEXT.refusals.viewer]);
  assert.deepEqual(posts, []);
});

test("ten decisions in a row lose none", async () => {
  const { session, posts, outbox } = await desk(Array.from({ length: 10 }, (_, i) => answered(i + 1)));
  for (let i = 0; i < 10; i++) session.decide(i % 2 ? "rejected" : "accepted");
  await settled(60);
  assert.deepEqual(posts.map(([, body]) => body.media_id).sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(outbox.status, "saved");
});
