// Name plates over a picture: where one may stand when others lie there already. Pure geometry, in screen pixels.

/** @typedef {{x: number, y: number, w: number, h: number}} Plate top-left corner and size */

const GAP = 2;

const touch = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/**
 * How far up or down a plate moves so that it covers none of the others: down where there is room, else up.
 * @param {Plate} plate
 * @param {Plate[]} others
 * @param {number} bottom the lowest line of the picture's place
 */
export function freeTop(plate, others, bottom) {
  for (const down of [true, false]) {
    let y = plate.y;
    // Each step passes one of the others for good.
    for (let hit = others.find((one) => touch({ ...plate, y }, one)); hit; ) {
      y = down ? hit.y + hit.h + GAP : hit.y - plate.h - GAP;
      hit = others.find((one) => touch({ ...plate, y }, one));
    }
    if (down ? y + plate.h <= bottom : y >= 0) return y;
  }
  return plate.y;
}
