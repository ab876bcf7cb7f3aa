// Shapes at rest, their names, and a colleague's answer: drawn as SVG over the picture, in screen pixels, so that
// lines stay thin, names stay readable and nothing is ever smaller than one can see.

import { svg } from "./dom.js";
import { boxToRect, pointsToPixels } from "./geometry.js";
import { inkOn } from "./dom.js";

/** A smaller shape gets a frame of this size around it, in screen pixels. */
const LEAST = 8;
const NAME_HEIGHT = 18;

/**
 * @param {object} options
 * @param {ReturnType<typeof import("./stage.js").createStage>} options.stage
 * @param {(key: string|null) => string} options.colourOf
 * @param {(key: string|null) => string} options.nameOf
 */
export function createOverlay({ stage, colourOf, nameOf }) {
  const layer = svg("svg", { class: "overlay", "aria-hidden": "true" });
  stage.element.insertBefore(layer, stage.element.querySelector(".viewer"));

  /** The outline on screen; never less than LEAST wide or high. */
  function outline(shape) {
    if (shape.points) {
      const points = pointsToPixels(shape.points, stage.picture).map(stage.screenOf);
      return { points: points.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" "), ...around(points) };
    }
    const { x, y, w, h } = boxToRect(shape.box, stage.picture);
    const [left, top] = stage.screenOf([x, y]);
    return { left, top, width: w * stage.view.scale, height: h * stage.view.scale };
  }

  function around(points) {
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
  }

  function enlarge({ left, top, width, height }) {
    const [w, h] = [Math.max(width, LEAST), Math.max(height, LEAST)];
    return { x: left - (w - width) / 2, y: top - (h - height) / 2, width: w, height: h };
  }

  function name(text, colour, { x, y, width }) {
    const place = { x: Math.max(2, Math.min(x, stage.size.width - 60)), y: y - NAME_HEIGHT - 2 };
    if (place.y < 2) place.y = Math.min(y + 4, stage.size.height - NAME_HEIGHT);
    const label = svg("text", { x: place.x + 6, y: place.y + 13, fill: inkOn(colour) }, text);
    const back = svg("rect", { x: place.x, y: place.y, height: NAME_HEIGHT, rx: 3, fill: colour, width: Math.max(width, 20) });
    return [back, label];
  }

  /** Widths of names never change, so each is measured once. @type {Map<string, number>} */
  const widths = new Map();
  const measure = document.createElement("canvas").getContext("2d");
  function widthOf(text) {
    let width = widths.get(text);
    if (width === undefined) {
      measure.font = `600 11px ${getComputedStyle(layer).fontFamily || "sans-serif"}`;
      width = Math.ceil(measure.measureText(text).width) + 13;
      widths.set(text, width);
    }
    return width;
  }

  function draw(shape, { selected = false, dashed = false }) {
    const colour = colourOf(shape.label_class);
    const place = outline(shape);
    const box = enlarge(place);
    const group = svg("g", { class: `mark${dashed ? " theirs" : ""}${selected ? " selected" : ""}` });
    const tiny = place.width < LEAST || place.height < LEAST;
    // The selected shape is drawn by its editor, unless it is too small to be seen there.
    if (!selected || tiny) {
      const [tag, edge] = shape.points && !tiny ? ["polygon", { points: place.points }] : ["rect", box];
      group.append(svg(tag, { ...edge, class: "halo" }), svg(tag, { ...edge, class: "edge", stroke: colour }));
    }
    const text = nameOf(shape.label_class);
    group.append(...name(text, colour, { x: box.x - 1, y: box.y, width: widthOf(text) }));
    return group;
  }

  return {
    /** @param {{shapes: any[], selected: string|null, theirs: any[]}} seen */
    update({ shapes, selected, theirs }) {
      if (!stage.picture) {
        layer.replaceChildren();
        return;
      }
      layer.replaceChildren(
        ...theirs.map((shape) => draw(shape, { dashed: true })),
        ...shapes.map((shape) => draw(shape, { selected: shape.id === selected })),
      );
    },
  };
}
