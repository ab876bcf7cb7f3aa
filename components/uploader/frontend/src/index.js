// Entry: connects the engine, which lives as long as the tab, with what is on the page.

import { createEngine } from "./engine.js";
import { speak } from "./strings.js";
import { newClientId, post, requireReadable, sha256Of } from "./transport.js";
import { createView } from "./view.js";

/** One for the tab: whoever goes to Browse while files are on their way finds them here again. */
const engine = createEngine({ send, newKey: newClientId });

/** @type {WeakMap<object, ReturnType<typeof createView>>} */
const mounted = new WeakMap();

window.addEventListener("online", engine.goOn);
window.addEventListener("beforeunload", (event) => {
  if (engine.hasUnsent()) event.preventDefault();
});

/** @type {import("./engine.js").Send} */
async function send(row, fields, { signal, onState, onSent, onLine }) {
  const file = /** @type {File} */ (row.file);
  await requireReadable(file);
  const isArchive = row.kind === "archive";
  if (!isArchive) {
    const sha256 = await sha256Of(file);
    if (sha256) fields.sha256 = sha256;
  }
  if (signal.aborted) throw new DOMException("stopped", "AbortError");
  onState("sending");
  const address = `${location.origin}/api/${isArchive ? "archives" : "uploads"}`;
  return post({ address, file, name: row.name, fields, key: row.key, signal, onSent, onLine: isArchive ? onLine : undefined });
}

/**
 * @param {{data: any, parentElement: HTMLElement|ShadowRoot,
 *          setStateValue: (name: string, value: any) => void}} component
 */
export default function uploader({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  speak(data.language);
  let view = mounted.get(parentElement);
  if (!view) {
    view = createView(/** @type {HTMLElement} */ (parentElement), engine);
    mounted.set(parentElement, view);
  }
  view.update(data, (start) => setStateValue("start", start));
  return () => {
    mounted.get(parentElement)?.remove();
    mounted.delete(parentElement);
  };
}
