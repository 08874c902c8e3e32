"""The pieces of a text that are compared: short runs of letters, by script."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from operator import add

from faq.english import LIGHT, LIGHT_WORDS, stem
from faq.thesaurus import built_in_thesaurus

KANJI = "々〆一-鿿㐀-䶿"
_HIRAGANA = "ぁ-ゖー"
_RUNS = re.compile(
    rf"(?P<kanji>[{KANJI}]+)|(?P<kata>[ァ-ヺヽヾ][ァ-ヺヽヾー]*)|(?P<hira>[{_HIRAGANA}]+)"
    rf"|(?P<word>(?:(?![{KANJI}ァ-ヺヽヾ{_HIRAGANA}])[^\W_])+)"
)
_JAPANESE_LINE = re.compile(rf"[{KANJI}ァ-ヺヽヾ{_HIRAGANA}]+")
_HIRAGANA_LINE = re.compile(rf"[{_HIRAGANA}]+")
_SOFT = frozenset(map(chr, range(0x3041, 0x3097))) | {"ー"}
#: 引き落とし is written 引落 too: kanji on both sides of one or two hiragana belong together.
_OKURIGANA = re.compile(rf"(?=([{KANJI}])[ぁ-ゖ]{{1,2}}([{KANJI}]))")
_JAPANESE = re.compile(rf"[{KANJI}ァ-ヺぁ-ゖ]")
#: What a word stands for counts so often among the pieces of letters.
_MEANT = 2
_KANJI = re.compile(f"[{KANJI}]")
_LANDMARKS = re.compile(rf"[{KANJI}ァ-ヺヽヾ]|[0-9]+")


def is_japanese(folded: str) -> bool:
    """Whether the text has any Japanese letter."""
    return _JAPANESE.search(folded) is not None


def has_kanji(folded: str) -> bool:
    """Whether the text has any kanji: one without was typed in kana."""
    return _KANJI.search(folded) is not None


def landmarks(folded: str) -> frozenset[str]:
    """Kanji, katakana and numbers: texts with the same line grams have the same of these."""
    return frozenset(_LANDMARKS.findall(folded))


def landmarks_in(line: Iterable[str]) -> frozenset[str]:
    """The landmarks of the text that these line grams were cut from."""
    letters = [gram for gram in line if len(gram) == 1]
    return landmarks(" ".join([*letters, *(gram for gram in line if gram[0] == "=")]))


def words_of(folded: str) -> list[str]:
    """Latin words and katakana runs: what a typing error can be mended in."""
    return [
        found.group() for found in _RUNS.finditer(folded) if found.lastgroup in ("word", "kata")
    ]


def shape_grams(folded: str) -> dict[str, float]:
    """Grams of the first index: kanji 1-2, katakana whole and 2-3, words 2-5 with their edges.

    What a word stands for is among them too.
    """
    pieces: list[str] = []
    light: dict[str, float] = {}
    words: list[str] = []
    for found in _RUNS.finditer(folded):
        run = found.group()
        if found.lastgroup == "kanji":
            pieces += run
            pieces += _pieces(run, 2, 2)
        elif found.lastgroup == "kata":
            pieces.append(run)
            pieces += [piece for piece in _pieces(run, 2, 3) if piece != run]
        elif found.lastgroup == "word":
            words.append(run)
            if run in LIGHT_WORDS:
                light.update(dict.fromkeys(_pieces(f"_{run}_", 2, 5), LIGHT))
            else:
                pieces += _pieces(f"_{run}_", 2, 5)
    pieces += [f"{first} {second}" for first, second in pairwise(words)]
    pieces += _okurigana_pairs(folded)
    if not words:
        return dict(Counter(pieces))
    groups = built_in_thesaurus().grams([stem(word) for word in words])
    return {**light, **Counter(pieces), **dict.fromkeys(groups, _MEANT)}


def line_grams(folded: str, words: Iterable[str] = ()) -> Counter[str]:
    """Grams of the second index: Japanese 1-2 over the line, words by their stem and its groups.

    `words` are dictionary forms, where there is a dictionary.
    """
    pieces = [f"<{word}>" for word in words]
    for line in _JAPANESE_LINE.findall(folded):
        # hiragana alone is politeness, particles and endings: dropping it is what
        # lifts Japanese matching most
        pieces += [letter for letter in line if letter not in _SOFT]
        pieces += [
            first + second
            for first, second in pairwise(line)
            if first not in _SOFT or second not in _SOFT
        ]
    stems = [stem(run.group()) for run in _RUNS.finditer(folded) if run.lastgroup == "word"]
    if stems:
        pieces += [f"={word}" for word in stems]
        pieces += built_in_thesaurus().grams(stems)
    pieces += _okurigana_pairs(folded)
    return Counter(pieces)


#: What sounds the same in every question says nothing about which one it is.
_FRAMES = re.compile(
    r"(する|した|し)?(に|の|ん)?(は|には)?(どう|どない)(すれば|したら|やったら|やって|して)"
    r"(いい|よい|よろしい)?(の|ん)?(です|でしょう)?か?"
    r"|(し|でき|あり|い|され|もらえ|いただけ)?(ます|ません|ました|ましょう)(でしょう)?か?"
    r"|(し)?たい(の|ん)?(です|だ)?(が|けど|けれど)?"
    r"|(の|ん)?(です|でしょう)(か|が|けど|けれど|よね|ね)?"
    r"|(して|て)?(ください|ほしい)"
)


def sound_grams(hiragana: str) -> Counter[str]:
    """Grams of the third index: 2-3 over hiragana."""
    hiragana = _FRAMES.sub(" ", hiragana)
    pieces: list[str] = []
    for line in _HIRAGANA_LINE.findall(hiragana):
        pieces += _pieces(line, 2, 3)
    return Counter(pieces)


def _pieces(run: str, shortest: int, longest: int) -> list[str]:
    """Every piece of so many letters, the short ones first."""
    grown = list(run)
    pieces = grown if shortest == 1 else []
    for length in range(1, longest):
        # each one grows by the letter behind it
        grown = list(map(add, grown, run[length:]))
        if length >= shortest - 1:
            pieces = pieces + grown
    return pieces


def _okurigana_pairs(folded: str) -> list[str]:
    return [first + second for first, second in _OKURIGANA.findall(folded)]
