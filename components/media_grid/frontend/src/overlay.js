// Shapes drawn over a picture as SVG, in pixels of the element they lie on.

import { fitOf, placed, visibleBox, visiblePolygon } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {{box: [number, number, number, number], colour: string, name?: string,
 *            points?: [number, number][]|null, predicted?: boolean}} Shape fractions of the upright picture
 */

/**
 * An SVG as large as its parent with every shape on it; a dark edge keeps light colours visible on sky.
 * @param {Shape[]} shapes
 * @param {import("./geometry.js").Size} picture
 * @param {import("./geometry.js").Size} screen the element's size in CSS pixels
 * @param {"cover"|"contain"} [fit]
 * @returns {SVGSVGElement}
 */
export function drawShapes(shapes, picture, screen, fit = fitOf(picture, screen)) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "shapes");
  svg.setAttribute("viewBox", `0 0 ${screen.width} ${screen.height}`);
  svg.setAttribute("aria-hidden", "true");
  const place = placed(picture, screen, fit);
  for (const shape of shapes) {
    for (const className of ["edge", "line"]) {
      const outline = outlineOf(shape, place, screen);
      outline.setAttribute("class", shape.predicted ? `${className} predicted` : className);
      if (className === "line") outline.setAttribute("stroke", shape.colour);
      svg.append(outline);
    }
  }
  return svg;
}

function outlineOf(shape, place, screen) {
  const points = shape.points?.length ? visiblePolygon(shape.points, place) : null;
  if (points) {
    const polygon = document.createElementNS(SVG, "polygon");
    polygon.setAttribute("points", points);
    return polygon;
  }
  const box = visibleBox(shape.box, place, screen);
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("x", box.left.toFixed(1));
  rect.setAttribute("y", box.top.toFixed(1));
  rect.setAttribute("width", box.width.toFixed(1));
  rect.setAttribute("height", box.height.toFixed(1));
  return rect;
}

/**
 * Whether dark letters read better on this colour (relative luminance, WCAG 2).
 * @param {string} colour "#rrggbb"
 */
export function isLight(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18;
}
