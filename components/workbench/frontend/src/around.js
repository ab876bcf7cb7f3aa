// What stands around the picture beside shapes and decisions: earlier answers, comments, the film as a loop, how it is
// looked at, what the camera remembers, questions, guides. Made once, and told what is on screen.

import { createComments } from "./comments.js";
import { createGuide } from "./guide.js";
import { createHistory } from "./history.js";
import { createLight } from "./light.js";
import { createLive } from "./live.js";
import { createLoop } from "./loop.js";
import { createQuestions } from "./questions.js";
import { createSpots } from "./spots.js";
import { createSpread, isTakenBack } from "./spread.js";
import { TEXT } from "./strings.js";

/**
 * @param {object} given
 * @param {any} given.api
 * @param {ReturnType<typeof import("./stage.js").createStage>} given.stage
 * @param {any} given.notice
 * @param {any} given.labels
 * @param {any} given.details
 * @param {any} given.crop
 * @param {any} given.film
 * @param {{id: number, scope: string}} given.me
 * @param {import("./undo.js").Acts} given.acts
 * @param {() => ImageBitmap|null} given.getBitmap
 * @param {() => any} given.getSession
 * @param {() => any} given.getOutbox
 * @param {() => any} given.getDrawing
 * @param {(act: string) => void} given.onAct what a button does
 * @param {() => void} given.changed shows everything anew that may have changed
 */
export function createAround({ api, stage, notice, labels, details, crop, film, me, acts, getBitmap, getSession, getOutbox, getDrawing, onAct, changed }) {
  const getItem = () => getSession()?.shown?.item ?? null;

  function refuseViewer() {
    if (getSession()?.situation().mayDecide) return false;
    notice.say(TEXT.refusals.viewer, "warning");
    return true;
  }

  const history = createHistory({
    details,
    nameOf: labels.nameOf,
    getDrawing: () => getSession()?.drawing ?? { shapes: [], labels: [] },
    unsent: (mediaId) => comments?.unsentOf(mediaId) ?? [],
    onChange: changed,
  });
  const light = createLight({ stage, notice, onAct, onChange: changed });
  const loop = createLoop({ stage, crop, api, framesAround: details.neighboursOf, getItem, getBitmap, notice, onFrame: film.play, onChange: changed });
  const questions = createQuestions({ api, getSession, refuseViewer, notice, onChange: changed });
  const spread = createSpread({ api, labels, notice, me, getOutbox, acts, getQuestions: () => questions.all, onSpread: (mediaIds) => getSession()?.refresh(mediaIds) });
  const spots = createSpots({
    api,
    labels,
    onLabel(shapeId, key) {
      if (refuseViewer()) return;
      labels.used(key);
      getDrawing().labelShape(shapeId, key);
      changed();
    },
    onApply: (shape) => !refuseViewer() && spread.open(getItem(), shape),
  });
  const live = createLive();
  /** Made with the panel, whose field it writes in. @type {ReturnType<typeof createComments>|null} */
  let comments = null;
  /** @type {ReturnType<typeof createGuide>|null} */
  let guide = null;

  return {
    history,
    light,
    loop,
    questions,
    spots,
    spread,
    live,
    get comments() {
      return comments;
    },
    get guide() {
      return guide;
    },
    /** Once there is a panel. @param {any} panel @param {any} chooser @param {() => string|null} getCurrent label class at hand */
    join(panel, chooser, getCurrent) {
      comments = createComments({
        api,
        getOutbox,
        me,
        field: panel.field,
        getItem,
        notice,
        onChange: history.repaint,
        onStored: details.heard,
      });
      guide = createGuide({ api, labels, around: [panel.element, chooser.element], getCurrent });
      stage.element.append(light.menu, guide.element);
      panel.classesTitle.insertBefore(guide.button, panel.classesTitle.children[1]);
      stage.element.querySelector(".bars")?.append(history.bar, spread.bar);
      questions.load();
    },
    /**
     * What an earlier visit sent and the server would not take says so again; gives back the answers to pictures.
     * @param {any[]} refused
     */
    bringBack(refused) {
      for (const answer of refused.filter(isTakenBack)) spread.refused(answer, { message: answer.refused.detail });
      return comments.bringBack(refused.filter((answer) => !isTakenBack(answer)));
    },
    /** @type {Record<string, () => void>} */
    byAct: { ...light.byAct, ...loop.byAct, question: questions.cycle, say: () => !refuseViewer() && comments?.write() },
    /** A key was pressed, before it does anything. @param {string} act */
    onAct: loop.onAct,
    /** Esc closes what lies over the picture, one thing at a time. @returns {boolean} whether there was something */
    close: () => loop.stop() || history.close() || light.close() || (guide?.close() ?? false),
    /** Another picture is on the stage, or none. @param {any} item @param {{n: number, total: number}|null} at */
    shown(item, at) {
      loop.stop();
      history.shown(item?.id ?? null);
      if (item && at) live.place(item, at);
    },
    /** @param {any} situation @param {any} drawing @param {string|null} selected */
    update(situation, drawing, selected) {
      const item = getItem();
      questions.update(drawing.replies ?? {}, Boolean(item));
      spots.update(item, drawing.shapes, selected, situation.mayDecide);
      history.repaint();
      guide?.follow();
    },
    /** The view has moved. */
    follow() {
      light.follow();
      loop.follow();
    },
    stop() {
      loop.stop();
      spots.stop();
      spread.stop();
      live.stop();
      guide?.stop();
    },
  };
}
