// Makes itself noticed: number in the title, desktop notice, a short sound. Asked for by a click.

import { t } from "./texts.js";
import { keepSetting, setting } from "./remember.js";

const title = document.title;
/** @type {AudioContext | null} */
let audio = null;

/** @param {number} count */
export function countInTitle(count) {
  document.title = count > 0 ? `(${count}) ${title}` : title;
  const badge = /** @type {any} */ (navigator);
  if (count > 0) badge.setAppBadge?.(count)?.catch?.(() => {});
  else badge.clearAppBadge?.()?.catch?.(() => {});
}

export function soundOn() {
  return setting("sound", "on") === "on";
}

export function noticesOn() {
  return setting("notices", "off") === "on" && "Notification" in window &&
    Notification.permission === "granted";
}

/** @param {boolean} on */
export function setSound(on) {
  keepSetting("sound", on ? "on" : "off");
  if (on) beep();
}

/**
 * Called from a click only: browsers ask the person then.
 * @param {boolean} on
 * @returns {Promise<boolean>}
 */
export async function setNotices(on) {
  if (on && "Notification" in window && Notification.permission !== "granted") {
    const answer = await Notification.requestPermission();
    on = answer === "granted";
  }
  keepSetting("notices", on ? "on" : "off");
  return on;
}

/** Two short tones, quiet; silent until the person has clicked somewhere, as browsers ask. */
export function beep() {
  if (!soundOn() || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  const start = audio.currentTime;
  [880, 1175].forEach((frequency, index) => {
    if (!audio) return;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, start + index * 0.14);
    volume.gain.exponentialRampToValueAtTime(0.12, start + index * 0.14 + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + index * 0.14 + 0.13);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + index * 0.14);
    tone.stop(start + index * 0.14 + 0.14);
  });
}

/**
 * Tell about something new. The notice names the reference and no customer text, because it
 * may show on a shared screen.
 * @param {string} key text key
 * @param {string} reference
 * @param {() => void} open
 */
export function announce(key, reference, open) {
  beep();
  if (!noticesOn() || !document.hidden) return;
  const notice = new Notification(t(key), { body: reference, tag: reference });
  notice.onclick = () => {
    window.focus();
    open();
    notice.close();
  };
}
