// Puts the parts together: one workbench on one element, whatever queue it steps through.

import { createApi } from "./api.js";
import { createConnectionBar, createEnding, createNotice, createReturnedBar } from "./bars.js";
import { createChooser } from "./chooser.js";
import { createCommands } from "./commands.js";
import { createCrop } from "./crop.js";
import { createDetails } from "./details.js";
import { h } from "./dom.js";
import { createDrawing, withId } from "./drawing.js";
import { createFilmstrip } from "./filmstrip.js";
import { bindKeys, isTyping } from "./keys.js";
import { createLabels } from "./labels.js";
import { createOutbox } from "./outbox.js";
import { createOverlay } from "./overlay.js";
import { createPanel } from "./panel.js";
import { createPictures } from "./pictures.js";
import { createQueue } from "./queue.js";
import { createRail } from "./rail.js";
import { fillBelowHeader } from "./room.js";
import { createSession } from "./session.js";
import { createSheet } from "./sheet.js";
import { createStage } from "./stage.js";
import { openStore } from "./store.js";
import { createStrip } from "./strip.js";
import { TEXT } from "./strings.js";
import { createTimings } from "./timings.js";
import { Acts } from "./undo.js";

/** Runs what is not the picture itself, once the picture is on screen. */
const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));

/** Acts that judge the picture on screen: pressed a moment too early they wait for it, pressed long before they lapse. */
const JUDGING = new Set(["accept", "reject", "unsure", "nothing", "submit"]);
const WAITS_FOR_PICTURE = 400;
const FIRST_PAGE = 10;
const LATER_PAGES = 20;

