// One shape given to other pictures of the same camera: a preview of exactly those, each of which can be left out,
// then one act, and one undo for all of it.

import { fill, h, kbd, keepFocus, svg } from "./dom.js";
import { atLeast, boxToRect } from "./geometry.js";
import { missingOf, replied, rowsOf } from "./questions.js";
import { TEXT, dayAndTime } from "./strings.js";

const THUMB = { width: 150, height: 88 };
/** So long its undo is offered, in milliseconds. */
const OFFERED_FOR = 60_000;

/** Whether it takes one of these back, and answers no picture. @param {{kept?: {batch?: number}}} answer from the outbox */
export const isTakenBack = (answer) => Boolean(answer.kept?.batch);

/** What travels of a shape. @param {any} shape */
const asSent = ({ label_class, box, points }) => (points ? { label_class, points } : { label_class, box });

/**
 * @param {object} options
 * @param {any} options.api
 * @param {ReturnType<typeof import("./labels.js").createLabels>} options.labels
 * @param {any} options.notice
 * @param {{id: number}} options.me
 * @param {() => any} options.getOutbox
 * @param {import("./undo.js").Acts} options.acts of the day, this one among them
 * @param {() => any[]} options.getQuestions asked of each answer
 * @param {(mediaIds: number[]) => void} options.onSpread their answers are other ones now
 */
