// From files in the browser to an import that the server reads: begun, sent file by file, then asked to be read.

import { EMPTY_BATCH } from "../../../uploader/frontend/src/batch.js";

/**
 * @typedef {"choosing"|"sending"|"asking"} Stage
 * @typedef {{ok: boolean, status: number, body: any}} Answer
 * @typedef {{stage: Stage, importId: number|null, problem: string, finished: number|null}} Standing
 * `finished`: the import whose preview is on its way, until the page has been told
 */

/**
 * One for the tab: whoever turns to another page while files are on their way finds them here again.
 * @param {{engine: import("../../../uploader/frontend/src/engine.js").Engine, newKey: () => string,
 *          ask: (path: string, body?: any) => Promise<Answer>, lost: () => string, nothing: () => string}} world
 *   `ask` posts to a route of the imports; `lost` says that no answer came, `nothing` that no file was dropped
 */
export function createFlow({ engine, newKey, ask, lost, nothing }) {
  /** @type {Standing} */
  const standing = { stage: "choosing", importId: null, problem: "", finished: null };
  /** The same for every try to begin, so that a try whose answer got lost has begun the same import. */
  let clientId = "";
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const changed = () => listeners.forEach((listener) => listener());

  engine.subscribe(() => {
    if (standing.stage === "sending" && isAllSent(engine.rows())) void finish();
    changed();
  });

  /**
   * Take what was dropped or chosen; a folder without files, or with nothing but what systems leave behind, is said.
   * @param {import("../../../uploader/frontend/src/files.js").Found[]} found
   */
  function add(found) {
    const before = engine.rows().length;
    standing.problem = "";
    engine.add(found);
    if (engine.rows().length === before) standing.problem = nothing();
    changed();
  }

  /** Begin the import and send everything; after a trouble, go on where it stopped. */
  async function begin() {
    const rows = engine.rows();
    if (rows.length === 0 || standing.stage === "asking") return;
    standing.stage = "asking";
    standing.problem = "";
    changed();
    if (standing.importId === null) {
      clientId ||= newKey();
      const answer = await ask("", { kind: kindOfImport(rows), name: nameOfImport(rows), client_id: clientId });
      if (!answer.ok) return stopWith(answer);
      standing.importId = answer.body.id;
    }
    standing.stage = "sending";
    engine.start(EMPTY_BATCH);
  }

  /** All that could be sent is there: have it read. What was refused stays out when the person says so. */
  async function finish() {
    standing.stage = "asking";
    changed();
    const answer = await ask(`/${standing.importId}/read`);
    if (!answer.ok) return stopWith(answer);
    standing.finished = standing.importId;
    forget();
  }

  /** Give it up: what was sent so far is deleted by the server. */
  async function giveUp() {
    const given = standing.importId;
    forget();
    if (given !== null) await ask(`/${given}/cancel`);
  }

  function forget() {
    Object.assign(standing, { stage: "choosing", importId: null, problem: "" });
    clientId = "";
    engine.stop();
    engine.clear();
    changed();
  }

  function stopWith(answer) {
    standing.stage = "choosing";
    standing.problem = typeof answer.body?.detail === "string" ? answer.body.detail : lost();
    changed();
  }

  return {
    add, begin, finish, giveUp,
    standing: () => standing,
    importId: () => standing.importId,
    /** The page knows of it now. */
    told() {
      standing.finished = null;
    },
    /** @param {() => void} listener @returns {() => void} takes the listener away again */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createFlow>} Flow */

/** @param {{state: string}[]} rows */
export function isAllSent(rows) {
  return rows.length > 0 && rows.every((row) => row.state === "registered");
}

/** @param {{kind: string}[]} rows @returns {"archive"|"files"} */
export function kindOfImport(rows) {
  return rows.length === 1 && rows[0].kind === "archive" ? "archive" : "files";
}

/**
 * What the import is called: the one file, else the folder that all of it lay in, else the first of the files.
 * @param {{path: string}[]} rows
 * @returns {string}
 */
export function nameOfImport(rows) {
  const tops = new Set(rows.map((row) => (row.path.includes("/") ? row.path.split("/")[0] : "")));
  const [top] = tops;
  return tops.size === 1 && top ? top : rows[0].path;
}
