import assert from "node:assert/strict";
import { test } from "node:test";

import { createLeases } from "../src/leases.js";

const settled = () => new Promise((resolve) => setTimeout(resolve));
const MINUTE = 60_000;

/** Leases of somebody with these media before them, a clock that moves when told, and a server that others use too. */
function somebody(wanted = [1, 2, 3]) {
  const who = { wanted, others: new Set(), visible: true, sent: [], lost: [], at: 0, seconds: 120 };
  let timers = [];
  const leases = createLeases({
    post: async (path, { media_ids }) => {
      who.sent.push([path, media_ids]);
      if (path !== "/leases") return null;
      return { held: media_ids.filter((id) => !who.others.has(id)), lost: media_ids.filter((id) => who.others.has(id)), seconds: who.seconds };
    },
    getWanted: () => who.wanted,
    onLost: (ids) => who.lost.push(...ids),
    isVisible: () => who.visible,
    now: () => who.at,
    setTimer: (ring, ms) => {
      const timer = { ring, at: who.at + ms };
      timers.push(timer);
      return timer;
    },
    clearTimer: (timer) => (timers = timers.filter((one) => one !== timer)),
  });
  /** Lets time pass, timers ringing on the way. */
  who.pass = async (ms) => {
    const until = who.at + ms;
    for (;;) {
      timers.sort((a, b) => a.at - b.at);
      if (!timers.length || timers[0].at > until) break;
      const timer = timers.shift();
      who.at = Math.max(who.at, timer.at);
      timer.ring();
      await settled();
    }
    who.at = until;
  };
  return { leases, who };
}

test("what is on screen and ahead is renewed while somebody is at work", async () => {
  const { leases, who } = somebody();
  leases.took([1, 2, 3]);
  await who.pass(41_000);
  assert.deepEqual(who.sent, [["/leases", [1, 2, 3]]]);
  who.sent.length = 0;
  for (let i = 0; i < 10; i++) {
    leases.stirred();
    await who.pass(30_000);
  }
  const times = who.sent.filter(([path]) => path === "/leases").length;
  assert.ok(times >= 3 && times <= 6, `${times} times in five minutes`);
});

test("short leases are renewed more often, as soon as that is known", async () => {
  const { leases, who } = somebody();
  who.seconds = 10;
  leases.took([1, 2, 3]);
  leases.moved();
  await who.pass(30_000);
  assert.ok(who.sent.length >= 4, `${who.sent.length} times in half a minute`);
});

test("nothing is renewed while nobody has touched anything for five minutes, or looks elsewhere", async () => {
  const { leases, who } = somebody();
  leases.took([1, 2, 3]);
  await who.pass(6 * MINUTE);
  who.sent.length = 0;
  await who.pass(30 * MINUTE);
  assert.deepEqual(who.sent, []);
  leases.stirred();
  await settled();
  assert.deepEqual(who.sent, [["/leases", [1, 2, 3]]]);
  who.visible = false;
  who.sent.length = 0;
  await who.pass(3 * MINUTE);
  assert.deepEqual(who.sent, []);
});

test("what others have taken meanwhile is told once somebody is back", async () => {
  const { leases, who } = somebody();
  leases.took([1, 2, 3]);
  await who.pass(10 * MINUTE);
  who.others.add(2);
  leases.stirred();
  await settled();
  assert.deepEqual(who.lost, [2]);
  assert.equal(leases.count, 2);
});

test("what is left behind is given back after a moment of rest, not at every key", async () => {
  const { leases, who } = somebody();
  leases.took([1, 2, 3]);
  await who.pass(41_000);
  who.sent.length = 0;
  who.wanted = [2, 3];
  leases.moved();
  await who.pass(500);
  who.wanted = [3];
  leases.moved();
  assert.deepEqual(who.sent, []);
  await who.pass(2_500);
  assert.deepEqual(who.sent, [["/leases/release", [1, 2]]]);
});

test("a picture gone back to is leased again", async () => {
  const { leases, who } = somebody([2, 3]);
  leases.took([2, 3]);
  await who.pass(41_000);
  who.sent.length = 0;
  who.wanted = [1, 2, 3];
  leases.moved();
  await who.pass(2_500);
  assert.deepEqual(who.sent, [["/leases", [1]]]);
});

test("one that was decided needs no giving back", async () => {
  const { leases, who } = somebody();
  leases.took([1, 2, 3]);
  await who.pass(41_000);
  who.sent.length = 0;
  leases.ended(1);
  who.wanted = [2, 3];
  leases.moved();
  await who.pass(2_500);
  assert.deepEqual(who.sent, []);
});

test("leaving gives everything back, fifty at a time", async () => {
  const many = Array.from({ length: 60 }, (_, i) => i + 1);
  const { leases, who } = somebody(many);
  leases.took(many);
  leases.release();
  await settled();
  assert.deepEqual(who.sent.map(([path, ids]) => [path, ids.length]), [["/leases/release", 50], ["/leases/release", 10]]);
  assert.equal(leases.count, 0);
});

test("without network nothing is told and nothing is lost", async () => {
  const lost = [];
  const leases = createLeases({ post: async () => Promise.reject(new Error("away")), getWanted: () => [1], onLost: (ids) => lost.push(...ids), isVisible: () => true, setTimer: () => 0, clearTimer: () => {} });
  leases.took([1]);
  leases.stirred();
  leases.release();
  await settled();
  assert.deepEqual(lost, []);
});
