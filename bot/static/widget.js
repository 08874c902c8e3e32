// The launcher that other sites load: a button, and our chat in a frame.
// <script src="https://HOST/widget.js" async data-lang="ja" data-theme="auto" data-position="right"></script>

(() => {
  "use strict";

  // the server puts the settings' values here
  const LOOK = { accent: "#0b6e4f", ink: "#ffffff", name: { ja: "お問い合わせ窓口", en: "Customer support" }, lang: "ja" };

  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!script || window.Madoguchi) return;

  const origin = new URL(script.src).origin;
  const given = script.dataset;
  const lang = ["ja", "en"].includes(given.lang ?? "") ? given.lang : guessLang();
  const theme = ["light", "dark"].includes(given.theme ?? "") ? given.theme : "auto";
  const side = given.position === "left" ? "left" : "right";
  const name = LOOK.name[lang] ?? Object.values(LOOK.name)[0] ?? "Chat";
  const words = {
    ja: { open: "チャットで相談する", close: "チャットを閉じる", unread: "未読{n}件" },
    en: { open: "Chat with us", close: "Close the chat", unread: "{n} unread" },
  }[lang];

  const STYLE = `
    :host { all: initial; }
    .launcher {
      position: fixed; z-index: 2147483000; inset-block-end: max(20px, env(safe-area-inset-bottom));
      ${side}: 20px; width: 60px; height: 60px; padding: 0; border: 0; border-radius: 50%;
      display: grid; place-items: center; cursor: pointer; color: ${LOOK.ink}; background: ${LOOK.accent};
      box-shadow: 0 2px 6px rgb(0 0 0 / 20%), 0 6px 24px rgb(0 0 0 / 18%);
    }
    .launcher:hover { filter: brightness(1.08); }
    .launcher:focus-visible { outline: 3px solid #1a5fd0; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .badge {
      position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-width: 22px; height: 22px;
      padding: 0 5px; box-sizing: border-box; border-radius: 11px; border: 2px solid #fff; color: #fff;
      background: #b3261e; font: 700 12px/18px system-ui, sans-serif; text-align: center;
    }
    .panel {
      position: fixed; z-index: 2147483001; inset-block-end: max(92px, calc(72px + env(safe-area-inset-bottom)));
      ${side}: 20px; width: min(400px, calc(100vw - 40px)); height: min(660px, calc(100dvh - 112px));
      border-radius: 14px; overflow: hidden; background: Canvas;
      box-shadow: 0 2px 8px rgb(0 0 0 / 16%), 0 12px 48px rgb(0 0 0 / 24%);
    }
    .panel[hidden], .badge[hidden] { display: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media (max-width: 480px), (max-height: 480px) {
      .panel { inset: 0; width: 100vw; height: 100dvh; border-radius: 0; }
      .open .launcher { display: none; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .panel { animation: rise .18s ease-out; }
      @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    }
    @media print { .launcher, .panel { display: none; } }
  `;

  const ICON_OPEN = "M6 8h20v14H15l-6 5v-5H6z";
  const ICON_CLOSE = "M9 9l14 14M23 9L9 23";

  // --- what the visitor's browser keeps for us on this site

  const PREFIX = `madoguchi.${origin}.`;
  /** @type {Map<string, string>} */
  const memory = new Map();

  function keep(key, value) {
    if (value === null) memory.delete(key);
    else memory.set(key, value);
    try {
      if (value === null) localStorage.removeItem(PREFIX + key);
      else localStorage.setItem(PREFIX + key, value);
    } catch {
      // storage is switched off: memory has to do
    }
  }

  function kept() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(PREFIX)) memory.set(key.slice(PREFIX.length), localStorage.getItem(key) ?? "");
      }
    } catch {
      // no storage
    }
    return Object.fromEntries(memory);
  }

  // --- what is seen

  const host = document.createElement("div");
  host.dataset.madoguchi = "";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const frameHolder = make("div", { class: "panel", role: "dialog", "aria-label": name, id: "panel" });
  frameHolder.hidden = true;
  const launcher = make("button", {
    class: "launcher",
    type: "button",
    "aria-expanded": "false",
    "aria-controls": "panel",
  });
  const icon = drawIcon();
  const badge = make("span", { class: "badge", "aria-hidden": "true" });
  badge.hidden = true;
  launcher.append(icon, badge);
  const body = make("div", {});
  body.append(launcher, frameHolder);
  root.append(body);

  let isOpen = false;
  let unread = 0;
  /** @type {HTMLIFrameElement | null} */
  let frame = null;
  let isReady = false;

  function make(tag, attributes) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function drawIcon() {
    const space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    for (const [key, value] of [["width", "32"], ["height", "32"], ["viewBox", "0 0 32 32"], ["aria-hidden", "true"]]) {
      picture.setAttribute(key, value);
    }
    for (const [key, value] of [["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "2.4"],
      ["stroke-linejoin", "round"], ["stroke-linecap", "round"], ["d", ICON_OPEN]]) {
      path.setAttribute(key, value);
    }
    picture.append(path);
    return picture;
  }

  function guessLang() {
    const wanted = (document.documentElement.lang || navigator.language || "").slice(0, 2).toLowerCase();
    return ["ja", "en"].includes(wanted) ? wanted : LOOK.lang;
  }

  function describe() {
    launcher.setAttribute("aria-expanded", String(isOpen));
    const count = unread && !isOpen ? ` (${words.unread.replace("{n}", String(unread))})` : "";
    launcher.setAttribute("aria-label", (isOpen ? words.close : words.open) + count);
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = isOpen || unread === 0;
    icon.firstElementChild.setAttribute("d", isOpen ? ICON_CLOSE : ICON_OPEN);
    body.classList.toggle("open", isOpen);
    frameHolder.hidden = !isOpen;
  }

  // --- the frame

  function load() {
    if (frame) return;
    const address = new URL("/chat", origin);
    address.searchParams.set("embed", "1");
    address.searchParams.set("lang", lang);
    address.searchParams.set("theme", theme);
    address.searchParams.set("site", location.origin);
    frame = /** @type {HTMLIFrameElement} */ (make("iframe", { title: name, src: address.href }));
    frameHolder.append(frame);
  }

  function tell(note) {
    // to our own origin and nobody else, wherever the frame may have gone
    if (isReady) frame?.contentWindow?.postMessage({ madoguchi: 1, ...note }, origin);
  }

  function listen(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const note = event.data;
    if (note?.madoguchi !== 1) return;
    if (note.type === "ready") {
      isReady = true;
      tell({ type: "hello", kept: kept(), open: isOpen, site: (given.site ?? "").slice(0, 100) });
      if (isOpen && given.open !== "true") tell({ type: "open", focus: true });
    } else if (note.type === "keep" && typeof note.name === "string") {
      if (note.value === null || typeof note.value === "string") keep(note.name, note.value);
    } else if (note.type === "unread" && Number.isInteger(note.count)) {
      unread = Math.max(0, note.count);
      describe();
    } else if (note.type === "close") close();
  }

  function open() {
    if (isOpen) return;
    isOpen = true;
    load();
    describe();
    frame?.focus();
    tell({ type: "open", focus: true });
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    describe();
    tell({ type: "closed" });
    launcher.focus();
  }

  function toggle() {
    if (isOpen) close();
    else open();
  }

  /** Forget the visitor: for a shared computer, or when somebody logs out of the site. */
  function reset() {
    for (const key of Object.keys(kept())) keep(key, null);
    frame?.remove();
    frame = null;
    isReady = false;
    unread = 0;
    isOpen = false;
    describe();
  }

  function begin() {
    document.body.append(host);
    describe();
    if (given.open === "true") {
      isOpen = true;
      load();
      describe();
    } else if (kept().token) {
      // somebody who wrote before hears of an answer without opening the chat
      const later = window.requestIdleCallback ?? ((run) => setTimeout(run, 500));
      later(load);
    }
  }

  addEventListener("message", listen);
  launcher.addEventListener("click", toggle);
  root.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Escape") close();
  });
  window.Madoguchi = Object.freeze({ open, close, toggle, reset });
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
