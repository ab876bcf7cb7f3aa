// Drawings that were not submitted yet: in the browser at every stroke, on the server at most every two seconds, and
// offered again after a reload and on any other machine.

import { asSent } from "./predictions.js";

/** @typedef {import("./session.js").Drawing} Drawing */
/** @typedef {{tool: string, points: [number, number][], label_class: string|null}} Unfinished a polygon that is not closed */
/**
 * @typedef {object} Draft
 * @property {string} id @property {number} access @property {number} mediaId
 * @property {number|null} basedOn the annotation it was drawn over
 * @property {any[]} shapes @property {string[]} labels @property {Record<string, boolean>} replies
 * @property {number} at when it became what it is
 * @property {number|null} stored the `at` of what the server has
 * @property {Unfinished|null} [unfinished] a shape that is not closed yet: in this browser only
 * @property {boolean} [onlyUnfinished] nothing else was drawn, so there is nothing for the server
 * @property {boolean} [dropped] it is no more, which the server has not heard yet
 */

const A_WEEK = 7 * 24 * 3600 * 1000;
const SEND_EVERY = 2_000;
const TRY_AGAIN = 10_000;
/** Nothing would change by asking again. */
const REFUSALS = new Set([400, 403, 404, 409, 413, 422]);

/**
 * @param {object} options
 * @param {any} options.store the browser's own database
 * @param {{put: (path: string, body: object) => Promise<any>, remove: (path: string) => Promise<any>}} options.api
 * @param {number} options.access whose drawings
 * @param {(mediaId: number) => void} [options.onChange] where one is kept has changed
 */
