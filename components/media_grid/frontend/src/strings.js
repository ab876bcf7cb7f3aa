// Every word this component shows, in one place. Names of states come with the data.

export const WORDS = {
  grid: "Media",
  select: "Select",
  missing: "Picture not available",
  timeAssumed: "time zone assumed",
  noTime: "no capture time",
  original: "Original",
  hideShapes: "Hide shapes",
  showShapes: "Show shapes",
  back: "Back to the list",
  previous: "Previous",
  next: "Next",
  copyLink: "Copy link",
  copied: "Link copied",
  copyFailed: "Copy it from the address bar",
  magnified: "Magnified from the original",
  nothingToMagnify: "No shape to magnify",
  nearby: "Same source, around this moment",
};

/** @param {number} count */
export function shapesText(count) {
  if (count === 0) return "no shapes";
  return count === 1 ? "1 shape" : `${count} shapes`;
}

/** A shape's size in pixels of the original. @param {number} width @param {number} height */
export function pixelsText(width, height) {
  return `${Math.round(width)} × ${Math.round(height)} px`;
}
