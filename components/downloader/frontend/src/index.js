// Entry: a download whose progress can be seen, and which can be cancelled.

import { rowCounter } from "./rows.js";
import { LARGEST_IN_MEMORY, inMemory, pickedFile } from "./save.js";
import { TEXT, doneText, progressText, speak } from "./strings.js";

/**
 * @typedef {{address: string, name: string, rows: number|null, large: boolean}} DownloadData
 * `rows` to come where they are known; `large` files go to the disk where the browser can write there
 */

/** @type {WeakMap<object, {update: (data: DownloadData) => void, remove: () => void}>} */
const mounted = new WeakMap();

/** @param {{data: any, parentElement: HTMLElement|ShadowRoot}} component */
export default function downloader({ data, parentElement }) {
  if (!data) return undefined;
  speak(data.language);
  let view = mounted.get(parentElement);
  if (!view) {
    view = createView(/** @type {HTMLElement} */ (parentElement));
    mounted.set(parentElement, view);
  }
  view.update(data);
  return () => {
    mounted.get(parentElement)?.remove();
    mounted.delete(parentElement);
  };
}

/** @param {HTMLElement} host */
function createView(host) {
  const root = element("div", "downloader");
  const start = /** @type {HTMLButtonElement} */ (element("button", "go"));
  start.type = "button";
  const plain = /** @type {HTMLAnchorElement} */ (element("a", "plain"));
  plain.textContent = TEXT.plain;
  const bar = element("div", "bar");
  bar.append(element("div", "bar-fill"));
  const status = element("div", "status");
  status.setAttribute("role", "status");
  const row = element("div", "buttons");
  row.append(start, plain);
  root.append(row, bar, status);
  host.append(root);

  /** @type {DownloadData} */
  let data;
  /** @type {AbortController|null} */
  let running = null;

  function show(text, kind = "") {
    status.textContent = text;
    status.className = `status ${kind}`;
  }

  function idle() {
    running = null;
    start.textContent = TEXT.download;
    start.className = "go";
    bar.hidden = true;
    plain.hidden = false;
  }

  async function run() {
    const { address, name, rows: total, large } = data;
    const stop = new AbortController();
    running = stop;
    /** @type {import("./save.js").Target|null} */
    let target = null;
    try {
      // First of all, because the browser allows its dialog only right after the click.
      target = (large && (await pickedFile(name))) || inMemory(name);
      start.textContent = TEXT.cancel;
      start.className = "plain";
      plain.hidden = true;
      bar.hidden = total === null;
      show(TEXT.waiting);
      show(await transfer(address, target, total, stop), "done");
    } catch (error) {
      await target?.giveUp();
      show(explained(error, stop.signal.aborted), stop.signal.aborted ? "" : "trouble");
    } finally {
      idle();
    }
  }

  async function transfer(address, target, total, stop) {
    const began = performance.now();
    const answer = await fetch(address, { signal: stop.signal, headers: { "X-Vigie": "1" } });
    if (!answer.ok || !answer.body) throw new Refusal(await refusalOf(answer));
    const count = rowCounter();
    const reader = answer.body.getReader();
    let bytes = 0;
    let rows = 0;
    let drawn = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      await target.write(value);
      bytes += value.length;
      rows = count(value);
      if (target.kept && bytes > LARGEST_IN_MEMORY) throw new Refusal(TEXT.tooLarge);
      const now = performance.now();
      if (now - drawn < 100) continue;
      drawn = now;
      if (total) bar.style.setProperty("--share", `${Math.min(100, (rows / total) * 100)}%`);
      show(progressText(rows, total, bytes, (now - began) / 1000));
    }
    return doneText(rows, bytes, await target.finish());
  }

  start.addEventListener("click", () => (running ? running.abort() : void run()));
  idle();
  return {
    update(newData) {
      data = newData;
      plain.href = data.address;
      plain.download = data.name;
      if (!running) show("");
    },
    remove() {
      running?.abort();
      root.remove();
    },
  };
}

/** Said by the server, or by us, in a sentence for the person. */
class Refusal extends Error {}

async function refusalOf(answer) {
  try {
    return (await answer.json()).detail || TEXT.noConnection;
  } catch {
    return TEXT.noConnection;
  }
}

function explained(error, aborted) {
  if (aborted || error?.name === "AbortError") return TEXT.cancelled;
  return error instanceof Refusal ? error.message : TEXT.broken;
}

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
