// One media, large: the picture with its shapes, a step to either side, the frames around it.

import { createPlayer, lengthText } from "../../../player.js";
import { freeTop } from "../../../plates.js";
import { placed } from "./geometry.js";
import { createMagnifier } from "./magnifier.js";
import { drawShapes, isLight } from "./overlay.js";
import { pictureAddress, pictureElement } from "./picture.js";
import { TEXT } from "./strings.js";
import { dayAndClock, distance } from "./times.js";

/**
 * @typedef {{media: import("./tile.js").Media, shapes: import("./magnifier.js").CroppedShape[],
 *            predicted: import("./overlay.js").Shape[],
 *            previous: Tile|null, next: Tile|null,
 *            neighbours: {id: number, captured_at: string|null, state: string, state_name: string, shapes: number}[]}} MediaViewData
 * @typedef {{open: (id: number) => void, close: () => void}} Telling
 */

/**
 * @param {HTMLElement} host
 * @returns {{update: (data: MediaViewData, tell: Telling) => void, remove: () => void}}
 */
export function createMediaView(host) {
  const root = element("div", "media-view");
  const stage = element("div", "stage");
  const bar = element("div", "stage-bar");
  const facts = element("div", "facts");
  const strip = element("div", "strip");
  const magnifier = createMagnifier();
  const row = element("div", "stage-row");
  row.append(stage, magnifier.element);
  root.append(bar, row, facts, strip);
  host.append(root);

  /** @type {MediaViewData|null} */
  let data = null;
  /** @type {Telling|null} */
  let tell = null;
  let left = false;
  let showShapes = true;
  let showPredicted = true;
  /** @type {HTMLImageElement|null} */
  let picture = null;
  /** The media whose picture is on the stage, or on its way there. @type {number|null} */
  let shown = null;
  /** @type {ReturnType<typeof createPlayer>|null} */
  let player = null;

  function update(newData, newTell) {
    data = newData;
    tell = newTell;
    left = false;
    if (shown !== data.media.id) showPicture(data.media);
    showVideo(data.media);
    drawBar();
    drawOverlay();
    drawStrip();
    // The next step finds its picture in the browser's cache.
    for (const media of [data.next, data.previous]) if (media) new Image().src = pictureAddress(media.id, "screen");
  }

  /** A video lies over its poster; which is one is known once the page has said so. */
  function showVideo(media) {
    if (player?.element.dataset.mediaId === String(media.id)) return;
    player?.remove();
    player = media.type === "video" ? createPlayer(media, pictureAddress, TEXT) : null;
    if (player) stage.append(player.element);
    row.classList.toggle("has-video", player !== null);
  }

  /** The picture before stays until the new one is decoded: no blank between two. */
  function showPicture(media) {
    shown = media.id;
    const incoming = pictureElement(media, "screen", { eager: true });
    const outgoing = picture;
    picture = incoming;
    const swap = () => {
      if (picture !== incoming) return;
      outgoing?.remove();
      stage.classList.remove("loading");
      drawOverlay();
    };
    stage.classList.add("loading");
    stage.querySelectorAll(".missing").forEach((placeholder) => placeholder.remove());
    if (outgoing) outgoing.classList.add("leaving");
    stage.append(incoming);
    incoming.decode().then(swap, swap);
  }

  function drawOverlay() {
    stage.querySelectorAll(".shapes, .shape-names").forEach((drawn) => drawn.remove());
    if (data && shown === data.media.id) magnifier.show(data.media, data.shapes, showShapes);
    const drawn = [...(showPredicted ? (data?.predicted ?? []) : []), ...(showShapes ? (data?.shapes ?? []) : [])];
    if (!data || !drawn.length || shown !== data.media.id || stage.classList.contains("loading")) return;
    const screen = { width: stage.clientWidth, height: stage.clientHeight };
    if (screen.width === 0) return;
    const svg = drawShapes(drawn, data.media, screen, "contain");
    const place = placed(data.media, screen, "contain");
    const names = namesOf(drawn, place);
    stage.append(svg, names);
    partNames(names);
  }

  function drawBar() {
    if (!data) return;
    const media = data.media;
    const known = [media.file_name, media.source, dayAndClock(media.captured_at), media.sized && `${media.width}×${media.height}`, lengthText(media.duration)];
    facts.textContent = known.filter(Boolean).join(" · ");
    const space = element("span", "space");
    bar.replaceChildren(
      button(`← ${TEXT.back}`, TEXT.esc, () => tell?.close()),
      button(TEXT.previous, "←", () => step(data?.previous), !data.previous),
      button(TEXT.next, "→", () => step(data?.next), !data.next),
      space,
      ...(player?.isPlayable ? [button(TEXT.play, TEXT.space, () => player?.toggle())] : []),
      button(showShapes ? TEXT.hideShapes : TEXT.showShapes, "H", toggleShapes, data.shapes.length === 0),
      ...(data.predicted.length ? [button(showPredicted ? TEXT.hidePredictions : TEXT.showPredictions, "P", togglePredicted)] : []),
      ...(media.gone ? [] : [link(TEXT.original, pictureAddress(media.id, "original"))]),
      copyButton(),
    );
  }

  function drawStrip() {
    if (!data) return;
    const { media, neighbours } = data;
    strip.hidden = neighbours.length < 2;
    const title = element("div", "strip-title");
    title.textContent = TEXT.nearby;
    const frames = neighbours.map((frame) => {
      const item = element("a", frame.id === media.id ? "neighbour here" : "neighbour");
      item.href = addressOf(frame.id);
      item.title = `${frame.state_name}, ${TEXT.shapes(frame.shapes)}`;
      const caption = element("span", "when");
      caption.textContent = frame.id === media.id ? clockOf(frame.captured_at) : distance(frame.captured_at, media.captured_at);
      item.append(pictureElement({ id: frame.id, file_name: item.title }, "thumb"), caption);
      item.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        step(frame);
      });
      return item;
    });
    strip.replaceChildren(title, ...frames);
  }

  function toggleShapes() {
    showShapes = !showShapes;
    drawBar();
    drawOverlay();
  }

  function togglePredicted() {
    showPredicted = !showPredicted;
    drawBar();
    drawOverlay();
  }

  /**
   * The picture changes at once; what is known about it follows from the page.
   * @param {{id: number, file_name?: string}|null|undefined} media
   */
  function step(media) {
    if (!media || media.id === shown) return;
    player?.remove();
    player = null;
    showPicture({ file_name: "", ...media });
    magnifier.clear();
    drawOverlay();
    tell?.open(media.id);
  }

  function copyButton() {
    const copy = button(TEXT.copyLink, "", async () => {
      const done = await copyText(location.href);
      copy.firstChild.textContent = done ? TEXT.copied : TEXT.copyFailed;
      setTimeout(() => (copy.firstChild.textContent = TEXT.copyLink), 2000);
    });
    return copy;
  }

  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (left || event.ctrlKey || event.altKey || event.metaKey || isTyping(event)) return;
    if (event.key === "ArrowLeft") step(data?.previous);
    else if (event.key === "ArrowRight") step(data?.next);
    else if (event.key === " " && player && !isOnButton(event)) player.toggle();
    else if ((event.key === "," || event.key === ".") && player) player.step(event.key === "," ? -1 : 1);
    else if (event.key === "Escape") {
      left = true; // what comes now is meant for the tiles, which may stand there before this is taken away
      tell?.close();
    }
    else if (event.key.toLowerCase() === "h") toggleShapes();
    else if (event.key.toLowerCase() === "p" && data?.predicted.length) togglePredicted();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("keydown", keys, true);
  const observer = new ResizeObserver(() => drawOverlay());
  observer.observe(stage);

  return {
    update,
    remove() {
      document.removeEventListener("keydown", keys, true);
      observer.disconnect();
      player?.remove();
      root.remove();
    },
  };
}

