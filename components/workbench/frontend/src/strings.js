// Every sentence and word the workbench shows, in one place.

export const TEXT = {
  acts: {
    accepted: "Accept",
    submitted: "Submit",
    nothing: "Nothing here",
    rejected: "Reject",
    unsure: "Unsure",
    sent_back: "Send back",
    parked: "Park",
    unparked: "Unpark",
    reopened: "Reopen",
  },
  done: {
    accepted: "accepted",
    submitted: "submitted",
    nothing: "submitted, nothing here",
    rejected: "rejected",
    unsure: "unsure",
    sent_back: "sent back",
    parked: "parked",
    unparked: "unparked",
    reopened: "reopened",
  },
  keys: {
    next: "Next without deciding",
    previous: "Previous",
    accept: "Accept (submits first what is drawn)",
    reject: "Reject",
    unsure: "Unsure",
    nothing: "Nothing here",
    submit: "Submit the shapes",
    sendBack: "Send back, with a comment",
    reopen: "Reopen, with a reason",
    park: "Park with a note, or unpark",
    box: "Box tool",
    polygon: "Polygon tool",
    select: "Select and move",
    label: "Label class of the selected or next shape",
    staged: "False-positive classes, by letter",
    whole: "The next class is for the whole picture",
    find: "Find a label class by typing",
    copy: "Copy the shapes of the previous frame",
    delete: "Delete the selected shape",
    undo: "Undo: strokes first, then decisions of the day",
    redo: "Redo",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Fit the whole picture",
    zoomShape: "Zoom to the shape",
    hide: "Hide or show shapes",
    darker: "Darker (view only)",
    brighter: "Brighter (view only)",
    comment: "Comment on the next decision",
    sheet: "This sheet",
    close: "Close, cancel",
    wheel: "Zoom at the pointer",
    panning: "Pan",
    confirm: "Close the polygon, keep mine",
  },
  groups: { step: "Step", decide: "Decide", draw: "Draw", label: "Label", look: "Look", other: "Other" },
  tools: { box: "Box", polygon: "Polygon", select: "Move", copy: "Copy previous", hide: "Hide shapes", zoomShape: "Zoom to shape" },
  saved: { saved: "saved", saving: "saving", unsaved: "not saved yet", drawn: "drawn, not submitted" },
  states: {
    awaiting_content: "awaiting content",
    new: "new",
    annotated: "annotated",
    sent_back: "sent back",
    unsure: "unsure",
    disputed: "disputed",
    parked: "parked",
    accepted: "accepted",
    rejected: "rejected",
    withdrawn: "withdrawn",
  },
  history: {
    registered: "Registered",
    submitted: "Submitted",
    accepted: "Accepted",
    rejected: "Rejected",
    sent_back: "Sent back",
    unsure: "Unsure",
    parked: "Parked",
    unparked: "Unparked",
    reopened: "Reopened",
    undone: "Undone",
    withdrawn: "Withdrawn",
    restored: "Restored",
  },
  panel: {
    crop: "Magnified",
    share: (percent) => `${percent} of the frame`,
    classes: "Label class",
    whole: "Whole picture",
    shapes: "Shapes",
    history: "History",
    find: "find",
    falsePositives: "more",
    add: "add",
    count: (n) => (n === 1 ? "1 shape" : `${n} shapes`),
    noShapes: "None. Drag on the picture to draw a box.",
    noShapesView: "None.",
    wholeNone: "nothing said of the whole picture",
    comment: "Comment",
    noClass: "no label class",
    byModel: "by model",
    imported: "imported",
    mine: "you",
    remove: "Delete this shape",
    pointer: "Point at the picture to magnify it here.",
  },
  ask: {
    sent_back: "What has to be done again?",
    parked: "Why set it aside?",
    reopened: "Why reopen it?",
    comment: "Comment for the next decision",
    hint: "Enter sends · Esc cancels",
    hintComment: "Enter keeps it · Esc cancels",
    needed: "Write a few words first; the next person needs them.",
  },
  refusals: {
    nothingShown: "No picture is on screen.",
    emptyAccept: "Draw shapes, or say that nothing is here.",
    emptySubmit: "Nothing is drawn. Draw shapes, or say that nothing is here (N).",
    unchanged: "Nothing has changed. Accept what is there (A), or change it first.",
    sentBack: "This answer was sent back. Change it, or submit it again as it is (S), before accepting.",
    parkedAccept: "This picture is parked. Unpark it (M), or submit the shapes first (S).",
    decided: (state) => `This picture is ${state}. Reopen it (O) to change that.`,
    notDecided: "Only an accepted or rejected picture can be reopened.",
    notAnswered: "Nobody has answered yet, so there is nothing to send back.",
    alreadyUnsure: "This picture is already unsure.",
    parkedUnsure: "This picture is parked. Unpark it (M) first.",
    drawn: "You have drawn shapes. Submit them (S), or delete them before saying that nothing is here.",
    noClass: "One shape has no label class. Choose one (1-9, F and a letter, or /).",
    viewer: "Your access can look at pictures, not decide.",
    sending: "This decision is being saved. Ctrl+Z takes it back.",
    conflict: "First keep yours (Enter) or drop it (Esc).",
    notShown: "The picture was not on screen yet, so that key did nothing.",
    missing: "The picture could not be loaded. Reject it, mark it unsure or park it.",
    state: (state) => `This picture is ${state}: nothing can be decided here.`,
  },
  notices: {
    nothingToUndo: "Nothing to undo from today.",
    nothingToRedo: "Nothing to redo.",
    undone: (what) => `Taken back: ${what}.`,
    copied: (n) => (n === 1 ? "1 shape copied from the previous frame." : `${n} shapes copied from the previous frame.`),
    noPrevious: "There is no earlier frame of this source.",
    noSource: "This picture names no source, so it has no neighbours.",
    previousEmpty: "The previous frame has no shapes.",
    draftBack: "Your unsubmitted drawing is back.",
    first: "This is the first picture of the queue.",
    noShape: "There is no shape to zoom to.",
    noClassKey: (key) => `No label class has the key ${key}.`,
    notForShapes: (name) => `${name} is for the whole picture, so it was toggled there.`,
    notForWhole: (name) => `${name} is for shapes, not for the whole picture.`,
    shapesHidden: "Shapes are hidden. H shows them.",
    brightness: (percent) => `Brightness ${percent} %, on this screen only`,
    cameBack: (name) => `${name} came back and is next: its answer was not taken.`,
    kept: "Kept for the next decision.",
  },
  bars: {
    conflict: (who) => `${who ?? "A colleague"} answered this picture while you did. Theirs is dashed, yours is drawn full.`,
    conflictEmpty: (who) => `${who ?? "A colleague"} answered this picture while you did, and found nothing here.`,
    keep: "Keep mine as the next annotation",
    drop: "Drop mine",
    refused: "Not taken:",
    close: "Close",
    showNow: "Show it now",
    signedOut: "You are signed out.",
    signIn: "Sign in again",
    waiting: (n) => (n === 1 ? "One answer waits here and will be sent." : `${n} answers wait here and will be sent.`),
    offline: "The server cannot be reached.",
  },
  end: {
    empty: {
      to_annotate: ["Nothing waits to be annotated.", "New pictures come here as soon as they are uploaded."],
      to_review: ["Nothing waits for a review.", "Answers come here as soon as somebody submits one."],
      sent_back: ["Nothing was sent back.", "An answer that has to be done again comes here, with its comment."],
      unsure: ["Nobody is unsure about anything.", "A picture marked unsure (U) comes here for somebody else."],
      parked: ["Nothing is parked.", "A picture set aside with a note (M) comes here."],
      filter: ["No picture matches this filter.", "Change the filter in Browse, or take one of the queues."],
    },
    done: "That was the last one.",
    decided: (n) => (n === 1 ? "1 decision" : `${n} decisions`),
    skipped: (n) => `${n} skipped`,
    cameBack: (n) => `${n} not saved: an answer came back`,
    median: (text) => `median ${text}`,
    again: "Step through what you skipped",
    goOn: "Go on with",
    upload: "Upload pictures",
    failed: "The queue could not be loaded.",
    retry: "Try again",
    loading: "Loading the queue…",
  },
  strip: {
    of: (n, total) => ({ n, of: `of ${total}` }),
    median: (text) => `median ${text}`,
    queue: "Queue",
    keys: "Keys",
    plain: "Plain buttons",
    plainHint: "The same decisions with plain buttons, without the canvas",
    azimuth: (degrees) => `azimuth ${Math.round(degrees)}°`,
    assumed: "time zone assumed",
  },
  film: {
    label: "The same source around this moment",
    none: "No other picture of this source",
    noSource: "No source given",
    hint: [["← →", "step"], ["A X U N", "decide"], ["wheel", "zoom"], ["Space", "pan"]],
  },
  staged: {
    title: "False positive: which?",
    whole: "Whole picture: which?",
    esc: "Esc",
    find: "Find a label class",
    findHint: "Enter: this shape · Shift+Enter: whole picture · Esc",
    none: "No label class is called that.",
  },
  sheet: { title: "Keys", close: "Close" },
  errors: {
    unreachable: "The server could not be reached. Nothing was lost; it is tried again.",
    unexpected: (status) => `The server answered ${status}. Try again, or tell the administrator.`,
    pictureMissing: "This picture could not be loaded.",
    noStorage: "This browser keeps no outbox (private window?). Do not close the page before everything is saved.",
  },
  canvas: "Picture",
  workbench: "Image-by-image workbench",
  decisions: "Decisions",
};

