// Which act is offered on which state, and what it sends. The server has the last word on every one of them; this
// table only keeps a key from being pressed in vain, and says why at once.

import { TEXT } from "./strings.js";

const OPEN = ["new", "annotated", "sent_back", "unsure", "disputed", "parked"];
const SUBMITTABLE = ["new", "annotated", "sent_back", "unsure", "parked"];

/**
 * @typedef {object} Situation what is on screen when a key is pressed
 * @property {string} state of the media
 * @property {boolean} mayDecide scope user or admin
 * @property {import("./geometry.js").Shape[]} shapes on screen
 * @property {boolean} dirty they, or the label classes of the picture, differ from the answer that counts
 * @property {boolean} drawn somebody drew since the picture was opened
 * @property {boolean} answered an annotation counts
 * @property {boolean} [isFile] the one that counts came as a file that nobody here can draw
 * @property {boolean} saving a decision on it is on its way
 * @property {boolean} conflict two answers are on screen
 * @property {boolean} visible the picture itself is on screen
 * @property {string|null} [unanswered] the question that has to be answered and is not
 * @property {any} [dispute] the two sides, where two people disagree
 */

/** Acts that need a comment, asked for before they are sent. */
export const ASKS = new Set(["sent_back", "parked", "reopened"]);

/**
 * Why an act cannot be done now, as a sentence; null when it can.
 * @param {string} act @param {Situation} now @returns {string|null}
 */
export function refusal(act, now) {
  const say = TEXT.refusals;
  if (!now.state) return say.nothingShown;
  if (!now.mayDecide) return say.viewer;
  if (now.saving) return say.sending;
  if (now.conflict && act !== "submitted") return say.conflict;
  if (act === "reopened") return ["accepted", "rejected"].includes(now.state) ? null : say.notDecided;
  if (act === "sent_back") {
    if (["annotated", "unsure", "accepted", "disputed"].includes(now.state) && now.answered) return null;
    if (["accepted", "rejected"].includes(now.state)) return say.decided(TEXT.states[now.state]);
    return now.answered ? say.state(TEXT.states[now.state]) : say.notAnswered;
  }
  if (["accepted", "rejected"].includes(now.state)) return say.decided(TEXT.states[now.state]);
  if (!OPEN.includes(now.state)) return say.state(TEXT.states[now.state]);

  switch (act) {
    case "settled":
      if (now.state !== "disputed" || !now.dispute) return say.notDisputed;
      if (!now.visible) return say.missing;
      return now.dirty ? say.thirdDrawn : null;
    case "accepted":
      if (!now.visible) return say.missing;
      if (now.state === "disputed") return now.dirty ? (unlabelled(now) ?? unanswered(now)) : say.disputedAccept;
      if (now.dirty) return submission(now) ?? unlabelled(now) ?? unanswered(now);
      if (!now.answered) return say.emptyAccept;
      if (now.state === "sent_back") return say.sentBack;
      if (now.state === "parked") return say.parkedAccept;
      return unanswered(now);
    case "submitted":
      if (!now.visible) return say.missing;
      if (!now.dirty && (!now.answered || now.isFile)) return say.emptySubmit;
      if (!now.dirty && now.state === "annotated") return say.unchanged;
      return submission(now) ?? unlabelled(now) ?? unanswered(now);
    case "nothing":
      if (!now.visible) return say.missing;
      if (now.drawn && now.shapes.length) return say.drawn;
      return submission(now) ?? unanswered(now);
    case "unsure":
      if (now.state === "unsure") return say.alreadyUnsure;
      return now.state === "parked" ? say.parkedUnsure : null;
    default:
      return null;
  }
}

function submission({ state }) {
  if (SUBMITTABLE.includes(state)) return null;
  return state === "disputed" ? TEXT.refusals.disputedSubmit : TEXT.refusals.state(TEXT.states[state]);
}

const unlabelled = (now) => (now.shapes.some((shape) => !shape.label_class) ? TEXT.refusals.noClass : null);

const unanswered = (now) => (now.unanswered ? TEXT.refusals.unanswered(now.unanswered) : null);

/** Whether an act hands in what is drawn. @param {string|undefined} act @param {boolean|undefined} dirty */
export const submits = (act, dirty) => act === "submitted" || act === "nothing" || (act === "accepted" && Boolean(dirty));

/**
 * The request an act becomes.
 * @param {string} act
 * @param {object} subject
 * @param {number} subject.mediaId
 * @param {number|null} subject.annotationId the one that was on screen
 * @param {string} subject.clientId
 * @param {import("./geometry.js").Shape[]} subject.shapes
 * @param {string[]} subject.labels
 * @param {Record<string, boolean>} subject.replies to questions
 * @param {boolean} subject.dirty
 * @param {string|null} subject.comment
 * @param {number|null} [subject.look] asked for this person's own answer, whatever others say
 * @param {number|null} [subject.chooses] the annotation that shall count, of two
 * @param {"annotator"|null} [subject.to] who alone shall do again what is sent back; anyone when nobody is named
 */
export function requestOf(act, { mediaId, annotationId, acts, clientId, shapes, labels, replies = {}, dirty, comment, look = null, chooses = null, to = null }) {
  const extra = { ...(look === null ? {} : { look }), ...(chooses === null ? {} : { chooses }), ...(to === null ? {} : { to }) };
  if (!submits(act, dirty)) {
    return {
      path: "/reviews",
      body: { client_id: clientId, media_id: mediaId, decision: act, annotation_id: annotationId, seen_acts: acts, comment, ...extra },
    };
  }
  return {
    path: `/media/${mediaId}/annotations`,
    body: {
      client_id: clientId,
      based_on: annotationId,
      seen_acts: acts,
      shapes: act === "nothing" ? [] : shapes,
      label_classes: labels,
      ...(Object.keys(replies).length ? { replies } : {}),
      decision: act === "accepted" ? "accepted" : null,
      comment,
      ...extra,
    },
  };
}
