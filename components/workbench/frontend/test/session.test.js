import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../src/api.js";
import { createDrafts } from "../src/drafts.js";
import { createOutbox } from "../src/outbox.js";
import { createPace } from "../src/pace.js";
import { createQueue } from "../src/queue.js";
import { answersIt, createSession } from "../src/session.js";
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
async function desk(items, { refuse = () => null, store, me = ME, reply, drawings = [] } = {}) {
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
  const sent = [];
  const api = {
    get: async (path) => rows.get(Number(path.split("/")[2])),
    put: async (path, body) => void sent.push(["PUT", path, body]),
    remove: async (path) => void sent.push(["DELETE", path]),
  };
  let session;
  const queue = createQueue({
    fetchPage: async () => ({ items: structuredClone(items), next_cursor: null, count: items.length, capped: false }),
    isAnswered: (item) => answersIt(outbox.waitingFor(item.id)),
  });
  const outbox = createOutbox({ store, post, access: me.id, onStored: (a, s) => session.onStored(a, s), onRefused: (a, e) => session.onRefused(a, e) });
  const acts = new Acts(store, me.id);
  const drafts = createDrafts({ store, api, access: me.id });
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
    takeBack: (act) => said.push(`batch ${act.batch}`),
  };
  session = createSession({ api, queue, outbox, acts, drafts, me, leavesQueue: true, pace: createPace(), ui });
  const [refused] = await Promise.all([outbox.load(), acts.load(), drafts.load(drawings)]);
  await queue.fetchMore();
  session.bringBack(refused);
  if (!session.shown && (queue.current || queue.isComplete)) session.arrive();
  const draw = (...shapes) => session.stroke({ shapes });
  return { session, queue, outbox, acts, drafts, posts, sent, said, seen, store, draw, rows };
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

