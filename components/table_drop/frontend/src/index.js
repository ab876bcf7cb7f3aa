// Entry: one CSV file is dropped or chosen, and sent; what becomes of it is shown by the page.

import { sendTable } from "./send.js";
import { TEXT, speak } from "./strings.js";

/** @type {WeakMap<object, ReturnType<typeof createView>>} */
const mounted = new WeakMap();

/**
 * @param {{data: any, parentElement: HTMLElement|ShadowRoot,
 *          setStateValue: (name: string, value: any) => void}} component
 */
export default function tableDrop({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  speak(data.language);
  let view = mounted.get(parentElement);
  if (!view) {
    view = createView(/** @type {HTMLElement} */ (parentElement));
    mounted.set(parentElement, view);
  }
  view.update(data, (id) => setStateValue("sent", id));
  return () => {
    mounted.get(parentElement)?.remove();
    mounted.delete(parentElement);
  };
}

/** @param {HTMLElement} host */
function createView(host) {
  const zone = element("div", "drop");
  const head = element("strong", "");
  const kinds = element("span", "kinds");
  const choose = /** @type {HTMLButtonElement} */ (element("button", "plain"));
  choose.type = "button";
  const input = /** @type {HTMLInputElement} */ (element("input", ""));
  input.type = "file";
  input.accept = ".csv,.tsv,.txt,text/csv";
  input.hidden = true;
  const status = element("div", "status");
  status.setAttribute("role", "status");
  zone.append(head, kinds, choose, input, status);
  host.append(zone);

  let largest = 0;
  let busy = false;
  /** @type {(id: number) => void} */
  let tell = () => {};

  function show(text, kind = "") {
    status.textContent = text;
    status.className = `status ${kind}`;
  }

  /** @param {File|undefined} file */
  async function take(file) {
    if (!file || busy) return;
    if (file.size > largest) {
      show(TEXT.tooLarge(Math.floor(largest / 2 ** 20)), "trouble");
      return;
    }
    busy = choose.disabled = true;
    show(TEXT.sending(file.name, 0));
    try {
      tell(await sendTable(file, (share) => show(TEXT.sending(file.name, share))));
    } catch (error) {
      show(error instanceof Error ? error.message : TEXT.noConnection, "trouble");
    } finally {
      busy = choose.disabled = false;
      input.value = "";
    }
  }

  choose.addEventListener("click", () => input.click());
  input.addEventListener("change", () => void take(input.files?.[0]));
  for (const name of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
    });
  }
  zone.addEventListener("drop", (event) => void take(event.dataTransfer?.files[0]));

  return {
    update(data, onSent) {
      largest = data.largest;
      tell = onSent;
      head.textContent = TEXT.drop;
      kinds.textContent = TEXT.kinds;
      choose.textContent = TEXT.choose;
    },
    remove() {
      zone.remove();
    },
  };
}

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
