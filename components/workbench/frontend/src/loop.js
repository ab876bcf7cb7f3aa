// The frames of the same source around this moment, played over the stage: movement is evidence. Beside it, in the
// magnifier, one fixed window over all frames, so that only the smoke moves and never the landscape.

import { h, kbd, keepFocus } from "./dom.js";
import { framesInARow } from "./filmstrip.js";
import { keyOf, shortcutsOf } from "./keys.js";
import { TEXT, clock } from "./strings.js";

/** How long a frame stays, in milliseconds, at each speed. */
const SPEEDS = [{ name: "½×", ms: 400 }, { name: "1×", ms: 200 }, { name: "2×", ms: 100 }];
const USUAL = 1;
/** While these keys are pressed the loop goes on; any other one is meant for the picture. */
const OURS = new Set(["loop", "loopBack", "loopOn", "loopSpeed", "zoomIn", "zoomOut", "fit", "zoomShape", "darker", "brighter", "flatter", "steeper", "grid", "asTaken", "looks", "sheet", "close"]);

/**
 * Steps through a ring of frames. Pure, for the test.
 * @param {number} at @param {number} count @param {number} by
 */
export const ringStep = (at, count, by) => (count ? (((at + by) % count) + count) % count : 0);

/**
 * @param {object} options
 * @param {ReturnType<typeof import("./stage.js").createStage>} options.stage
 * @param {any} options.crop
 * @param {any} options.api
 * @param {(item: any) => Promise<any[]|null>} options.framesAround asks for them when they are not known
 * @param {() => any} options.getItem on the stage
 * @param {() => ImageBitmap|null} options.getBitmap of it
 * @param {any} options.notice
 * @param {(mediaId: number|null) => void} options.onFrame which one is shown now; null once the loop has ended
 * @param {() => void} options.onChange
 */
