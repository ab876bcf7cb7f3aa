// How the picture is looked at: brighter, darker, more or less contrast, a grid. Nothing stored changes, and one key
// puts it back to as taken.

import { h, keepFocus, kbd, svg } from "./dom.js";
import { keyOf, shortcutsOf } from "./keys.js";
import { TEXT } from "./strings.js";

const STEP = 1.15;
const LEAST = 0.25;
const MOST = 4;
/** Grid lines are never closer than this on screen, in pixels. */
const APART = 72;

/** The next step up or down; near 1 it is 1, as taken. @param {number} value @param {number} factor */
export function stepped(value, factor) {
  const next = Math.min(MOST, Math.max(LEAST, value * factor));
  return Math.abs(next - 1) < 0.04 ? 1 : next;
}

/**
 * Where the lines of a grid lie along one side: at round numbers of pixels of the picture (1, 2, 5, 10, …), so that
 * what one sees beside a line can be said to somebody else. Pure, for the test.
 * @param {{scale: number, offset: number, length: number, room: number}} side `offset` of the picture on screen,
 *   `length` of it in its own pixels, `room` on screen
 * @returns {{at: number, says: number}[]} on screen, and in pixels of the picture
 */
export function gridLines({ scale, offset, length, room }, apart = APART) {
  const least = apart / scale;
  const decade = 10 ** Math.floor(Math.log10(least));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * decade).find((n) => n >= least - 1e-9));
  const first = Math.max(1, Math.ceil(-offset / scale / step));
  const last = Math.min(Math.ceil(length / step) - 1, Math.floor((room - offset) / scale / step));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
    at: (first + i) * step * scale + offset,
    says: (first + i) * step,
  }));
}

/**
 * @param {object} options
 * @param {ReturnType<typeof import("./stage.js").createStage>} options.stage
 * @param {any} options.notice
 * @param {(act: string) => void} options.onAct what a button does
 * @param {() => void} options.onChange
 */
export function createLight({ stage, notice, onAct, onChange }) {
  const layer = svg("svg", { class: "grid", "aria-hidden": "true" });
  stage.element.insertBefore(layer, stage.element.querySelector(".viewer"));
  let brightness = 1;
  let contrast = 1;
  let grid = false;

  const button = (act, sign) =>
    h(
      "button",
      { type: "button", onmousedown: keepFocus, "aria-label": TEXT.keys[act], "aria-keyshortcuts": shortcutsOf(act), title: TEXT.keys[act], onclick: () => onAct(act) },
      h("span", { "aria-hidden": "true" }, sign),
      kbd(keyOf(act)),
    );
  const row = (title, less, more) => h("div", { role: "group", "aria-label": title }, h("span", {}, title), button(less, "−"), button(more, "+"));
  const reset = h("button.quiet", { type: "button", onmousedown: keepFocus, "aria-keyshortcuts": shortcutsOf("asTaken"), onclick: () => onAct("asTaken") }, TEXT.light.asTaken, " ", kbd(keyOf("asTaken")));
  const fit = h("button.quiet", { type: "button", onmousedown: keepFocus, "aria-keyshortcuts": shortcutsOf("fit"), onclick: () => onAct("fit") }, TEXT.light.fit, " ", kbd(keyOf("fit")));
  const menu = h(
    "div.looks",
    { hidden: true, role: "group", "aria-label": TEXT.light.title },
    row(TEXT.light.zoom, "zoomOut", "zoomIn"),
    row(TEXT.light.brightness, "darker", "brighter"),
    row(TEXT.light.contrast, "flatter", "steeper"),
    h("div", {}, fit, reset),
  );

  function apply() {
    const filter = [brightness === 1 ? "" : `brightness(${brightness})`, contrast === 1 ? "" : `contrast(${contrast})`].filter(Boolean).join(" ");
    const root = stage.element.parentElement;
    // The magnifier and the film loop follow: they show the same picture.
    if (filter) root?.style.setProperty("--light", filter);
    else root?.style.removeProperty("--light");
    onChange();
  }

  function brighten(factor) {
    brightness = stepped(brightness, factor);
    notice.say(TEXT.notices.brightness(Math.round(brightness * 100)));
    apply();
  }

  function steepen(factor) {
    contrast = stepped(contrast, factor);
    notice.say(TEXT.notices.contrast(Math.round(contrast * 100)));
    apply();
  }

  function drawGrid() {
    if (!grid || !stage.picture) {
      layer.replaceChildren();
      return;
    }
    const { view, size, picture } = stage;
    const [left, top] = [Math.max(0, view.x), Math.max(0, view.y)];
    const [right, bottom] = [Math.min(size.width, view.x + picture.width * view.scale), Math.min(size.height, view.y + picture.height * view.scale)];
    const across = gridLines({ scale: view.scale, offset: view.x, length: picture.width, room: size.width });
    const down = gridLines({ scale: view.scale, offset: view.y, length: picture.height, room: size.height });
    const lines = [
      ...across.map(({ at }) => `M${at.toFixed(1)} ${top.toFixed(1)}V${bottom.toFixed(1)}`),
      ...down.map(({ at }) => `M${left.toFixed(1)} ${at.toFixed(1)}H${right.toFixed(1)}`),
    ].join("");
    layer.replaceChildren(
      svg("path", { d: lines, class: "halo" }),
      svg("path", { d: lines, class: "line" }),
      ...across.map(({ at, says }) => svg("text", { x: at + 3, y: top + 11 }, String(says))),
      ...down.map(({ at, says }) => svg("text", { x: right - 4, y: at - 3, class: "beside" }, String(says))),
    );
  }

  return {
    menu,
    /** @type {Record<string, () => void>} */
    byAct: {
      darker: () => brighten(1 / STEP),
      brighter: () => brighten(STEP),
      flatter: () => steepen(1 / STEP),
      steeper: () => steepen(STEP),
      grid() {
        grid = !grid;
        drawGrid();
        onChange();
      },
      asTaken() {
        brightness = contrast = 1;
        grid = false;
        drawGrid();
        notice.say(TEXT.notices.asTaken);
        apply();
      },
      looks() {
        menu.hidden = !menu.hidden;
        onChange();
      },
    },
    /** Lets the menu go. @returns {boolean} whether it was there */
    close() {
      if (menu.hidden) return false;
      menu.hidden = true;
      onChange();
      return true;
    },
    /** After every change of the view. */
    follow: drawGrid,
    get isGrid() {
      return grid;
    },
    /** Whether the picture is shown other than as taken. */
    get isChanged() {
      return brightness !== 1 || contrast !== 1 || grid;
    },
    get isOpen() {
      return !menu.hidden;
    },
  };
}
