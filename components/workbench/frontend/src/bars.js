// What is said over the picture: short notices, a picture that came back, a server out of reach, the end of a queue.

import { h, kbd, keepFocus } from "./dom.js";
import { keyOf } from "./keys.js";
import { TEXT, milliseconds, number, pace } from "./strings.js";

const NOTICE_FOR = 4_500;

/** A sentence that goes away by itself; the newest replaces the one before. */
export function createNotice() {
  const element = h("div.notice", { role: "status", "aria-live": "polite" });
  let timer = null;
  return {
    element,
    /** @param {string} text @param {"info"|"warning"} [kind] @param {{text: string, onclick: () => void}|null} [button] */
    say(text, kind = "info", button = null) {
      clearTimeout(timer);
      element.dataset.kind = kind;
      element.replaceChildren(
        h("span", {}, text),
        button ? h("button.quiet", { type: "button", onmousedown: keepFocus, onclick: () => (this.clear(), button.onclick()) }, button.text) : "",
      );
      element.classList.add("on");
      timer = setTimeout(() => this.clear(), button ? 2 * NOTICE_FOR : NOTICE_FOR);
    },
    clear() {
      clearTimeout(timer);
      element.classList.remove("on");
    },
  };
}

/** Says why a picture came back, and offers what can be done. */
export function createReturnedBar({ onKeep, onDrop, onClose }) {
  const element = h("div.bar", { role: "alert", hidden: true });
  const button = (text, key, onclick, kind = "") =>
    h(`button.act${kind}`, { type: "button", onclick, onmousedown: keepFocus }, h("span", {}, text), kbd(key));
  let last = null;
  return {
    element,
    /** @param {{sentence: string, theirs: any}|null} returned */
    update(returned) {
      if (returned === last) return;
      last = returned;
      element.hidden = !returned;
      if (!returned) return;
      const { theirs } = returned;
      if (theirs) {
        const say = theirs.shapes.length ? TEXT.bars.conflict : TEXT.bars.conflictEmpty;
        element.replaceChildren(h("p", {}, say(theirs.author)), button(TEXT.bars.keep, "Enter", onKeep, ".yes"), button(TEXT.bars.drop, "Esc", onDrop));
      } else {
        element.replaceChildren(h("p", {}, h("b", {}, `${TEXT.bars.refused} `), returned.sentence), button(TEXT.bars.close, "Esc", onClose));
      }
    },
  };
}

/** Offers a drawing that was kept, where somebody has answered since. */
export function createKeptBar({ onShow, onDrop }) {
  const element = h("div.bar.kept", { role: "status", hidden: true });
  let last = null;
  return {
    element,
    /** @param {any} overtaken the kept drawing; null when there is none */
    update(overtaken) {
      if (overtaken === last) return;
      last = overtaken;
      element.hidden = !overtaken;
      if (!overtaken) return;
      element.replaceChildren(
        h("p", {}, TEXT.bars.overtaken),
        h("button.act.yes", { type: "button", onclick: onShow, onmousedown: keepFocus }, h("span", {}, TEXT.bars.showDraft), kbd(keyOf("confirm"))),
        h("button.act", { type: "button", onclick: onDrop, onmousedown: keepFocus }, TEXT.bars.dropDraft),
      );
    },
  };
}

/** Says that the server is out of reach or that the sign-in has ended, while answers wait. */
export function createConnectionBar({ onRetry }) {
  const element = h("div.bar.connection", { role: "alert", hidden: true });
  let last = "";
  return {
    element,
    /** @param {{signedOut: boolean, failing: boolean, waiting: number}} now */
    update({ signedOut, failing, waiting }) {
      const shows = !waiting ? "" : signedOut ? "out" : failing ? "away" : "";
      const key = `${shows} ${waiting}`;
      if (key === last) return;
      last = key;
      element.hidden = !shows;
      if (!shows) return;
      const says = h("p", {}, h("b", {}, shows === "out" ? TEXT.bars.signedOut : TEXT.bars.offline), ` ${TEXT.bars.waiting(waiting)}`);
      const offers =
        shows === "out"
          ? h("a.act", { href: location.href, target: "_blank", rel: "noopener" }, TEXT.bars.signIn)
          : h("button.act", { type: "button", onclick: onRetry, onmousedown: keepFocus }, TEXT.end.retry);
      element.replaceChildren(says, offers);
    },
  };
}

/** Fills the stage where there is no picture: loading, empty, finished, failed. */
export function createEnding({ onQueue, onAgain, onRetry, onDraft }) {
  const element = h("div.ending", { hidden: true });
  return {
    element,
    hide() {
      element.hidden = true;
    },
    /** The queue is on its way. */
    loading() {
      element.hidden = false;
      element.replaceChildren(h("p", {}, TEXT.end.loading));
    },
    /** @param {string} sentence */
    failed(sentence) {
      element.hidden = false;
      element.replaceChildren(
        h("h2", {}, TEXT.end.failed),
        h("p", {}, sentence),
        h("button.act", { type: "button", onclick: onRetry }, TEXT.end.retry),
      );
    },
    /**
     * @param {{queue: string, decided: number, skipped: number, cameBack: number, drafts: number, held: number, median: number|null, perHour: number|null, toNext: number|null}} what
     * @param {{key: string, name: string, count: number, capped: boolean}[]|null} others other queues with work, null while counted
     */
    done({ queue, decided, skipped, cameBack, drafts, held, median, perHour, toNext }, others) {
      element.hidden = false;
      const [title, why] = held ? [TEXT.end.held(held), TEXT.end.heldWhy] : (TEXT.end.empty[queue] ?? TEXT.end.empty.filter);
      const nothingSeen = !decided && !skipped;
      const figures = [TEXT.end.decided(decided), skipped ? TEXT.end.skipped(skipped) : null, cameBack ? TEXT.end.cameBack(cameBack) : null];
      const own = [
        median === null ? null : TEXT.end.median(pace(median)),
        perHour === null ? null : TEXT.end.perHour(number(perHour)),
        toNext === null ? null : TEXT.end.toNext(milliseconds(toNext)),
      ];
      const withWork = (others ?? []).filter((other) => other.count > 0);
      element.replaceChildren(
        h("h2", {}, nothingSeen ? title : TEXT.end.done),
        h("p", {}, nothingSeen ? why : figures.filter(Boolean).join(" · ")),
        held && !nothingSeen ? h("p", {}, title) : "",
        nothingSeen || median === null ? "" : h("p.pace", {}, own.filter(Boolean).join(" · ")),
        h(
          "div.offers",
          {},
          skipped && !nothingSeen ? h("button.act", { type: "button", onclick: onAgain }, TEXT.end.again) : null,
          ...withWork.map((other, i) =>
            h(
              `button.act${i === 0 && !skipped ? ".yes" : ""}`,
              { type: "button", onclick: () => onQueue(other.key) },
              h("span", {}, `${TEXT.end.goOn} ${other.name}`),
              h("b", {}, `${number(other.count)}${other.capped ? "+" : ""}`),
            ),
          ),
          drafts ? h("button.act", { type: "button", onclick: onDraft }, TEXT.end.drafts(drafts)) : null,
          queue === "parked" ? h("a.act", { href: "/browse?state=parked", target: "_self" }, TEXT.end.notes) : null,
          others && !withWork.length && !skipped ? h("a.act", { href: "/upload", target: "_self" }, TEXT.end.upload) : null,
        ),
      );
    },
  };
}
