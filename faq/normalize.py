"""How a text is folded before it is compared: width, case, marks, polite padding."""

import re
import unicodedata

from faq.padding import take_out

#: NFKC is quadratic in runs of combining marks, so the text is cut before it, and once more after.
CUT_BEFORE_FOLDING = 5_000
#: A message is matched by its first code points only; nothing useful was seen beyond.
CUT_FOR_MATCHING = 500

_HIRAGANA = "ぁ-ゖゝゞ"
_KATAKANA = "ァ-ヺヽヾ"
#: Half a character; dictionaries refuse text that holds one.
_SURROGATES = re.compile("[\ud800-\udfff]")
# these look back only from a letter that they take out, as hardly any letter is one
_MARKS = "[-‐‑‒–—―−~〜～]"
_LONG_MARKS = re.compile(rf"{_MARKS}(?<=[{_KATAKANA}{_HIRAGANA}].){_MARKS}*")
#: サーバー and サーバ are one word, ソファー and ソファ too.
_TRAILING_LONG = re.compile(rf"ー(?<=[{_KATAKANA}ー][{_KATAKANA}].)ー*(?![{_KATAKANA}ー])")
_LONG_RUN = re.compile(r"ーー+")
_PUNCTUATION = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W_]")
_APOSTROPHE = re.compile(r"['’`´](?<=[a-z].)(?=[a-z])")
_LATIN = {
    code: plain
    for code in range(0xC0, 0x250)
    if (plain := unicodedata.normalize("NFKD", chr(code))[0]) != chr(code) and plain.isascii()
}
_OLD_KANJI = dict(
    zip("髙﨑濵邊邉齋齊澤廣國學會號當拂變", "高崎浜辺辺斎斎沢広国学会号当払変", strict=True)
)
_FOLDS = str.maketrans({**{chr(code): plain for code, plain in _LATIN.items()}, **_OLD_KANJI})
_ANY_FOLD = re.compile(f"[{re.escape(''.join(map(chr, _FOLDS)))}]")
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def fold(text: str) -> str:
    """One spelling for what is the same text to a reader; at most 500 code points."""
    text = _SURROGATES.sub(" ", text[:CUT_BEFORE_FOLDING])
    text = unicodedata.normalize("NFKC", text)[:CUT_BEFORE_FOLDING]
    text = text.lower()
    # most texts have none of these letters, and translating looks each letter up
    if _ANY_FOLD.search(text):
        text = text.translate(_FOLDS)
    text = text[:CUT_BEFORE_FOLDING]
    text = _LONG_MARKS.sub("ー", text)
    text = _LONG_RUN.sub("ー", text)
    text = _TRAILING_LONG.sub("", text)
    return _APOSTROPHE.sub("", text)


def cut(text: str) -> str:
    """The part of a folded text that is matched."""
    return " ".join(text[:CUT_FOR_MATCHING].split())


def strip_padding(folded: str) -> str:
    """The text without greetings, thanks and polite frames; empty when that is all there was."""
    bare = take_out(folded)
    return bare if _LETTER.search(bare) else ""


def literal_key(folded: str) -> str:
    """Letters and digits only: two texts with one key are literally the same question."""
    return _PUNCTUATION.sub("", folded)


#: How a wish or question ends softly in speech: 返品したいんだけど is 返品したい. An ending
#: goes only after a form that such endings follow, so that 花 typed as はな keeps its end.
_SOFT_END = re.compile(
    r"(?<=[たなし]い|ます|です|した|ない|れる|える|きる|する|ある|った|んだ)"
    r"((の|ん)?(です|でしょう|だ)?(か|かね|かな|が|けど|けれど|けれども|けども|よね|ね|よ)?|の)$"
)


def plain_key(folded: str) -> str:
    """Letters and digits without politeness and soft endings: what is asked, however said."""
    key = literal_key(strip_padding(folded) or folded)
    while (shorter := _SOFT_END.sub("", key)) != key:
        key = shorter
    return key


def to_hiragana(text: str) -> str:
    """Katakana as hiragana."""
    return text.translate(_KATAKANA_TO_HIRAGANA)
