import assert from "node:assert/strict";
import { test } from "node:test";

import { pictureAddress } from "../src/picture.js";

globalThis.location = /** @type {any} */ ({ origin: "https://vigie.example" });

test("the address of a crop names its box, so that browsers may keep it", () => {
  assert.equal(pictureAddress(7, "crop", "0.1,0.2,0.3,0.4"), "https://vigie.example/api/media/7/picture?size=crop&box=0.1,0.2,0.3,0.4");
  assert.equal(pictureAddress(7, "thumb"), "https://vigie.example/api/media/7/picture?size=thumb");
});
