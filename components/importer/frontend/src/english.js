// Every sentence and word this component shows, in one place.

export const ENGLISH = {
  drop: "Drop a folder, a ZIP or annotation files here",
  dropHint: "COCO, YOLO, Pascal VOC, CSV, JSON Lines, Label Studio or CVAT: with their pictures, or for pictures that are here already.",
  chooseFiles: "Choose files",
  chooseFolder: "Choose a folder",
  begin: (figure, n) => `Send ${figure} ${n === 1 ? "file" : "files"} and look`,
  nothingYet: "Nothing is imported before you have seen what would become of it.",
  goOn: "Go on",
  goOnWithout: (figure, n) => `Go on without ${n === 1 ? "this one" : `these ${figure}`}`,
  retry: "Try these again",
  giveUp: "Cancel",
  clear: "Clear the list",
  pictures: (figure, n) => `${figure} ${n === 1 ? "picture" : "pictures"}`,
  others: (figure, n) => `${figure} other ${n === 1 ? "file" : "files"}`,
  sent: (done, total, sent, size) => `${done} of ${total} files sent · ${sent} of ${size}`,
  asking: "All is sent. It is being read…",
  notSent: "These could not be sent:",
  nothingInIt: "There is no file in what was dropped or chosen. Take a folder with files in it, a ZIP or annotation files.",
  noAnswer: "The server did not answer. Nothing is lost: go on when it is back.",
};
