// What happened to the picture, and the earlier answers drawn over it: one as ghosts, two by what differs.

import { differenceOf, marksOf } from "./difference.js";
import { fill, h, kbd, keepFocus } from "./dom.js";
import { keyOf } from "./keys.js";
import { TEXT, shortMoment } from "./strings.js";

/** What is drawn now stands beside the numbers of annotations under this name. */
const NOW = "now";
const NOTHING = { ghosts: [], apart: false };

/**
 * @param {object} options
 * @param {ReturnType<typeof import("./details.js").createDetails>} options.details
 * @param {(key: string|null) => string} options.nameOf
 * @param {() => {shapes: any[], labels: string[]}} options.getDrawing as it is on screen
 * @param {(mediaId: number) => {text: string, says: string, warns: boolean, offers: {text: string, onclick: () => void}[]}[]} options.unsent comments that have not arrived
 * @param {() => void} options.onChange other answers are to be drawn
 */
export function createHistory({ details, nameOf, getDrawing, unsent, onChange }) {
  const list = h("ul.rows.history-rows");
  const bar = h("div.bar.compare", { role: "status", hidden: true });
  let mediaId = null;
  let events = null;
  /** At most two, in the order they were chosen. @type {(number|"now")[]} */
  let chosen = [];

  /** The chosen answers, the earlier one first; those not fetched yet are left out. */
  function answers() {
    const known = new Map((details.annotationsOf(mediaId) ?? []).map((annotation) => [annotation.id, annotation]));
    const { shapes, labels } = getDrawing();
    return chosen
      .map((one) => (one === NOW ? { number: Infinity, shapes, label_classes: labels } : known.get(one)))
      .filter(Boolean)
      .sort((a, b) => a.number - b.number);
  }

  async function choose(one) {
    chosen = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one].slice(-2);
    const asked = mediaId;
    if (chosen.length) await details.askAnnotations(asked);
    if (asked === mediaId) update();
  }

  function close() {
    if (!chosen.length) return false;
    chosen = [];
    update();
    return true;
  }

  function update() {
    paint();
    onChange();
  }

  function paint() {
    const rows = events ?? [];
    const waiting = unsent(mediaId);
    fill(list, [rows, chosen, waiting.map(({ text, says }) => [text, says])], () => [...waiting.map(unsentRow), ...rows.map(row)]);
    const found = answers();
    const counts = found.length === 2 ? counted(found) : "";
    fill(bar, [found.map(({ number }) => number), chosen, counts], () => (found.length ? says(found, counts) : []));
    bar.hidden = !found.length;
  }

  function row(event) {
    const what = h(
      "span",
      {},
      event.sent_to ? TEXT.sentBackTo(event.sent_to) : (TEXT.history[event.what] ?? event.what),
      event.shapes ? `, ${TEXT.panel.count(event.shapes)}` : "",
    );
    const who = h("em", { title: `${event.who ?? ""} · ${shortMoment(event.at)}` }, `${event.who ?? ""} · ${shortMoment(event.at)}`);
    const words = event.comment ? h("q", {}, ...withMentions(event.comment)) : null;
    if (!event.annotation_id) return h("li", {}, what, who, words);
    const pressed = chosen.includes(event.annotation_id);
    return h(
      "li",
      { className: pressed ? "on" : "" },
      h(
        "button.row",
        { type: "button", onmousedown: keepFocus, "aria-pressed": String(pressed), title: TEXT.compare.show(event.annotation_number), onclick: () => choose(event.annotation_id) },
        what,
        who,
      ),
      words,
    );
  }

  const unsentRow = ({ text, says: state, warns, offers }) =>
    h(
      "li.unsent",
      {},
      h("span", {}, TEXT.history.commented),
      h("em", { className: warns ? "warn" : "" }, state),
      h("q", {}, ...withMentions(text)),
      ...offers.map((offer) => h("button.quiet", { type: "button", onmousedown: keepFocus, onclick: offer.onclick }, offer.text)),
    );

  const answerName = ({ number, author, created_at }) =>
    number === Infinity ? TEXT.compare.now : TEXT.compare.answer(number, author, shortMoment(created_at));

  function counted([before, after]) {
    const difference = differenceOf(before.shapes, after.shapes);
    const parts = ["added", "removed", "moved", "relabelled"].filter((kind) => difference[kind].length).map((kind) => TEXT.compare[kind](difference[kind].length));
    const whole = [
      ...after.label_classes.filter((key) => !before.label_classes.includes(key)).map((key) => TEXT.compare.wholeAdded(nameOf(key))),
      ...before.label_classes.filter((key) => !after.label_classes.includes(key)).map((key) => TEXT.compare.wholeRemoved(nameOf(key))),
    ];
    return [...parts, ...whole].join(" · ") || TEXT.compare.nothing;
  }

  const saysOne = ({ shapes, content }) => {
    if (content === "file") return TEXT.compare.file;
    return shapes.length ? TEXT.panel.count(shapes.length) : TEXT.compare.empty;
  };

  function says(found, counts) {
    const button = (text, onclick, key = "") => h("button.act", { type: "button", onclick, onmousedown: keepFocus }, h("span", {}, text), key ? kbd(key) : null);
    if (found.length < 2) {
      const [one] = found;
      return [
        h("p", {}, h("b", {}, answerName(one)), ` · ${saysOne(one)}`),
        ...(chosen.length < 2 && one.number !== Infinity ? [button(TEXT.compare.withNow, () => choose(NOW))] : []),
        button(TEXT.bars.close, close, keyOf("close")),
      ];
    }
    return [
      h("p", {}, h("b", {}, `${answerName(found[0])} → ${answerName(found[1])}`), h("br"), counts),
      button(TEXT.bars.close, close, keyOf("close")),
    ];
  }

  return {
    list,
    bar,
    /** Another picture is on the stage. @param {number|null} id */
    shown(id) {
      mediaId = id;
      chosen = [];
      events = null;
      paint();
    },
    /** @param {any[]|null} next newest first; null while they are on their way */
    setEvents(next) {
      events = next;
      paint();
    },
    /** The drawing may have changed, or a comment has arrived. */
    repaint: paint,
    /** What overlay.js is to draw of earlier answers. */
    get seen() {
      const found = chosen.length ? answers() : [];
      if (!found.length) return NOTHING;
      if (found.length === 1) return { ghosts: found[0].shapes.map((shape) => ({ shape, kind: "ghost", text: null })), apart: false };
      return { ghosts: marksOf(differenceOf(found[0].shapes, found[1].shapes), nameOf, TEXT.compare.words), apart: true };
    },
    close,
  };
}

/** A text with the people it names set apart. @param {string} text @returns {(Node|string)[]} */
const withMentions = (text) => text.split(/(@[\p{L}\d._-]+)/u).map((part) => (part.startsWith("@") && part.length > 1 ? h("b", {}, part) : part));
