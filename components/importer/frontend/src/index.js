// Entry: files for an import, sent one by one; the page takes over when the server has them all.

import { createEngine } from "../../../uploader/frontend/src/engine.js";
import { newClientId, post, requireReadable, sha256Of } from "../../../uploader/frontend/src/transport.js";
import { createFlow } from "./flow.js";
import { TEXT, speak } from "./strings.js";
import { createView } from "./view.js";

const IMPORTS = `${location.origin}/api/imports`;

/** One for the tab: whoever goes to Browse while files are on their way finds them here again. */
const engine = createEngine({ send, newKey: newClientId, empties: true });
const flow = createFlow({ engine, newKey: newClientId, ask, lost: () => TEXT.noAnswer, nothing: () => TEXT.nothingInIt });

/** @type {WeakMap<object, ReturnType<typeof createView>>} */
const mounted = new WeakMap();

window.addEventListener("online", engine.goOn);
window.addEventListener("beforeunload", (event) => {
  if (engine.hasUnsent()) event.preventDefault();
});

/** @type {import("../../../uploader/frontend/src/engine.js").Send} */
async function send(row, _fields, { signal, onState, onSent }) {
  const file = /** @type {File} */ (row.file);
  await requireReadable(file);
  const sha256 = await sha256Of(file);
  if (signal.aborted) throw new DOMException("stopped", "AbortError");
  onState("sending");
  const address = `${IMPORTS}/${flow.importId()}/files?${new URLSearchParams({ name: row.path })}`;
  const answer = await post({ address, file, name: row.name, fields: sha256 ? { sha256 } : {}, key: row.key, signal, onSent });
  // To the engine a file that is kept is a media that is registered: there is no more to know of it.
  return answer.status >= 200 && answer.status < 300 ? { ...answer, status: 201, body: { media: {} } } : answer;
}

/** @param {string} path @param {any} [body] @returns {Promise<import("./flow.js").Answer>} */
async function ask(path, body) {
  try {
    const answer = await fetch(`${IMPORTS}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Vigie": "1" },
      body: JSON.stringify(body ?? {}),
    });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => null) };
  } catch {
    return { ok: false, status: 0, body: null };
  }
}

/**
 * @param {{data: any, parentElement: HTMLElement|ShadowRoot,
 *          setTriggerValue: (name: string, value: any) => void}} component
 */
export default function importer({ data, parentElement, setTriggerValue }) {
  if (!data) return undefined;
  speak(data.language);
  let view = mounted.get(parentElement);
  if (!view) {
    view = createView(/** @type {HTMLElement} */ (parentElement), engine, flow);
    mounted.set(parentElement, view);
  }
  view.update(data, (importId) => setTriggerValue("sent", importId));
  return () => {
    mounted.get(parentElement)?.remove();
    mounted.delete(parentElement);
  };
}
