// Every sentence and word this component shows, in one place.

export const ENGLISH = {
  drop: "Drop the edited table here",
  kinds: "A CSV file that was exported to be edited",
  choose: "Choose a file",
  sending: (name, share) => `Sending ${name}: ${share} %`,
  tooLarge: (mebibytes) => `A table has at most ${mebibytes} MiB.`,
  unreadable: "This file cannot be read. Close it in your spreadsheet, and drop it again.",
  noConnection: "No connection to the server. Drop the table again when it is back.",
};
