// A table on its way to the server. XHR, because fetch tells nothing about what has been sent.

import { TEXT } from "./strings.js";

/** @returns {string} `crypto.randomUUID` exists on secure addresses only */
function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The number of the import that the table has become. Rejects with a sentence for the person.
 * @param {File} file
 * @param {(share: number) => void} onShare 0 to 100
 * @returns {Promise<number>}
 */
export async function sendTable(file, onShare) {
  try {
    // A file that a spreadsheet holds, or that was changed since it was chosen: no network trouble.
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Error(TEXT.unreadable);
  }
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${location.origin}/api/imports/table`);
    request.setRequestHeader("X-Vigie", "1");
    request.upload.onprogress = (event) => onShare(Math.floor((event.loaded / Math.max(1, event.total)) * 100));
    request.onload = () => {
      const answer = answerOf(request.responseText);
      if (request.status === 202 && answer) resolve(answer.id);
      else reject(new Error(answer?.detail || TEXT.noConnection));
    };
    request.onerror = () => reject(new Error(TEXT.noConnection));
    const form = new FormData();
    form.append("client_id", newClientId());
    form.append("file", file, file.name);
    request.send(form);
  });
}

/** @param {string} text */
export function answerOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
