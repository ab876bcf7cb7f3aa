// A video on the stage: it is looked at as a whole, in the browser's player, over the poster; nothing is drawn on it.

import { createPlayer } from "../../../player.js";
import { TEXT } from "./strings.js";

/**
 * @param {object} options
 * @param {HTMLElement} options.stage
 * @param {(mediaId: number, size: string) => string} options.pictureAddress
 * @param {(text: string) => void} options.say
 */
export function createVideo({ stage, pictureAddress, say }) {
  /** @type {ReturnType<typeof createPlayer>|null} */
  let player = null;
  let shownId = null;

  /** What the keys of the film do while a video is on the stage. */
  const acts = {
    loopBack: () => player?.step(-1),
    loopOn: () => player?.step(1),
    loopSpeed: () => player && say(TEXT.video.speed(player.faster())),
    loop: () => player?.toggle(),
    box: () => say(TEXT.video.noShapes),
    polygon: () => say(TEXT.video.noShapes),
    copy: () => say(TEXT.video.noShapes),
  };

  return {
    get isOn() {
      return player !== null;
    },
    /** Puts a media's video on the stage; takes the one before away. @param {any} item null for none */
    show(item) {
      const id = item?.type === "video" ? item.id : null;
      if (id === shownId) return;
      player?.remove();
      shownId = id;
      player = id ? createPlayer(item, pictureAddress, TEXT.video) : null;
      if (player) stage.append(player.element);
    },
    /** The space bar: plays and pauses a video. @param {boolean} held @returns {boolean} whether there is one */
    takesSpace(held) {
      if (held) player?.toggle();
      return player !== null;
    },
    /** Whether an act was one of the video's. @param {string} act */
    takes(act) {
      if (!player || !(act in acts)) return false;
      acts[act]();
      return true;
    },
  };
}
