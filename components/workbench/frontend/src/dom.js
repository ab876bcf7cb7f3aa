// The little that is needed of a view library.

/**
 * Makes an element: h("button.act", {onclick, "aria-label": "Accept"}, "Accept").
 * @param {string} name tag, then .classes
 * @param {Record<string, any>} [props] properties, attributes (with a dash, or role/for), dataset, style
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {any}
 */
export function h(name, props = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (key === "dataset") Object.assign(element.dataset, value);
    else if (key === "style") element.style.cssText = value;
    else if (key.includes("-") || key === "role" || key === "for") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(textOrNode));
  return element;
}

const textOrNode = (child) => (child instanceof Node ? child : String(child));

const SVG = "http://www.w3.org/2000/svg";

/** Makes an SVG element. @param {string} tag @param {Record<string, any>} [attributes] @param {...(Node|string)} children */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A key as printed on buttons. @param {string} text */
export const kbd = (text) => h("kbd", { "aria-hidden": "true" }, text);

/**
 * Fills an element anew only when what it shows has changed: most of a screen stays the same from picture to picture.
 * @param {Element} element @param {any} what everything that the content depends on @param {() => (Node|string)[]} content
 */
export function fill(element, what, content) {
  const key = JSON.stringify(what);
  if (filled.get(element) === key) return;
  filled.set(element, key);
  const at = placesOf(element).indexOf(/** @type {any} */ (element.getRootNode()).activeElement);
  element.replaceChildren(...content());
  // Who works with Tab stays where they were, although what stood there was made anew.
  if (at >= 0) (placesOf(element)[at] ?? placesOf(element).at(-1))?.focus({ preventScroll: true });
}

/** @param {Element} element @returns {any[]} what in it can have the focus */
const placesOf = (element) => [...element.querySelectorAll("button, a[href], input, select, textarea")];

/** @type {WeakMap<Element, string>} */
const filled = new WeakMap();

/** Runs what is not the picture itself once the picture is on screen; in a hidden tab, where nothing is, at once. */
export function afterPaint(work) {
  if (document.hidden) setTimeout(work);
  else requestAnimationFrame(() => setTimeout(work));
}

/** Keeps a mouse click from moving the focus onto a button, where Space would press it again. */
export const keepFocus = (event) => event.preventDefault();

/** @param {string} colour #rrggbb @returns {string} black or white, whichever reads better on it */
export function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#141311" : "#ffffff";
}
