// Questions about the whole picture, answered yes or no beside the shapes; some have to be.

import { fill, h, kbd, keepFocus } from "./dom.js";
import { keyOf, shortcutsOf } from "./keys.js";
import { TEXT } from "./strings.js";

const REQUIRED = "required";

/** What the key makes of a reply: none, yes, no, and none again. @param {boolean|undefined} reply */
export const nextReply = (reply) => (reply === undefined ? true : reply ? false : undefined);

/** The replies after one of them is given or taken back. @param {Record<string, boolean>} replies @param {string} key @param {boolean|undefined} reply */
export function replied(replies, key, reply) {
  const { [key]: _, ...others } = replies;
  return reply === undefined ? others : { ...others, [key]: reply };
}

/** The sentence of the first question that has to be answered and is not; null when all are. */
export const missingOf = (questions, replies) =>
  questions.find(({ key, asked }) => asked === REQUIRED && replies?.[key] === undefined)?.sentence ?? null;

/**
 * @param {object} options
 * @param {any} options.api
 * @param {() => any} options.getSession
 * @param {() => boolean} options.refuseViewer says so when this person may not decide
 * @param {any} options.notice
 * @param {() => void} options.onChange
 */
export function createQuestions({ api, getSession, refuseViewer, notice, onChange }) {
  const element = h("section.questions", { hidden: true, role: "group", "aria-label": TEXT.question.title });
  /** @type {{key: string, sentence: string, asked: string}[]} */
  let questions = [];

  function give(key, reply) {
    if (!getSession()?.shown || refuseViewer()) return;
    const { drawing } = getSession();
    getSession().stroke({ replies: replied(drawing.replies ?? {}, key, reply) });
  }

  function chip({ key }, value, replies) {
    const pressed = replies[key] === value;
    return h(
      "button.chip.plain",
      { type: "button", onmousedown: keepFocus, "aria-pressed": String(pressed), onclick: () => give(key, pressed ? undefined : value) },
      value ? TEXT.question.yes : TEXT.question.no,
    );
  }

  return {
    element,
    /** Fetched once; without them the server still refuses what has to be answered. */
    async load() {
      questions = await api.get("/questions").catch(() => []);
      onChange();
    },
    /** @param {Record<string, boolean>|undefined} replies */
    missing: (replies) => missingOf(questions, replies),
    /** @param {Record<string, boolean>} replies @param {boolean} onScreen whether a picture is there */
    update(replies, onScreen) {
      element.hidden = !questions.length || !onScreen;
      fill(element, [questions, replies], () =>
        questions.map((question, i) =>
          h(
            "div.question",
            { role: "group", "aria-label": question.sentence },
            h("p", { className: question.asked === REQUIRED && replies[question.key] === undefined ? "asks" : "", title: question.asked === REQUIRED ? TEXT.question.required : "" }, question.sentence),
            chip(question, true, replies),
            chip(question, false, replies),
            i === 0 ? kbd(keyOf("question")) : null,
          ),
        ),
      );
      element.setAttribute("aria-keyshortcuts", shortcutsOf("question") ?? "");
    },
    cycle,
  };

  /** The key goes round the first question; the others have their chips. */
  function cycle() {
    if (!questions.length) return notice.say(TEXT.notices.noQuestion);
    const replies = getSession()?.drawing.replies ?? {};
    const [first] = questions;
    give(first.key, nextReply(replies[first.key]));
  }
}
