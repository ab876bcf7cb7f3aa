// What happens when a person decides, undoes, or gets an answer back. No pixels in here: `ui` shows.

import { ASKS, refusal, requestOf } from "./acts.js";
import { sameShapes } from "./geometry.js";
import { entryOf } from "./queue.js";
import { TEXT } from "./strings.js";
import { Strokes } from "./undo.js";

/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {{shapes: any[], labels: string[], replies: Record<string, boolean>}} Drawing an answer as it stands on screen */

/** After these the picture stays: one has reopened it to work on it. */
const STAYS = new Set(["reopened", "unparked"]);
const LONGEST_LOOK = 60_000;

const sameLabels = (a, b) => a.length === b.length && a.every((key) => b.includes(key));

/**
 * @param {object} options
 * @param {any} options.api
 * @param {ReturnType<typeof import("./queue.js").createQueue>} options.queue
 * @param {any} options.outbox
 * @param {import("./undo.js").Acts} options.acts
 * @param {ReturnType<typeof import("./drafts.js").createDrafts>} options.drafts
 * @param {{id: number, scope: string}} options.me
 * @param {boolean} options.leavesQueue whether a decided picture stops matching the queue
 * @param {(replies: Record<string, boolean>) => string|null} [options.missing] the question that has to be answered and is not
 * @param {object} options.ui present, ended, drawingChanged, changed, notice, ask: see workbench.js
 */
