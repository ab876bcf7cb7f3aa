import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_SCALE, cropAround, fit, frame, pan, pinched, toPicture, toScreen, zoomAt } from "../src/view.js";

const STAGE = { width: 1066, height: 598 };
const PICTURE = { width: 1920, height: 1080 };
const near = (a, b, within = 1e-6) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test("a picture is fitted as a whole and centred", () => {
  const view = fit(STAGE, PICTURE);
  near(view.scale, 598 / 1080);
  near(view.y, 0);
  near(view.x, (1066 - 1920 * view.scale) / 2);
});

test("zooming keeps what lies under the pointer under it", () => {
  const pointer = [700, 200];
  const before = fit(STAGE, PICTURE);
  const under = toPicture(before, pointer);
  const after = zoomAt(before, 8, pointer, STAGE, PICTURE);
  const [x, y] = toScreen(after, under);
  near(x, pointer[0]);
  near(y, pointer[1]);
});

test("zooming in stops at single pixels, 32 of the screen for one, zooming out at the whole picture", () => {
  assert.equal(MAX_SCALE, 32);
  const view = fit(STAGE, PICTURE);
  assert.equal(zoomAt(view, 1e6, [500, 300], STAGE, PICTURE).scale, MAX_SCALE);
  near(zoomAt(view, 0.01, [500, 300], STAGE, PICTURE).scale, view.scale);
});

test("panning never shows a gap beside an enlarged picture", () => {
  const large = zoomAt(fit(STAGE, PICTURE), 10, [0, 0], STAGE, PICTURE);
  const moved = pan(large, 5000, -1e6, STAGE, PICTURE);
  near(moved.x, 0);
  near(moved.y, STAGE.height - PICTURE.height * moved.scale);
});

test("a box of 0.05 % of the frame is brought large to the middle", () => {
  const speck = { x: 960, y: 540, w: 44, h: 25 };
  const view = frame(speck, STAGE, PICTURE);
  const [x, y] = toScreen(view, [speck.x + speck.w / 2, speck.y + speck.h / 2]);
  near(x, STAGE.width / 2, 0.01);
  near(y, STAGE.height / 2, 0.01);
  assert.ok(speck.w * view.scale > 300);
});

test("the magnifier shows a speck with its surroundings, and stays on the picture", () => {
  const room = { width: 272, height: 136 };
  const fitScale = fit(STAGE, PICTURE).scale;
  const inCorner = cropAround({ x: 0, y: 0, w: 44, h: 25 }, PICTURE, room, fitScale);
  assert.equal(inCorner.x, 0);
  assert.equal(inCorner.y, 0);
  near(inCorner.w / inCorner.h, 2);
  assert.ok(inCorner.h >= 3 * 25 && inCorner.h < 110);
});

test("the magnifier shows a large shape whole", () => {
  const crop = cropAround({ x: 100, y: 100, w: 1500, h: 700 }, PICTURE, { width: 272, height: 136 }, 0.55);
  assert.ok(crop.w >= 1500 && crop.w <= 1920);
});

test("two fingers keep under them what they took hold of", () => {
  const before = zoomAt(fit(STAGE, PICTURE), 4, [500, 300], STAGE, PICTURE);
  const from = [[400, 300], [600, 300]];
  const to = [[380, 320], [680, 320]];
  const after = pinched(before, from, to, STAGE, PICTURE);
  near(after.scale, before.scale * 1.5);
  for (const finger of [0, 1]) {
    const [x, y] = toScreen(after, toPicture(before, from[finger]));
    near(x, to[finger][0], 1e-6);
    near(y, to[finger][1], 1e-6);
  }
});
