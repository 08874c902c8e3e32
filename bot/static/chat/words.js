// What the chat says to a visitor, in both languages.

/** @typedef {"ja" | "en"} Lang */

/** @type {Record<Lang, Record<string, string>>} */
const WORDS = {
  ja: {
    bot: "自動応答",
    agent: "担当者",
    you: "あなた",
    whoBot: "自動で返信しています",
    whoAgent: "担当者が返信します",
    whoAgentNamed: "担当の{name}が返信します",
    whoWaiting: "順番をお待ちいただいています",
    whoOut: "受付時間外です",
    place: "{n}番目",
    wait: "目安 {wait}",
    phone: "お電話: {phone}",
    reference: "お問い合わせ番号 {reference}",
    sending: "送信中",
    retrying: "未送信・再送しています",
    failed: "送信できませんでした",
    again: "もう一度送る",
    discard: "取り消す",
    read: "既読",
    unsent: "送信が取り消されました",
    erased: "このメッセージは削除されました",
    typing: "担当者が入力しています",
    offline: "接続が切れています。書いていただいた内容は、つながりしだい送信します。",
    slow: "メッセージが続いたため、少し間をおいて順に送信します。",
    today: "今日",
    yesterday: "昨日",
    tooLarge: "恐れ入りますが、{name}は大きすぎて送れません。{limit}MBまでのファイルをお選びください。",
    wrongType: "恐れ入りますが、{name}は送れません。画像(JPEG・PNG・GIF・WebP)かPDFをお選びください。",
    tooMany: "恐れ入りますが、一度に送れるファイルは{n}個までです。残りは続けてお送りください。",
    uploading: "送信中 {percent}%",
    remove: "{name}を外す",
    picture: "画像 {name}",
    open: "{name}を大きく表示",
    save: "{name}を保存",
    gone: "このファイルは表示できなくなりました",
    human: "担当者に相談",
    unread: "({n}) ",
    announcement: "お知らせ",
    closeAnnouncement: "お知らせを閉じる",
    file: "ファイル",
    suggested: "もしかして：{n}件の候補があります。上矢印キーで選べます。",
  },
  en: {
    bot: "Automatic reply",
    agent: "Agent",
    you: "You",
    whoBot: "Replies are automatic",
    whoAgent: "An agent replies to you",
    whoAgentNamed: "{name} replies to you",
    whoWaiting: "You are in the queue",
    whoOut: "We are closed right now",
    place: "Number {n} in line",
    wait: "about {wait}",
    phone: "Phone: {phone}",
    reference: "Reference {reference}",
    sending: "Sending",
    retrying: "Not sent yet, retrying",
    failed: "Could not be sent",
    again: "Send again",
    discard: "Discard",
    read: "Read",
    unsent: "Message taken back",
    erased: "This message was removed",
    typing: "An agent is typing",
    offline: "The connection is lost. What you write is sent as soon as it is back.",
    slow: "That was a lot at once. Your messages follow in a moment.",
    today: "Today",
    yesterday: "Yesterday",
    tooLarge: "Sorry, {name} is too large. Please choose a file of up to {limit} MB.",
    wrongType: "Sorry, {name} cannot be sent. Please choose a picture (JPEG, PNG, GIF, WebP) or a PDF.",
    tooMany: "Sorry, up to {n} files can be sent at once. Please send the others afterwards.",
    uploading: "Sending {percent}%",
    remove: "Remove {name}",
    picture: "Picture {name}",
    open: "Show {name} larger",
    save: "Save {name}",
    gone: "This file is no longer available",
    human: "Talk to a person",
    unread: "({n}) ",
    announcement: "Please note",
    closeAnnouncement: "Close this announcement",
    file: "File",
    suggested: "{n} suggestions. Choose with the up arrow.",
  },
};

/** @type {Lang} */
export const lang = document.documentElement.lang === "en" ? "en" : "ja";

/**
 * The words for a key, with its places filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  return WORDS[lang][key].replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ""));
}

const clock = new Intl.DateTimeFormat(lang, { hour: "numeric", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(lang, { month: "long", day: "numeric", weekday: "short" });
const dayOfYear = new Intl.DateTimeFormat(lang, { dateStyle: "full" });

/** @param {number} at ms since the epoch */
export const timeOf = (at) => clock.format(at);
/** @param {number} at ms since the epoch */
export const exactTimeOf = (at) => exact.format(at);

/**
 * A day as people say it.
 * @param {number} at ms since the epoch
 */
export function dayOf(at) {
  const date = new Date(at);
  const now = new Date();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return say("today");
  if (date.toDateString() === yesterday.toDateString()) return say("yesterday");
  return (date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(at);
}
