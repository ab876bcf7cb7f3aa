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
 * A row for each question: its sentence, and a chip for yes and for no.
 * @param {{key: string, sentence: string, asked: string}[]} questions @param {Record<string, boolean>} replies
 * @param {(key: string, reply: boolean|undefined) => void} give @param {string} [press] the key of the first one
 */
export function rowsOf(questions, replies, give, press = "") {
  const chip = (key, value) => {
    const pressed = replies[key] === value;
    return h(
      "button.chip.plain",
      { type: "button", onmousedown: keepFocus, "aria-pressed": String(pressed), onclick: () => give(key, pressed ? undefined : value) },
      value ? TEXT.question.yes : TEXT.question.no,
    );
  };
  return questions.map(({ key, sentence, asked }, i) => {
    const required = asked === REQUIRED;
    return h(
      "div.question",
      { role: "group", "aria-label": sentence },
      h("p", { className: required && replies[key] === undefined ? "asks" : "", title: required ? TEXT.question.required : "" }, sentence),
      chip(key, true),
      chip(key, false),
      press && i === 0 ? kbd(press) : null,
    );
  });
}

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
    getSession().stroke({ replies: replied(getSession().drawing.replies ?? {}, key, reply) });
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
      fill(element, [questions, replies], () => rowsOf(questions, replies, give, keyOf("question")));
      element.setAttribute("aria-keyshortcuts", shortcutsOf("question") ?? "");
    },
    cycle,
    get all() {
      return questions;
    },
  };

  /** The key goes round the first question; the others have their chips. */
  function cycle() {
    if (!questions.length) return notice.say(TEXT.notices.noQuestion);
    const replies = getSession()?.drawing.replies ?? {};
    const [first] = questions;
    give(first.key, nextReply(replies[first.key]));
  }
}
