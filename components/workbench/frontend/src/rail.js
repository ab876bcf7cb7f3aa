// The tools along the left edge of the picture; they step aside while somebody draws.

import { h, keepFocus, svg } from "./dom.js";
import { keyOf, shortcutsOf } from "./keys.js";
import { TEXT } from "./strings.js";

const GLYPHS = {
  box: "M4 5h12v10H4z",
  polygon: "M5 15 3.5 7.5 10 4l6.5 4.5L14 15z",
  select: "M5 3.5 15.5 10l-4.6 1.1L8.6 16z",
  copy: "M3.5 6.5h8v8h-8z M8 6.500v-3h8.500v8h-5",
  undo: "M7.500 4.500 3.500 8.500l4 4 M3.500 8.500h8a4 4 0 0 1 0 8h-3",
  redo: "M12.500 4.500l4 4-4 4 M16.500 8.500h-8a4 4 0 0 0 0 8h3",
  hide: "M2.500 10c2-3.400 4.500-5 7.500-5s5.500 1.600 7.500 5c-2 3.400-4.500 5-7.500 5s-5.500-1.600-7.500-5z M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  zoomShape: "M8.500 3.500a5 5 0 1 0 0 10 5 5 0 0 0 0-10z M12.200 12.200 16.500 16.500 M6.500 8.500h4 M8.500 6.500v4",
  loop: "M3.500 5h13v10h-13z M8.500 7.500v5l4-2.500z",
  grid: "M3.500 3.500h13v13h-13z M8 3.500v13 M12.500 3.500v13 M3.500 8h13 M3.500 12.500h13",
  looks: "M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z M10 2v2 M10 16v2 M2 10h2 M16 10h2 M4.300 4.300l1.500 1.500 M14.200 14.200l1.500 1.500 M4.300 15.700l1.500-1.500 M14.200 5.800l1.500-1.500",
  asTaken: "M5 5l10 10 M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
};

/** A key as narrow as a tool of the rail: "^Z". @param {string} shown */
const narrow = (shown) => shown.replace("Ctrl ", "^").replace("Shift ", "⇧");
/** These are on or off; the others do something. */
const SWITCHES = new Set(["box", "polygon", "select", "hide", "loop", "grid", "looks"]);

/** @param {(act: string) => void} onAct */
export function createRail(onAct) {
  const buttons = Object.entries(GLYPHS).map(([act, path]) =>
    h(
      "button",
      {
        type: "button",
        dataset: { act },
        title: [TEXT.tools[act], keyOf(act) && `(${keyOf(act)})`].filter(Boolean).join(" "),
        "aria-label": TEXT.tools[act],
        "aria-keyshortcuts": shortcutsOf(act),
        ...(SWITCHES.has(act) ? { "aria-pressed": "false" } : {}),
        onmousedown: keepFocus,
        onclick: () => onAct(act),
      },
      svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: path })),
      h("kbd", { "aria-hidden": "true" }, narrow(keyOf(act))),
    ),
  );
  const element = h("div.rail", { role: "toolbar", "aria-label": TEXT.groups.draw, "aria-orientation": "vertical" }, ...buttons);
  return {
    element,
    /** @param {{tool: string|null, on: string[], changed: boolean}} seen `on` are the switches that are; `changed` the picture is not shown as taken */
    update({ tool, on, changed }) {
      for (const button of buttons) {
        const { act } = button.dataset;
        if (act === "asTaken") button.hidden = !changed;
        if (SWITCHES.has(act)) button.setAttribute("aria-pressed", String(act === tool || on.includes(act)));
      }
    },
  };
}
