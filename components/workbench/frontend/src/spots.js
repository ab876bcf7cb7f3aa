// What a camera remembers: what other pictures of the same source and heading have at the place of a shape. Asked for
// at rest, shown in one quiet line, and never given to a shape unless the person says so.

import { fill, h, keepFocus } from "./dom.js";
import { smallest } from "./geometry.js";
import { TEXT, recentDay } from "./strings.js";

const REST = 350;
const AT_ONCE = 20;
const KEPT = 400;

/**
 * @param {object} options
 * @param {any} options.api
 * @param {ReturnType<typeof import("./labels.js").createLabels>} options.labels
 * @param {(shapeId: string, key: string) => void} options.onLabel
 * @param {(shape: any) => void} options.onApply
 */
export function createSpots({ api, labels, onLabel, onApply }) {
  const line = h("div.spot");
  const apply = h("button.quiet", { type: "button", hidden: true, onmousedown: keepFocus, onclick: () => subject && onApply(subject) }, TEXT.spots.apply);
  /** What is known of a place. @type {Map<string, {label_class: string, count: number, last_at: string|null}[]>} */
  const known = new Map();
  let timer = null;
  let item = null;
  let shapes = [];
  let subject = null;

  const keyOf = (shape) => `${item.id} ${shape.box.join(" ")}`;

  async function ask() {
    const asked = item;
    const fresh = shapes.filter((shape) => !known.has(keyOf(shape))).slice(0, AT_ONCE);
    if (!asked?.source || !fresh.length) return;
    const keys = fresh.map(keyOf);
    const found = await api.post(`/media/${asked.id}/spots`, { boxes: fresh.map(({ box }) => box) }).catch(() => null);
    if (!found) return; // A memory out of reach is no trouble to anybody; the next change asks again.
    keys.forEach((key, i) => known.set(key, found[i] ?? []));
    while (known.size > KEPT) known.delete(known.keys().next().value);
    paint();
  }

  function paint() {
    const [first] = (subject && known.get(keyOf(subject))) ?? [];
    fill(line, [subject?.id ?? null, first ?? null], () => {
      if (!first) return [];
      const name = labels.nameOf(first.label_class);
      const when = first.last_at ? recentDay(first.last_at) : null;
      const { id } = subject;
      return [
        h(
          "button.quiet",
          { type: "button", onmousedown: keepFocus, title: TEXT.spots.hint(first.count, name, when), style: `--c:${labels.colourOf(first.label_class)}`, onclick: () => onLabel(id, first.label_class) },
          TEXT.spots.line(first.count, name, when),
        ),
      ];
    });
  }

  return {
    line,
    apply,
    /** @param {any} nextItem @param {any[]} drawn @param {string|null} selected @param {boolean} mayDecide */
    update(nextItem, drawn, selected, mayDecide) {
      const moved = item?.id !== nextItem?.id || drawn.length !== shapes.length || drawn.some((shape, i) => shape.box.join() !== shapes[i].box.join());
      item = nextItem;
      shapes = drawn;
      subject = drawn.find((shape) => shape.id === selected) ?? smallest(drawn) ?? null;
      apply.hidden = !(mayDecide && item?.source && subject);
      paint();
      if (!moved) return;
      clearTimeout(timer);
      timer = setTimeout(ask, REST);
    },
    stop: () => clearTimeout(timer),
  };
}
