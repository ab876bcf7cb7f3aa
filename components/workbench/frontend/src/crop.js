// The magnifier: what is around the selected or smallest shape, else what is under the pointer. A wildfire is often
// 0.05 % of the frame.

import { h } from "./dom.js";
import { atLeast, boxToRect, shareOfPicture, smallest } from "./geometry.js";
import { TEXT, decimal, percent } from "./strings.js";
import { cropAround, cut, fit } from "./view.js";

/** Without a shape, this many times larger than the whole picture on the stage. */
const POINTER_TIMES = 6;

/**
 * @param {object} options
 * @param {ReturnType<typeof import("./stage.js").createStage>} options.stage
 * @param {() => ImageBitmap|null} options.getBitmap
 * @param {(key: string|null) => string} options.colourOf
 */
export function createCrop({ stage, getBitmap, colourOf }) {
  const canvas = h("canvas", { role: "img", "aria-label": TEXT.panel.crop });
  const caption = h("small");
  const hint = h("p", {}, TEXT.panel.pointer);
  const element = h("div.crop", {}, canvas, caption, hint);
  const context = canvas.getContext("2d", { alpha: false });
  let pointer = null;
  let shapes = [];
  /** What a model proposes stands here while it is pointed at, or while nothing is drawn. */
  let predicted = null;
  let selected = null;
  let waiting = false;
  /** What was shown last, in pixels of the picture. */
  let area = null;
  /** While a film plays: its window, and the frame in it. */
  let held = null;
  let frame = null;

  function showNothing() {
    element.dataset.shows = "nothing";
    caption.textContent = "";
    element.style.removeProperty("--mark");
  }

  function draw() {
    waiting = false;
    const { clientWidth: width, clientHeight: height } = element;
    const bitmap = held ? frame : getBitmap();
    const { picture } = stage;
    // A frame that is not there yet leaves the one before standing.
    if (!width || (held && !bitmap?.width)) return;
    if (!picture || !bitmap?.width) return showNothing();
    const ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const drawn = shapes.find((one) => one.id === selected) ?? smallest(shapes);
    const shape = predicted?.pointed ? predicted : (drawn ?? predicted);
    if (!shape && !pointer && !held) return showNothing();
    const fitScale = fit(stage.size, picture).scale;
    area = held ?? (shape
      ? cropAround(boxToRect(shape.box, picture), picture, { width, height }, fitScale)
      : cut({ x: pointer[0], y: pointer[1] }, height / (fitScale * POINTER_TIMES), width / height, picture));
    const per = bitmap.width / picture.width;
    const scale = width / area.w;
    context.imageSmoothingEnabled = (scale * ratio) / per < 4;
    context.imageSmoothingQuality = "medium";
    context.drawImage(bitmap, area.x * per, area.y * per, area.w * per, area.h * per, 0, 0, canvas.width, canvas.height);
    element.dataset.shows = shape ? "shape" : "pointer";
    if (shape) {
      const { x, y, w, h: high } = boxToRect(shape.box, picture);
      const edge = atLeast({ x: (x - area.x) * scale, y: (y - area.y) * scale, w: w * scale, h: high * scale });
      context.strokeStyle = colourOf(shape.label_class);
      context.lineWidth = 1.5 * ratio;
      context.setLineDash(shape === predicted ? [6 * ratio, 4 * ratio] : []);
      context.strokeRect(edge.x * ratio, edge.y * ratio, edge.w * ratio, edge.h * ratio);
      element.style.setProperty("--mark", colourOf(shape.label_class));
    } else {
      element.style.removeProperty("--mark");
    }
    const times = scale / fitScale;
    const size = times >= 9.5 ? Math.round(times) : decimal(times.toFixed(1).replace(".0", ""));
    const magnified = times >= 1.15 ? [`×${size}`] : [];
    caption.textContent = [...magnified, ...(shape ? [TEXT.panel.share(percent(shareOfPicture(shape)))] : [])].join(" · ");
  }

  // One drawing a frame, however many events there are, and after the picture itself.
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => setTimeout(draw));
  }

  stage.element.addEventListener("pointermove", (event) => {
    pointer = stage.picture ? stage.pointOf(event) : null;
    if (!shapes.length && !predicted) soon();
  });
  stage.element.addEventListener("pointerleave", () => {
    pointer = null;
    if (!shapes.length && !predicted) soon();
  });

  return {
    element,
    /** @param {{shapes: any[], selected: string|null, proposed?: any}} seen */
    update(seen) {
      ({ shapes, selected } = seen);
      predicted = seen.proposed ?? null;
      soon();
    },
    /** One window for all frames of a film: what was magnified last, else the middle of the picture. */
    holdWindow() {
      const { picture } = stage;
      const { clientWidth: width, clientHeight: height } = element;
      const inMiddle = () => cut({ x: picture.width / 2, y: picture.height / 2 }, picture.height / 3, width / height, picture);
      held = element.dataset.shows !== "nothing" && area ? area : inMiddle();
    },
    /** @param {ImageBitmap|null} bitmap of the frame of the film; null where it is still on its way */
    showFrame(bitmap) {
      frame = bitmap;
      soon();
    },
    /** The film has ended. */
    letGo() {
      held = frame = null;
      soon();
    },
  };
}