test("a shape given to many pictures is taken back in its turn, after a reload too, and the picture stays", async () => {
  const store = await openStore("session-batches");
  const first = await desk([answered(1), answered(2), answered(3)], { store });
  first.session.decide("accepted");
  await settled();
  first.acts.add({ id: "b", access: ME.id, at: Date.now(), act: "spread", comment: null, item: answered(2), work: null, batch: 5, mediaIds: [7, 8] });
  await settled();
  const { session, said, posts } = await desk([answered(2), answered(3), answered(1)], { store });
  await new Promise((resolve) => setTimeout(resolve, 2));
  session.decide("rejected");
  await settled();
  session.undo();
  await settled();
  session.undo();
  assert.equal(said.at(-1), "batch 5");
  assert.equal(session.shown.item.id, 2);
  session.undo();
  await settled();
  assert.deepEqual(posts.map(([, body]) => [body.media_id, body.decision]), [[2, "rejected"], [2, "undone"], [1, "undone"]]);
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
  const { session, draw, outbox, store, rows } = await desk([media(1)], { refuse: () => stale(theirs) });
  rows.set(1, media(1, { state: "annotated", annotation: theirs }));
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

test("a polygon that was not closed is there again after a reload, and gone once the picture is decided", async () => {
  const store = await openStore("session-corners");
  const corners = { tool: "polygon", points: [[0.1, 0.1], [0.2, 0.1]], label_class: "wildfire" };
  const first = await desk([media(1), media(2)], { store });
  first.session.keepUnfinished(corners);
  first.draw(BOX);
  first.session.undo();
  first.session.step(true);
  assert.equal(first.session.shown.unfinished ?? null, null);
  first.session.step(false);
  assert.deepEqual(first.session.shown.unfinished, corners);
  await settled();
  const second = await desk([media(1), media(2)], { store });
  assert.deepEqual(second.session.shown.unfinished, corners);
  assert.deepEqual(second.said, [TEXT.notices.draftBack]);
  assert.ok(!second.session.dirty);
  second.session.decide("rejected");
  await settled();
  const third = await desk([media(1)], { store });
  assert.equal(third.session.shown.unfinished ?? null, null);
});

test("a drawing over an answer that has been overtaken is kept and offered, and laid over it only when asked for", async () => {
  const store = await openStore("session-old-drafts");
  const first = await desk([media(1)], { store });
  first.draw(BOX, BOX);
  await settled();
  const second = await desk([answered(1)], { store });
  assert.ok(!second.session.dirty);
  assert.equal(second.session.shown.overtaken.drawing.shapes.length, 2);
  second.session.showDraft();
  assert.equal(second.session.shown.overtaken, null);
  assert.equal(second.session.drawing.shapes.length, 2);
  assert.equal(second.drafts.find(1).basedOn, 10);
  second.session.undo();
  assert.deepEqual(second.session.drawing.shapes, [BOX]);
});

test("an overtaken drawing is there until it is dropped", async () => {
  const store = await openStore("session-dropped-drafts");
  const first = await desk([media(1)], { store });
  first.draw(BOX, BOX);
  await settled();
  const second = await desk([answered(1), answered(2)], { store });
  second.draw();
  second.session.undo();
  await settled();
  const third = await desk([answered(1)], { store });
  assert.ok(third.session.shown.overtaken);
  third.session.dropDraft();
  await settled();
  const fourth = await desk([answered(1)], { store });
  assert.equal(fourth.session.shown.overtaken, null);
});

test("an overtaken drawing says nothing where the answer of others is not to be known", async () => {
  const { session } = await desk([media(1, { look: 4 })], { drawings: [{ media_id: 1, based_on: 3, drawing: { shapes: [BOX], labels: [], replies: {} }, made_at: new Date().toISOString() }] });
  assert.equal(session.shown.overtaken, null);
  assert.ok(!session.dirty);
});

test("a drawing made on another machine is offered", async () => {
  const { session, said } = await desk([media(1)], { drawings: [{ media_id: 1, based_on: null, drawing: { shapes: [BOX], labels: [], replies: { missed_smoke: true } }, made_at: new Date().toISOString() }] });
  assert.deepEqual(session.drawing.shapes, [BOX]);
  assert.deepEqual(session.drawing.replies, { missed_smoke: true });
  assert.deepEqual(said, [TEXT.notices.draftBack]);
});

test("a drawing that came back with an undo, or from a refusal put away, is kept like any other", async () => {
  const { session, draw, drafts } = await desk([media(1), media(2)]);
  draw(BOX);
  session.decide("submitted");
  await settled();
  assert.equal(drafts.find(1), null);
  session.undo();
  await settled();
  assert.deepEqual(drafts.find(1).drawing.shapes, [BOX]);
});

test("what a question was answered with is part of the drawing and of the answer", async () => {
  const { session, posts } = await desk([media(1), media(2)]);
  session.stroke({ replies: { missed_smoke: true } });
  assert.ok(session.dirty);
  session.decide("submitted");
  await settled();
  assert.deepEqual(posts[0][1].replies, { missed_smoke: true });
  assert.deepEqual(posts[0][1].shapes, []);
});

test("answers that wait from an earlier visit are not asked for again", async () => {
  const store = await openStore("session-waiting");
  let away = true;
  const refuse = () => (away ? new ApiError(0, null) : null);
  const first = await desk([answered(1), answered(2)], { store, refuse });
  first.session.decide("rejected");
  await settled();
  const second = await desk([answered(1), answered(2)], { store, refuse });
  assert.deepEqual(second.seen.presented, [2]);
  assert.equal(second.outbox.status, "unsaved");
  away = false;
  for (const { outbox } of [first, second]) outbox.retry();
  await settled();
  assert.equal(second.outbox.status, "saved");
});

test("a blind answer carries its look and is taken back like any other", async () => {
  const { session, posts, draw } = await desk([media(1, { look: 4 }), media(2)]);
  draw(BOX);
  session.decide("accepted");
  await settled();
  assert.equal(posts[0][1].look, 4);
  session.undo();
  await settled();
  assert.equal(posts.at(-1)[1].decision, "undone");
  assert.equal(session.shown.item.look, 4);
  assert.equal(session.shown.item.state, "new");
});

const disputed = (id, dispute) => ({ ...answered(id, "disputed"), dispute });
const BEN = { ...annotation(12, [{ ...BOX, box: [0.5, 0.5, 0.6, 0.6] }], "ben") };

test("where two people disagree, one key takes the left answer and one the right", async () => {
  const two = { other: BEN, review: null, reason: "shapes" };
  const { session, posts } = await desk([disputed(1, two), disputed(2, two)]);
  session.settle("first");
  session.settle("second");
  await settled();
  assert.deepEqual(posts.map(([path, body]) => [path, body.decision, body.annotation_id, body.chooses]), [
    ["/reviews", "settled", 10, 10],
    ["/reviews", "settled", 20, 12],
  ]);
});

test("a side that is a decision is taken by deciding the same", async () => {
  const { session, posts } = await desk([disputed(1, { other: null, review: { decision: "rejected", author: "ben", comment: null }, reason: "decision" })]);
  session.settle("second");
  await settled();
  assert.equal(posts[0][1].decision, "rejected");
});

test("a third answer is drawn over the first and accepted; before that neither is taken by accident", async () => {
  const { session, posts, draw, said } = await desk([disputed(1, { other: BEN, review: null, reason: "shapes" })]);
  session.decide("accepted");
  draw({ ...BOX, box: [0.3, 0.3, 0.4, 0.4] });
  session.settle("first");
  assert.deepEqual(said, [TEXT.refusals.disputedAccept, TEXT.refusals.thirdDrawn]);
  session.decide("accepted");
  await settled();
  assert.deepEqual([posts[0][0], posts[0][1].decision, posts[0][1].based_on], ["/media/1/annotations", "accepted", 10]);
});

test("a settled disagreement is taken back and settled again", async () => {
  const { session, posts } = await desk([disputed(1, { other: BEN, review: null, reason: "shapes" }), answered(2)]);
  session.settle("second");
  await settled();
  session.undo();
  await settled();
  assert.equal(session.shown.item.state, "disputed");
  session.redo();
  await settled();
  assert.deepEqual(posts.map(([, body]) => [body.decision, body.chooses]), [["settled", 12], ["undone", undefined], ["settled", 12]]);
});

test("the end of the queue says what was done", async () => {
  const { session, seen } = await desk([answered(1), answered(2), answered(3)]);
  session.decide("accepted");
  session.step(true);
  session.decide("rejected");
  assert.deepEqual(seen.ended, { decided: 2, skipped: 1, cameBack: 0 });
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

test("who rejects, parks or is unsure keeps what is drawn", async () => {
  const { session, drafts, said, posts } = await desk([media(1), media(2)]);
  session.stroke({ shapes: [BOX], labels: [], replies: {} });
  assert.ok(session.decide("unsure"));
  await settled();
  assert.equal(posts[0][1].decision, "unsure");
  assert.ok(said.includes(TEXT.notices.drawingKept));
  assert.equal(drafts.find(1).drawing.shapes.length, 1);
  session.step(false);
  assert.equal(session.drawing.shapes.length, 1);
});

test("a comment for the next decision waits for its picture", async () => {
  const { session } = await desk([media(1), media(2)]);
  session.setComment("look at the ridge");
  session.step(true);
  assert.equal(session.comment, null);
  session.step(false);
  assert.equal(session.comment, "look at the ridge");
});

test("an undo that is refused says so, and leaves nothing unsaved", async () => {
  const refuse = (path, body) => (body.decision === "undone" ? new ApiError(409, { detail: "Someone has acted on this picture since.", code: "moved_on" }) : null);
  const { session, outbox, said } = await desk([answered(1), answered(2)], { refuse });
  session.decide("accepted");
  await settled();
  session.undo();
  await settled();
  assert.equal(outbox.status, "saved");
  assert.ok(said.includes("Someone has acted on this picture since."));
});
