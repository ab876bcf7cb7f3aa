// The import's beginning on screen: where to drop, what is on its way, what could not be sent.

import { filesOfInput } from "../../../uploader/frontend/src/files.js";
import { createList, element } from "../../../uploader/frontend/src/list.js";
import { TEXT as UPLOADER, bytesText, number } from "../../../uploader/frontend/src/strings.js";
import { countBytes } from "../../../uploader/frontend/src/summary.js";
import { button, replaceWhenChanged, takeDrops } from "../../../uploader/frontend/src/view.js";
import { TEXT } from "./strings.js";

const PICTURE = /\.(jpe?g|png|webp)$/i;

/** @typedef {{language: string, largest_file: number, largest_archive: number}} ImporterData limits in bytes */

/**
 * @param {HTMLElement} host
 * @param {import("../../../uploader/frontend/src/engine.js").Engine} engine
 * @param {import("./flow.js").Flow} flow
 */
export function createView(host, engine, flow) {
  const root = element("div", "uploader importer");
  const zone = dropZone(flow.add);
  const actions = element("div", "actions");
  const bar = element("div", "bar");
  bar.append(element("div", "bar-fill"));
  const status = element("div", "status");
  status.setAttribute("role", "status");
  const quiet = element("div", "quiet");
  root.append(zone, actions, bar, status, quiet);
  const list = createList(root, () => "");
  host.append(root);

  /** @type {ImporterData|null} */
  let data = null;
  /** @type {(importId: number) => void} */
  let tell = () => {};
  let frame = 0;
  let ticking = 0;

  function draw() {
    frame = 0;
    if (!data) return;
    const { stage, finished } = flow.standing();
    if (finished !== null) {
      flow.told();
      tell(finished);
    }
    const rows = engine.rows();
    const unsent = rows.filter((row) => row.state === "refused" || row.state === "failed");
    drawActions(stage, rows, unsent);
    drawStatus(stage, rows);
    quiet.textContent = unsent.length > 0 ? TEXT.notSent : rows.length > 0 ? TEXT.nothingYet : "";
    list.show(unsent);
    zone.hidden = stage === "asking" || engine.isBusy();
    zone.classList.toggle("small", rows.length > 0);
    clearTimeout(ticking);
    if (engine.pause()) ticking = window.setTimeout(redraw, 1000);
  }

  /** Hundreds of progress events become one drawing per frame. */
  function redraw() {
    frame ||= requestAnimationFrame(draw);
  }

  function drawActions(stage, rows, unsent) {
    const made = [];
    const ready = rows.filter((row) => row.state === "ready");
    const idle = stage !== "asking" && !engine.isBusy();
    if (idle && ready.length > 0) {
      made.push(button("begin", TEXT.begin(number(ready.length), ready.length), () => void flow.begin(), "go"));
    } else if (idle && stage === "sending" && unsent.length > 0 && unsent.length < rows.length) {
      made.push(button("go-on-without", TEXT.goOnWithout(number(unsent.length), unsent.length), () => void flow.finish(), "go"));
    } else if (idle && stage === "choosing" && rows.some((row) => row.state === "registered")) {
      // All is sent, but the question to read it got lost.
      made.push(button("finish", TEXT.goOn, () => void flow.finish(), "go"));
    }
    if (engine.halted() || engine.pause()) made.push(button("go-on", TEXT.goOn, engine.goOn));
    if (idle && unsent.some((row) => row.state === "failed")) made.push(button("retry", TEXT.retry, engine.retryFailed));
    if (stage === "sending" || flow.importId() !== null) made.push(button("give-up", TEXT.giveUp, () => void flow.giveUp()));
    else if (rows.length > 0) made.push(button("clear", TEXT.clear, engine.clear));
    replaceWhenChanged(actions, made);
    actions.hidden = made.length === 0;
  }

  function drawStatus(stage, rows) {
    const { sent, total } = countBytes(rows);
    const done = rows.filter((row) => row.state === "registered").length;
    status.textContent = stage === "asking" ? TEXT.asking : stage === "sending" ? TEXT.sent(number(done), number(rows.length), bytesText(sent), bytesText(total)) : chosenText(rows, total);
    const pause = engine.pause();
    const trouble = flow.standing().problem || engine.halted() || (pause ? UPLOADER.paused(pause.seconds, pause.reason) : "");
    if (trouble) {
      const warning = element("div", "trouble");
      warning.textContent = trouble;
      status.append(warning);
    }
    bar.hidden = !engine.isBusy();
    bar.style.setProperty("--share", `${total ? (sent / total) * 100 : 0}%`);
  }

  const leave = flow.subscribe(redraw);
  const stopDrops = takeDrops(zone, flow.add);
  return {
    /** @param {ImporterData} newData @param {(importId: number) => void} newTell */
    update(newData, newTell) {
      data = newData;
      tell = newTell;
      engine.setLimits({ picture: data.largest_file, video: data.largest_file, archive: data.largest_archive });
      redraw();
    },
    remove() {
      leave();
      stopDrops();
      cancelAnimationFrame(frame);
      clearTimeout(ticking);
      root.remove();
    },
  };
}

/** "800 pictures, 12 other files · 1.2 GB"; of a file alone its name. */
export function chosenText(rows, total) {
  if (rows.length === 0) return "";
  if (rows.length === 1) return `${rows[0].path} · ${bytesText(total)}`;
  const pictures = rows.filter((row) => PICTURE.test(row.path)).length;
  const others = rows.length - pictures;
  const said = [];
  if (pictures) said.push(TEXT.pictures(number(pictures), pictures));
  if (others) said.push(TEXT.others(number(others), others));
  return `${said.join(", ")} · ${bytesText(total)}`;
}

/** @param {(found: import("../../../uploader/frontend/src/files.js").Found[]) => void} take */
function dropZone(take) {
  const zone = element("div", "drop");
  const text = element("div", "drop-text");
  const title = element("strong", "");
  title.textContent = TEXT.drop;
  const hint = element("span", "");
  hint.textContent = TEXT.dropHint;
  text.append(title, hint);
  const files = input("files", false);
  const folder = input("folder", true);
  const choices = element("div", "choices");
  choices.append(button("choose-files", TEXT.chooseFiles, () => files.click()), button("choose-folder", TEXT.chooseFolder, () => folder.click()));
  zone.append(text, choices, files, folder);
  for (const field of [files, folder]) {
    field.addEventListener("change", () => {
      take(filesOfInput(/** @type {FileList} */ (field.files)));
      field.value = ""; // the same files may be chosen again
    });
  }
  return zone;
}

function input(name, folder) {
  const made = document.createElement("input");
  made.type = "file";
  made.multiple = true;
  made.hidden = true;
  made.dataset.name = name;
  made.webkitdirectory = folder;
  return made;
}
