// What models propose, on the screen: dashed over the picture and listed beside it until a person takes it. Nothing
// here is ever part of an answer by itself.

import { withId } from "./drawing.js";
import { fill, h, kbd, keepFocus } from "./dom.js";
import { keyOf, shortcutsOf } from "./keys.js";
import { USUAL_THRESHOLD, asTaken, leftOf, proposedAt } from "./predictions.js";
import { TEXT, decimal } from "./strings.js";

/** So long nobody has moved the slider before its place is kept, in milliseconds. */
const REST = 600;
/** A press that moves further on the screen draws. */
const CLICK_WITHIN = 4;
/** More names than this would cover the picture; the list beside it has them all. */
const MOST_NAMES = 25;
/** An answer has no more shapes. */
const MOST_SHAPES = 500;

const written = (confidence) => decimal(confidence.toFixed(2));

/**
 * @param {object} options
 * @param {any} options.api
 * @param {ReturnType<typeof import("./stage.js").createStage>} options.stage
 * @param {ReturnType<typeof import("./labels.js").createLabels>} options.labels
 * @param {any} options.notice
 * @param {{preferences?: {threshold?: number|null}}} options.me
 * @param {() => any} options.getSession
 * @param {() => any} options.getDrawing
 * @param {() => void} options.onChange shows everything anew that may have changed
 */