/**
 * @typedef {object} Place what Python says: where to be
 * @property {string} queue
 * @property {[string, string][]} query what to ask the queue route for, the queue included
 * @property {number|null} start
 * @property {{key: string, name: string}[]} queues to choose from
 * @property {string} api
 * @property {string|null} plain address of the same page with plain buttons
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
  /** Parts that come once the label classes are known. @type {any} */
  let parts = null;
  let session = null;
  let queue = null;
  let stopped = false;
  /** The entry being waited for, and the judging keys pressed meanwhile. */
  let pending = null;
  let early = [];
  let shownId = null;

  const pictures = createPictures({ fetchPicture: api.picture });
  const getBitmap = () => pictures.ready(shownId)?.bitmap ?? null;
  const stage = createStage({
    getBitmap,
    onMove: () => parts?.overlay.update(seen()),
    onCloser: async () => {
      const id = shownId;
      if ((await pictures.fetchOriginal(id)) && id === shownId) {
        stage.redraw();
        parts?.crop.update(seen());
      }
    },
  });
  const strip = createStrip({ queues: place.queues, plainAddress: place.plain, onQueue: switchQueue, onKeys: () => sheet.open() });
  const placeholder = { panel: h("aside.panel"), film: h("footer.film") };
  stage.element.append(notice.element, ending.element);
  root.append(strip.element, stage.element, placeholder.panel, placeholder.film, sheet.element);
  parent.append(root);
  cleanUps.push(fillBelowHeader(root));
  ending.loading();
  strip.setQueue(place.queue);

  // Starting ------------------------------------------------------------------------------------------------

  async function start() {
    ending.loading();
    let me, classes, store;
    // Asked for together with the rest; an error is looked at where the page is needed.
    const firstPage = createPageFetcher(place)(null);
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
    build({ me, classes, store, viewer });
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

  function build({ me, classes, store, viewer }) {
    const labels = createLabels(classes);
    const acts = new Acts(store, me.id);
    const outbox = createOutbox({
      store,
      post: api.post,
      access: me.id,
      onChange: showSaved,
      onStored: (answer, stored) => session?.onStored(answer, stored),
      onRefused: (answer, error) => session?.onRefused(answer, error),
    });
    const details = createDetails({ api, onKnown: (mediaId) => mediaId === shownId && showDetails() });
    const crop = createCrop({ stage, getBitmap, colourOf: labels.colourOf });
    const overlay = createOverlay({ stage, colourOf: labels.colourOf, nameOf: labels.nameOf });
    const film = createFilmstrip({
      thumbAddress: (id) => api.pictureAddress(id, "thumb"),
      colourOf: labels.colourOf,
      onOpen: (id) => session?.visit(id).catch((error) => notice.say(error.message, "warning")),
    });
    const returned = createReturnedBar({ onKeep: () => session.keepMine(), onDrop: () => session.dropMine(), onClose: () => session.closeReturned() });
    const connection = createConnectionBar({ onRetry: outbox.retry });
    const chooser = createChooser({ labels, onChoose: (key, whole) => commands.label(key, whole), onNotice: (text) => notice.say(text, "warning") });
    const panel = createPanel({
      crop: crop.element,
      labels,
      on: {
        act: (act) => byButton(() => session.decide(act)),
        label: (key) => commands.label(key),
        toggleWhole: (key) => commands.toggleWhole(key),
        openChooser: (mode) => commands.openChooser(mode),
        select: (id) => parts.drawing.select(id),
        remove: (id) => parts.drawing.remove(id),
        comment: () => commands.byAct.comment(""),
      },
    });
    const rail = createRail((act) => commands.byAct[act](""));
    parts = { stage, labels, acts, outbox, details, crop, overlay, film, returned, connection, chooser, panel, rail, sheet, notice, store, me, refresh: changed, drawing: null, session: null };
    const commands = createCommands(parts);
    parts.commands = commands;
    parts.drawing = createDrawing({
      viewer,
      stage,
      colourOf: labels.colourOf,
      nextLabel: () => commands.nextLabel,
      onStroke: (shapes) => session?.stroke({ shapes, labels: session.drawing.labels }),
      onChange: () => {
        overlay.update(seen());
        crop.update(seen());
      },
      onSelect: () => session && changed(),
      onDrawing: (drawing) => stage.element.classList.toggle("drawing", drawing),
    });
    stage.element.append(rail.element, h("div.bars", {}, connection.element, returned.element), chooser.element);
    placeholder.panel.replaceWith(panel.element);
    placeholder.film.replaceWith(film.element);
    panel.setComment(null);
    if (!store.durable) notice.say(TEXT.errors.noStorage, "warning");

    cleanUps.push(
      bindKeys({
        onAct,
        takeStroke: chooser.takeStroke,
        onSpace: stage.holdSpace,
        isQuiet: () => sheet.isOpen || !root.isConnected || Boolean(document.querySelector("[role=dialog], dialog[open]")),
        leaveAlone: (event) => event.key === "Delete" && parts.drawing.hasPickedCorners,
      }),
    );
    const online = () => outbox.retry();
    const leaving = (event) => {
      // Keeps the page when something is not saved: the browser then asks.
      if (outbox.status !== "saved") event.preventDefault();
    };
    window.addEventListener("online", online);
    window.addEventListener("focus", online);
    window.addEventListener("beforeunload", leaving);
    // What is typed here must not reach the shortcuts of the page around.
    const typing = (event) => isTyping(event) && event.stopPropagation();
    root.addEventListener("keydown", typing);
    cleanUps.push(() => {
      window.removeEventListener("online", online);
      window.removeEventListener("focus", online);
      window.removeEventListener("beforeunload", leaving);
    });
  }

  // Queues --------------------------------------------------------------------------------------------------

  function createPageFetcher({ query, start: from }) {
    return (cursor) => {
      const asked = new URLSearchParams(query);
      if (cursor) asked.set("cursor", cursor);
      else if (from) asked.set("start", String(from));
      asked.set("limit", String(cursor ? LATER_PAGES : FIRST_PAGE));
      return api.get("/queue", asked);
    };
  }

  async function openQueue(next, firstPage = null) {
    place = { ...place, ...next };
    queue?.stop();
    pending = shownId = null;
    strip.setQueue(place.queue);
    const fetchPage = createPageFetcher(place);
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
    const { outbox, acts, store, me } = parts;
    session = parts.session = createSession({ api, queue, outbox, acts, store, me, leavesQueue: place.queue !== "filter", ui });
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
    queue.again((entry) => !entry.done && !entry.decided);
    session.arrive();
  }

  const addressOf = ({ query, start: from }) => `${location.pathname}?${new URLSearchParams(from ? [...query, ["start", String(from)]] : query)}`;

  let resting = null;
  /** Says where the person is, once the keys are quiet: for the address, and for Python. */
  function placeSoon() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const from = session?.shown?.item.id ?? null;
      if (stopped || from === place.start) return;
      place = { ...place, start: from };
      history.replaceState(history.state, "", addressOf(place));
      onPlace({ queue: place.queue, start: from });
    }, 1_500);
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
    ended({ decided, skipped, median }) {
      emptyStage();
      const what = { queue: place.queue, decided, skipped, median };
      ending.done(what, null);
      countOthers().then((others) => !queue.current && ending.done(what, others));
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
    parts.details.rest(item);
    afterPaint(() => shownId === item.id && showDetails());
    placeSoon();
    if (early.length) queueMicrotask(takeEarly);
  }

  function emptyStage() {
    pending = shownId = null;
    root.dataset.waiting = "false";
    root.dataset.mediaId = "";
    stage.clear();
    parts.drawing.put([]);
    parts.overlay.update(seen());
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
    };
  }

  function changed() {
    if (!session || !parts) return;
    const situation = session.situation();
    const { commands, drawing, panel } = parts;
    drawing.enable(situation.mayDecide && Boolean(stage.picture) && !situation.saving);
    panel.update({ current: commands.nextLabel, drawing: session.drawing, selected: drawing.selected, situation });
    panel.setComment(session.comment);
    parts.returned.update(session.shown?.returned ?? null);
    parts.rail.update({ tool: drawing.tool, hidden: commands.shapesHidden });
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

  async function countOthers() {
    const others = place.queues.filter(({ key }) => key !== place.queue && key !== "filter");
    return Promise.all(
      others.map(async (other) => {
        try {
          const { count, capped } = await api.get("/queue", new URLSearchParams({ queue: other.key, limit: "1" }));
          return { ...other, count, capped };
        } catch {
          return { ...other, count: 0, capped: false };
        }
      }),
    );
  }

  // Keys ----------------------------------------------------------------------------------------------------

  function onAct(act, press, event) {
    timings.pressed(event.timeStamp);
    placeSoon();
    if (!pending) parts.drawing.settle();
    if (pending && JUDGING.has(act)) {
      early.push({ act, press, at: performance.now(), pressedAt: event.timeStamp });
      return;
    }
    parts.commands.byAct[act]?.(press);
  }

  function byButton(act) {
    timings.pressed(performance.now());
    if (pending) return;
    parts.drawing.settle();
    act();
  }

  /** Keys pressed while their picture was still being decoded; too early ones were not meant for it. */
  function takeEarly() {
    while (early.length && !pending) {
      const { act, press, at, pressedAt } = early.shift();
      if (performance.now() - at > WAITS_FOR_PICTURE) {
        early = [];
        notice.say(TEXT.refusals.notShown, "warning");
        return;
      }
      timings.pressed(pressedAt);
      parts.commands.byAct[act](press);
    }
  }

  start();
  return {
    root,
    /** Python says to be elsewhere: another queue or filter, or another picture of it. @param {Place} next */
    go(next) {
      if (parts) openQueue(next);
      else place = { ...place, ...next };
    },
    get place() {
      return place;
    },
    stop() {
      stopped = true;
      clearTimeout(resting);
      cleanUps.forEach((cleanUp) => cleanUp());
      queue?.stop();
      parts?.outbox.stop();
      parts?.details.stop();
      parts?.drawing?.stop();
      pictures.clear();
      stage.stop();
      root.remove();
    },
  };
}
