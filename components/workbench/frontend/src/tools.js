// The two drawing tools. Annotorious mounts a tool as if it were a Svelte component, so each has that small
// interface ($set, $on, $destroy). Its own tools lose the pointer outside the stage, draw outside the picture and
// refuse quick small boxes; a wildfire is often 0.05 % of the frame.

import { svg } from "./dom.js";
import { clampPoint, polygonArea, rectAround, rectBetween } from "./geometry.js";

/** A drag shorter than this on the screen is a click. */
const CLICK_WITHIN = 4;
/** Clicking this near the first corner closes a polygon. */
const CLOSE_WITHIN = 10;

/**
 * @typedef {object} Host what a tool needs of the stage
 * @property {(event: PointerEvent) => [number, number]} pointOf pixels of the picture
 * @property {(point: [number, number]) => [number, number]} screenOf
 * @property {() => {width: number, height: number}|null} picture
 * @property {(event: PointerEvent) => void} onClick something was clicked, not drawn
 * @property {(drawing: boolean) => void} onDrawing
 * @property {() => string} colour of the next shape
 * @property {[number, number][]} corners of a polygon that is not closed yet: they outlive the tool, which Annotorious makes anew
 * @property {() => void} onCorners there are other ones, set, taken back or given up
 * @property {Tool|null} active
 */

const apart = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);
const bounds = ({ x, y, w, h }) => ({ minX: x, minY: y, maxX: x + w, maxY: y + h });

class Tool {
  /** @param {{target: SVGGElement, props: {opts: {host: Host}, svgEl: SVGSVGElement}}} mount */
  constructor({ target, props }) {
    this.host = props.opts.host;
    this.host.active = this;
    this.group = svg("g", { class: "drawing-tool" });
    target.append(this.group);
    this.surface = props.svgEl;
    /** @type {((event: {detail: any}) => void)[]} */
    this.listeners = [];
    this.onDown = this.down.bind(this);
    this.onMove = this.move.bind(this);
    this.onUp = this.up.bind(this);
    this.surface.addEventListener("pointerdown", this.onDown);
    // On the window, so that a drag that leaves the stage goes on and ends.
    window.addEventListener("pointermove", this.onMove, true);
    window.addEventListener("pointerup", this.onUp, true);
    window.addEventListener("pointercancel", this.onUp, true);
  }

  $set() {}

  $on(name, listener) {
    if (name === "create") this.listeners.push(listener);
    return () => {};
  }

  $destroy() {
    this.surface.removeEventListener("pointerdown", this.onDown);
    window.removeEventListener("pointermove", this.onMove, true);
    window.removeEventListener("pointerup", this.onUp, true);
    window.removeEventListener("pointercancel", this.onUp, true);
    this.group.remove();
    if (this.host.active === this) this.host.active = null;
    this.host.onDrawing(false);
  }

  create(shape) {
    this.listeners.forEach((listener) => listener({ detail: shape }));
  }

  /** @param {PointerEvent} event */
  point(event) {
    return clampPoint(this.host.pointOf(event), this.host.picture() ?? { width: 1, height: 1 });
  }

  get isDrawing() {
    return false;
  }

  cancel() {}
  /** What the pointer has just begun is not meant for the picture. */
  abandon() {
    this.cancel();
  }
  confirm() {}
  /** Takes back the last step of an unfinished drawing. @returns {boolean} whether there was one */
  stepBack() {
    return false;
  }
  down() {}
  move() {}
  up() {}
}

/** Press, drag, release. */
export class BoxTool extends Tool {
  down(event) {
    if (event.button !== 0 || !this.host.picture()) return;
    this.start = this.point(event);
    this.pressed = [event.clientX, event.clientY];
    this.pointer = event.pointerId;
    this.rect = null;
  }

