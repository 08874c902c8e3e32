// Each person's own settings, remembered on this computer.

import * as alerts from "./alerts.js";
import { byId } from "./dom.js";
import { keepSetting, setting } from "./remember.js";

/**
 * @param {() => void} changed
 */
export function bindSettings(changed) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("keys"));
  byId("open-keys").addEventListener("click", () => dialog.showModal());

  const sound = byId("set-sound");
  sound.checked = alerts.soundOn();
  sound.addEventListener("change", () => alerts.setSound(sound.checked));

  const notices = byId("set-notices");
  notices.checked = alerts.noticesOn();
  notices.addEventListener("change", async () => {
    notices.checked = await alerts.setNotices(notices.checked);
    byId("notices-denied").hidden =
      !("Notification" in window) || Notification.permission !== "denied";
  });

  for (const [name, on, off] of [
    ["enter", "enter", "ctrl"],
    ["keys", "on", "off"],
  ]) {
    const box = byId(`set-${name}`);
    box.checked = setting(name, name === "keys" ? "on" : off) === on;
    box.addEventListener("change", () => {
      keepSetting(name, box.checked ? on : off);
      changed();
    });
  }
}
