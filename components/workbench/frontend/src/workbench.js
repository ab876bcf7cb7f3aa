// Puts the parts together: one workbench on one element, whatever queue it steps through.

import { createApi } from "./api.js";
import { createEnding, createNotice } from "./bars.js";
import { afterPaint, h } from "./dom.js";
import { withId } from "./drawing.js";
import { JUDGING, createEarlyKeys } from "./early.js";
import { bindKeys, isTyping } from "./keys.js";
import { createParts } from "./parts.js";
import { createPictures } from "./pictures.js";
import { countQueues, createQueue, pageFetcher } from "./queue.js";
import { fillBelowHeader } from "./room.js";
import { createSession } from "./session.js";
import { createSheet } from "./sheet.js";
import { createStage } from "./stage.js";
import { openStore } from "./store.js";
import { createStrip } from "./strip.js";
import { TEXT } from "./strings.js";
import { createTimings } from "./timings.js";
import { addressOf, createWhereabouts, isAt, placeAt } from "./whereabouts.js";

/**
 * @typedef {object} Place what Python says: where to be
 * @property {string} queue
 * @property {[string, string][]} query what to ask the queue route for, the queue included
 * @property {number|null} start
 * @property {{key: string, name: string}[]} queues to choose from
 * @property {string} api
 * @property {string} plain address of the same page with plain buttons
 */

/**
 * @param {Element|ShadowRoot} parent
 * @param {Place} place
 * @param {(place: {queue: string, start: number|null}) => void} onPlace where the person is, said at rest
 */