/** "4 min", "2 h", "3 d": a distance in time, short. @param {number} seconds */
export function shortSpan(seconds) {
  const s = Math.abs(seconds);
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3600) return `${Math.round(s / 60)} min`;
  if (s < 86400) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} d`;
}

// Made once: a formatter costs more than what it formats.
const LOCALE = "en-GB";
const DAY = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const DAY_THIS_YEAR = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
const TIME = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const HOUR_AND_MINUTE = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" });

/** "12 Aug 2026 17:42:08" in the browser's zone. @param {string} iso */
export const dayAndTime = (iso) => `${DAY.format(new Date(iso))} ${clock(iso)}`;

/** "17:42:08" in the browser's zone. @param {string} iso */
export const clock = (iso) => TIME.format(new Date(iso));

/** "17:55" when today, "12 Aug 17:55" in this year, else with the year. @param {string} iso */
export function shortMoment(iso, now = new Date()) {
  const at = new Date(iso);
  const time = HOUR_AND_MINUTE.format(at);
  if (at.toDateString() === now.toDateString()) return time;
  return `${(at.getFullYear() === now.getFullYear() ? DAY_THIS_YEAR : DAY).format(at)} ${time}`;
}

/** "1.9 s", "12 s", "2 min": how long one picture takes. @param {number} ms */
export function pace(ms) {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  return shortSpan(ms / 1000);
}

/** "0.05 %", "0.6 %", "12 %": a share of the frame. @param {number} share 0 to 1 */
export function percent(share) {
  const value = share * 100;
  if (value >= 10) return `${Math.round(value)} %`;
  if (value >= 0.095) return `${value.toFixed(1)} %`;
  if (value >= 0.0095) return `${value.toFixed(2)} %`;
  return `${value.toPrecision(1)} %`;
}
