// Entry: one bundle, two views. Called again by Streamlit on the same element whenever the data changes.

import { createGrid } from "./grid.js";
import { createMediaView } from "./media_view.js";
import { speak } from "./strings.js";

/** What stands on an element survives the reruns. @type {WeakMap<object, {view: string, shown: any}>} */
const mounted = new WeakMap();

/**
 * @param {{data: any, parentElement: HTMLElement|ShadowRoot, setStateValue: (name: string, value: any) => void,
 *          setTriggerValue: (name: string, value: any) => void}} component
 */
export default function mediaGrid({ data, parentElement, setStateValue, setTriggerValue }) {
  if (!data) return undefined;
  speak(data.language);
  let entry = mounted.get(parentElement);
  if (entry && entry.view !== data.view) {
    entry.shown.remove();
    entry = undefined;
  }
  if (!entry) {
    const create = data.view === "media" ? createMediaView : createGrid;
    entry = { view: data.view, shown: create(/** @type {HTMLElement} */ (parentElement)) };
    mounted.set(parentElement, entry);
  }
  entry.shown.update(data, {
    open: (id) => setTriggerValue("open", id),
    select: (ids, scope) => setStateValue("selected", { scope, ids }),
    close: () => setTriggerValue("close", true),
  });
  return () => {
    mounted.get(parentElement)?.shown.remove();
    mounted.delete(parentElement);
  };
}
