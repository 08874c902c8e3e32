// Files: what may be sent, how it travels, and how it is shown to its owner alone.

import { byId, element, sizeOf } from "./dom.js";
import { say } from "./words.js";

/** @typedef {import("./connection.js").Connection} Connection */
/** @typedef {{ key: string, name: string, type: string, size: number, state: string }} Kept */

const TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"];
export const ACCEPT = TYPES.join(",");
export const FILES_MAX = 5;
const THUMB = 240;

/**
 * Why a file cannot be sent; empty when it can.
 * @param {File} file
 * @param {number} most
 */
export function objection(file, most) {
  if (!TYPES.includes(file.type)) return say("wrongType", { name: file.name });
  if (file.size > most) {
    return say("tooLarge", { name: file.name, limit: Math.floor(most / 1024 / 1024) });
  }
  return "";
}

/**
 * Draw a picture; a canvas needs no address that our security policy would have to allow.
 * @param {Blob} blob
 * @param {string} label
 * @param {number} edge longest edge in CSS pixels
 */
export async function draw(blob, label, edge) {
  const bitmap = await createImageBitmap(blob);
  const canvas = /** @type {HTMLCanvasElement} */ (
    element("canvas", { role: "img", "aria-label": label })
  );
  const density = Math.min(devicePixelRatio || 1, 2);
  const scale = Math.min(1, (edge * density) / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/**
 * Send a file; resolves to the server's frame, null when the line broke.
 * @param {Connection} connection
 * @param {string} clientId
 * @param {File} file
 * @param {(share: number) => void} onprogress
 * @returns {Promise<{ type: string, seq?: number } | null>}
 */
export function upload(connection, clientId, file, onprogress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/chat/upload");
    request.setRequestHeader("Authorization", `Bearer ${connection.vault.get("token") ?? ""}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Client-Id", clientId);
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.slice(-100)));
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onprogress(event.loaded / event.total);
    };
    request.onload = () => {
      try {
        const told = JSON.parse(request.responseText);
        resolve(told.type ? told : { type: request.status < 500 ? "refused" : "retry" });
      } catch {
        resolve(null);
      }
    };
    request.onerror = request.onabort = () => resolve(null);
    request.send(file);
  });
}

/**
 * A file of the transcript.
 * @param {Connection} connection
 * @param {Kept} kept
 */
export function renderFile(connection, kept) {
  const name = kept.name || say("file");
  if (kept.state !== "kept") return element("p", { class: "file gone" }, say("gone"));
  /** @type {Promise<Blob> | null} */
  let loading = null;
  const load = () => {
    loading ??= connection.fetch(`/chat/file/${encodeURIComponent(kept.key)}`).then((answer) => {
      if (!answer.ok) throw new Error("not found");
      return answer.blob();
    });
    loading.catch(() => {
      loading = null;
    });
    return loading;
  };
  const row = element("div", { class: "file" });
  const saving = element(
    "button",
    { type: "button", class: "file-save", "aria-label": say("save", { name }) },
    element("span", { class: "file-name" }, name),
    element("span", { class: "file-size" }, sizeOf(kept.size)),
  );
  saving.addEventListener("click", () => void load().then((blob) => save(blob, name)).catch(() => {}));
  if (kept.type.startsWith("image/")) {
    const opening = element("button", {
      type: "button",
      class: "picture",
      "aria-label": say("open", { name }),
    });
    opening.addEventListener("click", () => void load().then((blob) => enlarge(blob, name)).catch(() => {}));
    row.append(opening);
    whenSeen(row, () => {
      load()
        .then((blob) => draw(blob, say("picture", { name }), THUMB))
        .then((canvas) => opening.replaceChildren(canvas))
        .catch(() => opening.remove());
    });
  }
  row.append(saving);
  return row;
}

/**
 * @param {Element} watched
 * @param {() => void} then
 */
function whenSeen(watched, then) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    then();
  });
  observer.observe(watched);
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
async function enlarge(blob, name) {
  const viewer = /** @type {HTMLDialogElement} */ (byId("viewer"));
  const edge = Math.max(innerWidth, innerHeight);
  byId("viewer-picture").replaceChildren(await draw(blob, say("picture", { name }), edge));
  viewer.showModal();
}
