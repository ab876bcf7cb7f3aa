import assert from "node:assert/strict";
import { test } from "node:test";

import { refusal, requestOf } from "../src/acts.js";
import { TEXT } from "../src/strings.js";

const box = { label_class: "wildfire", box: [0.1, 0.1, 0.2, 0.2], points: null, origin: "human", confidence: null };
const now = (more = {}) => ({ state: "new", mayDecide: true, shapes: [], dirty: false, drawn: false, answered: false, saving: false, conflict: false, visible: true, ...more });
const answered = (state, more = {}) => now({ state, answered: true, shapes: [box], ...more });

test("accepting a new picture with nothing drawn is refused with the sentence", () => {
  assert.equal(refusal("accepted", now()), "Draw shapes, or say that nothing is here.");
  assert.equal(refusal("accepted", now({ shapes: [box], dirty: true, drawn: true })), null);
});

test("each open state offers what the table of states says", () => {
  const offered = (situation) => ["accepted", "nothing", "rejected", "sent_back", "unsure", "parked", "unparked", "reopened"].filter((act) => !refusal(act, situation));
  assert.deepEqual(offered(now()), ["nothing", "rejected", "unsure", "parked", "unparked"]);
  assert.deepEqual(offered(answered("annotated")), ["accepted", "nothing", "rejected", "sent_back", "unsure", "parked", "unparked"]);
  assert.deepEqual(offered(answered("sent_back")), ["nothing", "rejected", "unsure", "parked", "unparked"]);
  assert.deepEqual(offered(answered("unsure")), ["accepted", "nothing", "rejected", "sent_back", "parked", "unparked"]);
  assert.deepEqual(offered(answered("parked")), ["nothing", "rejected", "parked", "unparked"]);
  assert.deepEqual(offered(answered("accepted")), ["sent_back", "reopened"]);
  assert.deepEqual(offered(answered("rejected")), ["reopened"]);
});

test("shapes drawn and not yet submitted are accepted from any open state", () => {
  for (const state of ["new", "annotated", "sent_back", "unsure", "disputed", "parked"]) {
    assert.equal(refusal("accepted", answered(state, { dirty: true })), null, state);
  }
});

test("two answers that disagree are settled by choosing, or by accepting a third; never by submitting", () => {
  const dispute = { other: { id: 12 }, review: null, reason: "shapes" };
  const two = (more = {}) => answered("disputed", { dispute, ...more });
  assert.equal(refusal("settled", two()), null);
  assert.equal(refusal("settled", two({ dirty: true })), TEXT.refusals.thirdDrawn);
  assert.equal(refusal("settled", answered("annotated")), TEXT.refusals.notDisputed);
  assert.equal(refusal("accepted", two()), TEXT.refusals.disputedAccept);
  assert.equal(refusal("submitted", two({ dirty: true })), TEXT.refusals.disputedSubmit);
  assert.equal(refusal("nothing", two()), TEXT.refusals.disputedSubmit);
  for (const act of ["rejected", "sent_back", "parked"]) assert.equal(refusal(act, two()), null, act);
});

test("an answer asked for blind says so, and a choice names what shall count", () => {
  const subject = { mediaId: 5, annotationId: null, acts: 0, clientId: "c", shapes: [box], labels: [], replies: { missed_smoke: false }, dirty: true, comment: null };
  const blind = requestOf("submitted", { ...subject, look: 9 }).body;
  assert.equal(blind.look, 9);
  assert.deepEqual(blind.replies, { missed_smoke: false });
  assert.equal(requestOf("rejected", { ...subject, look: 9 }).body.look, 9);
  assert.ok(!("look" in requestOf("rejected", subject).body));
  assert.equal(requestOf("sent_back", { ...subject, to: "annotator" }).body.to, "annotator");
  assert.ok(!("to" in requestOf("sent_back", subject).body));
  const settled = requestOf("settled", { ...subject, annotationId: 11, chooses: 12 });
  assert.equal(settled.path, "/reviews");
  assert.deepEqual([settled.body.decision, settled.body.annotation_id, settled.body.chooses], ["settled", 11, 12]);
});

test("a shape without a label class is not handed in", () => {
  assert.equal(refusal("submitted", now({ dirty: true, shapes: [{ ...box, label_class: null }] })), TEXT.refusals.noClass);
});

test("saying that nothing is here does not throw away what was just drawn", () => {
  assert.equal(refusal("nothing", now({ dirty: true, drawn: true, shapes: [box] })), TEXT.refusals.drawn);
  assert.equal(refusal("nothing", answered("annotated")), null);
});

test("a viewer decides nothing, and a decision on its way is not given twice", () => {
  assert.equal(refusal("rejected", now({ mayDecide: false })), TEXT.refusals.viewer);
  assert.equal(refusal("rejected", now({ saving: true })), TEXT.refusals.sending);
});

test("a picture that cannot be seen is not answered, yet may be rejected or parked", () => {
  assert.equal(refusal("accepted", answered("annotated", { visible: false })), TEXT.refusals.missing);
  assert.equal(refusal("nothing", now({ visible: false })), TEXT.refusals.missing);
  assert.equal(refusal("parked", now({ visible: false })), null);
});

const subject = { mediaId: 7, annotationId: 3, acts: 2, clientId: "c", shapes: [box], labels: ["antenna"], dirty: true, comment: null };

test("accepting with shapes drawn is one request that submits and accepts", () => {
  assert.deepEqual(requestOf("accepted", subject), {
    path: "/media/7/annotations",
    body: { client_id: "c", based_on: 3, seen_acts: 2, shapes: [box], label_classes: ["antenna"], decision: "accepted", comment: null },
  });
});

test("accepting what is there is a review of the annotation on screen", () => {
  assert.deepEqual(requestOf("accepted", { ...subject, dirty: false }), {
    path: "/reviews",
    body: { client_id: "c", media_id: 7, decision: "accepted", annotation_id: 3, seen_acts: 2, comment: null },
  });
});

test("an answer that is a file is not overwritten by submitting nothing", () => {
  assert.equal(refusal("submitted", answered("sent_back", { shapes: [] })), null);
  assert.equal(refusal("submitted", answered("sent_back", { shapes: [], isFile: true })), TEXT.refusals.emptySubmit);
});

test("nothing here submits no shapes", () => {
  const { body } = requestOf("nothing", subject);
  assert.deepEqual(body.shapes, []);
  assert.equal(body.decision, null);
});

test("a question that has to be answered comes before accepting and submitting, not before rejecting", () => {
  const open = { state: "annotated", mayDecide: true, shapes: [], dirty: false, drawn: false, answered: true, saving: false, conflict: false, visible: true, unanswered: "Is there smoke?" };
  assert.match(refusal("accepted", open), /Is there smoke\?/);
  assert.match(refusal("submitted", { ...open, dirty: true }), /Is there smoke\?/);
  assert.match(refusal("nothing", open), /Is there smoke\?/);
  assert.equal(refusal("rejected", open), null);
  assert.equal(refusal("unsure", open), null);
  assert.equal(refusal("accepted", { ...open, unanswered: null }), null);
});
