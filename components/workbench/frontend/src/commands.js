// What each act of the key table does; buttons call the same functions.

import { withId } from "./drawing.js";
import { boxToRect, smallest } from "./geometry.js";
import { TEXT } from "./strings.js";

const ZOOM_STEP = 1.25;

/**
 * @param {object} parts the workbench's parts; the session changes with the queue, the drawing comes after this
 */
export function createCommands({ stage, labels, panel, chooser, sheet, details, notice, around, predicted, getSession: session, getDrawing: drawing, changed }) {
  let nextLabel = (labels.first[0] ?? labels.offered.find((one) => one.applies_to !== "media"))?.key ?? null;
  let hidden = false;
  let zoomedShape = false;

  function refuseViewer() {
    if (session().situation().mayDecide) return false;
    notice.say(TEXT.refusals.viewer, "warning");
    return true;
  }

  function toggleWhole(key) {
    if (!session().shown || refuseViewer()) return;
    labels.used(key);
    session().stroke({ labels: labels.toggle(session().drawing.labels, key) });
  }

  /** Gives a label class to the selected shape, else to the next one drawn; or to the whole picture. */
  function label(key, whole = false) {
    const one = labels.get(key);
    if (!one || refuseViewer()) return;
    // Nothing is drawn on a video: what is said of it is said of all of it.
    whole ||= session().shown?.item.type === "video";
    if (whole && one.applies_to === "shape") {
      notice.say(TEXT.notices.notForWhole(one.name), "warning");
    } else if (whole) {
      toggleWhole(key);
    } else if (one.applies_to === "media") {
      toggleWhole(key);
      notice.say(TEXT.notices.notForShapes(one.name));
    } else {
      labels.used(key);
      nextLabel = key;
      drawing().label(key);
      changed();
    }
  }

  async function copyPrevious() {
    const entry = session().shown;
    if (!entry || refuseViewer()) return;
    if (!entry.item.source) return notice.say(TEXT.notices.noSource);
    const frames = await details.neighboursOf(entry.item);
    if (session().shown !== entry || !frames) return;
    const previous = frames[frames.findIndex((frame) => frame.id === entry.item.id) - 1];
    if (!previous) return notice.say(TEXT.notices.noPrevious);
    // What was submitted a moment ago may still be on its way.
    const shapes = session().submittedShapes(previous.id) ?? previous.shapes;
    if (!shapes?.length) return notice.say(TEXT.notices.previousEmpty);
    // The predictions of that frame are about no other one.
    drawing().add(shapes.map((shape) => withId({ ...shape, origin: shape.origin === "model" ? "model" : "human", prediction: null, model: null })));
    notice.say(TEXT.notices.copied(shapes.length));
  }

  function setTool(tool) {
    if (refuseViewer()) return;
    drawing().setTool(tool);
    changed();
  }

  function toggleShapes(show = hidden) {
    hidden = !show;
    drawing().setVisible(show);
    if (hidden) notice.say(TEXT.notices.shapesHidden);
    changed();
  }

  function zoomToShape() {
    const shapes = session().drawing.shapes;
    const shape = shapes.find((one) => one.id === drawing().selected) ?? smallest(shapes) ?? predicted.left[0];
    if (!shape) return notice.say(TEXT.notices.noShape);
    if (zoomedShape && !stage.isFitted) stage.fit();
    else stage.frame(boxToRect(shape.box, stage.picture));
    zoomedShape = !stage.isFitted;
  }

  function close() {
    if (around.close()) return;
    const back = session().shown?.returned;
    if (drawing().isDrawing) drawing().cancel();
    else if (back?.theirs) session().dropMine();
    else if (back) session().closeReturned();
    else drawing().cancel();
    notice.clear();
  }

  function confirm() {
    if (drawing().isDrawing) drawing().confirm();
    else if (session().shown?.overtaken) session().showDraft();
    else session().keepMine();
  }

  function comment() {
    if (refuseViewer()) return;
    panel.field.ask("comment", (text) => {
      session().setComment(text);
      if (text) notice.say(TEXT.notices.kept);
    }, session().comment ?? "");
  }

  function undo() {
    if (!drawing().stepBack()) session().undo();
  }

  const openChooser = (mode) => !refuseViewer() && chooser.open(mode);

  /** @type {Record<string, (press: string) => void>} */
  const byAct = {
    ...around.byAct,
    takeAll: () => !refuseViewer() && predicted.takeAll(),
    next: () => session().step(true),
    previous: () => session().step(false),
    accept: () => session().decide("accepted"),
    reject: () => session().decide("rejected"),
    unsure: () => session().decide("unsure"),
    nothing: () => session().decide("nothing"),
    submit: () => session().decide("submitted"),
    sendBack: () => session().decide("sent_back"),
    reopen: () => session().decide("reopened"),
    park: () => session().park(),
    settleFirst: () => session().settle("first"),
    settleSecond: () => session().settle("second"),
    comment,
    undo,
    redo: () => session().redo(),
    box: () => setTool("box"),
    polygon: () => setTool("polygon"),
    select: () => setTool("select"),
    copy: copyPrevious,
    delete: () => drawing().stepBack() || drawing().remove(),
    confirm,
    close,
    label: (press) => {
      const one = labels.byDigit(press);
      if (one) label(one.key);
      else notice.say(TEXT.notices.noClassKey(press));
    },
    staged: () => openChooser("staged"),
    whole: () => openChooser("whole"),
    find: () => openChooser("find"),
    zoomShape: zoomToShape,
    fit: () => stage.fit(),
    zoomIn: () => stage.zoom(ZOOM_STEP),
    zoomOut: () => stage.zoom(1 / ZOOM_STEP),
    hide: () => toggleShapes(),
    sheet: () => sheet.open(),
  };

  return {
    byAct,
    label,
    toggleWhole,
    openChooser,
    /** Goes on with what was begun on this picture and not closed. @param {import("./drafts.js").Unfinished|null} unfinished */
    resume(unfinished) {
      if (!unfinished || !session().situation().mayDecide) return;
      if (labels.get(unfinished.label_class)) nextLabel = unfinished.label_class;
      drawing().resume(unfinished.points);
    },
    get nextLabel() {
      return nextLabel;
    },
    get shapesHidden() {
      return hidden;
    },
    /** Another picture is on the stage. */
    fresh() {
      zoomedShape = false;
      if (hidden) toggleShapes(true);
    },
  };
}
