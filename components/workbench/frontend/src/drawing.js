// Shapes on the picture: Annotorious holds, selects and edits them; here they become our shapes and back.

import { createOSDAnnotator } from "@annotorious/openseadragon";

import { boxToRect, clampPoints, clampRect, pixelsToPoints, pointsToPixels, rectAround, rectToBox, samePlace, sameShapes } from "./geometry.js";
import { comesFrom } from "./predictions.js";
import { BoxTool, PolygonTool } from "./tools.js";

/** @typedef {import("./geometry.js").Shape & {id: string}} Drawn a shape with an identity on this screen */

const bounds = ({ x, y, w, h }) => ({ minX: x, minY: y, maxX: x + w, maxY: y + h });

/** @param {import("./geometry.js").Shape} shape @returns {Drawn} */
export const withId = (shape) => ({ id: crypto.randomUUID(), ...shape });

/**
 * @param {object} options
 * @param {any} options.viewer
 * @param {ReturnType<typeof import("./stage.js").createStage>} options.stage
 * @param {(key: string|null) => string} options.colourOf a label class
 * @param {() => string|null} options.nextLabel label class of the next shape
 * @param {(shapes: Drawn[]) => void} options.onStroke something was drawn, changed or deleted
 * @param {() => void} options.onChange anything that is seen has changed, a shape under the pointer included
 * @param {() => void} options.onSelect
 * @param {(drawing: boolean) => void} options.onDrawing
 * @param {(points: [number, number][]) => void} options.onCorners of a polygon that is not closed yet; none once it is, or is given up
 */
