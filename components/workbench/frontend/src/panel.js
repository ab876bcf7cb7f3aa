// The panel beside the picture: magnifier, label classes, shapes, history, decisions.

import { fill, h, kbd, keepFocus } from "./dom.js";
import { refusal } from "./acts.js";
import { keyOf, shortcutsOf } from "./keys.js";
import { TEXT, decimal, percent } from "./strings.js";
import { shareOfPicture } from "./geometry.js";

/** The decision buttons, in their places. [act, key row, class] */
const BUTTONS = [
  ["accepted", "accept", "yes"],
  ["submitted", "submit", ""],
  ["nothing", "nothing", ""],
  ["rejected", "reject", "no"],
  ["unsure", "unsure", ""],
  ["sent_back", "sendBack", ""],
  ["parked", "park", ""],
];
/** Stepping, at the same edge: [key row, what to print before it]. */
const STEPS = [["previous", "←"], ["next", "→"]];

/**
 * @param {object} options
 * @param {Element} options.crop
 * @param {ReturnType<typeof import("./labels.js").createLabels>} options.labels
 * @param {any} options.around what else stands beside the picture
 * @param {Element} options.predicted what models propose
 * @param {object} options.on what a click does: label, toggleWhole, openChooser, select, remove, act, step, comment, say
 */
export function createPanel({ crop, labels, around, predicted, on }) {
  const chips = h("div.chips");
  const whole = h("div.chips.whole");
  const shapeList = h("ul.rows.shape-rows");
  const commentButton = h("button.quiet", { type: "button", onclick: () => on.comment(), onmousedown: keepFocus, "aria-keyshortcuts": shortcutsOf("comment") });
  const sayButton = h("button.quiet", { type: "button", onclick: () => on.say(), onmousedown: keepFocus, title: TEXT.keys.say, "aria-keyshortcuts": shortcutsOf("say") }, TEXT.panel.say, " ", kbd(keyOf("say")));
  const buttons = new Map();
  const field = createField();

  const acts = h("div.acts", { role: "group", "aria-label": TEXT.decisions });
  for (const [act, row, kind] of BUTTONS) {
    const button = h(
      `button.act${kind ? `.${kind}` : ""}`,
      { type: "button", onmousedown: keepFocus, dataset: { act }, "aria-keyshortcuts": shortcutsOf(row), onclick: () => on.act(button.dataset.act) },
      h("span", {}, TEXT.acts[act]),
      kbd(keyOf(row)),
    );
    buttons.set(act, button);
    acts.append(button);
  }
  for (const [row, sign] of STEPS) {
    acts.append(
      h(
        "button.act.step",
        { type: "button", onmousedown: keepFocus, dataset: { step: row }, title: TEXT.keys[row], "aria-keyshortcuts": shortcutsOf(row), onclick: () => on.step(row) },
        h("span", { "aria-hidden": "true" }, sign),
        h("span", {}, TEXT.steps[row]),
        kbd(keyOf(row).split(" ").at(-1)),
      ),
    );
  }

  const section = (title, name, body, ...beside) =>
    h(`section.${name}`, {}, h("div.title", {}, h("h3", {}, title), ...beside), body);

  const chooserButton = (mode, text) =>
    h("button.quiet", { type: "button", onmousedown: keepFocus, onclick: () => on.openChooser(mode), title: TEXT.keys[mode], "aria-keyshortcuts": shortcutsOf(mode) }, text, " ", kbd(keyOf(mode)));

  const classes = section(TEXT.panel.classes, "classes", chips, chooserButton("staged", TEXT.panel.falsePositives), chooserButton("find", TEXT.panel.find));
  const shapes = section(TEXT.panel.shapes, "shapes", shapeList, around.spots.apply);
  shapes.append(around.spots.line);
  const element = h(
    "aside.panel",
    { "aria-label": TEXT.panel.label },
    crop,
    classes,
    section(TEXT.panel.whole, "for-whole", whole, chooserButton("whole", TEXT.panel.add)),
    around.questions.element,
    predicted,
    shapes,
    section(TEXT.panel.history, "history", around.history.list, commentButton, sayButton),
    h("div.deciding", {}, acts, field.element),
  );

  function chip(one, { pressed, onclick, keys }) {
    return h(
      "button.chip",
      { type: "button", dataset: { labelClass: one.key }, onclick, onmousedown: keepFocus, "aria-pressed": String(pressed), style: `--c:${one.colour}`, title: one.name },
      h("span", {}, one.name),
      keys ? kbd(keys) : null,
    );
  }

  function shapeRow(shape, selected) {
    const by =
      shape.origin === "model"
        ? [shape.model ?? TEXT.panel.byModel, shape.confidence === null ? null : decimal(shape.confidence.toFixed(2))].filter(Boolean).join(" · ")
        : shape.origin === "import"
          ? TEXT.panel.imported
          : [shape.prediction ? TEXT.predicted.corrected : null, percent(shareOfPicture(shape))].filter(Boolean).join(" · ");
    return h(
      "li",
      { className: shape.id === selected ? "on" : "", style: `--c:${labels.colourOf(shape.label_class)}` },
      h(
        "button.row",
        { type: "button", onclick: () => on.select(shape.id), onmousedown: keepFocus, "aria-pressed": String(shape.id === selected) },
        h("i", { "aria-hidden": "true" }),
        h("span", { className: shape.label_class ? "" : "warn" }, labels.nameOf(shape.label_class)),
        h("em", {}, by),
      ),
      h("button.remove", { type: "button", title: TEXT.panel.remove, "aria-label": TEXT.panel.remove, onmousedown: keepFocus, onclick: () => on.remove(shape.id) }, "×"),
    );
  }

  return {
    element,
    field,
    /** The line above the label classes. */
    classesTitle: classes.firstChild,
    /** @param {{current: string|null, drawing: any, selected: string|null, situation: any}} seen */
    update({ current, drawing, selected, situation }) {
      const one = drawing.shapes.find((shape) => shape.id === selected);
      const pressed = one ? one.label_class : current;
      const offered = [...labels.first, ...labels.recent];
      fill(chips, [pressed, offered.map((each) => each.key)], () =>
        offered.map((each) => chip(each, { pressed: each.key === pressed, onclick: () => on.label(each.key), keys: labels.keysOf(each.key) })),
      );
      fill(whole, drawing.labels, () =>
        drawing.labels.length
          ? drawing.labels
              .map((key) => labels.get(key) ?? { key, name: key, colour: labels.colourOf(null) })
              .map((each) => chip(each, { pressed: true, onclick: () => on.toggleWhole(each.key), keys: "×" }))
          : [h("p.none", {}, TEXT.panel.wholeNone)],
      );
      fill(shapeList, [drawing.shapes, selected, situation.mayDecide, situation.isFile], () =>
        drawing.shapes.length
          ? drawing.shapes.map((shape) => shapeRow(shape, selected))
          : [h("li.none", {}, situation.isFile ? TEXT.panel.isFile : situation.mayDecide ? TEXT.panel.noShapes : TEXT.panel.noShapesView)],
      );
      const parked = situation.state === "parked";
      const closed = situation.state === "accepted" || situation.state === "rejected";
      swap("parked", parked ? "unparked" : "parked", "park");
      swap("accepted", closed ? "reopened" : "accepted", closed ? "reopen" : "accept");
      for (const [name, button] of buttons) {
        const why = refusal(button.dataset.act, situation) ?? "";
        if (button.title === why && button.hasAttribute("aria-disabled")) continue;
        // Not `disabled`: pressing it says why, and the button stays in the order of Tab.
        button.setAttribute("aria-disabled", String(Boolean(why)));
        button.title = why;
        button.classList.toggle("main", name === "accepted" && !why);
      }
    },
    /** @param {string|null} text */
    setComment(text) {
      fill(commentButton, text, () => [h("span", {}, text ?? TEXT.panel.comment), " ", kbd(keyOf("comment"))]);
      commentButton.classList.toggle("filled", Boolean(text));
      commentButton.title = text ?? "";
    },
    /** @param {any[]|null} events newest first; null while they are on their way */
    setHistory(events) {
      around.history.setEvents(events);
    },
  };

  /** One place holds two acts that exclude each other: accept or reopen, park or unpark. */
  function swap(place, act, row) {
    const button = buttons.get(place);
    if (button.dataset.act === act) return;
    button.dataset.act = act;
    button.setAttribute("aria-keyshortcuts", shortcutsOf(row) ?? "");
    button.replaceChildren(h("span", {}, TEXT.acts[act]), kbd(keyOf(row)));
  }
}

