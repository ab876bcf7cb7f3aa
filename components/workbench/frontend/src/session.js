// What happens when a person decides, undoes, or gets an answer back. No pixels in here: `ui` shows.

import { ASKS, refusal, requestOf, submits } from "./acts.js";
import { sidesOf } from "./sides.js";
import { sameShapes } from "./geometry.js";
import { asSent } from "./predictions.js";
import { entryOf } from "./queue.js";
import { TEXT } from "./strings.js";
import { Strokes } from "./undo.js";

/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {{shapes: any[], labels: string[], replies: Record<string, boolean>}} Drawing an answer as it stands on screen */

/** After these the picture stays: one has reopened it to work on it, or has said something about it. */
const STAYS = new Set(["reopened", "unparked", "commented"]);
const CLOSED = new Set(["accepted", "rejected", "withdrawn"]);

const sameLabels = (a, b) => a.length === b.length && a.every((key) => b.includes(key));
const sameReplies = (a, b) => Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);
const sameDrawing = (a, b) => sameShapes(a.shapes, b.shapes) && sameLabels(a.labels, b.labels) && sameReplies(a.replies, b.replies);

/** @returns {Drawing} */
const nothingDrawn = () => ({ shapes: [], labels: [], replies: {} });

/** Whether what is on its way leaves nothing to do on its picture. @param {import("./outbox.js").Answer[]} waiting */
export function answersIt(waiting) {
  const last = waiting.filter((answer) => answer.kept?.act !== "commented").at(-1);
  return Boolean(last) && last.kept?.act !== "undone" && !STAYS.has(last.kept?.act);
}

/**
 * @param {object} options
 * @param {any} options.api
 * @param {ReturnType<typeof import("./queue.js").createQueue>} options.queue
 * @param {any} options.outbox
 * @param {import("./undo.js").Acts} options.acts
 * @param {ReturnType<typeof import("./drafts.js").createDrafts>} options.drafts
 * @param {{id: number, login: string, scope: string}} options.me
 * @param {boolean} options.leavesQueue whether a decided picture stops matching the queue
 * @param {ReturnType<typeof import("./pace.js").createPace>} options.pace
 * @param {(replies: Record<string, boolean>) => string|null} [options.missing] the question that has to be answered and is not
 * @param {object} options.ui present, ended, drawingChanged, changed, notice, ask: see workbench.js
 */
