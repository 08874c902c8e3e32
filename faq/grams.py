"""The pieces of a text that are compared: short runs of letters, by script."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from faq.english import LIGHT, LIGHT_WORDS, stem
from faq.thesaurus import built_in_thesaurus

KANJI = "々〆一-鿿㐀-䶿"
_HIRAGANA = "ぁ-ゖー"
_RUNS = re.compile(
    rf"(?P<kanji>[{KANJI}]+)|(?P<kata>[ァ-ヺヽヾ][ァ-ヺヽヾー]*)|(?P<hira>[{_HIRAGANA}]+)"
    rf"|(?P<word>(?:(?![{KANJI}ァ-ヺヽヾ{_HIRAGANA}])[^\W_])+)"
)
_JAPANESE_LINE = re.compile(rf"[{KANJI}ァ-ヺヽヾ{_HIRAGANA}]+")
_SOFT = frozenset(map(chr, range(0x3041, 0x3097))) | {"ー"}
#: 引き落とし is written 引落 too: kanji on both sides of one or two hiragana belong together.
_OKURIGANA = re.compile(rf"(?=([{KANJI}])[ぁ-ゖ]{{1,2}}([{KANJI}]))")
_JAPANESE = re.compile(rf"[{KANJI}ァ-ヺぁ-ゖ]")
#: What a word stands for counts so often among the pieces of letters.
_MEANT = 2
_LANDMARKS = re.compile(rf"[{KANJI}ァ-ヺヽヾ]|[0-9]+")


def is_japanese(folded: str) -> bool:
    """Whether the text has any Japanese letter."""
    return _JAPANESE.search(folded) is not None


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
    grams: Counter[str] = Counter()
    light: dict[str, float] = {}
    words: list[str] = []
    for found in _RUNS.finditer(folded):
        run = found.group()
        if found.lastgroup == "kanji":
            grams.update(run)
            grams.update(_pieces(run, 2, 2))
        elif found.lastgroup == "kata":
            grams[run] += 1
            grams.update(piece for piece in _pieces(run, 2, 3) if piece != run)
        elif found.lastgroup == "word":
            words.append(run)
            if run in LIGHT_WORDS:
                light.update((piece, LIGHT) for piece in _pieces(f"_{run}_", 2, 5))
            else:
                grams.update(_pieces(f"_{run}_", 2, 5))
    grams.update(f"{first} {second}" for first, second in pairwise(words))
    grams.update(_okurigana_pairs(folded))
    groups = built_in_thesaurus().grams([stem(word) for word in words])
    grams.update(dict.fromkeys(groups, _MEANT))
    return {**light, **grams}


def line_grams(folded: str, words: Iterable[str] = ()) -> Counter[str]:
    """Grams of the second index: Japanese 1-2 over the line, words by their stem and its groups.

    `words` are dictionary forms, where there is a dictionary.
    """
    grams = Counter(f"<{word}>" for word in words)
    for line in _JAPANESE_LINE.findall(folded):
        for gram in _pieces(line, 1, 2):
            # hiragana alone is politeness, particles and endings: dropping it is what
            # lifts Japanese matching most
            if not (gram[0] in _SOFT and gram[-1] in _SOFT):
                grams[gram] += 1
    stems = [stem(run.group()) for run in _RUNS.finditer(folded) if run.lastgroup == "word"]
    grams.update(f"={word}" for word in stems)
    grams.update(built_in_thesaurus().grams(stems))
    grams.update(_okurigana_pairs(folded))
    return grams


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
    grams: Counter[str] = Counter()
    for line in re.findall(rf"[{_HIRAGANA}]+", hiragana):
        grams.update(_pieces(line, 2, 3))
    return grams


def _pieces(run: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        for start in range(len(run) - length + 1):
            yield run[start : start + length]


def _okurigana_pairs(folded: str) -> list[str]:
    return [first + second for first, second in _OKURIGANA.findall(folded)]