export function createDrawing({ viewer, stage, colourOf, nextLabel, onStroke, onChange, onSelect, onDrawing, onCorners }) {
  const annotator = createOSDAnnotator(viewer, { drawingEnabled: false, drawingMode: "drag", autoSave: false, theme: "light" });
  const { store, selection } = annotator.state;
  /** What Annotorious does not know of a shape. @type {Map<string, {label_class: string|null, origin: any, confidence: number|null, prediction: number|null, model: string|null, box: any, points: any}>} */
  const facts = new Map();
  /** @type {Drawn[]} */
  let committed = [];
  let tool = "box";
  let enabled = false;

  const host = {
    active: /** @type {any} */ (null),
    pointOf: stage.pointOf,
    screenOf: stage.screenOf,
    scale: () => stage.view.scale,
    picture: () => stage.picture,
    colour: () => colourOf(nextLabel()),
    onDrawing,
    corners: /** @type {[number, number][]} */ ([]),
    onCorners: () => stage.picture && onCorners(pixelsToPoints(host.corners, stage.picture)),
    onClick: (event) => select(shapeAt(stage.pointOf(event))),
  };
  annotator.registerDrawingTool("vigie-box", /** @type {any} */ (BoxTool), /** @type {any} */ ({ drawingMode: "drag", host }));
  annotator.registerDrawingTool("vigie-polygon", /** @type {any} */ (PolygonTool), /** @type {any} */ ({ drawingMode: "click", host }));

  const styleOf = (annotation) => {
    const colour = colourOf(facts.get(annotation.id)?.label_class ?? null);
    return { stroke: colour, strokeWidth: 2, strokeOpacity: 1, fill: colour, fillOpacity: 0.06 };
  };
  annotator.setStyle(styleOf);
  // Its layer has no keys of its own; Tab goes past it.
  for (const layer of stage.element.querySelectorAll(".a9s-annotationlayer")) layer.setAttribute("tabindex", "-1");

  /** @param {Drawn} shape */
  function toAnnotation(shape) {
    const size = stage.picture;
    const selector = shape.points
      ? { type: "POLYGON", geometry: polygonGeometry(pointsToPixels(shape.points, size)) }
      : { type: "RECTANGLE", geometry: boxGeometry(boxToRect(shape.box, size)) };
    return { id: shape.id, bodies: [], target: { annotation: shape.id, selector } };
  }

  const polygonGeometry = (points) => ({ points, bounds: bounds(rectAround(points)) });
  const boxGeometry = (rect) => ({ ...rect, rot: 0, bounds: bounds(rect) });

  /** @returns {Drawn[]} in the order they were drawn */
  function read() {
    const size = stage.picture;
    if (!size) return [];
    return store.all().map((annotation) => {
      const fact = facts.get(annotation.id) ?? { label_class: nextLabel(), origin: "human", confidence: null };
      const { type, geometry } = annotation.target.selector;
      const points = type === "POLYGON" ? pixelsToPoints(geometry.points, size) : null;
      const box = rectToBox(points ? rectAround(geometry.points) : geometry, size);
      const shape = { id: annotation.id, label_class: fact.label_class, box, points, origin: fact.origin, confidence: fact.confidence, ...comesFrom(fact) };
      // Untouched shapes keep the very numbers they came with.
      if (fact.box && samePlace(fact, shape)) Object.assign(shape, { box: fact.box, points: fact.points });
      return shape;
    });
  }

  /** Records a stroke when the pointer is up, with everything back on the picture. */
  function commit() {
    const size = stage.picture;
    if (!size) return;
    for (const annotation of store.all()) {
      const { selector } = annotation.target;
      const before = committed.find((shape) => shape.id === annotation.id);
      const geometry = inside(selector, size, before);
      if (geometry) store.updateTarget({ ...annotation.target, selector: { ...selector, geometry } }, "REMOTE");
    }
    const next = read();
    if (sameShapes(next, committed)) return;
    for (const shape of next) {
      const before = committed.find((old) => old.id === shape.id);
      // A shape that somebody has reshaped is that person's, not the model's any more.
      if (before && !samePlace(before, shape)) Object.assign(shape, { origin: "human", confidence: null });
      facts.set(shape.id, { ...shape });
    }
    committed = next;
    onStroke(next);
  }

  /** The geometry pulled back onto the picture, or null when it is there already. */
  function inside({ type, geometry }, size, before) {
    const { minX, minY, maxX, maxY } = geometry.bounds;
    if (minX >= 0 && minY >= 0 && maxX <= size.width && maxY <= size.height) return null;
    const old = before && boxToRect(before.box, size);
    const moved = Boolean(old) && Math.abs(old.w - (maxX - minX)) < 0.5 && Math.abs(old.h - (maxY - minY)) < 0.5;
    if (type === "POLYGON") return polygonGeometry(clampPoints(geometry.points, size, moved));
    return boxGeometry(clampRect({ x: geometry.x, y: geometry.y, w: geometry.w, h: geometry.h }, size, moved));
  }

  function shapeAt([x, y]) {
    return store.getAt(x, y, undefined, 4 / stage.view.scale)?.id ?? null;
  }

  function select(id) {
    if (id) annotator.setSelected(id, enabled);
    else annotator.cancelSelected();
  }

  const selectedId = () => selection.selected[0]?.id ?? null;

  store.observe((event) => {
    const fresh = (event.changes.created ?? []).filter((created) => !facts.has(created.id));
    for (const created of fresh) facts.set(created.id, { label_class: nextLabel(), origin: "human", confidence: null });
    // The click that closes a polygon also lets go of it, a moment later: it is taken up again after that.
    if (fresh.length) {
      setTimeout(() => {
        commit();
        if (store.getAnnotation(fresh[0].id)) select(fresh[0].id);
      });
    }
    onChange();
  });
  selection.subscribe(() => {
    onChange();
    onSelect();
  });

  // A new drag beside the selected shape draws: without this the first press would only let go of the selection.
  const onPress = (event) => {
    if (tool === "select" || event.button !== 0 || !selectedId()) return;
    const target = event.composedPath()[0];
    const onEditor = target instanceof Element && target.closest(".a9s-annotation.selected");
    if (!onEditor && stage.element.contains(target)) select(null);
  };
  // After the editors have had the event.
  const onRelease = () => setTimeout(commit);
  stage.element.addEventListener("pointerdown", onPress, true);
  window.addEventListener("pointerup", onRelease, true);

  function applyTool() {
    annotator.setDrawingTool(tool === "polygon" ? "vigie-polygon" : "vigie-box");
    annotator.setDrawingMode(tool === "polygon" ? "click" : "drag");
    annotator.setDrawingEnabled(enabled && tool !== "select");
    stage.element.dataset.tool = enabled ? tool : "look";
  }

  /** @param {Drawn[]} shapes @param {[number, number][]} [corners] of a polygon that goes on */
  function put(shapes, corners = []) {
    // They were not given up: they belong to the picture that they were set on.
    host.corners = corners;
    if (host.active?.resume) host.active.resume();
    else host.active?.cancel();
    annotator.cancelSelected();
    facts.clear();
    shapes.forEach((shape) => facts.set(shape.id, { ...shape }));
    annotator.setAnnotations(/** @type {any} */ (shapes.map(toAnnotation)), true);
    committed = shapes;
  }

  return {
    /** Records what the last drag did, if that has not been done: a key may be faster. */
    settle: commit,
    /** Shows the shapes of another picture, or of another moment of this one. */
    put: (shapes) => put(shapes),
    /** Goes on with a polygon that was not closed. @param {[number, number][]} points */
    resume(points) {
      tool = "polygon";
      host.corners = pointsToPixels(points, stage.picture);
      if (host.active?.resume) host.active.resume();
      else applyTool();
    },
    /** As they are on screen now, a drag in progress included. */
    read,
    /** Puts back an earlier state of the drawing, the selection kept where it still is. @param {Drawn[]} shapes */
    restore(shapes) {
      const selected = selectedId();
      put(shapes, host.corners);
      if (selected && shapes.some((shape) => shape.id === selected)) select(selected);
    },
    /** Adds shapes as one stroke. @param {Drawn[]} shapes */
    add(shapes) {
      put([...committed, ...shapes], host.corners);
      committed = read();
      onStroke(committed);
      onChange();
    },
    /** Gives the selected shape a label class. @param {string} key @returns {boolean} whether one was selected */
    label(key) {
      const id = selectedId();
      if (!id) return false;
      this.labelShape(id, key);
      return true;
    },
    labelShape(id, key) {
      const fact = facts.get(id);
      if (!fact || fact.label_class === key) return;
      // The confidence was for the other label class.
      facts.set(id, { ...fact, label_class: key, origin: fact.prediction ? "human" : fact.origin, confidence: null });
      annotator.setStyle((annotation) => styleOf(annotation));
      committed = read();
      onStroke(committed);
      onChange();
    },
    /** @param {string|null} [id] the selected one when absent */
    remove(id = selectedId()) {
      if (!id) return false;
      annotator.removeAnnotation(id);
      facts.delete(id);
      committed = read();
      onStroke(committed);
      return true;
    },
    select,
    get selected() {
      return selectedId();
    },
    /** @param {"box"|"polygon"|"select"} next */
    setTool(next) {
      tool = next;
      host.active?.cancel();
      select(null);
      applyTool();
    },
    get tool() {
      return tool;
    },
    /** Drawing and editing on or off. @param {boolean} on */
    enable(on) {
      if (on === enabled) return;
      enabled = on;
      applyTool();
    },
    get isDrawing() {
      return host.active?.isDrawing ?? false;
    },
    cancel() {
      if (host.active?.isDrawing) host.active.cancel();
      else select(null);
    },
    /** What was just begun is not drawn: it was the first of two fingers. */
    abandon: () => host.active?.abandon(),
    confirm: () => host.active?.confirm(),
    /** Whether a shape of one's own is under the pointer. @param {PointerEvent} event */
    isAt: (event) => Boolean(shapeAt(stage.pointOf(event))),
    /** Takes back the last corner of an unfinished polygon. */
    stepBack: () => host.active?.stepBack() ?? false,
    /** Whether corners of a polygon are picked, which Annotorious deletes itself. */
    get hasPickedCorners() {
      return Boolean(stage.element.querySelector(".a9s-handle-dot.selected"));
    },
    /** @param {boolean} visible the editor of the selected shape, with the rest */
    setVisible(visible) {
      stage.element.classList.toggle("shapes-hidden", !visible);
    },
    stop() {
      stage.element.removeEventListener("pointerdown", onPress, true);
      window.removeEventListener("pointerup", onRelease, true);
      annotator.destroy();
    },
  };
}
