// The same source around this moment: what came before and after often says what a thing is.

import { atLeast, boxToRect, isTiny, pointsToPixels, rectAround } from "./geometry.js";
import { fill, h, keepFocus, svg } from "./dom.js";
import { TEXT, clock, shortSpan } from "./strings.js";

/** A gap is shown when it is longer than this and than four usual steps. */
const GAP_FROM = 600;
const HEIGHT = 58;

/**
 * Frames with the gaps between them: pure, for the test.
 * @param {{id: number, captured_at: string|null}[]} frames in the order of time
 * @param {number} currentId
 */
export function withGaps(frames, currentId) {
  const at = (frame) => (frame?.captured_at ? Date.parse(frame.captured_at) / 1000 : null);
  const now = at(frames.find((frame) => frame.id === currentId));
  const steps = frames.slice(1).map((frame, i) => at(frame) - at(frames[i])).filter((step) => step > 0).sort((a, b) => a - b);
  const usual = steps[steps.length >> 1] ?? 0;
  return frames.flatMap((frame, i) => {
    const gap = i > 0 && at(frame) !== null && at(frames[i - 1]) !== null ? at(frame) - at(frames[i - 1]) : 0;
    const isGap = gap > GAP_FROM && gap > 4 * usual;
    const away = now === null || at(frame) === null ? null : at(frame) - now;
    let caption = "";
    if (frame.captured_at) caption = frame.id === currentId ? clock(frame.captured_at) : `${away < 0 ? "−" : "+"}${shortSpan(away)}`;
    return [...(isGap ? [{ gap: shortSpan(gap) }] : []), { frame, caption, current: frame.id === currentId }];
  });
}

/**
 * The frames without a gap between them that the current one belongs to: what is hours away tells nothing of movement.
 * @param {any[]} frames in the order of time @param {number} currentId
 */
export function framesInARow(frames, currentId) {
  /** @type {any[][]} */
  const rows = [[]];
  for (const { frame } of withGaps(frames, currentId)) {
    if (frame) rows.at(-1)?.push(frame);
    else rows.push([]);
  }
  return rows.find((row) => row.some(({ id }) => id === currentId)) ?? [];
}

/**
 * @param {object} options
 * @param {(id: number) => string} options.thumbAddress
 * @param {(key: string) => string} options.colourOf
 * @param {(id: number) => void} options.onOpen
 */
export function createFilmstrip({ thumbAddress, colourOf, onOpen }) {
  const row = h("ul.frames", { "aria-label": TEXT.film.label });
  const hintOf = (name, pairs) => h(`div.hint.${name}`, { "aria-hidden": "true" }, ...pairs.map(([key, what]) => h("span", {}, h("b", {}, key), ` ${what}`)));
  const element = h("footer.film", {}, row, hintOf("of-picture", TEXT.film.hint), hintOf("of-video", TEXT.video.hint));
  /** Pictures already in the strip are moved, not loaded again. @type {Map<number, HTMLImageElement>} */
  let images = new Map();
  /** The frame that the loop shows. @type {number|null} */
  let played = null;

  function markPlayed() {
    for (const frame of row.querySelectorAll(".frame")) frame.toggleAttribute("data-played", frame.dataset.media === String(played));
  }

  function marks(shapes, slot) {
    if (!shapes?.length) return null;
    const layer = svg("svg", { viewBox: `0 0 ${slot.width} ${slot.height}`, "aria-hidden": "true" });
    for (const shape of shapes) {
      const stroke = colourOf(shape.label_class);
      const points = shape.points && pointsToPixels(shape.points, slot);
      const rect = points ? rectAround(points) : boxToRect(shape.box, slot);
      if (points && !isTiny(rect)) {
        layer.append(svg("polygon", { points: points.map((point) => point.join(",")).join(" "), stroke }));
        continue;
      }
      const { x, y, w: width, h: height } = atLeast(rect);
      layer.append(svg("rect", { x, y, width, height, stroke }));
    }
    return layer;
  }

  function figure({ frame, caption, current }, slot) {
    const image = images.get(frame.id) ?? h("img", { src: thumbAddress(frame.id), alt: "", decoding: "async" });
    const state = TEXT.states[frame.state] ?? frame.state;
    return h(
      "li",
      {},
      h(
        "button.frame",
        {
          type: "button",
          dataset: { media: String(frame.id) },
          onmousedown: keepFocus,
          onclick: () => !current && onOpen(frame.id),
          "aria-current": current ? "true" : undefined,
          "aria-label": `${caption} ${state}`,
          title: `${caption} · ${state}`,
        },
        h("span.thumb", { style: `width:${slot.width}px;height:${slot.height}px` }, image, marks(frame.shapes, slot)),
        h("small", {}, h("i", { className: `dot ${frame.state}` }), caption || "\u00a0"),
      ),
    );
  }

  return {
    element,
    /** Marks the frame that the loop shows; the strip itself stays where it is. @param {number|null} mediaId */
    play(mediaId) {
      played = mediaId;
      markPlayed();
    },
    clear() {
      images.clear();
      fill(row, null, () => []);
    },
    /** @param {any[]|null} frames null while they are on their way @param {any} item @param {any[]} shapes as drawn now */
    update(frames, item, shapes) {
      if (!item.source) {
        images.clear();
        fill(row, "no source", () => [h("li.none", {}, TEXT.film.noSource)]);
        return;
      }
      if (!frames) return; // What stands there stays until it is known.
      const now = frames.map((frame) => (frame.id === item.id ? { ...frame, shapes, state: item.state } : frame));
      fill(row, [now, item.id], () => {
        // One camera gives one format: the frame at hand says which.
        const slot = { width: Math.round(HEIGHT * Math.min(2, Math.max(0.6, item.width / item.height))), height: HEIGHT };
        const parts = withGaps(now, item.id);
        const filled = parts.map((part) => (part.gap ? h("li.gap", {}, part.gap) : figure(part, slot)));
        images = new Map(parts.flatMap((part, i) => (part.gap ? [] : [[part.frame.id, filled[i].querySelector("img")]])));
        return frames.length < 2 ? [...filled, h("li.none", {}, TEXT.film.none)] : filled;
      });
      markPlayed();
      const current = row.querySelector("[aria-current]")?.parentElement;
      if (current && row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - row.clientWidth / 2 + current.offsetWidth / 2;
    },
  };
}
