// Comments on a picture, beside any decision. They wait in the same outbox as the answers: kept through a reload,
// sent again by themselves, and counted by the "saved" mark.

import { createMentions } from "./mentions.js";
import { TEXT } from "./strings.js";

/** What tells a comment from an answer in the outbox. */
const COMMENTED = "commented";

/** @param {{kept?: {act?: string}}} answer from the outbox */
export const isComment = (answer) => answer.kept?.act === COMMENTED;

/**
 * @param {object} options
 * @param {any} options.api
 * @param {() => any} options.getOutbox
 * @param {{id: number}} options.me
 * @param {any} options.field of the panel
 * @param {() => any} options.getItem the media on screen
 * @param {any} options.notice
 * @param {(mediaId: number) => void} options.onChange there is another list to show
 * @param {(mediaId: number) => void} options.onStored
 */
export function createComments({ api, getOutbox, me, field, getItem, notice, onChange, onStored, newId = () => crypto.randomUUID(), now = Date.now }) {
  /** Those without an answer, and those refused. @type {Map<string, {id: string, mediaId: number, text: string, sentence: string|null}>} */
  const unsent = new Map();
  /** @type {Promise<{login: string}[]>|null} */
  let people = null;

  function getPeople() {
    // Without the list one still writes a name; the next @ asks again.
    people ??= api.get("/people").catch(() => {
      people = null;
      return [];
    });
    return people;
  }

  const mentions = createMentions({ input: field.input, isOffered: () => field.asked === "say", getPeople });
  field.element.append(mentions.list);

  /** @param {any} [item] @param {string} [start] */
  function write(item = getItem(), start = "") {
    if (item) field.ask("say", (text) => send(item, text), start);
  }

  function send(item, text) {
    const id = newId();
    unsent.set(id, { id, mediaId: item.id, text, sentence: null });
    getOutbox().add({
      id,
      access: me.id,
      mediaId: item.id,
      path: `/media/${item.id}/comments`,
      body: { text, client_id: id },
      madeAt: now(),
      kept: { act: COMMENTED, text, item: { id: item.id, file_name: item.file_name } },
      follows: null,
    });
    onChange(item.id);
  }

  function forget(answer) {
    unsent.delete(answer.id);
    getOutbox().settle(answer.id);
    onChange(answer.mediaId);
  }

  return {
    write,
    /** What the history shows above what has happened. @param {number|null} mediaId */
    unsentOf: (mediaId) =>
      [...unsent.values()]
        .filter((comment) => comment.mediaId === mediaId)
        .map((comment) => ({
          text: comment.text,
          says: comment.sentence ?? (getOutbox().failing ? TEXT.comments.notSent : TEXT.comments.sending),
          warns: Boolean(comment.sentence) || getOutbox().failing,
          offers: comment.sentence
            ? [
                { text: TEXT.comments.again, onclick: () => (forget(comment), write({ id: comment.mediaId }, comment.text)) },
                { text: TEXT.comments.drop, onclick: () => forget(comment) },
              ]
            : [],
        })),
    /** @param {any} answer from the outbox, committed now */
    stored(answer) {
      unsent.delete(answer.id);
      onStored(answer.mediaId);
    },
    /** Comments of an earlier visit that were not taken say so again; gives back the answers among them. @param {any[]} refused */
    bringBack(refused) {
      for (const answer of refused.filter(isComment)) this.refused(answer, { message: answer.refused.detail });
      return refused.filter((answer) => !isComment(answer));
    },
    /** It is kept, and says why it was not taken. @param {any} answer @param {{message?: string}} error */
    refused(answer, error) {
      const { item, text } = answer.kept;
      unsent.set(answer.id, { id: answer.id, mediaId: answer.mediaId, text, sentence: error.message ?? TEXT.comments.notTaken });
      notice.say(TEXT.comments.refused(item.file_name ?? `#${item.id}`, error.message ?? ""), "warning", {
        text: TEXT.comments.again,
        onclick: () => (forget(answer), write(item, text)),
      });
      onChange(answer.mediaId);
    },
  };
}
