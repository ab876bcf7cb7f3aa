// Every sentence and word this component shows, in one place. Names of states come with the data.

export const ENGLISH = {
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
  sameTime: "same time",
  days: (n) => `${n} d`,
  shapes: (n) => (n === 0 ? "no shapes" : n === 1 ? "1 shape" : `${n} shapes`),
};
