// The sheet of keys, made from the table that binds them.

import { h, kbd } from "./dom.js";
import { KEYS, isKeyOf, keyOf, pressOf, shownOf } from "./keys.js";
import { TEXT } from "./strings.js";

export function createSheet() {
  const groups = Object.entries(TEXT.groups).map(([group, title]) => {
    const rows = KEYS.filter((row) => row.group === group);
    return h(
      "section",
      {},
      h("h3", {}, title),
      h("dl", {}, ...rows.flatMap((row) => [h("dt", {}, kbd(shownOf(row))), h("dd", {}, TEXT.keys[row.act])])),
    );
  });
  const close = h("button.quiet", { type: "button" }, TEXT.sheet.close, " ", kbd(keyOf("close")));
  const element = h("dialog.sheet", { "aria-label": TEXT.sheet.title }, h("header", {}, h("h2", { tabIndex: -1, autofocus: true }, TEXT.sheet.title), close), h("div.columns", {}, ...groups));
  close.addEventListener("click", () => element.close());
  element.addEventListener("click", (event) => event.target === element && element.close());
  // Everything else is quiet below a dialog; the key that opened it closes it, and Escape is the browser's own.
  element.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const press = pressOf(event);
    if (press !== null && isKeyOf("sheet", press)) element.close();
  });
  return {
    element,
    open: () => element.showModal(),
    close: () => element.close(),
    get isOpen() {
      return element.open;
    },
  };
}
