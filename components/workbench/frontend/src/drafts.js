// Drawings that were not submitted yet, kept in the browser at every stroke and offered again after a reload.

const A_WEEK = 7 * 24 * 3600 * 1000;

/** @param {{store: any, access: number, now?: () => number}} options */
export function createDrafts({ store, access, now = Date.now }) {
  /** @type {Map<number, {mediaId: number, basedOn: number|null, shapes: any[], labels: string[]}>} */
  const drafts = new Map();
  const idOf = (mediaId) => `${access}:${mediaId}`;

  return {
    async load() {
      for (const row of await store.all("drafts").catch(() => [])) {
        if (now() - row.at > A_WEEK) store.remove("drafts", row.id).catch(() => {});
        else if (row.access === access) drafts.set(row.mediaId, row);
      }
    },
    /** @param {number} mediaId @param {number|null} basedOn the annotation it was drawn over @param {{shapes: any[], labels: string[]}} drawing */
    keep(mediaId, basedOn, { shapes, labels }) {
      const draft = { id: idOf(mediaId), access, mediaId, basedOn, shapes, labels, at: now() };
      drafts.set(mediaId, draft);
      store.put("drafts", draft).catch(() => {});
    },
    /** @param {number} mediaId */
    drop(mediaId) {
      if (drafts.delete(mediaId)) store.remove("drafts", idOf(mediaId)).catch(() => {});
    },
    /** The drawing, unless the answer it was drawn over has been overtaken. @param {number} mediaId @param {number|null} basedOn */
    find(mediaId, basedOn) {
      const draft = drafts.get(mediaId);
      return draft && draft.basedOn === basedOn ? { shapes: draft.shapes, labels: draft.labels } : null;
    },
  };
}
