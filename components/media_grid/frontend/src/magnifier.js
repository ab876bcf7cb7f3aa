// A shape magnified from the original, beside the picture it is on: the smallest one, or the one that is chosen.

import { inWindow } from "./geometry.js";
import { drawShapes } from "./overlay.js";
import { pictureElement } from "./picture.js";
import { TEXT, pixelsText } from "./strings.js";

/** @typedef {import("./overlay.js").Shape & {crop: import("./tile.js").Crop|null}} CroppedShape */

/**
 * @returns {{element: HTMLElement, show: (media: import("./tile.js").Media, shapes: CroppedShape[], outlined: boolean) => void, clear: () => void}}
 */
export function createMagnifier() {
  const root = document.createElement("aside");
  root.className = "magnifier";
  root.setAttribute("aria-label", TEXT.magnified);
  const frame = document.createElement("div");
  frame.className = "magnified";
  const list = document.createElement("div");
  list.className = "choices";
  root.append(frame, list);

  /** @type {{media: import("./tile.js").Media, shapes: CroppedShape[], outlined: boolean}|null} */
  let given = null;
  let chosen = 0;
  /** The address of the crop on screen, or on its way there. */
  let shown = "";

  function show(media, shapes, outlined) {
    const essence = (/** @type {CroppedShape[]} */ all) => JSON.stringify(all.map((shape) => [shape.crop, shape.name]));
    const same = given && given.media.id === media.id && essence(given.shapes) === essence(shapes);
    given = { media, shapes: shapes.filter((shape) => shape.crop), outlined };
    if (!same) {
      chosen = smallest(given.shapes);
      drawChoices();
    }
    drawCrop();
  }

  function clear() {
    given = null;
    shown = "";
    frame.replaceChildren();
    list.replaceChildren();
  }

  function drawCrop() {
    const shape = given?.shapes[chosen];
    frame.querySelector(".shapes")?.remove();
    if (!given || !shape?.crop) {
      shown = "";
      const nothing = document.createElement("p");
      nothing.textContent = TEXT.nothingToMagnify;
      frame.replaceChildren(nothing);
      return;
    }
    const address = `${given.media.id} ${shape.crop.box}`;
    if (shown !== address) {
      shown = address;
      frame.replaceChildren(pictureElement(given.media, "crop", { eager: true, box: shape.crop.box }));
    }
    if (!given.outlined) return;
    const side = frame.clientWidth;
    if (side > 0) frame.append(drawShapes(inWindow(given.shapes, shape.crop.window), { width: 1, height: 1 }, { width: side, height: side }, "cover"));
  }

  function drawChoices() {
    const { media, shapes } = /** @type {NonNullable<typeof given>} */ (given);
    list.replaceChildren(
      ...shapes.map((shape, index) => {
        const choice = document.createElement("button");
        choice.type = "button";
        choice.className = "choice";
        choice.setAttribute("aria-pressed", String(index === chosen));
        const colour = document.createElement("i");
        colour.style.background = shape.colour;
        const name = document.createElement("span");
        name.textContent = shape.name ?? "";
        const size = document.createElement("small");
        const [left, top, right, bottom] = shape.box;
        size.textContent = pixelsText((right - left) * media.width, (bottom - top) * media.height);
        choice.append(colour, name, size);
        choice.addEventListener("click", () => choose(index));
        return choice;
      }),
    );
  }

  function choose(index) {
    chosen = index;
    [...list.children].forEach((choice, place) => choice.setAttribute("aria-pressed", String(place === index)));
    drawCrop();
  }

  return { element: root, show, clear };
}

/**
 * Where the smallest shape stands in the list: it needs magnifying most.
 * @param {{box: import("./geometry.js").Box}[]} shapes
 */
export function smallest(shapes) {
  const areas = shapes.map(({ box }) => (box[2] - box[0]) * (box[3] - box[1]));
  return Math.max(0, areas.indexOf(Math.min(...areas)));
}
