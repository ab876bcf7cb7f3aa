// Shapes at rest, their names, and a colleague's answer: drawn as SVG over the picture, in screen pixels, so that
// lines stay thin, names stay readable and nothing is ever smaller than one can see.

import { svg } from "./dom.js";
import { atLeast, boxToRect, isTiny, pointsToPixels, rectAround } from "./geometry.js";
import { inkOn } from "./dom.js";
import { freeTop } from "../../../plates.js";

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

  /** The outline in screen pixels, and its corners where it has more than four. */
  function outline(shape) {
    if (shape.points) {
      const points = pointsToPixels(shape.points, stage.picture).map(stage.screenOf);
      return { points: points.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" "), rect: rectAround(points) };
    }
    const { x, y, w, h } = boxToRect(shape.box, stage.picture);
    const [left, top] = stage.screenOf([x, y]);
    return { points: null, rect: { x: left, y: top, w: w * stage.view.scale, h: h * stage.view.scale } };
  }

  /**
   * @param {boolean} hollow on dark, in a line of the colour: what is not drawn by anybody yet
   * @param {import("../../../plates.js").Plate[]} names those that are placed; this one joins them
   */
  function name(text, colour, { x, y, width }, hollow, names) {
    const place = { x: Math.max(2, Math.min(x, stage.size.width - 60)), y: y - NAME_HEIGHT - 2, w: Math.max(width, 20), h: NAME_HEIGHT };
    if (place.y < 2) place.y = Math.min(y + 4, stage.size.height - NAME_HEIGHT);
    // Models that agree call the same place: each name stays readable.
    if (hollow) place.y = freeTop(place, names, stage.size.height);
    names.push(place);
    const label = svg("text", { x: place.x + 6, y: place.y + 13, fill: hollow ? "#eef0ec" : inkOn(colour) }, text);
    const back = svg("rect", { x: place.x, y: place.y, height: NAME_HEIGHT, rx: 3, fill: hollow ? "#151816d9" : colour, stroke: hollow ? colour : null, width: place.w });
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

  /**
   * @param {any} shape
   * @param {import("../../../plates.js").Plate[]} names
   * @param {{selected?: boolean, kind?: string, text?: string|null}} how `text` "" draws no name
   */
  function draw(shape, names, { selected = false, kind = "", text = null } = {}) {
    const colour = colourOf(shape.label_class);
    const { points, rect } = outline(shape);
    const { x, y, w, h } = atLeast(rect);
    const group = svg("g", { class: `mark ${kind}${selected ? " selected" : ""}` });
    const tiny = isTiny(rect);
    // The selected shape is drawn by its editor, unless it is too small to be seen there.
    if (!selected || tiny) {
      const [tag, edge] = points && !tiny ? ["polygon", { points }] : ["rect", { x, y, width: w, height: h }];
      group.append(svg(tag, { ...edge, class: "halo" }), svg(tag, { ...edge, class: "edge", stroke: colour }));
    }
    const says = text ?? nameOf(shape.label_class);
    // What a colleague, or a model, calls the same place stands below it, so that both can be read.
    const isPredicted = kind.startsWith("predicted");
    const top = kind === "theirs" || isPredicted ? Math.min(y + h + NAME_HEIGHT + 4, stage.size.height) : y;
    if (says) group.append(...name(says, colour, { x: x - 1, y: top, width: widthOf(says) }, isPredicted, names));
    return group;
  }

  return {
    /**
     * @param {object} seen
     * @param {any[]} seen.shapes
     * @param {string|null} seen.selected
     * @param {any[]} seen.theirs
     * @param {{shape: any, kind: string, text: string|null}[]} [seen.ghosts] of earlier answers
     * @param {{shape: any, kind: string, text: string|null}[]} [seen.predicted] what models propose, and nobody has taken
     * @param {boolean} [seen.apart] the ghosts stand for themselves, without the shapes
     */
    update({ shapes, selected, theirs, ghosts = [], predicted = [], apart = false }) {
      if (!stage.picture) {
        layer.replaceChildren();
        return;
      }
      const names = [];
      const people = [
        ...theirs.map((shape) => draw(shape, names, { kind: "theirs" })),
        ...ghosts.map(({ shape, kind, text }) => draw(shape, names, { kind, text })),
        ...(apart ? [] : shapes.map((shape) => draw(shape, names, { selected: shape.id === selected }))),
      ];
      // Last to be placed, so that their names give way, and below all that people drew.
      layer.replaceChildren(...(apart ? [] : predicted.map(({ shape, kind, text }) => draw(shape, names, { kind, text }))), ...people);
    },
  };
}
