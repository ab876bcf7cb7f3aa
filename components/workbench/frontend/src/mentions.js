// Names somebody in a comment: after an @ the people here are offered, to be taken with Enter or a click.

import { fill, h, keepFocus } from "./dom.js";
import { TEXT } from "./strings.js";

const OFFERED = 6;

/**
 * The name being typed at the caret; null when none is. Pure, for the test.
 * @param {string} text @param {number} caret @returns {{from: number, typed: string}|null}
 */
export function mentionAt(text, caret) {
  const found = /(?:^|[\s(,;:])@([\p{L}\d._-]*)$/u.exec(text.slice(0, caret));
  return found ? { from: caret - found[1].length, typed: found[1].toLowerCase() } : null;
}

/** The text with that name written out, and where the caret is then. @param {string} text @param {number} caret @param {string} login */
export function completed(text, caret, login) {
  const at = mentionAt(text, caret);
  if (!at) return { text, caret };
  const rest = text.slice(caret);
  const before = `${text.slice(0, at.from)}${login}${rest.startsWith(" ") ? "" : " "}`;
  return { text: before + rest, caret: before.length + (rest.startsWith(" ") ? 1 : 0) };
}

/**
 * @param {object} options
 * @param {HTMLTextAreaElement} options.input
 * @param {() => boolean} options.isOffered whether people can be named in what is being written
 * @param {() => Promise<{login: string}[]>} options.getPeople
 */
export function createMentions({ input, isOffered, getPeople }) {
  const list = h("ul.mentions", { role: "listbox", id: "vigie-people", "aria-label": TEXT.comments.people, hidden: true });
  /** @type {string[]} */
  let found = [];
  let at = 0;

  function hide() {
    found = [];
    list.hidden = true;
    input.removeAttribute("aria-activedescendant");
  }

  function take(login) {
    const next = completed(input.value, input.selectionStart, login);
    input.value = next.text;
    input.setSelectionRange(next.caret, next.caret);
    hide();
  }

  function paint() {
    list.hidden = !found.length;
    fill(list, [found, at], () =>
      found.map((login, i) =>
        h("li", { role: "option", id: `vigie-person-${i}`, "aria-selected": String(i === at), onmousedown: keepFocus, onclick: () => take(login) }, `@${login}`),
      ),
    );
    if (found.length) input.setAttribute("aria-activedescendant", `vigie-person-${at}`);
  }

  async function offer() {
    if (!isOffered() || !mentionAt(input.value, input.selectionStart)) return hide();
    const people = await getPeople();
    const wanted = mentionAt(input.value, input.selectionStart);
    if (!wanted || !isOffered()) return hide();
    const logins = people.map(({ login }) => login).filter((login) => login.toLowerCase().includes(wanted.typed));
    const begins = (login) => (login.toLowerCase().startsWith(wanted.typed) ? 0 : 1);
    found = logins.sort((a, b) => begins(a) - begins(b)).slice(0, OFFERED);
    at = 0;
    if (found.length) paint();
    else hide();
  }

  input.setAttribute("aria-controls", list.id);
  input.addEventListener("input", offer);
  input.addEventListener("blur", hide);
  // Before the field's own Enter and Escape, which send and close.
  input.addEventListener(
    "keydown",
    (event) => {
      if (!found.length) return;
      const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (steps) {
        at = (at + steps + found.length) % found.length;
        paint();
      } else if (event.key === "Enter") take(found[at]);
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  return { list };
}
