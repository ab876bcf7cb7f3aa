// The stage: our own canvas shows the picture, a transparent OpenSeadragon viewer above it carries the annotator.
//
// OpenSeadragon would fetch and decode a picture through its own pipeline, several frames after the key. Here a
// picture that is already decoded is drawn within the key's own event. The viewer always has the same empty world,
// larger than any picture, in whose top-left corner the picture's pixels lie: nothing is ever opened or closed.

import OpenSeadragon from "openseadragon";

import { h } from "./dom.js";
import { bindPinch } from "./pinch.js";
import { TEXT } from "./strings.js";
import { fit, frame, pan, pinched, toPicture, toScreen, zoomAt } from "./view.js";

/** Side of the empty world, in pixels of the picture: the largest side a picture may have. */
const WORLD = 16_384;
/** From this many screen pixels for one of the picture, pixels are shown as squares. */
const SQUARES_FROM = 3;
const WHEEL_STEP = 0.0016;

/**
 * @param {object} options
 * @param {() => ImageBitmap|null} options.getBitmap of the picture on the stage
 * @param {() => void} options.onMove after every change of the view
 * @param {() => void} options.onPinch two fingers are on it: what one of them had begun to draw was not meant
 * @param {() => void} options.onCloser when the picture is shown larger than its decoded pixels
 */
