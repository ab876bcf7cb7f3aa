// The line above the picture: which queue, where in it, what is on screen, how fast it goes, and whether it is saved.

import { h, kbd, keepFocus } from "./dom.js";
import { keyOf } from "./keys.js";
import { ORDERS } from "./order.js";
import { TEXT, dayAndTime, milliseconds, number, pace } from "./strings.js";

/**
 * @param {object} options
 * @param {{key: string, name: string}[]} options.queues
 * @param {(key: string) => void} options.onQueue
 * @param {(order: string) => void} options.onOrder
 * @param {() => void} options.onKeys
 */
export function createStrip({ queues, onQueue, onOrder, onKeys }) {
  const select = chooser("queues", TEXT.strip.queue, onQueue, queues);
  const named = (key) => ({ key, name: TEXT.orders[key] });
  const orders = chooser("orders", TEXT.strip.order, onOrder, ORDERS.map(named));
  const position = h("span.position");
  const meta = h("span.meta");
  const beside = h("span.beside", { role: "status", "aria-live": "polite" });
  const notes = h("a.quiet", { href: "/browse?state=parked", target: "_self", hidden: true }, TEXT.strip.notes);
  const median = h("span.median");
  const plain = h("a.quiet", { title: TEXT.strip.plainHint, target: "_self" }, TEXT.strip.plain);
  const saved = h("span.saved", { role: "status", "aria-live": "polite" });
  const element = h(
    "header.strip",
    {},
    select,
    orders,
    position,
    meta,
    beside,
    h("span.spring"),
    notes,
    median,
    saved,
    plain,
    h("button.quiet.keys", { type: "button", onclick: onKeys, onmousedown: keepFocus, "aria-label": TEXT.strip.keys }, kbd(keyOf("sheet"))),
  );

  return {
    element,
    /** @param {string} key */
    setQueue(key) {
      select.value = key;
      notes.hidden = key !== "parked";
    },
    /** @param {string} order one of those offered, or another one that an address has named */
    setOrder(order) {
      const known = ORDERS.includes(order) ? ORDERS : [...ORDERS, order];
      orders.replaceChildren(...known.map(named).map(optionOf));
      orders.value = order;
      orders.title = TEXT.strip.order;
    },
    /** @param {string} address of the same page with plain buttons */
    setPlain(address) {
      plain.href = address;
    },
    /** @param {{n: number, total: number, capped: boolean}|null} at */
    setPosition(at) {
      position.replaceChildren(
        ...(at ? [h("b", {}, number(at.n)), ` ${TEXT.strip.of(number(at.total) + (at.capped ? "+" : ""))}`] : []),
      );
    },
    /** @param {any} item */
    setItem(item) {
      const parts = item
        ? [
            item.source,
            item.azimuth === null || item.azimuth === undefined ? null : TEXT.strip.azimuth(item.azimuth),
            item.captured_at && dayAndTime(item.captured_at) + (item.captured_at_assumed ? ` (${TEXT.strip.assumed})` : ""),
            `${item.width}×${item.height}`,
            item.file_name,
          ].filter(Boolean)
        : [];
      meta.textContent = parts.join(" · ");
      meta.title = parts.join(" · ");
    },
    /** @param {string|null} who else has this picture on screen */
    setBeside(who) {
      const text = who ? TEXT.strip.leased(who) : "";
      if (beside.textContent !== text) beside.textContent = text;
    },
    /** @param {{median: number|null, perHour: number|null, toNext: number|null}} own milliseconds, and decisions */
    setPace({ median: ms, perHour, toNext }) {
      const parts = [ms === null ? null : TEXT.strip.median(pace(ms)), perHour === null ? null : TEXT.strip.perHour(number(perHour))];
      median.textContent = parts.filter(Boolean).join(" · ");
      const more = [ms === null ? null : TEXT.strip.pace(pace(ms), perHour), toNext === null ? null : TEXT.strip.toNext(milliseconds(toNext))];
      median.title = more.filter(Boolean).join("\n");
    },
    /**
     * @param {"saved"|"saving"|"unsaved"} status of the answers
     * @param {{here: boolean, server: boolean}|null} drawn where what is drawn and not submitted is kept
     */
    setSaved(status, drawn) {
      const place = !drawn ? null : drawn.here && drawn.server ? "both" : drawn.here ? "here" : drawn.server ? "server" : "nowhere";
      const shown = status === "saved" && place ? place : status;
      if (saved.dataset.shows === shown) return;
      saved.dataset.shows = shown;
      saved.replaceChildren(h("i", { "aria-hidden": "true" }), TEXT.saved[shown] ?? TEXT.drawn[shown]);
    },
  };
}

const optionOf = ({ key, name }) => h("option", { value: key }, name);

/** A list to choose from in the strip. @param {(key: string) => void} onChoice @param {{key: string, name: string}[]} choices */
function chooser(name, label, onChoice, choices) {
  const select = h(
    `select.${name}`,
    {
      "aria-label": label,
      // Keys are quiet while the list has the focus, so it gives it back.
      onchange: () => (select.blur(), onChoice(select.value)),
      // Without a value: a handler that gives `false` would take Tab and the arrows away.
      onkeydown(event) {
        if (event.key === "Escape") select.blur();
      },
    },
    ...choices.map(optionOf),
  );
  return select;
}
