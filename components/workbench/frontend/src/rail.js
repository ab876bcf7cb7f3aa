// The tools along the left edge of the picture; they step aside while somebody draws.

import { h, keepFocus, svg } from "./dom.js";
import { keyOf } from "./keys.js";
import { TEXT } from "./strings.js";

const GLYPHS = {
  box: "M4 5h12v10H4z",
  polygon: "M5 15 3.5 7.5 10 4l6.5 4.5L14 15z",
  select: "M5 3.5 15.5 10l-4.6 1.1L8.6 16z",
  copy: "M3.5 6.5h8v8h-8z M8 6.500v-3h8.500v8h-5",
  hide: "M2.500 10c2-3.400 4.500-5 7.500-5s5.500 1.600 7.500 5c-2 3.400-4.500 5-7.500 5s-5.500-1.600-7.500-5z M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  zoomShape: "M8.500 3.500a5 5 0 1 0 0 10 5 5 0 0 0 0-10z M12.200 12.200 16.500 16.500 M6.500 8.500h4 M8.500 6.500v4",
};

/** @param {(act: string) => void} onAct */
export function createRail(onAct) {
  const buttons = Object.entries(GLYPHS).map(([act, path]) =>
    h(
      "button",
      {
        type: "button",
        dataset: { act },
        title: `${TEXT.tools[act]} (${keyOf(act)})`,
        "aria-label": TEXT.tools[act],
        "aria-pressed": "false",
        onmousedown: keepFocus,
        onclick: () => onAct(act),
      },
      svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: path })),
      h("kbd", { "aria-hidden": "true" }, keyOf(act)),
    ),
  );
  const element = h("div.rail", { role: "toolbar", "aria-label": TEXT.groups.draw, "aria-orientation": "vertical" }, ...buttons);
  return {
    element,
    /** @param {{tool: string|null, hidden: boolean}} seen */
    update({ tool, hidden }) {
      for (const button of buttons) {
        const { act } = button.dataset;
        const pressed = act === tool || (act === "hide" && hidden);
        button.setAttribute("aria-pressed", String(pressed));
      }
    },
  };
}
