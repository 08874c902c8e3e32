"""How a text sounds: messages typed in kana or converted wrongly still find their entry."""

import re
import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from itertools import compress
from typing import Any, Protocol

from faq.grams import KANJI, is_japanese
from faq.normalize import to_hiragana

#: Parts of speech that carry what a message is about.
_CONTENT = frozenset(("名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞"))
_EMPTY_WORDS = frozenset(
    (
        *("為る", "居る", "有る", "下さる", "出来る", "成る", "言う", "教える", "御願い"),
        *("致す", "頂く", "行く", "良い", "事", "物", "様", "の"),
    )
)
_BREAKS = frozenset(("補助記号", "空白"))
#: How many texts' words are kept at hand.
_REMEMBERED = 128
#: How many words' descriptions are kept.
_MOST_SEEN = 20_000
#: From this number on a word is in no dictionary, like 二 in 十二, and read by what is around it.
_MADE_UP = 0xF000_0000
_K, _S, _T, _H = "かきくけこ", "さしすせそ", "たちつてと", "はひふへほ"
_HARDENED = dict(zip(_H, "ぱぴぷぺぽ", strict=True))


class Readings(Protocol):
    """Reads Japanese aloud, in hiragana."""

    #: part of a knowledge's version, for another dictionary decides otherwise
    name: str

    def read(self, folded: str) -> str:
        """The text in hiragana, as far as it is known; other scripts stay."""

    def words(self, folded: str) -> Sequence[str]:
        """The dictionary forms of its content words; none without a dictionary."""

    def spelling(self, folded: str) -> str:
        """The text, and after it all its words in the dictionary's spelling if there is one."""


class PlainReadings:
    """Readings of common words and characters, without a dictionary."""

    name = "plain"

    def __init__(self) -> None:
        self._single, self._whole, self._alone = _load_table()
        words = sorted(self._whole, key=lambda word: (-len(word), word))
        alone = "".join(self._alone)
        known = "|".join(words)
        single = f"(?<![{KANJI}])[{alone}](?![{KANJI}])"
        unknown = f"[{KANJI}]+?(?=$|[^{KANJI}]|{known})"
        self._pattern = re.compile(f"{known}|{single}|{unknown}")

    def read(self, folded: str) -> str:
        """Whole words where they are known, else each character by its usual sound."""
        return to_hiragana(self._pattern.sub(self._sound, folded))

    def words(self, folded: str) -> Sequence[str]:
        """None: there is no dictionary."""
        return ()

    def spelling(self, folded: str) -> str:
        """As it is."""
        return folded

    def _sound(self, found: re.Match[str]) -> str:
        run = found.group()
        known = self._whole.get(run)
        if known is None and len(run) == 1 and self._stands_alone(found):
            known = self._alone.get(run)
        return known or _join([self._single.get(letter, " ") for letter in run])

    def _stands_alone(self, found: re.Match[str]) -> bool:
        around = found.string[max(found.start() - 1, 0) : found.start()]
        around += found.string[found.end() : found.end() + 1]
        return not re.search(f"[{KANJI}]", around)


class SudachiReadings:
    """Readings and dictionary forms by SudachiPy."""

    def __init__(self) -> None:
        from sudachipy import Dictionary, SplitMode, __version__

        self.name = f"sudachi {__version__}"
        self._dictionary: Any = Dictionary(dict="small")
        self._mode: Any = SplitMode.A
        #: a tokenizer serves one thread at a time
        self._own = threading.local()
        self._seen: dict[tuple[str, int], tuple[str, str, bool]] = {}
        #: a text is asked for its reading and for its words, one right after the other
        self._analysed = lru_cache(_REMEMBERED)(self._analyse)

    def read(self, folded: str) -> str:
        """Every word as the dictionary reads it."""
        return self._analysed(folded)[0]

    def words(self, folded: str) -> Sequence[str]:
        """Dictionary forms, one spelling for all ways to write a word."""
        return list(self._analysed(folded)[1])

    def spelling(self, folded: str) -> str:
        """払っ as 払う, 引越 as 引っ越し."""
        return f"{folded} {self._analysed(folded)[2]}"

    def _analyse(self, folded: str) -> tuple[str, tuple[str, ...], str]:
        seen = self._seen
        # asking for each part of a word is dear, and texts repeat their words
        words = [
            seen.get((token.surface(), token.word_id())) or self._describe(token)
            for token in self._tokens(folded)
        ]
        if not words:
            return "", (), ""
        sounds, forms, contents = zip(*words, strict=True)
        return "".join(sounds), tuple(compress(forms, contents)), " ".join(forms)

    def _describe(self, token: Any) -> tuple[str, str, bool]:
        """A word as it is described, remembered where it is always described so."""
        known = _describe(token)
        if len(self._seen) < _MOST_SEEN and token.word_id() < _MADE_UP:
            self._seen[token.surface(), token.word_id()] = known
        return known

    def _tokens(self, folded: str) -> Any:
        tokenizer = getattr(self._own, "tokenizer", None)
        if tokenizer is None:
            tokenizer = self._own.tokenizer = self._dictionary.tokenizer(mode=self._mode)
        return tokenizer.tokenize(folded)


def _describe(token: Any) -> tuple[str, str, bool]:
    """A word's sound, its spelling in the dictionary, and whether it carries what is meant."""
    surface, kind, form = token.surface(), token.part_of_speech()[0], token.normalized_form()
    japanese = is_japanese(surface)
    sound = to_hiragana(token.reading_form() or surface) if japanese else surface
    content = japanese and kind in _CONTENT and form not in _EMPTY_WORDS
    return " " if kind in _BREAKS else sound, form, content


@cache
def plain_readings() -> Readings:
    """The built-in readings."""
    return PlainReadings()


@cache
def best_readings() -> Readings:
    """The dictionary's readings where the extra `ja` is installed, else the built-in ones."""
    if find_spec("sudachipy") and find_spec("sudachidict_small"):
        return SudachiReadings()
    return plain_readings()


def _join(sounds: list[str]) -> str:
    """Sounds of a compound run together: がく + こう is がっこう."""
    for place in range(len(sounds) - 1):
        first, second = sounds[place], sounds[place + 1]
        if len(first) < 2 or not second:  # noqa: PLR2004 — a sound that could lose its end
            continue
        if (first[-1] == "く" and second[0] in _K) or (
            first[-1] == "つ" and second[0] in _K + _S + _T
        ):
            sounds[place] = first[:-1] + "っ"
        elif first[-1] == "つ" and second[0] in _H:
            sounds[place] = first[:-1] + "っ"
            sounds[place + 1] = _HARDENED[second[0]] + second[1:]
    return "".join(sounds)


def _load_table() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Sounds of single characters in compounds, of whole words, and of characters alone."""
    single: dict[str, str] = {}
    whole: dict[str, str] = {}
    alone: dict[str, str] = {}
    text = files("faq").joinpath("readings.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if "=" in line:
            word, sound = line.split("=")
            (alone if len(word) == 1 else whole)[word] = sound
        else:
            sound, letters = line.split(":")
            for letter in letters:
                single.setdefault(letter, sound)
    return single, whole, alone
