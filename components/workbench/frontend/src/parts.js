// The parts that need the label classes and the person: made once, and put in their places around the stage.

import { createActsSeen } from "./acts_seen.js";
import { createAround } from "./around.js";
import { createConnectionBar, createKeptBar, createReturnedBar } from "./bars.js";
import { isComment } from "./comments.js";
import { createChooser } from "./chooser.js";
import { createCommands } from "./commands.js";
import { createCrop } from "./crop.js";
import { createDetails } from "./details.js";
import { createDispute } from "./dispute.js";
import { afterPaint, h } from "./dom.js";
import { createDrafts } from "./drafts.js";
import { createDrawing } from "./drawing.js";
import { createFilmstrip } from "./filmstrip.js";
import { createLabels } from "./labels.js";
import { createOutbox } from "./outbox.js";
import { createOverlay } from "./overlay.js";
import { createPanel } from "./panel.js";
import { createPredicted } from "./predicted.js";
import { createRail } from "./rail.js";
import { isTakenBack } from "./spread.js";
import { Acts } from "./undo.js";

/**
 * @param {object} given
 * @param {any} given.api
 * @param {ReturnType<typeof import("./stage.js").createStage>} given.stage
 * @param {any} given.notice
 * @param {any} given.sheet
 * @param {{id: number, scope: string}} given.me
 * @param {import("./labels.js").LabelClass[]} given.classes
 * @param {any} given.store
 * @param {any} given.viewer OpenSeadragon's, on the stage
 * @param {() => {shapes: any[], selected: string|null, theirs: any[]}} given.seen what is to be drawn
 * @param {() => void} given.changed shows everything anew that may have changed
 * @param {() => ImageBitmap|null} given.getBitmap
 * @param {() => any} given.getSession of the queue at hand; null at first
 * @param {(act: () => void) => void} given.byButton runs what a button decides
 * @param {() => void} given.onSaved
 * @param {(mediaId: number) => void} given.onKnown
 */
export function createParts({ api, stage, notice, sheet, me, classes, store, viewer, seen, changed, getBitmap, getSession, byButton, onSaved, onKnown }) {
  const labels = createLabels(classes);
  const acts = new Acts(store, me.id);
  const drafts = createDrafts({ store, api, access: me.id, onChange: (mediaId) => getSession()?.shown?.item.id === mediaId && onSaved() });
  const actsSeen = createActsSeen();
  const outbox = createOutbox({
    store,
    post: api.post,
    complete: actsSeen.fill,
    access: me.id,
    soon: afterPaint,
    onChange: onSaved,
    onStored(answer, stored) {
      if (isComment(answer)) return around.comments.stored(answer);
      if (isTakenBack(answer)) return around.spread.stored(stored);
      actsSeen.stored(answer, stored);
      acts.number(answer.id, stored.act);
      getSession()?.onStored(answer, stored);
    },
    onRefused(answer, error) {
      if (isComment(answer)) return around.comments.refused(answer, error);
      if (isTakenBack(answer)) return around.spread.refused(answer, error);
      getSession()?.onRefused(answer, error);
    },
  });
  const details = createDetails({ api, onKnown });
  const crop = createCrop({ stage, getBitmap, colourOf: labels.colourOf });
  const overlay = createOverlay({ stage, colourOf: labels.colourOf, nameOf: labels.nameOf });
  const film = createFilmstrip({
    thumbAddress: (id) => api.pictureAddress(id, "thumb"),
    colourOf: labels.colourOf,
    onOpen: (id) => getSession()?.visit(id).catch((error) => notice.say(error.message, "warning")),
  });
  const returned = createReturnedBar({
    onKeep: () => getSession().keepMine(),
    onDrop: () => getSession().dropMine(),
    onClose: () => getSession().closeReturned(),
  });
  const kept = createKeptBar({ onShow: () => getSession().showDraft(), onDrop: () => getSession().dropDraft() });
  const dispute = createDispute({
    stage,
    getBitmap,
    colourOf: labels.colourOf,
    nameOf: labels.nameOf,
    onSettle: (which) => byButton(() => getSession().settle(which)),
  });
  const connection = createConnectionBar({ onRetry: outbox.retry });
  const chooser = createChooser({
    labels,
    onChoose: (key, whole) => commands.label(key, whole),
    onNotice: (text) => notice.say(text, "warning"),
  });
  const around = createAround({
    api, stage, notice, labels, details, crop, film, me, acts, getBitmap, getSession, changed,
    getOutbox: () => outbox,
    getDrawing: () => drawing,
    onAct: (act) => commands.byAct[act](""),
  });
  const predicted = createPredicted({ api, stage, labels, notice, me, getSession, getDrawing: () => drawing, onChange: changed });
  const panel = createPanel({
    crop: crop.element,
    labels,
    around,
    predicted: predicted.element,
    on: {
      act: (act) => byButton(() => getSession().decide(act)),
      label: (key) => commands.label(key),
      toggleWhole: (key) => commands.toggleWhole(key),
      openChooser: (mode) => commands.openChooser(mode),
      select: (id) => drawing.select(id),
      remove: (id) => drawing.remove(id),
      step: (act) => byButton(() => commands.byAct[act]("")),
      comment: () => commands.byAct.comment(""),
      say: () => commands.byAct.say(""),
    },
  });
  const rail = createRail((act) => commands.byAct[act](""));
  const commands = createCommands({ stage, labels, panel, chooser, sheet, details, notice, around, predicted, getSession, getDrawing: () => drawing, changed });
  const drawing = createDrawing({
    viewer,
    stage,
    colourOf: labels.colourOf,
    nextLabel: () => commands.nextLabel,
    onStroke: (shapes) => getSession()?.stroke({ shapes }),
    onChange: () => {
      const now = seen();
      overlay.update(now);
      crop.update(now);
    },
    onSelect: changed,
    onCorners: (points) => getSession()?.keepUnfinished(points.length ? { tool: "polygon", points, label_class: commands.nextLabel } : null),
    onDrawing(isDrawing) {
      stage.element.classList.toggle("drawing", isDrawing);
      if (isDrawing) around.loop.stop();
    },
  });
  stage.element.append(rail.element, h("div.bars", {}, connection.element, returned.element, kept.element), chooser.element);
  around.join(panel, chooser, () => commands.nextLabel);
  panel.setComment(null);

  return {
    labels, acts, drafts, outbox, details, around, predicted, crop, overlay, film, returned, kept, dispute, connection, chooser, panel, rail, commands, drawing, me,
    stop() {
      outbox.retire();
      drafts.flush();
      details.stop();
      around.stop();
      predicted.stop();
      drawing.stop();
    },
  };
}