export function createDrafts({ store, api, access, onChange = () => {}, now = Date.now, setTimer = setTimeout, clearTimer = clearTimeout }) {
  /** @type {Map<number, Draft>} */
  const drafts = new Map();
  /** Which state of a drawing is in the browser's database. @type {Map<number, number>} */
  const written = new Map();
  /** @type {Map<number, any>} */
  const timers = new Map();
  /** @type {Set<number>} */
  const inFlight = new Set();
  /** The server would not have these: they are kept here only. @type {WeakSet<Draft>} */
  const refused = new WeakSet();
  const idOf = (mediaId) => `${access}:${mediaId}`;

  /** @param {Draft} draft */
  async function write(draft) {
    const { mediaId, at } = draft;
    try {
      await store.put("drafts", draft);
    } catch {
      return; // Then it is not kept here, and the mark says so.
    }
    if (drafts.get(mediaId) !== draft) return;
    written.set(mediaId, at);
    onChange(mediaId);
  }

  function erase(mediaId) {
    written.delete(mediaId);
    store.remove("drafts", idOf(mediaId)).catch(() => {});
  }

  function schedule(mediaId, wait = SEND_EVERY) {
    if (timers.has(mediaId)) return;
    timers.set(mediaId, setTimer(() => send(mediaId), wait));
  }

  function unschedule(mediaId) {
    clearTimer(timers.get(mediaId));
    timers.delete(mediaId);
  }

  const isSent = (draft) => !draft.dropped && draft.stored === draft.at;
  const isToSend = (draft) => Boolean(draft) && !draft.onlyUnfinished && !isSent(draft) && !refused.has(draft);

  /** Brings the server to the last state, whatever that is by now: one request at a time for each media. */
  async function send(mediaId) {
    unschedule(mediaId);
    const draft = drafts.get(mediaId);
    if (!isToSend(draft) || inFlight.has(mediaId)) return;
    inFlight.add(mediaId);
    let wait = SEND_EVERY;
    try {
      if (draft.dropped) await api.remove(`/drafts/${mediaId}`);
      else await api.put(`/drafts/${mediaId}`, bodyOf(draft));
      settle(draft);
    } catch (error) {
      if (REFUSALS.has(error.status)) settle(draft, false);
      else wait = TRY_AGAIN;
    }
    inFlight.delete(mediaId);
    onChange(mediaId);
    if (isToSend(drafts.get(mediaId))) schedule(mediaId, wait);
  }

  /** The server has heard of this state. */
  function settle(draft, taken = true) {
    const { mediaId } = draft;
    const latest = drafts.get(mediaId);
    if (draft.dropped) {
      if (latest !== draft) return;
      if (draft.unfinished) {
        write(Object.assign(draft, { dropped: false, onlyUnfinished: true, stored: null }));
        return;
      }
      drafts.delete(mediaId);
      erase(mediaId);
    } else if (!taken) {
      refused.add(draft);
    } else if (latest) {
      latest.stored = draft.at;
      write(latest);
    }
  }

  const bodyOf = ({ basedOn, shapes, labels, replies, at }) => ({
    based_on: basedOn,
    drawing: { shapes: shapes.map(asSent), labels, replies },
    made_at: new Date(at).toISOString(),
  });

  /** @param {{media_id: number, based_on: number|null, drawing: any, made_at: string}} row */
  function fromServer(row) {
    const at = Date.parse(row.made_at);
    const { shapes = [], labels = [], replies = {} } = row.drawing;
    return { id: idOf(row.media_id), access, mediaId: row.media_id, basedOn: row.based_on, shapes, labels, replies, at, stored: at };
  }

  return {
    /**
     * Takes what this browser kept and what the server has; of two states of one drawing the newer one counts.
     * @param {any[]|null} rows of the server; null when it could not be asked
     */
    async load(rows = null) {
      const onServer = new Map((rows ?? []).map((row) => [row.media_id, fromServer(row)]));
      for (const row of await store.all("drafts").catch(() => [])) {
        if (row.access !== access) continue;
        const there = onServer.get(row.mediaId);
        // It was sent, not changed since, and is gone: submitted or dropped on another machine.
        const ended = rows !== null && !there && row.stored !== null && row.stored === row.at;
        if (now() - row.at > A_WEEK || ended) {
          store.remove("drafts", row.id).catch(() => {});
        } else if (!there || row.at >= there.at) {
          drafts.set(row.mediaId, { replies: {}, ...row, stored: there ? there.at : null });
          if (!row.dropped) written.set(row.mediaId, row.at);
          if (!there && row.dropped && rows !== null) settle(drafts.get(row.mediaId));
        }
      }
      for (const [mediaId, draft] of onServer) {
        if (drafts.has(mediaId)) continue;
        drafts.set(mediaId, draft);
        write(draft);
      }
      this.retry();
    },
    /** @param {number} mediaId @param {number|null} basedOn the annotation it was drawn over @param {Drawing} drawing */
    keep(mediaId, basedOn, { shapes, labels, replies }) {
      const before = drafts.get(mediaId);
      // Two strokes may fall into one millisecond.
      const at = Math.max(now(), (before?.at ?? 0) + 1);
      const draft = { id: idOf(mediaId), access, mediaId, basedOn, shapes, labels, replies, at, stored: before?.stored ?? null, unfinished: before?.unfinished ?? null };
      drafts.set(mediaId, draft);
      write(draft);
      schedule(mediaId);
    },
    /**
     * Keeps a shape that is not closed yet beside what is drawn; none once it is closed or given up.
     * @param {number} mediaId @param {number|null} basedOn @param {Unfinished|null} unfinished
     */
    keepUnfinished(mediaId, basedOn, unfinished) {
      const before = drafts.get(mediaId);
      if (before?.onlyUnfinished && !unfinished) {
        this.drop(mediaId);
      } else if (before) {
        // The same state of the drawing: what the server has heard of it, or is to hear, stays true.
        before.unfinished = unfinished;
        write(before);
      } else if (unfinished) {
        const draft = { id: idOf(mediaId), access, mediaId, basedOn, shapes: [], labels: [], replies: {}, at: now(), stored: null, unfinished, onlyUnfinished: true };
        drafts.set(mediaId, draft);
        write(draft);
      }
    },
    /**
     * @param {number} mediaId
     * @param {number|null} [submittedAt] an answer made then took its place: the server forgets it by itself. What was
     * drawn after that is another drawing, and sent again, because the server may have forgotten that one too.
     */
    drop(mediaId, submittedAt = null) {
      const draft = drafts.get(mediaId);
      if (draft?.dropped) draft.unfinished = null;
      if (!draft || draft.dropped) return;
      unschedule(mediaId);
      if (submittedAt !== null && draft.at > submittedAt) {
        draft.stored = null;
        schedule(mediaId);
        return;
      }
      const isThere = inFlight.has(mediaId) || (draft.stored !== null && submittedAt === null);
      if (!isThere) {
        drafts.delete(mediaId);
        erase(mediaId);
        return;
      }
      const gone = { ...draft, shapes: [], labels: [], replies: {}, unfinished: null, at: Math.max(now(), draft.at + 1), dropped: true };
      drafts.set(mediaId, gone);
      write(gone);
      schedule(mediaId, 0);
    },
    /**
     * What was drawn on a media, and over which answer; no drawing when there is only a shape that is not closed.
     * @param {number} mediaId @returns {{basedOn: number|null, drawing: Drawing|null, unfinished?: Unfinished}|null}
     */
    find(mediaId) {
      const draft = drafts.get(mediaId);
      if (!draft || (draft.dropped && !draft.unfinished)) return null;
      const { basedOn, shapes, labels, replies, unfinished, onlyUnfinished, dropped } = draft;
      return { basedOn, drawing: onlyUnfinished || dropped ? null : { shapes, labels, replies }, ...(unfinished ? { unfinished } : {}) };
    },
    /** Where the last state of a drawing is kept. @param {number} mediaId @returns {{here: boolean, server: boolean}} */
    whereIs(mediaId) {
      const draft = drafts.get(mediaId);
      if (!draft || draft.dropped) return { here: false, server: false };
      return { here: store.durable && written.get(mediaId) === draft.at, server: draft.stored === draft.at };
    },
    /** Media with a drawing, the one last touched first. */
    get media() {
      const all = [...drafts.values()].filter((draft) => !draft.dropped);
      return all.sort((a, b) => b.at - a.at).map((draft) => draft.mediaId);
    },
    /** The network is back, or somebody signed in. */
    retry() {
      for (const [mediaId, draft] of drafts) if (isToSend(draft)) send(mediaId);
    },
    /** The page is being left: the last state goes now, whatever is still on its way. */
    flush() {
      for (const [mediaId, draft] of drafts) {
        if (!isToSend(draft) || draft.dropped) continue;
        api.put(`/drafts/${mediaId}`, bodyOf(draft)).then(() => settle(draft), () => {});
      }
    },
  };
}
