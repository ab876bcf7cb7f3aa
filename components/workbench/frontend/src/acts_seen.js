// How many acts a picture has had, as far as this person knows: sent with each answer, it tells the server whether
// somebody else was faster. One's own acts do not count as somebody else's.

const KEPT = 2_000;

export function createActsSeen() {
  /** The number of acts after one's own last stored answer. @type {Map<number, number>} */
  const byMedia = new Map();
  /** The number of the act that an answer became. @type {Map<string, number>} */
  const byAnswer = new Map();

  const remember = (map, key, number) => {
    map.delete(key);
    map.set(key, number);
    if (map.size > KEPT) map.delete(map.keys().next().value);
  };

  return {
    /** @param {{id: string, mediaId: number}} answer @param {{act: number, media: {acts: number}}} stored */
    stored(answer, stored) {
      remember(byMedia, answer.mediaId, stored.media.acts);
      remember(byAnswer, answer.id, stored.act);
    },
    /**
     * The body as it is sent: an answer made before one's own last one was stored knows of that one too, and an undo
     * names the act it takes back.
     * @param {{mediaId: number, body: any, follows?: string|null}} answer
     */
    fill({ mediaId, body, follows }) {
      if (body.decision === "undone") return { ...body, undoes: byAnswer.get(follows ?? "") ?? body.undoes ?? null };
      if (body.seen_acts === undefined) return body;
      return { ...body, seen_acts: Math.max(body.seen_acts, byMedia.get(mediaId) ?? 0) };
    },
  };
}
