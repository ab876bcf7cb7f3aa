// The grid of tiles: shows a page, moves the focus, keeps the selection, tells Python what was opened.

import { columnCount, moved } from "./movement.js";
import { toggled, withPageToggled, withRange } from "./selection.js";
import { TEXT } from "./strings.js";
import { markSelected, markShapes, tileElement } from "./tile.js";
import { createUnheard } from "./unheard.js";

/** Python hears of a selection when the fingers rest: one rerun for a quick series, not one for each. */
const TELL_AFTER_MS = 220;
/** The first rows are fetched at once and first; the rest follows when it comes near the screen. */
const EAGER_TILES = 24;
/** Of all grids of this page of the browser, one after the other. */
const unheard = createUnheard();

/**
 * @typedef {{scope: string, page: string, items: import("./tile.js").Media[], size: "S"|"M"|"L", crops: boolean,
 *            selected: number[], selection_version: number, focus: number|null}} GridData
 * `scope` names the filter: another scope is another selection. A higher `selection_version` means that
 * Python changed the selection and its list counts. `page` names the place in the list.
 * @typedef {{open: (id: number) => void, select: (ids: number[], scope: string) => void}} Telling
 */

/**
 * @param {HTMLElement} host
 * @returns {{update: (data: GridData, tell: Telling) => void, remove: () => void}}
 */
export function createGrid(host) {
  const root = document.createElement("div");
  root.className = "grid";
  root.setAttribute("role", "listbox");
  root.setAttribute("aria-multiselectable", "true");
  root.setAttribute("aria-label", TEXT.grid);
  host.append(root);

  /** @type {GridData|null} */
  let data = null;
  /** @type {Telling|null} */
  let tell = null;
  /** @type {Map<number, HTMLElement>} */
  let tiles = new Map();
  /** @type {Set<number>} */
  let selected = new Set();
  /** @type {number|null} */
  let anchor = null;
  let current = 0;
  let timer = 0;
  /** A media was opened: what is selected here until this is taken away is told by the grid that comes back. */
  let left = false;

  const order = () => data?.items.map((media) => media.id) ?? [];

  function update(newData, newTell) {
    const before = data;
    data = newData;
    tell = newTell;
    const untold = unheard.of(data);
    if (!before || before.scope !== data.scope || before.selection_version !== data.selection_version) {
      selected = new Set(untold ?? data.selected);
      clearTimeout(timer);
      timer = 0;
    }
    if (untold && (!before || left)) timer = window.setTimeout(tellSelection, TELL_AFTER_MS);
    left = false;
    root.dataset.size = data.size;
    root.classList.toggle("crops", data.crops);
    if (!before || !samePage(before, data)) showPage(before);
    data.items.forEach((media) => markSelected(/** @type {HTMLElement} */ (tiles.get(media.id)), selected.has(media.id)));
    showShapes();
  }

  function showPage(before) {
    const fragment = document.createDocumentFragment();
    tiles = new Map();
    data?.items.forEach((media, index) => {
      const tile = tileElement(media, addressOf(media.id), { eager: index < EAGER_TILES, crops: Boolean(data?.crops) });
      tiles.set(media.id, tile);
      fragment.append(tile);
    });
    root.replaceChildren(fragment);
    anchor = null;
    if (before && (before.page !== data?.page || before.scope !== data?.scope)) root.scrollIntoView({ block: "start" });
    current = Math.max(0, order().indexOf(data?.focus ?? -1));
    const tile = tiles.get(order()[current]);
    if (tile) tile.tabIndex = 0;
    // Coming back from a media, the eye and the keyboard are where they left.
    if (!before && data?.focus && tile) tile.focus();
  }

  function showShapes() {
    const first = root.querySelector(".frame");
    if (!data || !first) return;
    const screen = { width: first.clientWidth, height: first.clientHeight };
    if (screen.width === 0) return;
    for (const media of data.items) markShapes(/** @type {HTMLElement} */ (tiles.get(media.id)), media, screen, data.crops);
  }

  function select(next) {
    selected = next;
    if (data) unheard.keep(selected, data);
    tiles.forEach((tile, id) => markSelected(tile, selected.has(id)));
    clearTimeout(timer);
    timer = left ? 0 : window.setTimeout(tellSelection, TELL_AFTER_MS);
  }

  function tellSelection() {
    clearTimeout(timer);
    timer = 0;
    tell?.select([...selected], data?.scope ?? "");
  }

  /** Who leaves the grid is about to press a button that needs the selection. */
  function tellPending() {
    if (timer) tellSelection();
  }

  function open(id) {
    tellPending();
    left = true;
    tell?.open(id);
  }

  function focusOn(index) {
    const ids = order();
    const before = tiles.get(ids[current]);
    const after = tiles.get(ids[index]);
    if (before) before.tabIndex = -1;
    current = index;
    if (!after) return;
    after.tabIndex = 0;
    after.focus();
    after.scrollIntoView({ block: "nearest" });
  }

  root.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const tile = target.closest(".tile");
    if (!(tile instanceof HTMLElement)) return;
    event.preventDefault();
    const id = Number(tile.dataset.id);
    focusOn(order().indexOf(id));
    if (event.shiftKey) select(withRange(selected, order(), anchor, id));
    else if (event.ctrlKey || event.metaKey || target.closest(".corner")) select(toggled(selected, id));
    else open(id);
    anchor = id;
  });

  root.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    const ids = order();
    const id = ids[current];
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const next = event.ctrlKey ? null : moved(key, current, ids.length, columns());
    if (next !== null) {
      if (event.shiftKey) {
        anchor ??= id;
        select(withRange(selected, ids, anchor, ids[next]));
      } else anchor = ids[next];
      focusOn(next);
    } else if (event.ctrlKey && key === "a") select(withPageToggled(selected, ids));
    else if (event.ctrlKey) return;
    else if (key === "Enter") open(id);
    else if (key === " " || key === "x") {
      select(toggled(selected, id));
      anchor = id;
    } else if (key === "Escape" && selected.size > 0) select(new Set());
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  root.addEventListener("pointerleave", tellPending);

  const columns = () => columnCount(getComputedStyle(root).gridTemplateColumns);
  const activeElement = () => /** @type {ShadowRoot|Document} */ (root.getRootNode()).activeElement;

  const observer = new ResizeObserver(() => showShapes());
  observer.observe(root);

  return {
    update,
    remove() {
      clearTimeout(timer);
      observer.disconnect();
      root.remove();
    },
  };
}

/** The page's own address with this media opened, so that a tile is a link like any other. */
function addressOf(id) {
  const address = new URL(location.href);
  address.searchParams.set("media", String(id));
  return address.href;
}

/** Shapes come and go over the same tiles. */
function samePage(one, other) {
  const essence = (/** @type {GridData} */ data) => JSON.stringify(data.items, (name, value) => (name === "shapes" ? undefined : value));
  return one.page === other.page && one.crops === other.crops && essence(one) === essence(other);
}
