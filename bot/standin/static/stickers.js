// The six stickers of this phone, drawn by hand.

export const STICKERS = [
  { packageId: "446", stickerId: "1988", name: "hello", keyword: "こんにちは" },
  { packageId: "446", stickerId: "1989", name: "thanks", keyword: "ありがとう" },
  { packageId: "446", stickerId: "1990", name: "ok", keyword: "OK" },
  { packageId: "446", stickerId: "1991", name: "please", keyword: "お願いします" },
  { packageId: "446", stickerId: "1992", name: "sad", keyword: "困った" },
  { packageId: "446", stickerId: "1993", name: "what", keyword: "どうして？" },
];

export function pictureOf(sticker) {
  return `/phone/static/sticker-${sticker.name}.svg`;
}

export function findSticker(message) {
  return STICKERS.find(
    (one) => one.packageId === message.packageId && one.stickerId === message.stickerId,
  );
}
