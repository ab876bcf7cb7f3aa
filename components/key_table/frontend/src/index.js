// Entry: the table of keys that the workbench binds, with a person's own presses to be chosen here.

import { CHOOSABLE, KEYS, clashOf, keyOf, nameOf, pressOf, useKeys } from "../../../workbench/frontend/src/keys.js";
import { TEXT, speak } from "../../../workbench/frontend/src/strings.js";

/** Pressed on the way to another key, or no key at all. */
const ALONE = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process", "Unidentified"]);

/** @type {WeakMap<object, ReturnType<typeof createTable>>} */
const mounted = new WeakMap();

/**
 * @param {{data: {language: string, keys: Record<string, string>}, parentElement: HTMLElement|ShadowRoot,
 *          setTriggerValue: (name: string, value: any) => void}} component
 */
export default function keyTable({ data, parentElement, setTriggerValue }) {
  if (!data) return undefined;
  let table = mounted.get(parentElement);
  if (!table) {
    table = createTable(parentElement);
    mounted.set(parentElement, table);
  }
  speak(data.language);
  useKeys(data.keys);
  table.update(data.keys, (keys) => setTriggerValue("keys", keys));
  return () => {
    mounted.get(parentElement)?.remove();
    mounted.delete(parentElement);
  };
}

/** @param {HTMLElement|ShadowRoot} host */
function createTable(host) {
  const root = element("div", "key-table");
  const said = element("p", "said");
  said.setAttribute("role", "alert");
  const groups = element("div", "groups");
  root.append(groups, said);
  host.append(root);
  /** @type {Record<string, string>} */
  let own = {};
  /** @type {(keys: Record<string, string>) => void} */
  let tell = () => {};
  /** The act whose key is awaited. @type {string|null} */
  let awaited = null;

  function draw() {
    const focused = /** @type {any} */ (host.getRootNode()).activeElement?.dataset?.act;
    const made = Object.entries(TEXT.groups)
      .map(([group, title]) => [title, CHOOSABLE.filter((row) => row.group === group)])
      .filter(([, rows]) => rows.length > 0)
      .map(([title, rows]) => section(title, rows));
    groups.replaceChildren(...made, ...(Object.keys(own).length > 0 ? [allUsual()] : []));
    if (focused) groups.querySelector(`[data-act="${focused}"]`)?.focus();
  }

  function section(title, rows) {
    const made = element("section", "");
    const list = element("ul", "");
    list.append(...rows.map(line));
    made.append(element("h4", "", title), list);
    return made;
  }

  function line(row) {
    const made = element("li", row.act in own ? "own" : "");
    const what = TEXT.keys[row.act];
    const waits = awaited === row.act;
    const key = button(waits ? TEXT.ownKeys.press : keyOf(row.act), TEXT.ownKeys.change(what, keyOf(row.act)), () => listen(row.act));
    key.className = waits ? "key waits" : "key";
    key.dataset.act = row.act;
    key.addEventListener("keydown", (event) => waits && take(row.act, event));
    key.addEventListener("blur", () => waits && listen(null));
    made.append(element("span", "what", what), key);
    if (row.act in own) {
      const usual = row.presses.map(nameOf).join(" ");
      made.append(button(TEXT.ownKeys.usual, TEXT.ownKeys.usualOf(what, usual), () => give(row.act, null), "usual"));
    }
    return made;
  }

  const allUsual = () => button(TEXT.ownKeys.allUsual, TEXT.ownKeys.allUsual, () => send({}), "usual all");

  function listen(act) {
    if (awaited === act) return;
    awaited = act;
    said.textContent = "";
    draw();
  }

  /** @param {KeyboardEvent} event */
  function take(act, event) {
    const press = pressOf(event);
    // Tab goes on to the next button, as everywhere; the blur that follows ends the waiting.
    if (press === "Tab" || ALONE.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (press === "Escape") return listen(null);
    if (press !== null) give(act, press);
  }

  function give(act, press) {
    const others = Object.fromEntries(Object.entries(own).filter(([one]) => one !== act));
    const usual = KEYS.find((row) => row.act === act).presses;
    // Its usual key may have been given away meanwhile: then it cannot simply come back.
    const clash = (press === null ? usual : [press]).map((one) => (usual.includes(one) ? usualClash(others, act, one) : clashOf(others, act, one)));
    said.textContent = clash.find(Boolean) ?? "";
    if (said.textContent) return;
    awaited = null;
    send(press === null || usual.includes(press) ? others : { ...others, [act]: press });
  }

  /** Digits and the browser's keys are refused only to those that did not have them. */
  function usualClash(others, act, press) {
    const taker = Object.keys(others).find((one) => others[one] === press);
    return taker ? TEXT.ownKeys.taken(nameOf(press), TEXT.keys[taker]) : null;
  }

  function send(keys) {
    own = keys;
    useKeys(own);
    draw();
    tell(own);
  }

  return {
    update(keys, newTell) {
      own = keys;
      tell = newTell;
      draw();
    },
    remove() {
      root.remove();
    },
  };
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text, label, act, className = "") {
  const made = /** @type {HTMLButtonElement} */ (element("button", className, text));
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.title = label;
  made.addEventListener("click", act);
  return made;
}
