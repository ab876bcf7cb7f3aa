import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { CHOOSABLE, KEYS, bindKeys, clashOf, isKeyOf, isTyping, keyOf, pressOf, shortcutsOf, useKeys } from "../src/keys.js";
import { TEXT, speak } from "../src/strings.js";

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
  assert.deepEqual(acts, ["comment", "takeAll"]);
  useKeys({ takeAll: "#" });
  assert.deepEqual(press("r"), { prevented: true, stopped: true });
  useKeys({});
  assert.deepEqual(acts, ["comment", "takeAll"]);
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

afterEach(() => {
  useKeys({});
  speak("en");
});

test("a person's own key does the act, and the usual one does it no more", () => {
  useKeys({ accept: "ArrowUp", reject: "a" });
  const { acts, press } = bound();
  for (const name of ["ArrowUp", "a", "x"]) press(name);
  assert.deepEqual(acts, ["accept", "reject"]);
  assert.equal(keyOf("accept"), "↑");
  assert.equal(keyOf("reject"), "A");
  assert.equal(shortcutsOf("reject"), "a");
  assert.ok(isKeyOf("reject", "a"));
});

test("a key that does something already is refused with what it does", () => {
  assert.equal(clashOf({}, "accept", "x"), TEXT.ownKeys.taken("X", TEXT.keys.reject));
  assert.equal(clashOf({ reject: "ArrowUp" }, "accept", "x"), null);
  assert.equal(clashOf({ reject: "ArrowUp" }, "accept", "ArrowUp"), TEXT.ownKeys.taken("↑", TEXT.keys.reject));
  assert.equal(clashOf({}, "accept", "a"), null);
});

test("Tab, Enter, Escape, Space and the digits keep their meaning, and Ctrl is the browser's", () => {
  for (const press of ["Tab", "Enter", "Escape", " ", "0", "7"]) assert.match(clashOf({}, "accept", press), /keep their meaning/, press);
  for (const press of ["Ctrl+t", "F5"]) assert.match(clashOf({}, "accept", press), /belongs to the browser/, press);
  assert.equal(clashOf({}, "accept", "é"), null);
});

test("keys that cannot be had are left out, whoever stored them", () => {
  useKeys({ accept: "x", reject: "Enter", label: "q", nobody: "#", park: "#" });
  assert.deepEqual(["accept", "reject", "label", "park"].map(keyOf), ["A", "X", "1-9", "#"]);
});

test("what belongs to the pointer, to dialogs and to the label classes cannot be given another key", () => {
  const fixed = KEYS.filter((row) => !CHOOSABLE.includes(row)).map((row) => row.act);
  assert.deepEqual(fixed.filter((act) => KEYS.find((row) => row.act === act).presses.length > 0), ["confirm", "close", "label"]);
});

test("sentences print the person's keys, and keys have their names in the language", () => {
  useKeys({ nothing: "ArrowDown" });
  speak("en", keyOf);
  assert.match(TEXT.refusals.emptySubmit, /\(↓\)/);
  assert.match(TEXT.refusals.unanswered("Is there smoke?"), /\(Y\): Is there smoke\?/);
  speak("fr", keyOf);
  assert.equal(keyOf("delete"), "Suppr");
  assert.match(TEXT.refusals.emptySubmit, /\(↓\)/);
});

test("every key that a sentence names is in the table", () => {
  speak("en", (act) => {
    assert.ok(KEYS.some((row) => row.act === act), act);
    return act;
  });
});
