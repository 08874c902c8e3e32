"""The pieces of a text that are compared: short runs of letters, by script."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import add

from faq.english import LIGHT, LIGHT_WORDS, stem
from faq.leading import first_letters
from faq.thesaurus import built_in_thesaurus

KANJI = "々〆一-鿿㐀-䶿"
_HIRAGANA = "ぁ-ゖー"
#: Kanji, katakana, and words of letters and digits that are not Japanese.
_RUNS = re.compile(
    rf"([{KANJI}]+)|([ァ-ヺヽヾ][ァ-ヺヽヾー]*)|([^\W_{KANJI}ァ-ヺヽヾ{_HIRAGANA}]+)"
)
#: Kanji and katakana with the hiragana on both sides, which the next such run may have too.
_HARD_RUNS = re.compile(
    rf"(?=([{_HIRAGANA}]?[{KANJI}ァ-ヺヽヾ]+[{_HIRAGANA}]?))[{_HIRAGANA}]?[{KANJI}ァ-ヺヽヾ]+"
)
_HIRAGANA_LINE = re.compile(rf"[{_HIRAGANA}]+")
_SOFT = frozenset(map(chr, range(0x3041, 0x3097))) | {"ー"}
#: 引き落とし is written 引落 too: kanji on both sides of one or two hiragana belong together.
_OKURIGANA = re.compile(rf"([{KANJI}])(?=[ぁ-ゖ]{{1,2}}([{KANJI}]))")
_JAPANESE = re.compile(rf"[{KANJI}ァ-ヺぁ-ゖ]")
#: What a word stands for counts so often among the pieces of letters.
_MEANT = 2
#: So many runs of one script are kept at hand: an entry's texts repeat them.
_REMEMBERED = 1_000
#: And so many whole texts: each is asked for twice in a row.
_AT_HAND = 16
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
    return [katakana or word for _, katakana, word in _runs(folded) if katakana or word]


def shape_grams(folded: str) -> dict[str, float]:
    """Grams of the first index: kanji 1-2, katakana whole and 2-3, words 2-5 with their edges.

    What a word stands for is among them too.
    """
    pieces: list[str] = []
    light: dict[str, float] = {}
    words: list[str] = []
    for kanji, katakana, word in _runs(folded):
        if kanji:
            pieces += _kanji_pieces(kanji)
        elif katakana:
            pieces += _katakana_pieces(katakana)
        else:
            words.append(word)
            if word in LIGHT_WORDS:
                light.update(dict.fromkeys(_word_pieces(word), LIGHT))
            else:
                pieces += _word_pieces(word)
    pieces += [f"{first} {second}" for first, second in pairwise(words)]
    pieces += _okurigana_pairs(folded)
    if not words:
        return count_grams(pieces)
    counted = count_grams(pieces)
    if light:
        counted = {**light, **counted}
    for group in built_in_thesaurus().grams([stem(word) for word in words]):
        counted[group] = _MEANT
    return counted


def count_grams(pieces: Sequence[str]) -> dict[str, float]:
    """How often each stands there, in the order in which they come."""
    counts: dict[str, float] = dict.fromkeys(pieces, 1)
    # most texts have every gram once, and counting is four times as dear
    return counts if len(counts) == len(pieces) else dict(Counter(pieces))


def line_grams(folded: str, words: Iterable[str] = ()) -> Counter[str]:
    """Grams of the second index, counted."""
    return Counter(line_pieces(folded, words))


def line_pieces(folded: str, words: Iterable[str] = ()) -> list[str]:
    """Grams of the second index: Japanese 1-2 over the line, words by their stem and its groups.

    `words` are dictionary forms, where there is a dictionary.
    """
    pieces = [f"<{word}>" for word in words]
    # hiragana alone is politeness, particles and endings: dropping it is what
    # lifts Japanese matching most
    for run in _HARD_RUNS.findall(folded):
        pieces += _hard_pieces(run)
    stems = [stem(word) for _, _, word in _runs(folded) if word]
    if stems:
        pieces += [f"={word}" for word in stems]
        pieces += built_in_thesaurus().grams(stems)
    pieces += _okurigana_pairs(folded)
    return pieces


#: What sounds the same in every question says nothing about which one it is.
_FRAMES = (
    r"(する|した|し)?(に|の|ん)?(は|には)?(どう|どない)(すれば|したら|やったら|やって|して)"
    r"(いい|よい|よろしい)?(の|ん)?(です|でしょう)?か?"
    r"|(し|でき|あり|い|され|もらえ|いただけ)?(ます|ません|ました|ましょう)(でしょう)?か?"
    r"|(し)?たい(の|ん)?(です|だ)?(が|けど|けれど)?"
    r"|(の|ん)?(です|でしょう)(か|が|けど|けれど|よね|ね)?"
    r"|(して|て)?(ください|ほしい)"
)
#: Told by their first letter, as most places begin none; groups that keep nothing are quicker.
_FRAME = re.compile(
    f"(?=[{''.join(sorted(first_letters(_FRAMES)))}])(?:{_FRAMES.replace('(', '(?:')})"
)


def sound_grams(hiragana: str) -> Counter[str]:
    """Grams of the third index, counted."""
    return Counter(sound_pieces(hiragana))


def sound_pieces(hiragana: str) -> list[str]:
    """Grams of the third index: 2-3 over hiragana."""
    pieces: list[str] = []
    for line in _HIRAGANA_LINE.findall(without_frames(hiragana)):
        pieces += _pieces(line, 2, 3)
    return pieces


def without_frames(hiragana: str) -> str:
    """How a text sounds without what every question has."""
    return _FRAME.sub(" ", hiragana)


@lru_cache(_AT_HAND)
def _runs(folded: str) -> Sequence[tuple[str, str, str]]:
    """The runs of a text, each in the place of its script."""
    return _RUNS.findall(folded)


@lru_cache(_REMEMBERED)
def _hard_pieces(run: str) -> tuple[str, ...]:
    return (*(letter for letter in run if letter not in _SOFT), *map(add, run, run[1:]))


@lru_cache(_REMEMBERED)
def _kanji_pieces(run: str) -> tuple[str, ...]:
    return (*run, *_pieces(run, 2, 2))


@lru_cache(_REMEMBERED)
def _katakana_pieces(run: str) -> tuple[str, ...]:
    return (run, *(piece for piece in _pieces(run, 2, 3) if piece != run))


@lru_cache(_REMEMBERED)
def _word_pieces(word: str) -> tuple[str, ...]:
    return tuple(_pieces(f"_{word}_", 2, 5))


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


@lru_cache(_AT_HAND)
def _okurigana_pairs(folded: str) -> Sequence[str]:
    return [first + second for first, second in _OKURIGANA.findall(folded)]
