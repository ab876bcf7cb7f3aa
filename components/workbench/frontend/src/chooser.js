// The second stage of choosing a label class: by letter after F, for the whole picture after W, by typing after /.

import { h, kbd, keepFocus } from "./dom.js";
import { TEXT } from "./strings.js";

/**
 * @param {object} options
 * @param {ReturnType<typeof import("./labels.js").createLabels>} options.labels
 * @param {(key: string, whole: boolean) => void} options.onChoose
 * @param {(text: string) => void} options.onNotice
 */
export function createChooser({ labels, onChoose, onNotice }) {
  const title = h("h3");
  const list = h("ul", { role: "listbox", id: "vigie-classes", "aria-label": TEXT.staged.find });
  const input = h("input", { type: "text", "aria-label": TEXT.staged.find, "aria-controls": "vigie-classes", placeholder: TEXT.staged.find, autocomplete: "off", spellcheck: false });
  const hint = h("small", {}, TEXT.staged.findHint);
  const element = h("div.chooser", { hidden: true, role: "dialog", "aria-label": TEXT.staged.find }, title, input, list, hint);
  /** @type {"staged"|"whole"|"find"|null} */
  let mode = null;
  let found = [];
  let at = 0;

  function open(next) {
    mode = next;
    element.hidden = false;
    element.dataset.mode = next;
    title.replaceChildren(next === "whole" ? TEXT.staged.whole : next === "find" ? TEXT.staged.find : TEXT.staged.title, " ", kbd(TEXT.staged.esc));
    if (next === "find") {
      input.value = "";
      search();
      input.focus({ preventScroll: true });
      return;
    }
    const rows = [
      ...(next === "whole" ? labels.first.map((one) => [labels.keysOf(one.key), one]) : []),
      ...labels.staged.map(({ letter, one }) => [letter, one]),
    ];
    list.replaceChildren(...rows.map(([key, one]) => row(one, key)));
  }

  const row = (one, key, selected = false) =>
    h(
      "li",
      {
        role: "option",
        dataset: { labelClass: one.key },
        "aria-selected": String(selected),
        style: `--c:${one.colour}`,
        onmousedown: keepFocus,
        onclick: (event) => choose(one, mode === "whole" || event.shiftKey),
      },
      h("span", {}, one.name),
      key ? kbd(key) : null,
    );

  function close() {
    mode = null;
    element.hidden = true;
    input.blur();
  }

  function choose(one, whole) {
    close();
    onChoose(one.key, whole);
  }

  function search() {
    found = labels.search(input.value).slice(0, 24);
    at = 0;
    paint();
  }

  function paint() {
    list.replaceChildren(
      ...(found.length ? found.map((one, i) => row(one, labels.keysOf(one.key), i === at)) : [h("li.none", {}, TEXT.staged.none)]),
    );
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (steps) {
      at = (at + steps + found.length) % Math.max(found.length, 1);
      paint();
    } else if (event.key === "Enter") {
      if (found[at]) choose(found[at], event.shiftKey);
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
  });
  input.addEventListener("blur", () => mode === "find" && close());

  return {
    element,
    open,
    close,
    get isOpen() {
      return mode !== null;
    },
    /**
     * The second stroke. Any key is taken while the list is open: a letter meant for it must not decide a picture.
     * @param {string} press
     */
    takeStroke(press) {
      if (mode === null || mode === "find") return false;
      if (press === "Escape") {
        close();
        return true;
      }
      const whole = mode === "whole";
      const one = /^[1-9]$/.test(press) ? labels.byDigit(press) : press.length === 1 ? labels.byLetter(press) : undefined;
      if (one) choose(one, whole);
      else if (whole && press === "f") return true; // W, F, A says the same as W, A
      else {
        close();
        if (press.length === 1) onNotice(TEXT.notices.noClassKey(`${whole ? "W" : "F"} ${press.toUpperCase()}`));
      }
      return true;
    },
  };
}
