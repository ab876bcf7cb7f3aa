// The uploader on screen: where to drop, what is going on, the rows, what to do next.

import { filesOfDrop, filesOfInput } from "./files.js";
import { createList, element } from "./list.js";
import { TEXT, bytesText, limitText, number } from "./strings.js";
import { newClientId } from "./transport.js";
import { GROUPS, countBytes, countGroups, queryForRegistered } from "./summary.js";

const ASK_AGAIN_MS = 3000;

/**
 * @typedef {{batch: import("./batch.js").Batch|null, start: string|null, login: string, largest_picture: number,
 *            largest_video: number, largest_archive: number, browse: string, review: string|null}} UploaderData
 * `start` is the last one asked for, and `batch` what the page said when it arrived; addresses of pages, limits in bytes
 */

/**
 * @param {HTMLElement} host
 * @param {import("./engine.js").Engine} engine
 */
export function createView(host, engine) {
  const root = element("div", "uploader");
  const hint = element("span", "");
  const zone = dropZone((found) => engine.add(found), hint);
  const status = element("div", "status");
  status.setAttribute("role", "status");
  const bar = element("div", "bar");
  bar.append(element("div", "bar-fill"));
  const actions = element("div", "actions");
  const groups = element("div", "groups");
  root.append(zone, actions, bar, status, groups);
  const list = createList(root, (id) => `${data?.browse}?media=${id}`);
  host.append(root);

  /** @type {UploaderData|null} */
  let data = null;
  /** Starts that wait for their batch: more than one where the page was slow to answer. @type {Set<string>} */
  const asked = new Set();
  let askingAgain = 0;
  /** @type {(start: string) => void} */
  let ask = () => {};
  /** @type {keyof typeof GROUPS} */
  let group = "all";
  let frame = 0;
  let ticking = 0;

  function draw() {
    frame = 0;
    if (!data) return;
    const rows = engine.rows();
    const counts = countGroups(rows);
    if (!counts[group]) group = "all";
    drawActions(rows, counts);
    drawStatus(rows, counts);
    drawGroups(counts);
    list.show(group === "all" ? rows : rows.filter(GROUPS[group]));
    zone.classList.toggle("small", rows.length > 0);
    // A countdown is the only thing that changes by itself.
    clearTimeout(ticking);
    if (engine.pause()) ticking = window.setTimeout(redraw, 1000);
  }

  /** Hundreds of progress events become one drawing per frame. */
  function redraw() {
    frame ||= requestAnimationFrame(draw);
  }

  /**
   * What was typed a moment ago may still be on its way to the page: the batch is asked for, not taken as it
   * is here. A question that got lost with the connection is asked again.
   */
  function askToStart() {
    const start = newClientId();
    asked.add(start);
    ask(start);
    clearTimeout(askingAgain);
    askingAgain = window.setTimeout(askToStart, ASK_AGAIN_MS);
    redraw();
  }

  function takeAnswer() {
    if (!data?.batch || !data.start || !asked.has(data.start)) return;
    asked.clear();
    clearTimeout(askingAgain);
    engine.start(data.batch);
  }

  function drawActions(rows, counts) {
    const ready = rows.filter((row) => row.state === "ready");
    const made = [];
    if (ready.length > 0) {
      const start = button("start", TEXT.start(number(ready.length), ready.length), askToStart, "go");
      start.disabled = !data?.batch || asked.size > 0;
      made.push(start);
    }
    if (engine.halted() || engine.pause()) made.push(button("go-on", TEXT.goOn, engine.goOn));
    if (engine.isBusy()) made.push(button("stop", TEXT.stop, engine.stop));
    if (counts.failed) made.push(button("retry", TEXT.retryFailed(counts.failed), engine.retryFailed));
    if (!engine.isBusy() && rows.length > 0) {
      const query = queryForRegistered(rows, data?.login ?? "");
      if (query) made.push(link("browse", TEXT.browse, `${data?.browse}?${query}`));
      if (query && data?.review) made.push(link("review", TEXT.review, `${data.review}?queue=filter&${query}`));
      if (counts.looks_alike) made.push(link("compare", TEXT.compare, `${data?.browse}?near_twins=yes`));
      made.push(button("clear", TEXT.clear, engine.clear));
    }
    replaceWhenChanged(actions, made);
    actions.hidden = made.length === 0;
  }

  function drawStatus(rows, counts) {
    const { sent, total } = countBytes(rows);
    const done = rows.length - counts.open;
    const pause = engine.pause();
    const parts = [];
    if (rows.length > 0) parts.push(TEXT.progress(number(done), number(rows.length), bytesText(sent), bytesText(total)));
    const skipped = engine.skipped();
    if (skipped) parts.push(TEXT.skipped(number(skipped), skipped));
    status.textContent = parts.join(" · ");
    const trouble = engine.halted() ?? (navigator.onLine === false && engine.isBusy() ? TEXT.offline : pause ? TEXT.paused(pause.seconds, pause.reason) : "");
    if (trouble) {
      const warning = element("div", "trouble");
      warning.textContent = trouble;
      status.append(warning);
    }
    bar.hidden = !engine.isBusy();
    bar.style.setProperty("--share", `${total ? (sent / total) * 100 : 0}%`);
  }

  function drawGroups(counts) {
    const made = Object.keys(GROUPS)
      .filter((name) => name === "all" || counts[name] > 0)
      .map((name) => {
        const made = button(`group-${name}`, `${TEXT.states[name]} ${number(counts[name])}`, () => {
          group = /** @type {any} */ (name);
          redraw();
        }, `group group-${name}`);
        made.setAttribute("aria-pressed", String(group === name));
        return made;
      });
    groups.hidden = made.length < 3 && counts.all < 2;
    replaceWhenChanged(groups, made);
  }

  const leave = engine.subscribe(redraw);
  const stopDrops = takeDrops(zone, engine.add);
  return {
    /** @param {UploaderData} newData @param {(start: string) => void} newAsk */
    update(newData, newAsk) {
      data = newData;
      ask = newAsk;
      hint.textContent = TEXT.dropHint(limitText(data.largest_picture), limitText(data.largest_video), limitText(data.largest_archive));
      engine.setLimits({ picture: data.largest_picture, video: data.largest_video, archive: data.largest_archive });
      takeAnswer();
      redraw();
    },
    remove() {
      leave();
      stopDrops();
      cancelAnimationFrame(frame);
      clearTimeout(ticking);
      clearTimeout(askingAgain);
      // Who presses Upload and turns to another page at once means the files to go.
      if (asked.size > 0 && data?.batch) engine.start(data.batch);
      root.remove();
    },
  };
}

