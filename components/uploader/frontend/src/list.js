// A list of any length of which only the visible rows exist, so that 2,000 files scroll like twenty.

import { TEXT, bytesText } from "./strings.js";

export const ROW_HEIGHT = 34;
const ROWS_AROUND = 6;

/**
 * Which rows to draw.
 * @param {number} scrolled pixels
 * @param {number} height pixels of the window
 * @param {number} count
 * @returns {[number, number]} first, and one after the last
 */
export function windowOf(scrolled, height, count) {
  const first = Math.max(0, Math.floor(scrolled / ROW_HEIGHT) - ROWS_AROUND);
  const last = Math.min(count, Math.ceil((scrolled + height) / ROW_HEIGHT) + ROWS_AROUND);
  return [Math.min(first, last), last];
}

/**
 * @param {HTMLElement} host
 * @param {(mediaId: number) => string} addressOf
 */
export function createList(host, addressOf) {
  const scroller = element("div", "rows");
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "list");
  scroller.setAttribute("aria-label", TEXT.rows);
  const space = element("div", "space");
  scroller.append(space);
  host.append(scroller);
  /** @type {import("./engine.js").Row[]} */
  let shown = [];
  /** @type {Map<number, HTMLElement>} */
  let drawn = new Map();

  function draw() {
    const [first, last] = windowOf(scroller.scrollTop, scroller.clientHeight, shown.length);
    const kept = new Map();
    for (let index = first; index < last; index += 1) {
      const row = shown[index];
      const line = drawn.get(row.id) ?? lineElement(row);
      fill(line, row, addressOf);
      line.style.top = `${index * ROW_HEIGHT}px`;
      line.setAttribute("aria-posinset", String(index + 1));
      line.setAttribute("aria-setsize", String(shown.length));
      if (!line.isConnected) space.append(line);
      kept.set(row.id, line);
    }
    drawn.forEach((line, id) => kept.has(id) || line.remove());
    drawn = kept;
  }

  scroller.addEventListener("scroll", draw, { passive: true });
  return {
    /** @param {import("./engine.js").Row[]} rows */
    show(rows) {
      shown = rows;
      scroller.hidden = rows.length === 0;
      space.style.height = `${rows.length * ROW_HEIGHT}px`;
      draw();
    },
  };
}

function lineElement(row) {
  const line = element("div", "row");
  line.setAttribute("role", "listitem");
  line.append(element("span", "name"), element("span", "size"), element("span", "result"), element("span", "detail"));
  line.dataset.kind = row.kind;
  const [name, size] = /** @type {any} */ (line.children);
  name.textContent = row.path;
  name.title = row.path;
  size.textContent = row.kind === "entry" ? "" : bytesText(row.size);
  return line;
}

function fill(line, row, addressOf) {
  const share = row.state === "sending" && row.size ? Math.round((row.sent / row.size) * 100) : null;
  const seen = [row.state, share, row.detail, row.mediaId, row.notes.length, row.looksLike.length].join("|");
  if (line.dataset.seen === seen) return;
  line.dataset.seen = seen;
  line.dataset.state = row.state;
  line.style.setProperty("--share", `${share ?? 0}%`);
  const [, , result, detail] = line.children;
  result.textContent = share === null ? TEXT.states[row.state] : `${share} %`;
  const said = [row.detail, ...row.notes].filter(Boolean).join(" ");
  detail.replaceChildren();
  if (row.mediaId !== null) detail.append(linkTo(row, addressOf), " ");
  if (row.looksLike.length > 0) detail.append(...besideTwins(row, addressOf), " ");
  detail.append(said);
  detail.title = said;
}

function linkTo(row, addressOf) {
  const link = document.createElement("a");
  link.href = addressOf(row.mediaId);
  link.target = "_blank"; // the list of this page stays
  link.rel = "noopener";
  link.textContent = row.state === "already_here" ? TEXT.twin : TEXT.open;
  return link;
}

/** The picture and what it looks like, side by side: each leads to its media. */
function besideTwins(row, addressOf) {
  const picture = (mediaId) => {
    const link = document.createElement("a");
    link.href = addressOf(mediaId);
    link.target = "_blank";
    link.rel = "noopener";
    const image = document.createElement("img");
    image.src = `/api/media/${mediaId}/picture?size=thumb`;
    image.alt = TEXT.media(mediaId);
    link.title = TEXT.media(mediaId);
    link.append(image);
    return link;
  };
  const said = element("b", "alike");
  said.textContent = TEXT.looksLike;
  return [picture(row.mediaId), said, ...row.looksLike.map(picture)];
}

/** @param {string} tag @param {string} className */
export function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
