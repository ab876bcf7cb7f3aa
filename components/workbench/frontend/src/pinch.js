// Two fingers on the stage move and zoom the picture, whatever the tool; one finger draws or moves, as the tool says.

/** @typedef {[number, number]} Place on the element, in screen pixels */

/**
 * @param {HTMLElement} element
 * @param {{onBegin: () => void, onPinch: (from: Place[], to: Place[]) => void}} on
 * @returns {() => void} stops watching
 */
export function bindPinch(element, { onBegin, onPinch }) {
  /** The fingers on it, in the order they came. @type {Map<number, Place>} */
  const fingers = new Map();
  /** Until the last finger is up: the one that stays a moment longer was not meant to draw or drag. */
  let pinching = false;

  const placeOf = (event) => {
    const box = element.getBoundingClientRect();
    return /** @type {Place} */ ([event.clientX - box.left, event.clientY - box.top]);
  };
  const two = () => [...fingers.values()].slice(0, 2);

  function onDown(event) {
    if (event.pointerType !== "touch" || !event.composedPath().includes(element)) return;
    fingers.set(event.pointerId, placeOf(event));
    if (fingers.size < 2) return;
    if (!pinching) onBegin();
    pinching = true;
    event.stopImmediatePropagation();
  }

  function onMove(event) {
    if (!fingers.has(event.pointerId)) return;
    const from = two();
    fingers.set(event.pointerId, placeOf(event));
    if (!pinching) return;
    event.stopImmediatePropagation();
    if (fingers.size >= 2) onPinch(from, two());
  }

  function onUp(event) {
    fingers.delete(event.pointerId);
    if (!fingers.size) pinching = false;
  }

  // On the window and in its capture phase: before the tools and the editors, which know nothing of a second finger.
  const bound = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onUp };
  for (const [name, listener] of Object.entries(bound)) window.addEventListener(name, listener, true);
  return () => {
    for (const [name, listener] of Object.entries(bound)) window.removeEventListener(name, listener, true);
  };
}