export function createStage({ getBitmap, onMove, onPinch, onCloser }) {
  const canvas = h("canvas.picture", { role: "img", "aria-label": TEXT.canvas });
  const holder = h("div.viewer");
  const element = h("div.stage", {}, canvas, holder);
  const context = canvas.getContext("2d");

  /** @type {{width: number, height: number}} */
  let size = { width: 1, height: 1 };
  /** @type {{width: number, height: number}|null} */
  let picture = null;
  let view = { scale: 1, x: 0, y: 0 };
  /** Whether the person has moved the view; if not, it follows the size of the window. */
  let fitted = true;
  let viewer = null;
  let spaceHeld = false;

  function draw() {
    const bitmap = getBitmap();
    if (!picture || !bitmap?.width) return;
    const ratio = devicePixelRatio || 1;
    context.clearRect(0, 0, canvas.width, canvas.height);
    // Only what is visible: at 20x a whole picture would be a canvas of 38,000 pixels.
    const left = Math.max(0, -view.x / view.scale);
    const top = Math.max(0, -view.y / view.scale);
    const right = Math.min(picture.width, (size.width - view.x) / view.scale);
    const bottom = Math.min(picture.height, (size.height - view.y) / view.scale);
    if (right <= left || bottom <= top) return;
    const perPixel = bitmap.width / picture.width;
    const shownScale = (view.scale * ratio) / perPixel;
    context.imageSmoothingEnabled = shownScale < SQUARES_FROM;
    context.imageSmoothingQuality = "medium";
    context.drawImage(
      bitmap,
      left * perPixel, top * perPixel, (right - left) * perPixel, (bottom - top) * perPixel,
      (left * view.scale + view.x) * ratio, (top * view.scale + view.y) * ratio,
      (right - left) * view.scale * ratio, (bottom - top) * view.scale * ratio,
    );
    if (shownScale > 1.02 && perPixel < 1) onCloser();
  }

  function follow() {
    if (!viewer?.world.getItemCount()) return;
    const { viewport } = viewer;
    viewport.resize(new OpenSeadragon.Point(size.width, size.height), true);
    const zoom = (view.scale * WORLD) / size.width;
    const centre = new OpenSeadragon.Point(
      (size.width / 2 - view.x) / view.scale / WORLD,
      (size.height / 2 - view.y) / view.scale / WORLD,
    );
    viewport.zoomTo(zoom, undefined, true);
    viewport.panTo(centre, true);
    viewport.update();
    viewer.raiseEvent("update-viewport", {});
  }

  function apply(next, byPerson = true) {
    view = next;
    if (byPerson) fitted = false;
    draw();
    follow();
    onMove();
  }

  function resize() {
    const { clientWidth, clientHeight } = element;
    if (!clientWidth || !clientHeight) return;
    const ratio = devicePixelRatio || 1;
    const old = size;
    size = { width: clientWidth, height: clientHeight };
    canvas.width = Math.round(clientWidth * ratio);
    canvas.height = Math.round(clientHeight * ratio);
    if (!picture) return;
    const moved = pan(view, (size.width - old.width) / 2, (size.height - old.height) / 2, size, picture);
    apply(fitted ? fit(size, picture) : moved, false);
  }

  const place = (event) => {
    const box = element.getBoundingClientRect();
    return /** @type {[number, number]} */ ([event.clientX - box.left, event.clientY - box.top]);
  };

  const onWheel = (event) => {
    if (!picture) return;
    event.preventDefault();
    event.stopPropagation();
    const lines = event.deltaMode === 1 ? 33 : 1;
    apply(zoomAt(view, Math.exp(-event.deltaY * lines * WHEEL_STEP), place(event), size, picture));
  };

  /** Middle drag, or any drag while Space is held, moves the picture whatever the tool. */
  const onPress = (event) => {
    if (!picture || !(event.button === 1 || (spaceHeld && event.button === 0))) return;
    event.preventDefault();
    event.stopPropagation();
    let last = [event.clientX, event.clientY];
    element.setPointerCapture(event.pointerId);
    element.classList.add("panning");
    const onDrag = (move) => {
      apply(pan(view, move.clientX - last[0], move.clientY - last[1], size, picture));
      last = [move.clientX, move.clientY];
      move.stopPropagation();
    };
    const onEnd = (end) => {
      element.removeEventListener("pointermove", onDrag, true);
      element.removeEventListener("pointerup", onEnd, true);
      element.removeEventListener("pointercancel", onEnd, true);
      element.classList.remove("panning");
      end.stopPropagation();
    };
    element.addEventListener("pointermove", onDrag, true);
    element.addEventListener("pointerup", onEnd, true);
    element.addEventListener("pointercancel", onEnd, true);
  };

  const stopPinching = bindPinch(element, {
    onBegin: onPinch,
    onPinch: (from, to) => picture && apply(pinched(view, from, to, size, picture)),
  });
  element.addEventListener("wheel", onWheel, { capture: true, passive: false });
  element.addEventListener("pointerdown", onPress, true);
  const observer = new ResizeObserver(resize);

  return {
    element,
    canvas,
    /** Starts the viewer; resolves once the annotator can be put on it. To be called when in the page. */
    start() {
      resize();
      observer.observe(element);
      viewer = new OpenSeadragon.Viewer({
        element: holder,
        drawer: "canvas",
        showNavigationControl: false,
        keyboardNavEnabled: false,
        // Nothing here is done by its keys: Tab goes past it.
        tabIndex: -1,
        animationTime: 0,
        autoResize: false,
        visibilityRatio: 0,
        minZoomImageRatio: 0,
        minZoomLevel: 0,
        maxZoomPixelRatio: Number.POSITIVE_INFINITY,
        preserveImageSizeOnResize: true,
        gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: false, scrollToZoom: false, flickEnabled: false },
        gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: false, flickEnabled: false },
        gestureSettingsPen: { clickToZoom: false, dblClickToZoom: false, flickEnabled: false },
      });
      // OpenSeadragon recognises the gestures, the view moves by our own rules.
      viewer.addHandler("canvas-drag", (event) => {
        event.preventDefaultAction = true;
        if (picture) apply(pan(view, event.delta.x, event.delta.y, size, picture));
      });
      viewer.addHandler("canvas-pinch", (event) => {
        event.preventDefaultPanAction = event.preventDefaultZoomAction = event.preventDefaultRotateAction = true;
      });
      viewer.addHandler("canvas-key", (event) => {
        event.preventDefaultAction = true;
      });
      return new Promise((resolve) => {
        viewer.addOnceHandler("open", () => {
          // Ends its loop, which would ask for every frame of the screen for ever and so delay our own by half of
          // one: whatever moves is drawn here, at once, and said with `update-viewport`.
          viewer.isOpen = () => false;
          follow();
          resolve(viewer);
        });
        const world = { width: WORLD, height: WORLD, tileSize: WORLD, minLevel: 0, maxLevel: 0, getTileUrl: () => "", tileExists: () => false };
        viewer.open({ tileSource: world, opacity: 0 });
      });
    },
    /** Shows a picture as a whole. Its bitmap is drawn before this returns. @param {{width: number, height: number}} next */
    show(next) {
      picture = { width: next.width, height: next.height };
      fitted = true;
      apply(fit(size, picture), false);
    },
    /** Draws again, for instance when more pixels have been decoded. */
    redraw: draw,
    /** Nothing to show: the stage is empty. */
    clear() {
      picture = null;
      context.clearRect(0, 0, canvas.width, canvas.height);
    },
    fit() {
      if (!picture) return;
      fitted = true;
      apply(fit(size, picture), false);
    },
    /** @param {import("./geometry.js").Rect} rect in pixels of the picture */
    frame: (rect) => picture && apply(frame(rect, size, picture)),
    /** @param {number} factor */
    zoom: (factor) => picture && apply(zoomAt(view, factor, [size.width / 2, size.height / 2], size, picture)),
    /** @param {boolean} held */
    holdSpace(held) {
      spaceHeld = held;
      element.classList.toggle("grab", held);
    },
    get isFitted() {
      return fitted;
    },
    get view() {
      return view;
    },
    get size() {
      return size;
    },
    get picture() {
      return picture;
    },
    /** Pixels of the picture under a pointer event. */
    pointOf: (event) => toPicture(view, place(event)),
    screenOf: (point) => toScreen(view, point),
    stop() {
      stopPinching();
      observer.disconnect();
      viewer?.destroy();
    },
  };
}
