// What a label class means, beside the work: its guide and a few crops of accepted pictures, while the pointer rests
// on its chip or the focus is there, or for as long as somebody wants it open.

import { fill, h, keepFocus } from "./dom.js";
import { TEXT } from "./strings.js";

const REST = 350;
const LEAVE = 120;

/**
 * @param {object} options
 * @param {any} options.api
 * @param {ReturnType<typeof import("./labels.js").createLabels>} options.labels
 * @param {Element[]} options.around where label classes are chosen: elements with data-label-class
 * @param {() => string|null} options.getCurrent the label class at hand
 */
export function createGuide({ api, labels, around, getCurrent }) {
  const element = h("div.guide", { hidden: true, role: "status" });
  const button = h("button.quiet", { type: "button", title: TEXT.guide.hint, "aria-expanded": "false", onmousedown: keepFocus, onclick: toggle }, TEXT.guide.open);
  /** @type {Map<string, Promise<{media_id: number, box: any}[]>>} */
  const examples = new Map();
  let timer = null;
  let pinned = false;
  let shown = null;

  function examplesOf(key) {
    if (!examples.has(key)) {
      examples.set(
        key,
        api.get(`/label-classes/${encodeURIComponent(key)}/examples`).catch(() => {
          examples.delete(key);
          return [];
        }),
      );
    }
    return examples.get(key);
  }

  async function show(key) {
    const one = labels.get(key);
    if (!one) return;
    shown = key;
    const found = await examplesOf(key);
    // The pointer may have gone on meanwhile.
    if (shown !== key) return;
    if (!one.guide && !found.length && !pinned) return hide();
    fill(element, [key, found, pinned], () => [
      h("h3", { style: `--c:${one.colour}` }, one.name),
      one.guide || pinned ? h("p", {}, one.guide ?? TEXT.guide.none) : "",
      found.length
        ? h(
            "div.examples",
            { "aria-label": TEXT.guide.examples },
            ...found.map(({ media_id, box }, i) => h("img", { src: api.cropAddress(media_id, box), alt: TEXT.guide.example(one.name, i + 1), width: 96, height: 96, decoding: "async" })),
          )
        : "",
    ]);
    element.hidden = false;
  }

  function hide() {
    clearTimeout(timer);
    shown = null;
    element.hidden = true;
  }

  function toggle() {
    pinned = !pinned;
    button.setAttribute("aria-expanded", String(pinned));
    if (pinned) show(getCurrent());
    else hide();
  }

  const classAt = (event) => /** @type {Element} */ (event.target).closest?.("[data-label-class]")?.getAttribute("data-label-class") ?? null;

  function soon(key) {
    clearTimeout(timer);
    timer = setTimeout(() => (key ? show(key) : !pinned && hide()), key ? REST : LEAVE);
  }

  for (const place of around) {
    place.addEventListener("pointerover", (event) => event.pointerType === "mouse" && soon(classAt(event)));
    place.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && soon(null));
    place.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && classAt(event) && soon(classAt(event)));
    place.addEventListener("focusout", () => soon(null));
  }

  return {
    element,
    button,
    /** Kept open, it follows the label class at hand. */
    follow: () => pinned && getCurrent() && shown !== getCurrent() && show(getCurrent()),
    /** @returns {boolean} whether it was open */
    close() {
      if (element.hidden) return false;
      pinned = false;
      button.setAttribute("aria-expanded", "false");
      hide();
      return true;
    },
    stop: () => clearTimeout(timer),
  };
}