export function createLoop({ stage, crop, api, framesAround, getItem, getBitmap, notice, onFrame, onChange, decode = (blob) => createImageBitmap(blob) }) {
  const canvas = h("canvas", { role: "img", "aria-label": TEXT.film.label });
  const context = canvas.getContext("2d");
  const button = (act, sign, says) =>
    h("button", { type: "button", onmousedown: keepFocus, "aria-label": says, title: says, "aria-keyshortcuts": shortcutsOf(act), onclick: () => byAct[act]() }, sign, kbd(keyOf(act)));
  const sign = h("span", { "aria-hidden": "true" });
  const playing = button("loop", sign, TEXT.keys.loop);
  const speedName = h("span");
  const time = h("output", { "aria-label": TEXT.loop.time });
  const controls = h(
    "div.controls",
    { role: "toolbar", "aria-label": TEXT.film.label },
    button("loopBack", h("span", { "aria-hidden": "true" }, "‹"), TEXT.keys.loopBack),
    playing,
    button("loopOn", h("span", { "aria-hidden": "true" }, "›"), TEXT.keys.loopOn),
    button("loopSpeed", speedName, TEXT.keys.loopSpeed),
    time,
    h("button", { type: "button", onmousedown: keepFocus, onclick: () => stop() }, TEXT.bars.close, " ", kbd(keyOf("close"))),
  );
  const element = h("div.loop", { hidden: true }, canvas, controls);
  stage.element.append(element);

  /** @type {{frame: any, bitmap: ImageBitmap|null, sharp: boolean}[]} */
  let frames = [];
  let at = 0;
  let speed = USUAL;
  let timer = null;
  let abort = null;

  function draw() {
    const shown = frames[at];
    if (!shown || !stage.picture) return;
    const { size, view, picture } = stage;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.clearRect(0, 0, width, height);
    const bitmap = bitmapOf(shown);
    if (bitmap?.width) context.drawImage(bitmap, view.x * ratio, view.y * ratio, picture.width * view.scale * ratio, picture.height * view.scale * ratio);
    crop.showFrame(bitmap);
    time.textContent = [shown.frame.captured_at ? clock(shown.frame.captured_at) : "", TEXT.loop.place(at + 1, frames.length)].filter(Boolean).join(" · ");
    stage.element.parentElement.dataset.loop = String(shown.frame.id);
    onFrame(shown.frame.id);
  }

  /** The next frame that has been decoded: none is stepped to before that. */
  function step(by) {
    for (let tried = 0; tried < frames.length; tried += 1) {
      at = ringStep(at, frames.length, by);
      if (bitmapOf(frames[at])) break;
    }
    draw();
  }

  /** The picture on the stage is there already. */
  const bitmapOf = ({ frame, bitmap }) => (frame.id === getItem()?.id ? getBitmap() : null) ?? bitmap;

  function pause() {
    clearInterval(timer);
    timer = null;
    paint();
  }

  function play() {
    clearInterval(timer);
    timer = setInterval(() => step(1), SPEEDS[speed].ms);
    paint();
  }

  function paint() {
    sign.textContent = timer === null ? "▶" : "❚❚";
    playing.setAttribute("aria-label", timer === null ? TEXT.loop.play : TEXT.loop.pause);
    speedName.textContent = SPEEDS[speed].name;
  }

  function stop() {
    if (element.hidden && !abort) return false;
    clearInterval(timer);
    timer = null;
    abort?.abort();
    abort = null;
    for (const { bitmap } of frames) bitmap?.close();
    frames = [];
    element.hidden = true;
    context.clearRect(0, 0, canvas.width, canvas.height);
    crop.letGo();
    delete stage.element.parentElement.dataset.loop;
    onFrame(null);
    onChange();
    return true;
  }

  /** Thumbnails first, they are in the strip already; then each frame sharp, the nearest to the moment first. */
  async function load(signal) {
    const fetchInto = async (slot, size) => {
      try {
        const bitmap = await decode(await api.picture(slot.frame.id, size, signal));
        if (signal.aborted || (slot.sharp && size === "thumb")) return bitmap.close();
        slot.bitmap?.close();
        Object.assign(slot, { bitmap, sharp: size === "screen" });
        if (frames[at] === slot) draw();
      } catch {
        // Left out: the others still tell how it moves.
      }
    };
    const here = at;
    const others = frames.filter((_, i) => i !== here);
    const away = (slot) => Math.abs(frames.indexOf(slot) - here);
    await Promise.all(others.map((slot) => fetchInto(slot, "thumb")));
    for (const slot of others.sort((a, b) => away(a) - away(b))) if (!signal.aborted) await fetchInto(slot, "screen");
  }

  async function start() {
    const item = getItem();
    if (!item || !stage.picture) return;
    if (!item.source) return notice.say(TEXT.notices.noSource);
    const asked = (abort = new AbortController());
    const around = framesInARow((await framesAround(item)) ?? [], item.id);
    if (asked !== abort || asked.signal.aborted || getItem()?.id !== item.id) return;
    if (around.length < 2) {
      abort = null;
      notice.say(TEXT.loop.none);
      return;
    }
    frames = around.map((frame) => ({ frame, bitmap: null, sharp: false }));
    at = Math.max(0, frames.findIndex(({ frame }) => frame.id === item.id));
    element.hidden = false;
    crop.holdWindow();
    paint();
    draw();
    load(asked.signal);
    // Somebody who asked for less motion steps by hand.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) pause();
    else play();
    onChange();
  }

  /** @type {Record<string, () => void>} */
  const byAct = {
    loop() {
      if (element.hidden) start();
      else if (timer === null) play();
      else pause();
    },
    loopBack: () => byHand(-1),
    loopOn: () => byHand(1),
    loopSpeed() {
      speed = ringStep(speed, SPEEDS.length, 1);
      if (timer !== null) play();
      paint();
    },
  };

  async function byHand(by) {
    if (element.hidden) await start();
    if (element.hidden) return;
    pause();
    step(by);
  }

  return {
    byAct,
    stop,
    /** Any key that is not for looking is meant for the picture itself. @param {string} act */
    onAct: (act) => !OURS.has(act) && stop(),
    /** After every change of the view. */
    follow: () => !element.hidden && draw(),
    get isOn() {
      return !element.hidden;
    },
  };
}