export function createPredicted({ api, stage, labels, notice, me, getSession, getDrawing, onChange }) {
  let threshold = me.preferences?.threshold ?? USUAL_THRESHOLD;
  /** The one that is pointed at in the list, by its key. */
  let pointed = null;
  let timer = null;
  let pressed = null;
  /** What the last reckoning was made of, and what it gave. */
  let of = { item: null, shapes: null, threshold: -1 };
  let found = { left: [], below: 0 };

  const slider = h("input", { type: "range", min: "0", max: "1", step: "0.05", value: String(threshold), title: TEXT.predicted.threshold, "aria-label": TEXT.predicted.threshold });
  const shown = h("output");
  const all = h("button.quiet", { type: "button", title: TEXT.keys.takeAll, onmousedown: keepFocus, onclick: () => takeAll(), "aria-keyshortcuts": shortcutsOf("takeAll") }, TEXT.predicted.all, " ", kbd(keyOf("takeAll")));
  const list = h("ul.rows.shape-rows.predicted-rows");
  const count = h("b");
  const element = h("section.predicted", { hidden: true }, h("div.title", {}, h("h3", {}, TEXT.predicted.title, " ", count), slider, shown, all), list);

  const predictions = () => getSession()?.shown?.item.predictions ?? [];

  function reckon() {
    const session = getSession();
    const item = session?.shown?.item ?? null;
    const shapes = session?.drawing.shapes ?? [];
    if (of.item !== item || of.shapes !== shapes || of.threshold !== threshold) {
      of = { item, shapes, threshold };
      found = leftOf(item?.predictions ?? [], shapes, threshold);
    }
    return found;
  }

  /** Why nothing can be taken now; null when it can. */
  function refusal() {
    const { mayDecide, saving, visible } = getSession().situation();
    if (!mayDecide) return TEXT.refusals.viewer;
    if (saving) return TEXT.refusals.sending;
    return visible && stage.picture ? null : TEXT.refusals.missing;
  }

  /** @param {import("./predictions.js").Proposed[]} proposed @returns {any[]|null} what is drawn now, or null when it may not be */
  function take(proposed) {
    const why = refusal();
    if (why) {
      notice.say(why, "warning");
      return null;
    }
    const room = MOST_SHAPES - getSession().drawing.shapes.length;
    const taken = proposed.slice(0, room).map((one) => withId(asTaken(one, labels.get(one.label_class)?.retired === false)));
    pointed = null;
    getDrawing().add(taken);
    return taken;
  }

  function takeOne(one) {
    const [taken] = take([one]) ?? [];
    // With its handles: a drag corrects it.
    if (taken) getDrawing().select(taken.id);
  }

  function takeAll() {
    const { left } = reckon();
    if (!left.length) {
      notice.say(predictions().length ? TEXT.predicted.noneLeft : TEXT.predicted.noneHere);
      return;
    }
    const taken = take(left);
    if (taken) notice.say(TEXT.predicted.taken(taken.length));
  }

  function keep() {
    clearTimeout(timer);
    timer = null;
    // Out of reach it counts in this tab all the same.
    api.patch("/me/preferences", { threshold }).catch(() => {});
  }

  slider.addEventListener("input", () => {
    threshold = Number(slider.value);
    clearTimeout(timer);
    timer = setTimeout(keep, REST);
    onChange();
  });
  // Moved by the pointer it lets go of the keys: the arrows step through pictures again.
  slider.addEventListener("pointerup", () => slider.blur());

  const onPress = (event) => {
    const onPicture = event.button === 0 && event.composedPath()[0]?.closest?.(".viewer");
    pressed = onPicture && !stage.element.classList.contains("grab") ? [event.clientX, event.clientY] : null;
  };
  const onRelease = (event) => {
    const from = pressed;
    pressed = null;
    const drawing = getDrawing();
    if (!from || !stage.picture || drawing.tool === "polygon" || drawing.isDrawing || stage.element.classList.contains("shapes-hidden")) return;
    if (Math.hypot(event.clientX - from[0], event.clientY - from[1]) >= CLICK_WITHIN) return;
    const one = proposedAt(reckon().left, stage.pointOf(event), stage.picture, stage.view.scale);
    // After the tools and editors have had the click. What is drawn lies above what is proposed.
    if (one && !drawing.isAt(event)) setTimeout(() => reckon().left.includes(one) && takeOne(one));
  };
  stage.element.addEventListener("pointerdown", onPress, true);
  window.addEventListener("pointerup", onRelease, true);

  function point(key) {
    if (pointed === key) return;
    pointed = key;
    onChange();
  }

  function row(one) {
    const name = labels.nameOf(one.label_class);
    const confidence = written(one.confidence);
    return h(
      "li",
      { style: `--c:${labels.colourOf(one.label_class)}` },
      h(
        "button.row",
        {
          type: "button",
          title: TEXT.predicted.take(name, confidence, one.model),
          "aria-label": TEXT.predicted.take(name, confidence, one.model),
          onmousedown: keepFocus,
          onclick: () => takeOne(one),
          onfocus: () => point(one.key),
          onblur: () => point(null),
          onmouseenter: () => point(one.key),
          onmouseleave: () => point(null),
        },
        h("i", { "aria-hidden": "true" }),
        h("span", {}, name),
        h("em", {}, one.model),
        h("b", {}, confidence),
      ),
    );
  }

  function nothingLeft(below) {
    const seeing = predictions().filter(({ shapes }) => shapes.length);
    if (!seeing.length) return TEXT.predicted.nothing(predictions().map(({ model }) => model).join(", "));
    return below ? TEXT.predicted.below(below) : TEXT.predicted.allTaken;
  }

  return {
    element,
    takeAll,
    /** What is proposed and not taken, the most certain first. */
    get left() {
      return reckon().left;
    },
    /** What of it is drawn over the picture, and which one is magnified where nothing is drawn. */
    get seen() {
      const { left } = reckon();
      const here = left.find(({ key }) => key === pointed);
      const top = here ?? left[0];
      return {
        predicted: left.map((one, i) => ({
          shape: one,
          kind: one === here ? "predicted pointed" : "predicted",
          text: i < MOST_NAMES || one === here ? `${labels.nameOf(one.label_class)} ${written(one.confidence)} · ${one.model}` : "",
        })),
        proposed: top ? { ...top, pointed: top === here } : null,
      };
    },
    /** @param {{mayDecide: boolean}} situation */
    update({ mayDecide }) {
      const { left, below } = reckon();
      element.hidden = predictions().length === 0;
      if (element.hidden) return;
      // The list may be longer than its place.
      count.textContent = left.length ? String(left.length) : "";
      shown.textContent = `≥ ${written(threshold)}`;
      all.hidden = !mayDecide || left.length === 0;
      fill(list, [left.map(({ key }) => key), below, of.item?.id], () => [
        ...left.map(row),
        ...(left.length ? [] : [h("li.none", {}, nothingLeft(below))]),
        ...(left.length && below ? [h("li.none", {}, TEXT.predicted.below(below))] : []),
      ]);
    },
    stop() {
      if (timer) keep();
      stage.element.removeEventListener("pointerdown", onPress, true);
      window.removeEventListener("pointerup", onRelease, true);
    },
  };
}