export function createSpread({ api, labels, notice, me, getOutbox, acts, getQuestions, onSpread, newId = () => crypto.randomUUID(), now = Date.now }) {
  const title = h("h2", { id: "vigie-spread", tabIndex: -1 }, TEXT.spots.title);
  const why = h("p");
  const grid = h("ul.spread-grid");
  const asked = h("div.asked");
  const note = h("p.note", { role: "status" });
  const give = h("button.act.yes", { type: "button" });
  const all = h("button.quiet", { type: "button" });
  const cancel = h("button.act", { type: "button", onclick: () => element.close() }, h("span", {}, TEXT.spots.cancel), kbd(TEXT.staged.esc));
  const element = h("dialog.spread", { "aria-labelledby": title.id }, h("header", {}, title, all), why, grid, asked, note, h("footer", {}, give, cancel));
  const bar = h("div.bar.batch", { role: "status", hidden: true });
  let subject = null;
  let source = null;
  /** For all of them: somebody has looked at the pictures, and says so here. @type {Record<string, boolean>} */
  let replies = {};
  /** One for the act, however often it is sent. */
  let clientId = "";
  let timer = null;

  const boxes = () => [...grid.querySelectorAll("input")];
  const ticked = () => boxes().filter((box) => box.checked).map((box) => Number(box.value));

  function paint() {
    const n = ticked().length;
    give.replaceChildren(h("span", {}, TEXT.spots.give(n)));
    fill(asked, [getQuestions(), replies], () => rowsOf(getQuestions(), replies, reply));
    give.disabled = !n || missingOf(getQuestions(), replies) !== null;
    all.hidden = !boxes().length;
    all.textContent = n ? TEXT.spots.noneTicked : TEXT.spots.all;
  }

  function reply(key, value) {
    replies = replied(replies, key, value);
    paint();
  }

  function cell(media) {
    const { x, y, w, h: high } = atLeast(boxToRect(subject.box, THUMB));
    const mark = svg("svg", { viewBox: `0 0 ${THUMB.width} ${THUMB.height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { x, y, width: w, height: high, stroke: labels.colourOf(subject.label_class) }));
    const when = media.captured_at ? dayAndTime(media.captured_at) : (media.file_name ?? `#${media.id}`);
    return h(
      "li",
      {},
      h(
        "label",
        { title: media.file_name ?? "" },
        h("span.thumb", {}, h("img", { src: api.pictureAddress(media.id, "thumb"), alt: "", decoding: "async" }), mark),
        h("span", {}, h("input", { type: "checkbox", value: String(media.id), checked: true, onchange: paint }), ` ${when}`),
      ),
    );
  }

  async function open(item, shape) {
    if (!shape.label_class) return notice.say(TEXT.spots.label, "warning");
    subject = shape;
    source = item;
    clientId = newId();
    replies = {};
    why.textContent = TEXT.spots.why(labels.nameOf(shape.label_class));
    grid.replaceChildren();
    note.textContent = TEXT.spots.asked;
    paint();
    element.showModal();
    title.focus();
    try {
      const { media, total } = await api.post(`/media/${item.id}/spread/preview`, { shape: asSent(shape) });
      if (subject !== shape || !element.open) return;
      grid.replaceChildren(...media.map(cell));
      note.textContent = !media.length ? TEXT.spots.none : total > media.length ? TEXT.spots.more(total - media.length) : "";
    } catch (error) {
      note.textContent = error.message;
    }
    paint();
  }

  async function apply() {
    const media_ids = ticked();
    give.disabled = true;
    try {
      const done = await api.post(`/media/${source.id}/spread`, { shape: asSent(subject), media_ids, client_id: clientId, replies });
      element.close();
      offerUndo(done, keepAct(done));
      onSpread(done.changed);
    } catch (error) {
      // The same client id again: what was stored after all is not stored twice.
      note.textContent = error.message;
      give.disabled = false;
    }
  }

  /** One of the day's acts like any decision: Ctrl+Z takes it back in its turn, after a reload too. */
  function keepAct({ batch, changed }) {
    const act = { id: clientId, access: me.id, at: now(), act: "spread", comment: null, item: source, work: null, batch, mediaIds: changed };
    if (changed.length) acts.add(act);
    return act;
  }

  /**
   * It waits in the outbox like any answer: after what was said of these pictures before it, and through a reload.
   * @param {import("./undo.js").Act} act
   */
  function takeBack(act) {
    acts.drop(act.id);
    hide();
    getOutbox().add({
      id: newId(),
      access: me.id,
      mediaId: act.item.id,
      mediaIds: act.mediaIds,
      path: `/batches/${act.batch}/undo`,
      body: {},
      madeAt: now(),
      kept: { act: "undone", batch: act.batch },
      follows: null,
    });
  }

  function offerUndo({ changed, left_out }, act) {
    const says = [TEXT.spots.done(changed.length), left_out.length ? TEXT.spots.leftOut(left_out.length) : ""].filter(Boolean).join(" ");
    const button = (text, onclick) => h("button.act", { type: "button", onclick, onmousedown: keepFocus }, text);
    bar.replaceChildren(h("p", {}, says), ...(changed.length ? [button(TEXT.spots.undo, () => takeBack(act))] : []), button(TEXT.bars.close, hide));
    bar.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(hide, OFFERED_FOR);
  }

  function hide() {
    clearTimeout(timer);
    bar.hidden = true;
  }

  give.addEventListener("click", apply);
  all.addEventListener("click", () => {
    const tick = !ticked().length;
    for (const box of boxes()) box.checked = tick;
    paint();
  });
  element.addEventListener("click", (event) => event.target === element && element.close());
  // What is pressed in a dialog is for the dialog.
  element.addEventListener("keydown", (event) => event.stopPropagation());

  return {
    element,
    bar,
    open,
    takeBack,
    /** @param {{undone: number[], left_out: any[]}} done taken back on the server now */
    stored({ undone, left_out }) {
      notice.say([TEXT.spots.undone(undone.length), left_out.length ? TEXT.spots.stays(left_out.length) : ""].filter(Boolean).join(" "));
      onSpread(undone);
    },
    /** The server has said why not, and would say so again. @param {any} answer from the outbox @param {{message: string}} error */
    refused(answer, error) {
      getOutbox().settle(answer.id);
      notice.say(error.message, "warning");
    },
    stop: () => clearTimeout(timer),
  };
}
