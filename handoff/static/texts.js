// The page's words in the language of whoever looks at it, and its times.

/** @type {Record<string, string>} */
let words = {};
let language = "ja";
let zone = "Asia/Tokyo";
let skew = 0;

/**
 * @param {{texts: Record<string, string>, lang: string, timezone: string}} start
 */
export function setWords(start) {
  words = start.texts;
  language = start.lang;
  zone = start.timezone;
}

/**
 * Remember how far this computer's clock is from the server's.
 * @param {number} serverNow
 */
export function setNow(serverNow) {
  skew = serverNow - Date.now();
}

/** The server's time in ms. */
export function now() {
  return Date.now() + skew;
}

/**
 * A text with its {places} filled.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const found = words[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * The exact time, for people.
 * @param {number} at
 */
export function exact(at) {
  return new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zone,
  }).format(at);
}

/**
 * Hours and minutes, with the date when it is not today.
 * @param {number} at
 */
export function clock(at) {
  const day = (/** @type {number} */ ms) =>
    new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: zone }).format(ms);
  const today = day(at) === day(now());
  return new Intl.DateTimeFormat(language, {
    ...(today ? {} : { month: "numeric", day: "numeric" }),
    hour: "numeric",
    minute: "2-digit",
    timeZone: zone,
  }).format(at);
}

/**
 * A stretch of time, short: "3分", "2時間", "5日".
 * @param {number} ms
 */
export function stretch(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return t("time.under");
  if (minutes < 60) return t("time.minutes", { n: minutes });
  if (minutes < 60 * 24) return t("time.hours", { n: Math.floor(minutes / 60) });
  return t("time.days", { n: Math.floor(minutes / 1440) });
}

/**
 * How long ago, short.
 * @param {number} at
 */
export function ago(at) {
  const passed = now() - at;
  return passed < 60_000 ? t("time.now") : t("time.ago", { span: stretch(passed) });
}
