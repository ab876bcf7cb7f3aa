// Puts the parts together: one workbench on one element, whatever queue it steps through.

import { createApi } from "./api.js";
import { createEnding, createNotice } from "./bars.js";
import { afterPaint, h } from "./dom.js";
import { withId } from "./drawing.js";
import { JUDGING, createEarlyKeys } from "./early.js";
import { bindKeys, isTyping } from "./keys.js";
import { createLeases } from "./leases.js";
import { inOrder, ofQueue, orderOf } from "./order.js";
import { createPace } from "./pace.js";
import { createParts } from "./parts.js";
import { createPictures } from "./pictures.js";
import { countOthers, createQueue, pageFetcher } from "./queue.js";
import { fillBelowHeader } from "./room.js";
import { answersIt, createSession } from "./session.js";
import { createSheet } from "./sheet.js";
import { sidesOf } from "./sides.js";
import { createStage } from "./stage.js";
import { openStore } from "./store.js";
import { createStrip } from "./strip.js";
import { TEXT } from "./strings.js";
import { createTimings } from "./timings.js";
import { createVideo } from "./video.js";
import { addressOf, createWhereabouts, isAt, placeAt } from "./whereabouts.js";

/** Of a filter so many are leased: the one on screen, and those that come next. */
const NEXT_OF_FILTER = 4;

/** How often to ask, at the end of a queue, whether others have left something of it. */
const OTHERS_REST = 10_000;

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
 * @param {(place: {queue: string, query: [string, string][], start: number|null}) => void} onPlace where the person is, said at rest
 */
