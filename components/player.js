// A media's video in the browser's own player; where its codec cannot be played, the poster and a download.

/** Steps a frame where nobody knows how long one lasts. */
const USUAL_RATE = 25;
export const SPEEDS = [1, 2, 4, 0.5];

/**
 * @typedef {{id: number, file_name?: string|null, duration?: number|null, frame_rate?: number|null, playable?: boolean|null}} Video
 * @typedef {{video: string, unplayable: string, download: string}} Words
 */

/** "0:05", "12:34", "1:02:03". @param {number|null|undefined} seconds */
export function lengthText(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "";
  const whole = Math.max(0, Math.round(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** What stands on the thumbnail of a video. @param {{type?: string, duration?: number|null}} media @returns {HTMLElement|null} */
export function lengthMark(media) {
  if (media.type !== "video") return null;
  const mark = document.createElement("span");
  mark.className = "length";
  mark.textContent = ["▶", lengthText(media.duration)].join(" ").trim();
  return mark;
}

/**
 * @param {Video} media
 * @param {(mediaId: number, size: string) => string} addressOf of a picture or the video itself
 * @param {Words} words
 */
export function createPlayer(media, addressOf, words) {
  const element = document.createElement("div");
  element.className = "player";
  element.dataset.mediaId = String(media.id);
  const video = document.createElement("video");
  let broken = false;

  function giveUp() {
    if (broken) return;
    broken = true;
    const poster = document.createElement("img");
    poster.src = addressOf(media.id, "screen");
    poster.alt = media.file_name ?? "";
    const note = document.createElement("p");
    note.className = "unplayable";
    const link = document.createElement("a");
    link.href = addressOf(media.id, "original");
    link.download = media.file_name ?? "";
    link.textContent = words.download;
    note.append(`${words.unplayable} `, link);
    video.removeAttribute("src");
    element.replaceChildren(poster, note);
    element.dataset.playable = "false";
  }

  video.controls = true;
  video.playsInline = true;
  video.loop = false;
  video.preload = "metadata";
  video.poster = addressOf(media.id, "screen");
  video.setAttribute("aria-label", `${words.video} ${media.file_name ?? ""}`.trim());
  // Keys are the screen's: a focused player would take the arrows and the space bar for itself.
  video.tabIndex = -1;
  video.addEventListener("error", giveUp);
  if (media.playable === false) giveUp();
  else {
    video.src = addressOf(media.id, "video");
    element.append(video);
    element.dataset.playable = "true";
  }

  return {
    element,
    get isPlayable() {
      return !broken;
    },
    toggle() {
      if (broken) return;
      // A browser may refuse to play before anybody has clicked; its own button is there then.
      if (video.paused) video.play().catch(() => {});
      else video.pause();
    },
    /** Stands still so many frames further or back. @param {number} frames */
    step(frames) {
      if (broken) return;
      video.pause();
      const seconds = frames / (media.frame_rate || USUAL_RATE);
      video.currentTime = Math.min(Math.max(0, video.currentTime + seconds), video.duration || media.duration || 0);
    },
    /** The next of the speeds. */
    faster() {
      video.playbackRate = SPEEDS[(SPEEDS.indexOf(video.playbackRate) + 1) % SPEEDS.length];
      return video.playbackRate;
    },
    /** Lets go of what is still being loaded: a removed player would load on. */
    remove() {
      broken = true;
      video.pause();
      video.removeAttribute("src");
      video.load();
      element.remove();
    },
  };
}
