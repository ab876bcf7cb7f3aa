// Two answers side by side, above the picture that carries both: what each one says, with crops of where they differ.
// One key takes one of them; everything else that can be done with a picture can be done here too.

import { fill, h, kbd, keepFocus } from "./dom.js";
import { boxToRect, pointsToPixels } from "./geometry.js";
import { keyOf } from "./keys.js";
import { sidesOf, spots } from "./sides.js";
import { TEXT } from "./strings.js";
import { cropAround, fit } from "./view.js";

const CROP = { width: 132, height: 84 };
const ROWS = { first: "settleFirst", second: "settleSecond" };

/**
 * @param {object} options
 * @param {ReturnType<typeof import("./stage.js").createStage>} options.stage
 * @param {() => ImageBitmap|null} options.getBitmap
 * @param {(key: string|null) => string} options.colourOf
 * @param {(key: string|null) => string} options.nameOf
 * @param {(which: "first"|"second") => void} options.onSettle
 */
export function createDispute({ stage, getBitmap, colourOf, nameOf, onSettle }) {
  const halves = { first: half("first"), second: half("second") };
  const element = h("div.dispute", { role: "group", "aria-label": TEXT.dispute.label, hidden: true }, halves.first, halves.second);
  /** @type {{canvas: HTMLCanvasElement, box: import("./geometry.js").Box, shapes: any[], dashed: boolean}[]} */
  let crops = [];
  let waiting = false;

  function half(which) {
    return h(`button.side.${which}`, { type: "button", onmousedown: keepFocus, onclick: () => onSettle(which) });
  }

  /** What a side says, in words. @param {import("./sides.js").Side} side */
  function says({ annotation, decision, shapes, labels, comment }) {
    if (!annotation) return [TEXT.done[decision] ?? decision, comment].filter(Boolean).join(": ");
    const classes = [...new Set(shapes.map((shape) => nameOf(shape.label_class)))].join(", ");
    const drawn = shapes.length ? `${TEXT.panel.count(shapes.length)}: ${classes}` : "";
    const whole = labels.length ? TEXT.dispute.whole(labels.map(nameOf).join(", ")) : "";
    return [drawn, whole].filter(Boolean).join(" · ") || TEXT.dispute.nothing;
  }

  function fillHalf(which, side, boxes) {
    const button = halves[which];
    const words = says(side);
    button.setAttribute("aria-label", `${TEXT.dispute.take[which](side.author)}: ${words}`);
    button.title = words;
    const canvases = boxes.map((box) => {
      const canvas = h("canvas", { "aria-hidden": "true" });
      crops.push({ canvas, box, shapes: side.shapes, dashed: which === "second" });
      return canvas;
    });
    button.replaceChildren(
      h("span.says", {}, h("b", {}, kbd(keyOf(ROWS[which])), ` ${TEXT.dispute.take[which](side.author)}`), h("span", {}, words)),
      h("span.crops", {}, ...canvases),
    );
  }

  function draw({ canvas, box, shapes, dashed }) {
    const bitmap = getBitmap();
    const { picture } = stage;
    if (!picture || !bitmap?.width) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = CROP.width * ratio;
    canvas.height = CROP.height * ratio;
    const context = canvas.getContext("2d", { alpha: false });
    const area = cropAround(boxToRect(box, picture), picture, CROP, fit(stage.size, picture).scale, { times: 2 });
    const per = bitmap.width / picture.width;
    const scale = canvas.width / area.w;
    context.imageSmoothingEnabled = scale / per < 4;
    context.drawImage(bitmap, area.x * per, area.y * per, area.w * per, area.h * per, 0, 0, canvas.width, canvas.height);
    context.lineWidth = 1.5 * ratio;
    context.setLineDash(dashed ? [5 * ratio, 3 * ratio] : []);
    for (const shape of shapes) {
      context.strokeStyle = colourOf(shape.label_class);
      context.beginPath();
      if (shape.points) {
        pointsToPixels(shape.points, picture).forEach(([x, y]) => context.lineTo((x - area.x) * scale, (y - area.y) * scale));
        context.closePath();
      } else {
        const { x, y, w, h: high } = boxToRect(shape.box, picture);
        context.rect((x - area.x) * scale, (y - area.y) * scale, w * scale, high * scale);
      }
      context.stroke();
    }
  }

  // After the picture itself, and once, however often something changes.
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        waiting = false;
        crops.forEach(draw);
      }),
    );
  }

  return {
    element,
    /** @param {any} item on screen; null at the end of a queue @returns {boolean} whether two sides are shown */
    update(item) {
      const sides = item ? sidesOf(item) : null;
      element.hidden = !sides;
      if (!sides) {
        crops = [];
        return false;
      }
      fill(element, [item.id, sides.first.annotation?.id, sides.second], () => {
        crops = [];
        const boxes = spots(sides);
        fillHalf("first", sides.first, boxes);
        fillHalf("second", sides.second, boxes);
        element.title = TEXT.dispute.reasons[item.dispute.reason] ?? "";
        return [halves.first, halves.second];
      });
      soon();
      return true;
    },
  };
}