export function createWorkbench(parent, place, onPlace) {
  const api = createApi(place.api);
  const notice = createNotice();
  const sheet = createSheet();
  const timings = createTimings();
  const pace = createPace();
  const ending = createEnding({ onQueue: switchQueue, onAgain: stepThroughSkipped, onRetry: retry, onDraft: openDraft });
  const root = h("div.workbench", { role: "region", "aria-label": TEXT.workbench });
  const cleanUps = [];
  const { pathname } = location;
  /** Parts that come once the label classes are known. @type {any} */
  let parts = null;
  let session = null;
  let queue = null;
  let leases = null;
  let stopped = false;
  let waitingForOthers = null;
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
  const pictures = createPictures({ fetchPicture: api.picture, lanes: () => pace.plan.lanes, onLoaded: pace.loaded });
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
  const video = createVideo({ stage: stage.element, pictureAddress: api.pictureAddress, say: (text) => notice.say(text) });
  const strip = createStrip({ queues: place.queues, onQueue: switchQueue, onOrder: switchOrder, onKeys: () => sheet.open() });
  const placeholder = { panel: h("aside.panel"), film: h("footer.film") };
  stage.element.append(notice.element, ending.element);
  root.append(h("h2.unseen", {}, TEXT.workbench), strip.element, stage.element, placeholder.panel, placeholder.film, sheet.element);
  parent.append(root);
  cleanUps.push(fillBelowHeader(root));
  ending.loading();
  strip.setQueue(place.queue);
  strip.setOrder(orderOf(place.query));
  strip.setPlain(place.plain);

  // Starting ------------------------------------------------------------------------------------------------

  async function start() {
    ending.loading();
    let me, classes, store, drawings;
    // Asked for together with the rest; an error is looked at where the page is needed.
    const firstPage = pageFetcher(api, place)(null);
    firstPage.catch(() => {});
    try {
      [me, classes, store, drawings] = await Promise.all([
        api.get("/me"),
        api.get("/label-classes"),
        openStore(),
        // Without them there are still those that this browser has kept.
        api.get("/drafts").catch(() => null),
      ]);
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
    stage.element.before(parts.dispute.element);
    if (!store.durable) notice.say(TEXT.errors.noStorage, "warning");
    listen();
    // What waits from an earlier visit is known before the first picture is shown.
    const [refused] = await Promise.all([parts.outbox.load(), parts.acts.load(), parts.drafts.load(drawings)]);
    if (stopped) return;
    await openQueue(place, firstPage, parts.around.bringBack(refused));
  }

  /** After a failure: from the start, for the queue, or for one picture. */
  async function retry() {
    if (!parts) return start();
    ending.loading();
    if (queue.current && session.shown && shownId) pictures.retry(shownId);
    else await queue.fetchMore();
    if (queue.current || queue.isComplete) session.arrive();
  }

  function listen() {
    const { outbox, drafts, chooser, drawing } = parts;
    // These stay as long as the tab: answers may still be on their way when another page is shown.
    for (const back of ["online", "focus"]) {
      window.addEventListener(back, outbox.retry);
      window.addEventListener(back, () => drafts.retry());
    }
    follow(window, "online", () => (shownId && pictures.ready(shownId)?.error ? retry() : queue && keepNearby()));
    // When something would stay behind or be lost the browser asks before it leaves.
    window.addEventListener("beforeunload", (event) => (outbox.isAtRisk || isDrawnForNothing()) && event.preventDefault());
    follow(window, "pagehide", () => {
      drafts.flush();
      leases?.release();
    });
    follow(document, "visibilitychange", () => (document.hidden ? drafts.flush() : leases?.stirred()));
    for (const input of ["keydown", "pointerdown", "pointermove", "wheel"]) follow(window, input, () => leases?.stirred());
    // What is typed here must not reach the shortcuts of the page around.
    root.addEventListener("keydown", (event) => isTyping(event) && event.stopPropagation());
    follow(window, "popstate", onPopState);
    cleanUps.push(
      bindKeys({
        onAct,
        takeStroke: chooser.takeStroke,
        onSpace: (held) => video.takesSpace(held) || stage.holdSpace(held),
        isQuiet: () => sheet.isOpen || !root.isConnected || Boolean(root.querySelector("dialog[open]")) || Boolean(document.querySelector("[role=dialog], dialog[open]")),
        leaveAlone: (event) => event.key === "Delete" && drawing.hasPickedCorners,
      }),
      parts.stop,
    );
  }

  /** Listens for as long as the workbench is on the page. */
  function follow(target, event, listener) {
    target.addEventListener(event, listener, { capture: true, passive: true });
    cleanUps.push(() => target.removeEventListener(event, listener, { capture: true }));
  }

  /** Something is drawn that is kept nowhere: not in the browser, not on the server. */
  function isDrawnForNothing() {
    const { here, server } = whereDrawn() ?? { here: true, server: true };
    return !here && !server;
  }

  /** Where what is drawn on this picture is kept; null when nothing is. */
  const whereDrawn = () => (session?.shown && session.dirty ? parts.drafts.whereIs(session.shown.item.id) : null);

  // Queues --------------------------------------------------------------------------------------------------

  async function openQueue(next, firstPage = null, refused = []) {
    place = { ...place, ...next };
    queue?.stop();
    leases?.release();
    leases?.stop();
    pending = shownId = null;
    strip.setQueue(place.queue);
    strip.setOrder(orderOf(place.query));
    const fetchPage = pageFetcher(api, place);
    let first = firstPage;
    const isReady = place.queue !== "filter";
    const { outbox, acts, drafts, details, me } = parts;
    queue = createQueue({
      fetchPage: (cursor, again) => {
        const page = first ?? fetchPage(cursor, again);
        first = null;
        return page;
      },
      // A filter shows everything, whoever is looking at it; a queue leaves that out until it is released.
      asksAgain: isReady,
      isAnswered: (item) => answersIt(outbox.waitingFor(item.id)),
      onItems: (items) => {
        if (isReady) leases.took(items.filter(isLeased).map((item) => item.id));
        // What was seen of these as somebody's neighbours is not to be seen beside one's own answer.
        details.drop(items.filter((item) => item.look).map((item) => item.id));
      },
      onChange: showPosition,
      onError: (error) => (session?.shown && queue.current ? notice.say(error.message, "warning") : ending.failed(error.message)),
    });
    leases = createLeases({ post: api.post, getWanted, onLost });
    early.clear();
    session = createSession({ api, queue, outbox, acts, drafts, me, leavesQueue: isReady, pace, missing: parts.around.questions.missing, ui });
    const opened = queue;
    await queue.fetchMore();
    if (opened !== queue || stopped) return;
    // What an earlier visit left behind comes first.
    session.bringBack(refused);
    if (!pending && !session.shown && (queue.current || queue.isComplete)) session.arrive();
  }

  /** @param {string} key one of the queues to choose from */
  function switchQueue(key) {
    goTo({ queue: key, query: ofQueue(place.query, key), start: null });
  }

  /** @param {string} order one of those to choose from: the queue begins anew in it */
  function switchOrder(order) {
    goTo({ queue: place.queue, query: inOrder(place.query, order), start: null });
  }

  /** The person has chosen where to be: back leads to where they were. */
  function goTo(next) {
    whereabouts.stop();
    openQueue(next);
    history.pushState({}, "", addressOf(next));
    onPlace(next);
  }

  /** A look is this person's by itself; what somebody else has in a list that leaves nothing out stays theirs. */
  const isLeased = (item) => !item.look && !item.leased_by;

  /**
   * The media that nobody else shall be given now: on screen, ahead, and answered here while that is on its way. A
   * filter may list everything there is: of that only what comes next.
   */
  function getWanted() {
    const ahead = place.queue === "filter" ? queue.ahead().slice(0, NEXT_OF_FILTER) : queue.ahead();
    const onWay = queue.all.filter((entry) => entry.done);
    return [...ahead, ...onWay].map((entry) => entry.item).filter(isLeased).map((item) => item.id);
  }

  /** Others have these before them now: they are theirs, but for the one on screen, and for a list that leaves nothing out. */
  function onLost(lost) {
    const named = place.queue === "filter" ? queue.ahead() : [session.shown];
    named.filter((entry) => entry && lost.includes(entry.item.id)).forEach(sayWho);
    if (place.queue === "filter") return;
    queue.lose(new Set(lost));
    keepNearby();
  }

  /** Somebody else has a picture of this queue on screen: it stays, and their name is said when one is there. */
  async function sayWho(entry) {
    const { id } = entry.item;
    const asked = new URLSearchParams({ queue: "filter", start: String(id), limit: "1" });
    const { items } = await api.get("/queue", asked).catch(() => ({ items: [] }));
    const who = items.find((item) => item.id === id)?.leased_by;
    if (!who) return;
    entry.item.leased_by = who;
    if (session.shown !== entry) return;
    strip.setBeside(who);
    notice.say(TEXT.notices.lost(who), "warning");
  }

  /** Opens a picture with a drawing that was not submitted, wherever it waits. */
  async function openDraft() {
    const [mediaId] = parts.drafts.media;
    if (!mediaId) return;
    try {
      await session.visit(mediaId);
    } catch (error) {
      notice.say(error.message, "warning");
    }
  }

  /** What others have before them comes back when they leave it, or when their time is over. */
  function waitForOthers(opened) {
    clearTimeout(waitingForOthers);
    waitingForOthers = setTimeout(() => {
      if (stopped || opened !== queue || queue.current) return;
      if (document.hidden) waitForOthers(opened);
      else opened.lookAgain().then(() => !stopped && opened === queue && session.arrive());
    }, OTHERS_REST);
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
    onPlace({ queue: place.queue, query: place.query, start: from });
  }

  // Showing -------------------------------------------------------------------------------------------------

  const ui = {
    present(entry) {
      // One that failed a while ago is asked for once more: the network may be back.
      if (pictures.ready(entry.item.id)?.error) pictures.retry(entry.item.id);
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
      const what = { queue: place.queue, ...done, ...ownPace(), drafts: parts.drafts.media.length, held: queue.held };
      if (queue.held) waitForOthers(queue);
      ending.done(what, null);
      countOthers(api, place.queue).then((others) => !queue.current && ending.done(what, others));
    },
    waiting() {
      root.dataset.waiting = "true";
      const opened = queue;
      queue.fetchMore()?.then(() => opened === queue && (queue.current || queue.isComplete) && session.arrive());
    },
    drawingChanged(drawing, fresh) {
      drawing.shapes = drawing.shapes.map((shape) => (shape.id ? shape : withId(shape)));
      if (!stage.picture) return changed();
      if (fresh) {
        parts.drawing.put(drawing.shapes);
        parts.commands.resume(session.shown?.unfinished ?? null);
      } else parts.drawing.restore(drawing.shapes);
      changed();
    },
    changed,
    notice: (text, kind) => notice.say(text, kind),
    ask: (act, give, annotator) => parts.panel.field.ask(act, give, "", annotator),
    takeBack: (act) => parts.around.spread.takeBack(act),
    stored(entry) {
      parts.details.forget(entry.item, entry.item.id === shownId);
      leases.moved();
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
    root.dataset.type = item.type ?? "image";
    ending.hide();
    parts.commands.fresh();
    parts.around.shown(item, { n: queue.position, total: Math.max(queue.total, queue.position) });
    if (picture.bitmap) stage.show({ width, height });
    else {
      stage.clear();
      ending.failed(picture.error?.message ?? TEXT.errors.pictureMissing);
    }
    video.show(item);
    stage.canvas.setAttribute("aria-label", [TEXT.canvas, item.file_name, item.source].filter(Boolean).join(", "));
    parts.chooser.close();
    parts.panel.field.close();
    notice.clear();
    session.onShown(entry, Boolean(picture.bitmap));
    timings.shown(item.id);
    strip.setItem(item);
    strip.setBeside(item.leased_by);
    strip.setPace(ownPace());
    leases.moved();
    showPosition();
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
    video.show(null);
    parts.drawing.put([]);
    parts.film.clear();
    parts.around.shown(null, null);
    notice.clear();
    changed();
    strip.setItem(null);
    strip.setBeside(null);
    strip.setPace(ownPace());
    leases.moved();
    strip.setPosition(null);
    parts.panel.setHistory(null);
    keepNearby();
  }

  function keepNearby() {
    const [next, ...others] = queue.nearby(pace.plan.ahead).map((entry) => entry.item);
    const onStage = session.shown && shownId === session.shown.item.id ? session.shown.item : null;
    pictures.keep([next, onStage, ...others].filter(Boolean));
    root.dataset.held = String(pictures.count);
  }

  const ownPace = () => ({ median: pace.median, perHour: pace.perHour, toNext: timings.median });

  /** What is to be drawn, a drag in progress included. */
  function seen() {
    const sides = session?.shown ? sidesOf(session.shown.item) : null;
    return {
      shapes: stage.picture && parts?.drawing ? parts.drawing.read() : [],
      selected: parts?.drawing?.selected ?? null,
      theirs: session?.shown?.returned?.theirs?.shapes ?? sides?.second.shapes ?? [],
      ...parts?.predicted.seen,
      ...parts?.around.history.seen,
    };
  }

  function changed() {
    if (!session || !parts) return;
    const situation = session.situation();
    const { around, commands, drawing, panel } = parts;
    drawing.enable(situation.mayDecide && Boolean(stage.picture) && !situation.saving && !video.isOn);
    panel.update({ current: commands.nextLabel, drawing: session.drawing, selected: drawing.selected, situation });
    panel.setComment(session.comment);
    parts.returned.update(session.shown?.returned ?? null);
    parts.kept.update(session.shown?.overtaken ?? null);
    root.dataset.dispute = String(parts.dispute.update(session.shown?.item ?? null));
    around.update(situation, session.drawing, drawing.selected);
    parts.predicted.update(situation);
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
    root.dataset.overtaken = String(Boolean(session?.shown?.overtaken));
    strip.setSaved(outbox.status, whereDrawn());
    parts.around.history.repaint();
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
    if (video.takes(act)) return;
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
      clearTimeout(waitingForOthers);
      whereabouts.stop();
      cleanUps.forEach((cleanUp) => cleanUp());
      queue?.stop();
      leases?.release();
      leases?.stop();
      pictures.clear();
      video.show(null);
      stage.stop();
      root.remove();
    },
  };
}