export function createWorkbench(parent, place, onPlace) {
  const api = createApi(place.api);
  const notice = createNotice();
  const sheet = createSheet();
  const timings = createTimings();
  const ending = createEnding({ onQueue: switchQueue, onAgain: stepThroughSkipped, onRetry: retry });
  const root = h("div.workbench", { role: "region", "aria-label": TEXT.workbench });
  const cleanUps = [];
  const { pathname } = location;
  /** Parts that come once the label classes are known. @type {any} */
  let parts = null;
  let session = null;
  let queue = null;
  let stopped = false;
  /** The entry whose picture is being waited for. */
  let pending = null;
  let shownId = null;

  const early = createEarlyKeys({
    run(act, press, pressedAt) {
      timings.pressed(pressedAt);
      parts.commands.byAct[act](press);
    },
    onLapse: () => notice.say(TEXT.refusals.notShown, "warning"),
  });
  const whereabouts = createWhereabouts(() => session?.shown?.item.id ?? null, sayPlace);
  const pictures = createPictures({ fetchPicture: api.picture });
  const getBitmap = () => pictures.ready(shownId)?.bitmap ?? null;
  const stage = createStage({
    getBitmap,
    onMove() {
      parts?.overlay.update(seen());
      parts?.around.follow();
    },
    onPinch: () => parts?.drawing.abandon(),
    onCloser: async () => {
      const id = shownId;
      if ((await pictures.fetchOriginal(id)) && id === shownId) {
        stage.redraw();
        parts?.crop.update(seen());
      }
    },
  });
  const strip = createStrip({ queues: place.queues, onQueue: switchQueue, onKeys: () => sheet.open() });
  const placeholder = { panel: h("aside.panel"), film: h("footer.film") };
  stage.element.append(notice.element, ending.element);
  root.append(h("h2.unseen", {}, TEXT.workbench), strip.element, stage.element, placeholder.panel, placeholder.film, sheet.element);
  parent.append(root);
  cleanUps.push(fillBelowHeader(root));
  ending.loading();
  strip.setQueue(place.queue);
  strip.setPlain(place.plain);

  // Starting ------------------------------------------------------------------------------------------------

  async function start() {
    ending.loading();
    let me, classes, store;
    // Asked for together with the rest; an error is looked at where the page is needed.
    const firstPage = pageFetcher(api, place)(null);
    firstPage.catch(() => {});
    try {
      [me, classes, store] = await Promise.all([api.get("/me"), api.get("/label-classes"), openStore()]);
    } catch (error) {
      if (!stopped) ending.failed(error.message);
      return;
    }
    if (stopped) return;
    const viewer = await stage.start();
    if (stopped) return;
    const onKnown = (mediaId) => mediaId === shownId && showDetails();
    const screen = { stage, notice, sheet, viewer, seen, changed, getBitmap };
    parts = createParts({ ...screen, api, me, classes, store, getSession: () => session, byButton, onSaved: showSaved, onKnown });
    placeholder.panel.replaceWith(parts.panel.element);
    placeholder.film.replaceWith(parts.film.element);
    root.append(parts.around.spread.element, parts.around.live.element);
    if (!store.durable) notice.say(TEXT.errors.noStorage, "warning");
    listen();
    await openQueue(place, firstPage);
  }

  /** After a failure: from the start, for the queue, or for one picture. */
  async function retry() {
    if (!parts) return start();
    ending.loading();
    if (session.shown && shownId) pictures.retry(shownId);
    else await queue.fetchMore();
    if (queue.current || queue.isComplete) session.arrive();
  }

  function listen() {
    const { outbox, chooser, drawing } = parts;
    // These stay as long as the tab: answers may still be on their way when another page is shown.
    window.addEventListener("online", outbox.retry);
    window.addEventListener("focus", outbox.retry);
    // When something is not saved the browser asks before it leaves.
    window.addEventListener("beforeunload", (event) => outbox.status !== "saved" && event.preventDefault());
    // What is typed here must not reach the shortcuts of the page around.
    root.addEventListener("keydown", (event) => isTyping(event) && event.stopPropagation());
    window.addEventListener("popstate", onPopState);
    cleanUps.push(() => window.removeEventListener("popstate", onPopState));
    cleanUps.push(
      bindKeys({
        onAct,
        takeStroke: chooser.takeStroke,
        onSpace: stage.holdSpace,
        isQuiet: () => sheet.isOpen || !root.isConnected || Boolean(root.querySelector("dialog[open]")) || Boolean(document.querySelector("[role=dialog], dialog[open]")),
        leaveAlone: (event) => event.key === "Delete" && drawing.hasPickedCorners,
      }),
      parts.stop,
    );
  }

  // Queues --------------------------------------------------------------------------------------------------

  async function openQueue(next, firstPage = null) {
    place = { ...place, ...next };
    queue?.stop();
    pending = shownId = null;
    strip.setQueue(place.queue);
    const fetchPage = pageFetcher(api, place);
    let first = firstPage;
    queue = createQueue({
      fetchPage: (cursor) => {
        const page = first ?? fetchPage(cursor);
        first = null;
        return page;
      },
      onChange: showPosition,
      onError: (error) => (session?.shown ? notice.say(error.message, "warning") : ending.failed(error.message)),
    });
    const { outbox, acts, drafts, me } = parts;
    early.clear();
    session = createSession({ api, queue, outbox, acts, drafts, me, leavesQueue: place.queue !== "filter", missing: parts.around.questions.missing, ui });
    const opened = queue;
    await queue.fetchMore();
    if (opened !== queue || stopped) return;
    // What an earlier visit left behind comes first.
    if (!parts.loaded) {
      parts.loaded = true;
      await session.load();
    }
    if (!pending && !session.shown && (queue.current || queue.isComplete)) session.arrive();
  }

  /** @param {string} key one of the queues to choose from */
  function switchQueue(key) {
    const next = { queue: key, query: [["queue", key]], start: null };
    openQueue(next);
    history.pushState({}, "", addressOf(next));
    onPlace({ queue: key, start: null });
  }

  function stepThroughSkipped() {
    queue.again((entry) => !entry.decided);
    session.arrive();
  }

  /** Back and forward lead at once: what is still to be said of the place just left must not overwrite the address. */
  function onPopState() {
    whereabouts.stop();
    const next = placeAt(location, pathname);
    if (next && parts && place.queues.some(({ key }) => key === next.queue)) openQueue(next);
  }

  /** Says where the person is: in the address, and to Python. */
  function sayPlace(from) {
    if (stopped || location.pathname !== pathname) return;
    const here = { ...place, start: from };
    if (from === place.start && isAt(location.search, here)) return;
    place = here;
    history.replaceState(history.state, "", addressOf(place));
    onPlace({ queue: place.queue, start: from });
  }

  // Showing -------------------------------------------------------------------------------------------------

  const ui = {
    present(entry) {
      const picture = pictures.ready(entry.item.id);
      if (picture) {
        showNow(entry, picture);
        afterPaint(() => queue.current === entry && keepNearby());
        return;
      }
      // The old picture stays until the new one is decoded.
      pending = entry;
      root.dataset.waiting = "true";
      keepNearby();
      pictures.whenReady(entry.item.id)?.then((decoded) => {
        if (pending === entry && !stopped && queue.current === entry) showNow(entry, decoded);
      });
    },
    ended(done) {
      emptyStage();
      const what = { queue: place.queue, ...done };
      ending.done(what, null);
      countQueues(api, place.queues.filter(({ key }) => key !== place.queue && key !== "filter")).then(
        (others) => !queue.current && ending.done(what, others),
      );
    },
    waiting() {
      root.dataset.waiting = "true";
      const opened = queue;
      queue.fetchMore()?.then(() => opened === queue && (queue.current || queue.isComplete) && session.arrive());
    },
    drawingChanged(drawing, fresh) {
      drawing.shapes = drawing.shapes.map((shape) => (shape.id ? shape : withId(shape)));
      if (!stage.picture) return changed();
      if (fresh) parts.drawing.put(drawing.shapes);
      else parts.drawing.restore(drawing.shapes);
      changed();
    },
    changed,
    notice: (text, kind) => notice.say(text, kind),
    ask: (act, give) => parts.panel.field.ask(act, give),
    stored(entry) {
      parts.details.forget(entry.item, entry.item.id === shownId);
      if (entry === session.shown) changed();
      showPosition();
    },
    cameBack(entry) {
      notice.say(TEXT.notices.cameBack(entry.item.file_name ?? `#${entry.item.id}`), "warning", { text: TEXT.bars.showNow, onclick: () => session.goTo(entry) });
      changed();
    },
  };

  function showNow(entry, picture) {
    const { item } = entry;
    const width = item.width ?? picture.bitmap?.width;
    const height = item.height ?? picture.bitmap?.height;
    pending = null;
    shownId = item.id;
    root.dataset.waiting = "false";
    root.dataset.mediaId = String(item.id);
    ending.hide();
    parts.commands.fresh();
    if (picture.bitmap) stage.show({ width, height });
    else {
      stage.clear();
      ending.failed(picture.error?.message ?? TEXT.errors.pictureMissing);
    }
    stage.canvas.setAttribute("aria-label", [TEXT.canvas, item.file_name, item.source].filter(Boolean).join(", "));
    parts.chooser.close();
    parts.panel.field.close();
    notice.clear();
    session.onShown(entry, Boolean(picture.bitmap));
    timings.shown(item.id);
    strip.setItem(item);
    strip.setMedian(session.median());
    showPosition();
    parts.around.shown(item, { n: queue.position, total: Math.max(queue.total, queue.position) });
    parts.details.rest(item);
    afterPaint(() => shownId === item.id && showDetails());
    whereabouts.stir();
    queueMicrotask(() => early.take(() => pending !== null));
  }

  function emptyStage() {
    pending = shownId = null;
    root.dataset.waiting = "false";
    root.dataset.mediaId = "";
    stage.clear();
    parts.drawing.put([]);
    parts.film.clear();
    parts.around.shown(null, null);
    notice.clear();
    changed();
    strip.setItem(null);
    strip.setMedian(session.median());
    strip.setPosition(null);
    parts.panel.setHistory(null);
    keepNearby();
  }

  function keepNearby() {
    const nearby = queue.nearby().map((entry) => entry.item);
    const onStage = session.shown && shownId === session.shown.item.id ? [session.shown.item] : [];
    pictures.keep([...nearby, ...onStage]);
  }

  /** What is to be drawn, a drag in progress included. */
  function seen() {
    return {
      shapes: stage.picture && parts?.drawing ? parts.drawing.read() : [],
      selected: parts?.drawing?.selected ?? null,
      theirs: session?.shown?.returned?.theirs?.shapes ?? [],
      ...parts?.around.history.seen,
    };
  }

  function changed() {
    if (!session || !parts) return;
    const situation = session.situation();
    const { around, commands, drawing, panel } = parts;
    drawing.enable(situation.mayDecide && Boolean(stage.picture) && !situation.saving);
    panel.update({ current: commands.nextLabel, drawing: session.drawing, selected: drawing.selected, situation });
    panel.setComment(session.comment);
    parts.returned.update(session.shown?.returned ?? null);
    around.update(situation, session.drawing, drawing.selected);
    const on = { hide: commands.shapesHidden, loop: around.loop.isOn, grid: around.light.isGrid, looks: around.light.isOpen };
    parts.rail.update({ tool: drawing.tool, on: Object.keys(on).filter((act) => on[act]), changed: around.light.isChanged });
    const now = seen();
    parts.overlay.update(now);
    parts.crop.update(now);
    root.dataset.state = session.shown?.item.state ?? "";
    root.dataset.count = String(session.drawing.shapes.length);
    root.dataset.tool = drawing.tool;
    root.dataset.selected = drawing.selected ?? "";
    root.dataset.returned = session.shown?.returned ? (session.shown.returned.theirs ? "conflict" : "refused") : "";
    showSaved();
  }

  function showSaved() {
    if (!parts) return;
    const { outbox, connection } = parts;
    const drawn = session?.dirty ?? false;
    root.dataset.saved = outbox.status;
    root.dataset.dirty = String(drawn);
    root.dataset.waitingAnswers = String(outbox.waitingCount);
    strip.setSaved(outbox.status, drawn);
    connection.update({ signedOut: outbox.signedOut, failing: outbox.failing, waiting: outbox.waitingCount });
  }

  function showPosition() {
    if (!queue?.current || !session) return;
    const at = { n: queue.position, total: Math.max(queue.total, queue.position), capped: queue.capped };
    root.dataset.position = String(at.n);
    root.dataset.total = String(at.total);
    strip.setPosition(at);
  }

  function showDetails() {
    const entry = session?.shown;
    if (!entry || entry.item.id !== shownId) return;
    parts.film.update(parts.details.framesOf(entry.item), entry.item, session.drawing.shapes);
    parts.panel.setHistory(parts.details.historyOf(entry.item.id));
  }

  // Keys ----------------------------------------------------------------------------------------------------

  function onAct(act, press, event) {
    timings.pressed(event.timeStamp);
    whereabouts.stir();
    if (!pending) parts.drawing.settle();
    parts.around.onAct(act);
    if (pending && JUDGING.has(act)) {
      early.add(act, press, event.timeStamp);
      return;
    }
    early.taken();
    parts.commands.byAct[act]?.(press);
  }

  function byButton(act) {
    timings.pressed(performance.now());
    if (pending) return;
    parts.drawing.settle();
    parts.around.loop.stop();
    act();
  }

  start();
  return {
    root,
    /** Python says to be elsewhere: another queue or filter, or another picture of it. @param {Place} next */
    go(next) {
      if (parts) openQueue(next);
      else place = { ...place, ...next };
    },
    /** @param {string} address of the same place with plain buttons, as Python has it now */
    setPlain: strip.setPlain,
    get place() {
      return place;
    },
    stop() {
      stopped = true;
      whereabouts.stop();
      cleanUps.forEach((cleanUp) => cleanUp());
      queue?.stop();
      pictures.clear();
      stage.stop();
      root.remove();
    },
  };
}