export function createSession({ api, queue, outbox, acts, drafts, me, leavesQueue, missing = () => null, ui, now = Date.now, newId = () => crypto.randomUUID() }) {
  /** @type {Strokes<Drawing>} */
  const strokes = new Strokes({ shapes: [], labels: [] });
  /** The entry whose picture is on the stage. @type {Entry|null} */
  let shown = null;
  let visible = false;
  let shownAt = 0;
  let comment = null;
  let decided = 0;
  /** @type {number[]} */
  const looks = [];
  /** The last answers given here, for copying them to the next frame before the server has them. @type {Map<number, any[]>} */
  const submitted = new Map();

  const answerOf = (entry) => ({
    shapes: entry.item.annotation?.shapes ?? [],
    labels: entry.item.annotation?.label_classes ?? [],
    replies: entry.item.annotation?.replies ?? {},
  });
  const isDirty = () => {
    if (!shown) return false;
    const answer = answerOf(shown);
    return !sameShapes(strokes.present.shapes, answer.shapes) || !sameLabels(strokes.present.labels, answer.labels);
  };

  function situation() {
    return {
      state: shown?.item.state ?? "",
      mayDecide: me.scope === "user" || me.scope === "admin",
      shapes: strokes.present.shapes,
      dirty: isDirty(),
      drawn: strokes.past.length > 0 || Boolean(shown?.work),
      answered: Boolean(shown?.item.annotation),
      saving: Boolean(shown?.done),
      conflict: shown?.returned?.theirs !== undefined && shown?.returned?.theirs !== null,
      visible,
      unanswered: missing(strokes.present.replies),
    };
  }

  function keepDraft() {
    if (!shown) return;
    const { id, annotation } = shown.item;
    if (isDirty()) drafts.keep(id, annotation?.id ?? null, strokes.present);
    else drafts.drop(id);
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
    strokes.reset({ shapes: [], labels: [] });
    const left = queue.all.filter((one) => !one.decided);
    ui.ended({ decided, skipped: left.length, cameBack: left.filter((one) => one.returned).length, median: median() });
  }

  /** Called by the ui in the moment the picture of an entry is drawn. @param {Entry} entry @param {boolean} hasPicture */
  function onShown(entry, hasPicture) {
    shown = entry;
    visible = hasPicture;
    shownAt = now();
    comment = null;
    // One client id for the next act on this picture, made now: however often it is sent, it counts once.
    if (!entry.clientId) entry.clientId = newId();
    const draft = entry.work || entry.done ? null : drafts.find(entry.item.id, entry.item.annotation?.id ?? null);
    if (draft) {
      entry.work = draft;
      ui.notice(TEXT.notices.draftBack);
    }
    strokes.reset(structuredClone(entry.work ?? answerOf(entry)));
    ui.drawingChanged(strokes.present, true);
  }

  function leave() {
    if (shown && !shown.done) shown.work = isDirty() ? strokes.present : null;
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
   */
  function decide(act, reason = null, again = false) {
    if (!shown || shown !== queue.current) return false;
    const why = refusal(act, situation());
    if (why) {
      ui.notice(why, "warning");
      return false;
    }
    if (ASKS.has(act) && !reason) {
      const entry = shown;
      ui.ask(act, (text) => shown === entry && decide(act, text));
      return false;
    }
    const entry = shown;
    const dirty = isDirty();
    const { shapes, labels } = strokes.present;
    const id = entry.clientId;
    const words = reason ?? comment;
    const { path, body } = requestOf(act, {
      mediaId: entry.item.id,
      annotationId: entry.item.annotation?.id ?? null,
      acts: entry.item.acts,
      clientId: id,
      shapes: shapes.map(({ id: _, ...shape }) => shape),
      labels,
      dirty,
      comment: words,
    });
    const at = now();
    const kept = { item: entry.item, shapes, labels, act, dirty, comment: words };
    const settles = entry.returned?.answerId;
    remember(entry.item.id, act === "nothing" ? [] : shapes);
    Object.assign(entry, { done: { act, clientId: id }, decided: act, work: null, returned: null });
    decided += 1;
    looks.push(Math.min(at - shownAt, LONGEST_LOOK));
    if (looks.length > 50) looks.shift();
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
      acts.add({ id, access: me.id, at, act, comment: words, item: kept.item, work: dirty ? { shapes, labels } : null }, again);
      drafts.drop(kept.item.id);
      if (settles) outbox.settle(settles);
    }
    return true;
  }

  function remember(mediaId, shapes) {
    submitted.set(mediaId, shapes);
    if (submitted.size > 50) submitted.delete(submitted.keys().next().value);
  }

  function median() {
    if (looks.length < 3) return null;
    return [...looks].sort((a, b) => a - b)[looks.length >> 1];
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
    leave();
    if (!outbox.cancel(act.id)) {
      const id = newId();
      const body = { client_id: id, media_id: act.item.id, decision: "undone", annotation_id: null, undoes: act.number ?? null, comment: null };
      const kept = { item: act.item, shapes: [], labels: [], act: "undone", dirty: false, comment: null };
      outbox.add({ id, access: me.id, mediaId: act.item.id, path: "/reviews", body, madeAt: now(), kept, follows: act.id });
    }
    decided = Math.max(0, decided - 1);
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
    if (shown === entry) decide(act.act, act.comment, true);
  }

  // What the server says ------------------------------------------------------------------------------------

  function onStored(answer, stored) {
    const entry = queue.find(answer.mediaId);
    const undone = answer.kept?.act === "undone";
    if (leavesQueue && !undone && !STAYS.has(answer.kept?.act)) queue.left();
    if (!entry) return;
    const annotation = stored.annotation ?? entry.item.annotation;
    entry.item = { ...entry.item, state: stored.media.state, acts: stored.media.acts, annotation, last_review: stored.review ?? entry.item.last_review };
    if (entry.done?.clientId === answer.id) Object.assign(entry, { done: null, clientId: newId() });
    if ((annotation?.id ?? null) !== stored.media.current_annotation_id && !outbox.holds(answer.mediaId)) refetch(entry);
    for (const note of stored.notes ?? []) ui.notice(note);
    ui.stored(entry);
  }

  function onRefused(answer, error) {
    const { kept } = answer;
    acts.drop(answer.id);
    const entry = queue.find(answer.mediaId) ?? entryOf(kept.item);
    const stale = error.code === "stale_annotation";
    const theirs = stale ? (error.answer.annotation ?? null) : null;
    const state = error.answer.media?.state ?? entry.item.state;
    Object.assign(entry, {
      item: { ...kept.item, state, acts: error.answer.acts ?? entry.item.acts, annotation: stale ? theirs : kept.item.annotation },
      done: null,
      decided: null,
      clientId: "",
      work: kept.dirty || (stale && theirs) ? { shapes: kept.shapes, labels: kept.labels } : null,
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
    try {
      entry.item = await api.get(`/media/${entry.item.id}`);
    } catch {
      return; // It will be asked again when somebody decides on it.
    }
    if (shown === entry && !isDirty()) strokes.reset(answerOf(entry));
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
      ui.changed();
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
    /** What the drafts and the outbox of an earlier visit left behind. */
    async load() {
      await Promise.all([acts.load(), drafts.load()]);
      for (const answer of await outbox.load()) {
        onRefused(answer, { ...answer.refused, message: answer.refused.detail });
      }
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
    median,
  };
}