export function createSession({ api, queue, outbox, acts, drafts, me, leavesQueue, pace, missing = () => null, ui, now = Date.now, newId = () => crypto.randomUUID() }) {
  /** @type {Strokes<Drawing>} */
  const strokes = new Strokes(nothingDrawn());
  /** The entry whose picture is on the stage. @type {Entry|null} */
  let shown = null;
  let visible = false;
  let shownAt = 0;
  let comment = null;
  let decided = 0;
  /** The last answers given here, for copying them to the next frame before the server has them. @type {Map<number, any[]>} */
  const submitted = new Map();

  const answerOf = (entry) => ({
    shapes: entry.item.annotation?.shapes ?? [],
    labels: entry.item.annotation?.label_classes ?? [],
    replies: entry.item.annotation?.replies ?? {},
  });
  const isDirty = () => Boolean(shown) && !sameDrawing(strokes.present, answerOf(shown));

  function situation() {
    return {
      state: shown?.item.state ?? "",
      mayDecide: me.scope === "user" || me.scope === "admin",
      shapes: strokes.present.shapes,
      dirty: isDirty(),
      drawn: strokes.past.length > 0 || Boolean(shown?.work),
      answered: Boolean(shown?.item.annotation),
      isFile: shown?.item.annotation?.content === "file",
      saving: Boolean(shown?.done),
      conflict: shown?.returned?.theirs !== undefined && shown?.returned?.theirs !== null,
      visible,
      unanswered: missing(strokes.present.replies),
      dispute: shown?.item.dispute ?? null,
    };
  }

  function keepDraft() {
    if (!shown) return;
    const { item, overtaken } = shown;
    if (isDirty()) drafts.keep(item.id, item.annotation?.id ?? null, strokes.present);
    else if (overtaken) drafts.keep(item.id, overtaken.basedOn, overtaken.drawing);
    else drafts.drop(item.id);
    if (shown.unfinished) drafts.keepUnfinished(item.id, item.annotation?.id ?? null, shown.unfinished);
  }

  /** Offers what was drawn on a picture and not submitted; over an answer that came since, only when asked for. */
  function offerDraft(entry) {
    entry.overtaken = null;
    if (entry.work || entry.done || entry.returned) return;
    const { id, annotation, look, state } = entry.item;
    const kept = drafts.find(id);
    if (!kept) return;
    const overtaken = kept.basedOn !== (annotation?.id ?? null) || CLOSED.has(state);
    // To say that somebody has answered would say what this person is not to know yet.
    if (overtaken && look) return;
    if (kept.unfinished && !entry.unfinished) {
      entry.unfinished = kept.unfinished;
      ui.notice(TEXT.notices.draftBack);
    }
    if (!kept.drawing) return;
    if (sameDrawing(kept.drawing, answerOf(entry))) {
      if (!kept.unfinished) drafts.drop(id);
    } else if (overtaken) {
      entry.overtaken = kept;
    } else {
      entry.work = kept.drawing;
      ui.notice(TEXT.notices.draftBack);
    }
  }

  // Stepping ------------------------------------------------------------------------------------------------

  /** Takes up the entry where the queue stands, or the end of it. */
  function arrive() {
    const entry = queue.current;
    if (entry) {
      ui.present(entry);
      return;
    }
    if (!queue.isComplete) {
      ui.waiting();
      return;
    }
    shown = null;
    visible = false;
    strokes.reset(nothingDrawn());
    const left = queue.all.filter((one) => !one.decided);
    ui.ended({ decided, skipped: left.length, cameBack: left.filter((one) => one.returned).length });
  }

  /** Called by the ui in the moment the picture of an entry is drawn. @param {Entry} entry @param {boolean} hasPicture */
  function onShown(entry, hasPicture) {
    shown = entry;
    visible = hasPicture;
    shownAt = now();
    comment = entry.comment ?? null;
    // One client id for the next act on this picture, made now: however often it is sent, it counts once.
    if (!entry.clientId) entry.clientId = newId();
    offerDraft(entry);
    strokes.reset(structuredClone({ ...nothingDrawn(), ...(entry.work ?? answerOf(entry)) }));
    // What came back, or was taken back, is a drawing like any other from now on.
    if (isDirty() && !entry.done && !drafts.find(entry.item.id)) keepDraft();
    ui.drawingChanged(strokes.present, true);
  }

  function leave() {
    if (!shown || (shown.done && !STAYS.has(shown.done.act))) return;
    shown.comment = comment;
    shown.work = isDirty() ? strokes.present : null;
    pace.left(now() - shownAt, false);
    shownAt = now();
  }

  function step(forward) {
    leave();
    if (!forward && queue.position === 1) {
      ui.notice(TEXT.notices.first);
      return;
    }
    if (forward) queue.next();
    else queue.previous();
    arrive();
  }

  // Deciding ------------------------------------------------------------------------------------------------

  /**
   * @param {string} act @param {string|null} [reason] what was asked for, when something is
   * @param {boolean} [again] a redo
   * @param {number|null} [chooses] of two answers, the one that shall count
   * @param {"annotator"|null} [to] who alone shall do again what is sent back
   */
  function decide(act, reason = null, again = false, chooses = null, to = null) {
    if (!shown || shown !== queue.current) return false;
    const why = refusal(act, situation());
    if (why) {
      ui.notice(why, "warning");
      return false;
    }
    if (ASKS.has(act) && !reason) {
      const entry = shown;
      ui.ask(act, (text, whom = null) => shown === entry && decide(act, text, again, chooses, whom), act === "sent_back" ? annotatorOf(entry) : null);
      return false;
    }
    const entry = shown;
    const dirty = isDirty();
    const { shapes, labels, replies } = strokes.present;
    const id = entry.clientId;
    const words = reason ?? comment;
    const { path, body } = requestOf(act, {
      mediaId: entry.item.id,
      annotationId: entry.item.annotation?.id ?? null,
      acts: entry.item.acts,
      clientId: id,
      shapes: shapes.map(asSent),
      labels,
      replies,
      dirty,
      comment: words,
      look: entry.item.look ?? null,
      chooses,
      to,
    });
    const at = now();
    const kept = { item: entry.item, shapes, labels, replies, act, dirty, comment: words, chooses };
    const settles = entry.returned?.answerId;
    // Who rejects, is unsure or parks has not handed in what is drawn: it stays theirs.
    const keeps = dirty && !submits(act, dirty);
    remember(entry.item.id, act === "nothing" ? [] : shapes);
    const work = keeps ? { shapes, labels, replies } : null;
    Object.assign(entry, { done: { act, clientId: id }, decided: act, work, unfinished: null, comment: null, returned: null, overtaken: null });
    decided += 1;
    pace.left(at - shownAt, true);
    shownAt = at;
    comment = null;
    // The next picture comes first. Whatever happens there, the answer is kept.
    try {
      if (STAYS.has(act)) ui.changed();
      else {
        queue.next();
        arrive();
      }
    } finally {
      outbox.add({ id, access: me.id, mediaId: kept.item.id, path, body, madeAt: at, kept, follows: null });
      acts.add({ id, access: me.id, at, act, comment: words, chooses, to, item: kept.item, work: dirty ? { shapes, labels, replies } : null }, again);
      if (!keeps) drafts.drop(kept.item.id, Number.POSITIVE_INFINITY);
      else if (!STAYS.has(act)) ui.notice(TEXT.notices.drawingKept);
      if (settles) outbox.settle(settles);
    }
    return true;
  }

  /** Who else has given the answer that counts. @param {Entry} entry @returns {string|null} */
  function annotatorOf(entry) {
    const author = entry.item.annotation?.author ?? null;
    return author === me.login ? null : author;
  }

  function remember(mediaId, shapes) {
    submitted.set(mediaId, shapes);
    if (submitted.size > 50) submitted.delete(submitted.keys().next().value);
  }

  /** Where two people disagree, one of the two sides is taken. @param {"first"|"second"} which */
  function settle(which) {
    const side = shown && sidesOf(shown.item)?.[which];
    // A side that is a decision without an answer is taken by deciding the same.
    if (side && !side.annotation) return decide(side.decision);
    return decide("settled", null, false, side?.annotation.id ?? null);
  }

  // Undo, redo ----------------------------------------------------------------------------------------------

  function undo() {
    const before = strokes.undo();
    if (before) {
      keepDraft();
      ui.drawingChanged(before, false);
      return;
    }
    const act = acts.takeLast();
    if (!act) {
      ui.notice(TEXT.notices.nothingToUndo);
      return;
    }
    if (act.batch) {
      // Many pictures, of which perhaps none is this one: it stays.
      ui.takeBack(act);
      return;
    }
    leave();
    if (!outbox.cancel(act.id)) {
      const id = newId();
      const body = { client_id: id, media_id: act.item.id, decision: "undone", annotation_id: null, undoes: act.number ?? null, comment: null };
      const kept = { item: act.item, ...nothingDrawn(), act: "undone", dirty: false, comment: null };
      outbox.add({ id, access: me.id, mediaId: act.item.id, path: "/reviews", body, madeAt: now(), kept, follows: act.id });
    }
    decided = Math.max(0, decided - 1);
    pace.takenBack();
    const entry = queue.find(act.item.id) ?? entryOf(act.item);
    Object.assign(entry, { item: act.item, work: act.work, done: null, decided: null, returned: null, clientId: "" });
    queue.visit(entry);
    arrive();
    ui.notice(TEXT.notices.undone(TEXT.done[act.act] ?? act.act));
  }

  function redo() {
    const next = strokes.redo();
    if (next) {
      keepDraft();
      ui.drawingChanged(next, false);
      return;
    }
    const act = acts.takeUndone();
    const entry = act && queue.find(act.item.id);
    if (!entry) {
      ui.notice(TEXT.notices.nothingToRedo);
      return;
    }
    leave();
    entry.work = act.work;
    queue.goTo(entry);
    arrive();
    if (shown === entry && decide(act.act, act.comment, true, act.chooses ?? null, act.to ?? null)) {
      ui.notice(TEXT.notices.redone(TEXT.done[act.act] ?? act.act));
    }
  }

  // What the server says ------------------------------------------------------------------------------------

  function onStored(answer, stored) {
    const entry = queue.find(answer.mediaId);
    const undone = answer.kept?.act === "undone";
    if (undone) drafts.drop(answer.mediaId, 0);
    else if (submits(answer.kept?.act, answer.kept?.dirty) || !answer.kept?.dirty) drafts.drop(answer.mediaId, answer.madeAt);
    if (leavesQueue && !undone && !STAYS.has(answer.kept?.act)) queue.left();
    if (!entry) return;
    const { chooses } = answer.kept ?? {};
    const chosen = chooses && chooses === entry.item.dispute?.other?.id ? entry.item.dispute.other : entry.item.annotation;
    const annotation = stored.annotation ?? chosen;
    entry.item = { ...entry.item, state: stored.media.state, acts: stored.media.acts, annotation, last_review: stored.review ?? entry.item.last_review };
    if (entry.done?.clientId === answer.id) Object.assign(entry, { done: null, clientId: newId() });
    const isOld = (annotation?.id ?? null) !== stored.media.current_annotation_id || (stored.media.state === "disputed" && !entry.item.dispute);
    if (isOld && !outbox.holds(answer.mediaId)) refetch(entry);
    for (const note of stored.notes ?? []) ui.notice(note);
    ui.stored(entry);
  }

  function onRefused(answer, error) {
    const { kept } = answer;
    acts.drop(answer.id);
    if (kept.act === "undone") {
      // Nothing of the person's waits to be saved: it is said, and the picture shown as it is.
      outbox.settle(answer.id);
      ui.notice(error.message ?? answer.refused.detail, "warning");
      const undone = queue.find(answer.mediaId);
      if (undone) refetch(undone);
      return;
    }
    const entry = queue.find(answer.mediaId) ?? entryOf(kept.item);
    const stale = error.code === "stale_annotation";
    const theirs = stale ? (error.answer.annotation ?? null) : null;
    const state = error.answer.media?.state ?? entry.item.state;
    Object.assign(entry, {
      // A look ends with the answer that it was about: what others said is no secret any more.
      item: { ...kept.item, state, acts: error.answer.acts ?? entry.item.acts, annotation: stale ? theirs : kept.item.annotation, look: stale ? null : (kept.item.look ?? null) },
      done: null,
      decided: null,
      clientId: "",
      work: kept.dirty || (stale && theirs) ? { shapes: kept.shapes, labels: kept.labels, replies: kept.replies ?? {} } : null,
      returned: { sentence: error.message ?? answer.refused.detail, theirs, act: kept.act, comment: kept.comment, answerId: answer.id },
    });
    if (!stale && error.status !== 422) refetch(entry);
    const ended = !queue.current;
    if (queue.bringBack(entry) || ended) {
      if (shown === entry) shown = null;
      arrive();
    } else {
      ui.cameBack(entry);
    }
  }

  /** Asks how a picture stands now; one that is being looked at is brought up to date, the drawing kept. */
  async function refetch(entry) {
    let item;
    try {
      item = await api.get(`/media/${entry.item.id}`);
    } catch {
      return; // It will be asked again when somebody decides on it.
    }
    // Whether something was drawn is asked beside the answer that it was drawn over.
    const drawn = shown === entry && isDirty();
    entry.item = item;
    if (shown === entry && !drawn && !sameDrawing(strokes.present, answerOf(entry))) strokes.reset(answerOf(entry));
    if (shown === entry) ui.drawingChanged(strokes.present, true);
    ui.stored(entry);
  }

  /** Two answers are on screen: mine becomes the next annotation, after theirs. */
  function keepMine() {
    const back = shown?.returned;
    if (!back?.theirs) return;
    const act = ["accepted", "submitted", "nothing"].includes(back.act) && !isDirty() ? null : back.act;
    shown.returned = { ...back, theirs: null };
    if (act) decide(act, back.comment);
    else dropMine();
  }

  /** Two answers are on screen: theirs stays. Ctrl+Z brings the drawing back. */
  function dropMine() {
    if (!shown?.returned) return;
    outbox.settle(shown.returned.answerId);
    shown.returned = null;
    shown.work = null;
    stroke(answerOf(shown));
    ui.drawingChanged(strokes.present, true);
    refetch(shown); // Its state and its history are theirs too.
  }

  /** @param {Partial<Drawing>} drawing what has changed of the picture's drawing */
  function stroke(drawing) {
    strokes.push(structuredClone({ ...strokes.present, ...drawing }));
    keepDraft();
    ui.changed();
  }

  return {
    situation,
    arrive,
    onShown,
    step,
    decide,
    settle,
    park: () => decide(shown?.item.state === "parked" ? "unparked" : "parked"),
    undo,
    redo,
    stroke,
    onStored,
    onRefused,
    keepMine,
    dropMine,
    /** Puts away the sentence with which a picture came back. */
    closeReturned() {
      if (!shown?.returned || shown.returned.theirs) return;
      outbox.settle(shown.returned.answerId);
      shown.returned = null;
      // Until now the outbox kept the drawing.
      if (isDirty()) keepDraft();
      ui.changed();
    },
    /** Lays the kept drawing over the answer that came since. Ctrl+Z takes it away again. */
    showDraft() {
      if (!shown?.overtaken) return;
      const { drawing } = shown.overtaken;
      shown.overtaken = null;
      stroke(drawing);
      ui.drawingChanged(strokes.present, false);
    },
    /** The answer that came since stands, the kept drawing goes. */
    dropDraft() {
      if (!shown?.overtaken) return;
      shown.overtaken = null;
      keepDraft();
      ui.changed();
    },
    /** A shape is begun and not closed; none once it is closed or given up. @param {import("./drafts.js").Unfinished|null} unfinished */
    keepUnfinished(unfinished) {
      if (!shown) return;
      shown.unfinished = unfinished;
      drafts.keepUnfinished(shown.item.id, shown.item.annotation?.id ?? null, unfinished);
    },
    /** These were changed in another way than by a decision here: how do they stand now? @param {number[]} mediaIds */
    refresh(mediaIds) {
      for (const entry of queue.all) if (mediaIds.includes(entry.item.id)) refetch(entry);
    },
    /** @param {Entry} entry */
    goTo(entry) {
      leave();
      queue.goTo(entry);
      arrive();
    },
    /** Opens a media, in this queue or beside it. @param {number} mediaId */
    async visit(mediaId) {
      let entry = queue.find(mediaId);
      if (!entry) entry = entryOf(await api.get(`/media/${mediaId}`));
      leave();
      queue.visit(entry);
      arrive();
    },
    /** Answers of an earlier visit that the server would not take. @param {import("./outbox.js").Answer[]} refused */
    bringBack(refused) {
      for (const answer of refused) onRefused(answer, { ...answer.refused, message: answer.refused.detail });
    },
    /** @param {number} mediaId */
    submittedShapes: (mediaId) => submitted.get(mediaId),
    /** @param {string|null} text for the next decision */
    setComment(text) {
      comment = text;
      ui.changed();
    },
    get comment() {
      return comment;
    },
    get shown() {
      return shown;
    },
    get drawing() {
      return strokes.present;
    },
    get dirty() {
      return isDirty();
    },
    get decided() {
      return decided;
    },
  };
}