/** @param {(found: import("./files.js").Found[]) => void} take @param {HTMLElement} hint */
function dropZone(take, hint) {
  const zone = element("div", "drop");
  const text = element("div", "drop-text");
  const title = element("strong", "");
  title.textContent = TEXT.drop;
  text.append(title, hint);
  const plain = input("files", false);
  const folder = input("folder", true);
  const choices = element("div", "choices");
  choices.append(button("choose-files", TEXT.chooseFiles, () => plain.click()), button("choose-folder", TEXT.chooseFolder, () => folder.click()));
  zone.append(text, choices, plain, folder);
  for (const field of [plain, folder]) {
    field.addEventListener("change", () => {
      take(filesOfInput(/** @type {FileList} */ (field.files)));
      field.value = ""; // the same files may be chosen again
    });
  }
  return zone;
}

/**
 * Takes what is dropped anywhere on the page: a file that misses the zone would otherwise replace the page.
 * @param {HTMLElement} zone
 * @param {(found: import("./files.js").Found[]) => void} take
 * @returns {() => void} stops listening
 */
export function takeDrops(zone, take) {
  let depth = 0;
  const mark = (/** @type {number} */ change) => {
    depth = Math.max(0, depth + change);
    zone.classList.toggle("over", depth > 0);
  };
  const listeners = {
    dragenter: (event) => (event.preventDefault(), mark(1)),
    dragleave: () => mark(-1),
    dragover: (event) => event.preventDefault(),
    drop: async (event) => {
      event.preventDefault();
      mark(-depth);
      if (event.dataTransfer) take(await filesOfDrop(event.dataTransfer));
    },
  };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  };
}

function input(name, folder) {
  const made = document.createElement("input");
  made.type = "file";
  made.multiple = true;
  made.hidden = true;
  made.dataset.name = name;
  if (folder) made.webkitdirectory = true;
  else made.accept = ".jpg,.jpeg,.png,.webp,.zip,image/jpeg,image/png,image/webp,application/zip";
  return made;
}

/**
 * Buttons that say the same stay the same elements: focus and a half-made click survive.
 * @param {HTMLElement} host @param {any[]} made
 */
export function replaceWhenChanged(host, made) {
  const say = (element) => [element.dataset.name, element.textContent, element.getAttribute("href"), element.getAttribute("aria-pressed"), element.disabled].join("|");
  const before = [...host.children].map(say).join("\n");
  if (before === made.map(say).join("\n")) return;
  const focused = /** @type {ShadowRoot|Document} */ (host.getRootNode()).activeElement?.getAttribute("data-name");
  host.replaceChildren(...made);
  if (focused) made.find((element) => element.dataset.name === focused)?.focus();
}

/** @param {string} name @param {string} text @param {() => void} act */
export function button(name, text, act, className = "") {
  const made = /** @type {HTMLButtonElement} */ (element("button", `plain ${className}`));
  made.type = "button";
  made.dataset.name = name;
  made.textContent = text;
  made.addEventListener("click", () => act());
  return made;
}

/** A link like any other, but a plain click does not load everything anew: the list of this page would be lost. */
function link(name, text, address) {
  const made = /** @type {HTMLAnchorElement} */ (element("a", "plain"));
  made.dataset.name = name;
  made.href = address;
  made.textContent = text;
  made.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    // Streamlit goes where the address bar says when the history moves.
    history.pushState({}, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  });
  return made;
}
