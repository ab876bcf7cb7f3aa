import assert from "node:assert/strict";
import { test } from "node:test";

import { KEYS, bindKeys, isTyping, pressOf } from "../src/keys.js";
import { TEXT } from "../src/strings.js";

/** A key event as a browser makes it, as far as the table looks. */
function key(name, more = {}) {
  const state = { prevented: false, stopped: false };
  const event = new Event("keydown", { cancelable: true });
  Object.assign(event, { key: name, code: "", ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, repeat: false, state });
  Object.assign(event, more);
  event.getModifierState = (which) => which === "AltGraph" && Boolean(more.altGraph);
  event.composedPath = () => [more.on ?? { tagName: "BODY" }];
  event.preventDefault = () => (state.prevented = true);
  event.stopImmediatePropagation = () => (state.stopped = true);
  return event;
}

function bound(options = {}) {
  const acts = [];
  const target = new EventTarget();
  const unbind = bindKeys({ onAct: (act, press) => acts.push(act === "label" ? `${act} ${press}` : act), target, ...options });
  const press = (name, more) => {
    const event = key(name, more);
    target.dispatchEvent(event);
    return event.state;
  };
  return { acts, press, unbind, target };
}

test("no key means two things", () => {
  const presses = KEYS.flatMap((row) => row.presses);
  assert.equal(new Set(presses).size, presses.length);
});

test("every act of the table has words for the sheet", () => {
  for (const row of KEYS) {
    assert.ok(TEXT.keys[row.act], row.act);
    assert.ok(TEXT.groups[row.group], row.group);
  }
});

test("the keys of the experience are bound", () => {
  const { acts, press } = bound();
  for (const name of ["ArrowRight", "j", "ArrowLeft", "k", "a", "x", "u", "n", "s", "t", "o", "m", "b", "p", "v", "3", "f", "/", "d", "Delete", "0", "z", "h", "[", "]", "c", "?", "+", "-"]) press(name);
  assert.deepEqual(acts, [
    "next", "next", "previous", "previous", "accept", "reject", "unsure", "nothing", "submit", "sendBack", "reopen", "park",
    "box", "polygon", "select", "label 3", "staged", "find", "copy", "delete", "fit", "zoomShape", "hide", "darker",
    "brighter", "comment", "sheet", "zoomIn", "zoomOut",
  ]);
});

test("a key of ours is kept from Streamlit, its r too, Tab never", () => {
  const { acts, press } = bound();
  assert.deepEqual(press("c"), { prevented: true, stopped: true });
  assert.deepEqual(press("r"), { prevented: true, stopped: true });
  assert.deepEqual(press("Tab"), { prevented: false, stopped: false });
  assert.deepEqual(press("#"), { prevented: false, stopped: false });
  assert.deepEqual(acts, ["comment"]);
});

test("letters are quiet with Ctrl, Alt or Meta held", () => {
  const { acts, press } = bound();
  press("a", { ctrlKey: true });
  press("a", { metaKey: true });
  press("x", { altKey: true });
  assert.deepEqual(acts, []);
});

test("Ctrl+Z undoes and Ctrl+Shift+Z does again, with Cmd as well", () => {
  const { acts, press } = bound();
  press("z", { ctrlKey: true });
  press("Z", { ctrlKey: true, shiftKey: true });
  press("z", { metaKey: true });
  assert.deepEqual(acts, ["undo", "redo", "undo"]);
});

test("letters are quiet while somebody types, and under dialogs", () => {
  const typing = bound();
  typing.press("a", { on: { tagName: "TEXTAREA" } });
  typing.press("a", { on: { tagName: "INPUT", type: "text" } });
  typing.press("a", { on: { tagName: "SELECT" } });
  assert.deepEqual(typing.acts, []);
  const dialog = bound({ isQuiet: () => true });
  dialog.press("a");
  assert.deepEqual(dialog.acts, []);
  assert.equal(isTyping(key("a", { on: { tagName: "INPUT", type: "checkbox" } })), false);
});

test("a focused button keeps its own Enter and Space, and no other key", () => {
  const { acts, press } = bound();
  assert.deepEqual(press("Enter", { on: { tagName: "BUTTON" } }), { prevented: false, stopped: false });
  assert.deepEqual(press(" ", { on: { tagName: "BUTTON" } }), { prevented: false, stopped: false });
  press("a", { on: { tagName: "BUTTON" } });
  assert.deepEqual(acts, ["accept"]);
});

test("a decision held down counts once, stepping goes on", () => {
  const { acts, press } = bound();
  press("a");
  press("a", { repeat: true });
  press("ArrowRight");
  press("ArrowRight", { repeat: true });
  assert.deepEqual(acts, ["accept", "next", "next"]);
});

test("the second stroke goes to whoever waits for it", () => {
  const strokes = [];
  const { acts, press } = bound({ takeStroke: (stroke) => strokes.push(stroke) > 0 });
  press("a");
  assert.deepEqual(strokes, ["a"]);
  assert.deepEqual(acts, []);
});

test("French keyboards: the digit row without Shift, brackets with AltGr", () => {
  assert.equal(pressOf(key("&", { code: "Digit1" })), "1");
  assert.equal(pressOf(key("à", { code: "Digit0" })), "0");
  assert.equal(pressOf(key("[", { altGraph: true, ctrlKey: true, altKey: true, code: "Digit5" })), "[");
  assert.equal(pressOf(key("/", { shiftKey: true, code: "Period" })), "/");
});

test("Space is held and let go", () => {
  const held = [];
  const { press, target } = bound({ onSpace: (on) => held.push(on) });
  press(" ");
  const up = new Event("keyup");
  Object.assign(up, { key: " " });
  target.dispatchEvent(up);
  assert.deepEqual(held, [true, false]);
});

test("nothing is heard after unbinding", () => {
  const { acts, press, unbind } = bound();
  unbind();
  press("a");
  assert.deepEqual(acts, []);
});