  move(event) {
    if (!this.start || event.pointerId !== this.pointer) return;
    if (!this.rect && apart(this.pressed, [event.clientX, event.clientY]) < CLICK_WITHIN) return;
    this.host.onDrawing(true);
    this.rect = rectBetween(this.start, this.point(event));
    const { x, y, w, h } = this.rect;
    const edge = { x, y, width: w, height: h };
    this.group.replaceChildren(
      svg("rect", { ...edge, class: "tool-halo" }),
      svg("rect", { ...edge, class: "tool-line", style: `stroke:${this.host.colour()}` }),
    );
  }

  up(event) {
    if (!this.start || event.pointerId !== this.pointer) return;
    const rect = this.rect;
    this.cancel();
    if (event.type === "pointercancel") return;
    if (!rect) this.host.onClick(event);
    else if (rect.w > 0 && rect.h > 0) this.create({ type: "RECTANGLE", geometry: { ...rect, rot: 0, bounds: bounds(rect) } });
  }

  cancel() {
    this.start = this.rect = null;
    this.group.replaceChildren();
    this.host.onDrawing(false);
  }

  get isDrawing() {
    return Boolean(this.rect);
  }

  stepBack() {
    if (!this.isDrawing) return false;
    this.cancel();
    return true;
  }
}

/** Click corner after corner; the first corner again, a double click or Enter closes. Dragging pans meanwhile. */
export class PolygonTool extends Tool {
  constructor(mount) {
    super(mount);
    if (this.points.length) this.resume();
  }

  get points() {
    return this.host.corners;
  }

  /** Draws the corners that there are, of an earlier visit perhaps. */
  resume() {
    this.cursor = this.points.at(-1);
    this.pressed = null;
    this.group.replaceChildren();
    if (this.points.length) this.draw();
    this.host.onDrawing(this.isDrawing);
  }

  down(event) {
    if (event.button !== 0 || !this.host.picture()) return;
    this.pressed = [event.clientX, event.clientY];
  }

  move(event) {
    if (!this.points.length || this.pressed) return;
    this.cursor = this.point(event);
    this.draw();
  }

  up(event) {
    if (!this.pressed) return;
    const still = apart(this.pressed, [event.clientX, event.clientY]) < CLICK_WITHIN;
    this.pressed = null;
    if (!still || event.type === "pointercancel") return;
    const point = this.point(event);
    if (this.points.length >= 3 && this.isNear(this.points[0], point)) {
      this.confirm();
    } else if (this.points.length && this.isNear(this.points.at(-1), point)) {
      // The second click of a double click.
      if (this.points.length >= 3) this.confirm();
    } else {
      this.points.push(point);
      this.cursor = point;
      this.host.onDrawing(true);
      this.draw();
      this.host.onCorners();
    }
  }

  isNear(a, b) {
    return apart(this.host.screenOf(a), this.host.screenOf(b)) <= CLOSE_WITHIN;
  }

  draw() {
    const closable = this.points.length >= 3 && this.cursor && this.isNear(this.points[0], this.cursor);
    const line = (closable ? this.points : [...this.points, this.cursor]).map((point) => point.join(",")).join(" ");
    const scale = this.host.scale();
    this.group.replaceChildren(
      svg("polygon", { points: line, class: "tool-halo" }),
      svg("polygon", { points: line, class: "tool-line", style: `stroke:${this.host.colour()}` }),
      ...this.points.map(([cx, cy], i) => svg("circle", { cx, cy, r: (i === 0 ? (closable ? 7 : 5) : 3) / scale, class: "tool-corner" })),
    );
  }

  confirm() {
    const points = this.points;
    if (points.length < 3) return;
    this.cancel();
    if (polygonArea(points) > 0) this.create({ type: "POLYGON", geometry: { points, bounds: bounds(rectAround(points)) } });
  }

  cancel() {
    const had = this.isDrawing;
    this.host.corners = [];
    this.resume();
    if (had) this.host.onCorners();
  }

  abandon() {
    this.pressed = null;
  }

  get isDrawing() {
    return this.points.length > 0;
  }

  stepBack() {
    if (!this.points.length) return false;
    this.points.pop();
    this.resume();
    this.host.onCorners();
    return true;
  }
}