/** Letters are quiet while typing and while something lies over the page. */
function isTyping(event) {
  const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  // The list of tiles that was just left may still stand there with the focus: keys are this view's by now.
  if (target.closest(".tile")) return false;
  return target.closest('[role="dialog"], [role="listbox"], [data-baseweb="popover"]') !== null;
}

/** A focused button or link keeps the space bar for itself. */
function isOnButton(event) {
  return /^(BUTTON|A|SUMMARY)$/.test(/** @type {HTMLElement} */ (event.composedPath()[0]).tagName);
}

/** The clipboard needs a secure address; an old way works on plain HTTP. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** Label classes as small plates above their shapes, or below where there is no room, and where a model said it. */
function namesOf(shapes, place) {
  const names = element("div", "shape-names");
  for (const shape of shapes) {
    if (!shape.name) continue;
    const name = element("span", "");
    const top = place.top + shape.box[1] * place.height;
    const below = top < 20 || shape.predicted;
    name.textContent = shape.name;
    name.style.left = `${Math.max(0, place.left + shape.box[0] * place.width)}px`;
    name.style.top = `${below ? place.top + shape.box[3] * place.height + 2 : top - 2}px`;
    if (shape.predicted) name.style.borderColor = shape.colour;
    else {
      name.style.background = shape.colour;
      name.style.color = isLight(shape.colour) ? "#111" : "#fff";
    }
    name.className = [below && "below", shape.predicted && "predicted"].filter(Boolean).join(" ");
    names.append(name);
  }
  return names;
}

/** Models that agree name the same place: what they say moves until it covers no other name. */
function partNames(names) {
  const { left, top, height } = names.getBoundingClientRect();
  const plates = new Map(
    [...names.children].map((name) => {
      const { x, y, width, height } = name.getBoundingClientRect();
      return [name, { x: x - left, y: y - top, w: width, h: height }];
    }),
  );
  const placed = [...plates].filter(([name]) => !name.classList.contains("predicted")).map(([, plate]) => plate);
  for (const name of names.querySelectorAll(".predicted")) {
    const plate = plates.get(name);
    const y = freeTop(plate, placed, height);
    if (y !== plate.y) name.style.top = `${y}px`;
    placed.push({ ...plate, y });
  }
}

function clockOf(iso) {
  return dayAndClock(iso).split(" ").pop() ?? "";
}

function addressOf(id) {
  const address = new URL(location.href);
  address.searchParams.set("media", String(id));
  return address.href;
}

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function button(text, key, act, disabled = false) {
  const made = /** @type {HTMLButtonElement} */ (element("button", "plain"));
  made.type = "button";
  made.disabled = disabled;
  made.append(document.createTextNode(text));
  if (key) {
    const kbd = element("kbd", "");
    kbd.textContent = key;
    made.append(kbd);
  }
  made.addEventListener("click", act);
  return made;
}

function link(text, address) {
  const made = /** @type {HTMLAnchorElement} */ (element("a", "plain"));
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener";
  made.textContent = text;
  return made;
}
