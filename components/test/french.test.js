// Each component says in French all that it says in English, with the same values, and nothing twice alike.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const COMPONENTS = fileURLToPath(new URL("..", import.meta.url));
const SPEAKING = readdirSync(COMPONENTS).filter((name) => existsSync(`${COMPONENTS}${name}/frontend/src/english.js`));

/** Words that are the same in both: units, keys, terms of the trade. */
const ALIKE = new Set(["Original", "zoom", "Zoom", "Question", "Film", "Pause", "guide", "note"]);
const WORDLESS = /^[^\p{L}]*$|^\p{L}{1,2}$|^(\{\w+\} ?)+$/u;

/** Every text or function of a table of words, with the way to it. */
function* leaves(value, path = []) {
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* leaves(inner, [...path, key]);
  } else {
    yield [path.join("."), value];
  }
}

/** Sentences name keys by their acts: `{accept}`. */
const keysIn = (said) => String(said).match(/(?<!\$)\{\w+\}/g)?.sort() ?? [];

for (const name of SPEAKING) {
  const { ENGLISH } = await import(`../${name}/frontend/src/english.js`);
  const { FRENCH } = await import(`../${name}/frontend/src/french.js`);
  const english = new Map(leaves(ENGLISH));
  const french = new Map(leaves(FRENCH));

  test(`${name}: the same words are there in both languages`, () => {
    assert.deepEqual([...french.keys()].sort(), [...english.keys()].sort());
  });

  test(`${name}: sentences take the same values in both languages`, () => {
    for (const [path, said] of english) {
      assert.equal(typeof french.get(path), typeof said, path);
      if (typeof said === "function") assert.equal(french.get(path).length, said.length, path);
    }
  });

  test(`${name}: nothing was left in English`, () => {
    const sameText = (path, said) => french.get(path) === said && !ALIKE.has(said) && !WORDLESS.test(said);
    const left = [...english].filter(([path, said]) => typeof said === "string" && sameText(path, said));
    assert.deepEqual(left, []);
  });

  test(`${name}: sentences name the same keys in both languages`, () => {
    for (const [path, said] of english) assert.deepEqual(keysIn(french.get(path)), keysIn(said), path);
  });

  test(`${name}: a sentence with values gives a text in French`, () => {
    for (const [path, said] of french) {
      if (typeof said !== "function") continue;
      for (const value of [0, 1, 2]) assert.doesNotMatch(said(value, value, value, value), /undefined|NaN|\[object/, path);
    }
  });
}

test("all components with words are looked at", () => {
  assert.ok(SPEAKING.length >= 4, SPEAKING.join(", "));
});
