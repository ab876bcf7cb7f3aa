// Says to a screen reader which picture is on screen, once the person has stopped stepping.

import { h } from "./dom.js";
import { TEXT, dayAndTime } from "./strings.js";

const REST = 500;

export function createLive() {
  const element = h("p.unseen", { role: "status", "aria-live": "polite", "aria-atomic": "true" });
  let timer = null;
  return {
    element,
    /** @param {any} item @param {{n: number, total: number}} at */
    place(item, at) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const says = [TEXT.live.place(at.n, at.total), item.source ?? item.file_name, item.captured_at && dayAndTime(item.captured_at), TEXT.states[item.state]];
        element.textContent = says.filter(Boolean).join(", ");
      }, REST);
    },
    stop: () => clearTimeout(timer),
  };
}
