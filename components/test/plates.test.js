import assert from "node:assert/strict";
import { test } from "node:test";

import { freeTop } from "../plates.js";

const plate = (x, y) => ({ x, y, w: 100, h: 18 });

test("a plate that nothing touches stays", () => {
  assert.equal(freeTop(plate(0, 50), [], 400), 50);
  assert.equal(freeTop(plate(0, 50), [plate(0, 68), plate(100, 50)], 400), 50);
});

test("a plate moves below those that lie where it would", () => {
  assert.equal(freeTop(plate(0, 50), [plate(10, 45)], 400), 65);
  assert.equal(freeTop(plate(0, 50), [plate(10, 64), plate(20, 45)], 400), 84);
});

test("without room below it moves above, and stays where there is none at all", () => {
  assert.equal(freeTop(plate(0, 380), [plate(10, 375)], 400), 355);
  assert.equal(freeTop(plate(0, 5), [plate(0, 2)], 30), 5);
});