/** The small field for a comment or a reason. It lies over the buttons, so that nothing moves. */
function createField() {
  const label = h("label", { for: "vigie-words" });
  const input = h("textarea", { id: "vigie-words", rows: 3, maxLength: 4000 });
  const hint = h("small");
  const to = h("select.to", { "aria-label": TEXT.ask.to, hidden: true });
  const element = h("form.field", { hidden: true }, label, input, to, hint);
  let answer = null;
  let optional = false;
  let asked = null;

  function close() {
    element.hidden = true;
    answer = null;
    asked = null;
    input.blur();
    to.blur();
  }
  function confirm() {
    const text = input.value.trim();
    if (!text && !optional) {
      hint.textContent = TEXT.ask.needed;
      hint.classList.add("warn");
      return;
    }
    const give = answer;
    const whom = to.hidden ? null : to.value || null;
    close();
    give?.(text || null, whom);
  }
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    confirm();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      confirm();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });

  return {
    element,
    input,
    /** What it is for while it is open. @returns {string|null} */
    get asked() {
      return asked;
    },
    /**
     * @param {string} what "sent_back", "parked", "reopened", "comment" or "say"
     * @param {(text: string|null, to: "annotator"|null) => void} give
     * @param {string|null} [annotator] who may be chosen to be the only one it is for
     */
    ask(what, give, start = "", annotator = null) {
      answer = give;
      asked = what;
      optional = what === "comment";
      label.textContent = TEXT.ask[what];
      hint.textContent = optional ? TEXT.ask.hintComment : what === "say" ? TEXT.ask.hintSay : TEXT.ask.hint;
      hint.classList.remove("warn");
      to.replaceChildren(
        h("option", { value: "" }, TEXT.ask.toAnyone),
        ...(annotator ? [h("option", { value: "annotator" }, TEXT.ask.toOne(annotator))] : []),
      );
      to.hidden = annotator === null;
      input.value = start;
      element.hidden = false;
      input.focus({ preventScroll: true });
    },
    close,
    get isOpen() {
      return !element.hidden;
    },
  };
}
