"""Texts of entries cut into grams: once, however many indexes are built of them."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

from faq.everyday import built_in_everyday, spoken_everyday
from faq.grams import (
    count_grams,
    has_kanji,
    is_japanese,
    line_pieces,
    shape_grams,
)
from faq.learned import learned_grams
from faq.normalize import cut, fold, literal_key, strip_padding
from faq.readings import Readings
from faq.rows import Names, Row, Whole
from faq.synonyms import Synonyms

#: What an answer says after so many characters is detail that nobody asks by.
LONGEST_INDEXED = 1_000
#: How many texts without politeness are kept at hand: each is asked for twice in a row.
_REMEMBERED = 64
#: Most grams stand in a text once.
_ONES, _ONE = {1}, array("f", [1]).tobytes()


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads the texts of entries."""

    synonyms: Synonyms
    readings: Readings

    def __post_init__(self) -> None:
        # its table is read with the knowledge, off the event loop, and not at the first message
        spoken_everyday()

    def line(self, folded: str) -> Counter[str]:
        """The grams of the second index."""
        return Counter(self.line_pieces(folded))

    def line_pieces(self, folded: str) -> list[str]:
        """The same, each as often as it stands there."""
        return line_pieces(folded, self.readings.words(folded) if is_japanese(folded) else ())

    def sense(self, folded: str) -> dict[str, int]:
        """What its words may stand for."""
        if not is_japanese(folded):
            return {}
        # as it is written and as the dictionary writes it: either may be the word that is known
        found = built_in_everyday().senses(self.readings.spelling(folded))
        if has_kanji(folded):
            return found
        return {**found, **spoken_everyday().senses(self.sound(folded))}

    def sound(self, folded: str) -> str:
        """The text in hiragana."""
        return self.readings.read(folded) if is_japanese(folded) else folded


@lru_cache(_REMEMBERED)
def bare(folded: str) -> str:
    """Without politeness, unless there is nothing else."""
    return strip_padding(folded) or folded


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAnswer:
    """An answer's grams for each index."""

    #: in hiragana, as far as its readings are known
    reading: str
    line: Whole
    sense: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class CutText(CutAnswer):
    """A question or variant, as it is compared."""

    folded: str
    #: its letters and digits
    letters: str
    #: the same for texts with the same grams
    words: int
    shape: Row
    #: what can be learned from it; nothing was gained in Japanese
    lesson: Row | None


def _fresh_numbers() -> dict[str, int]:
    """Numbers each gram that is asked for, in the order in which they come."""
    return defaultdict(count().__next__)


@dataclass(slots=True)
class Cuts:
    """Remembers texts as they were cut, for as long as the same words are read the same way."""

    #: so many are remembered; the first ones
    most: int = 4_000
    _reader: TextReader | None = None
    _numbers: dict[str, int] = field(default_factory=_fresh_numbers)
    _texts: dict[str, CutText] = field(default_factory=dict)
    _answers: dict[str, CutAnswer] = field(default_factory=dict)

    def serve(self, reader: TextReader) -> None:
        """Read as this reader does from now on."""
        known = self._reader
        if known and known.readings is reader.readings and known.synonyms == reader.synonyms:
            return
        self._reader = reader
        self.forget()

    def forget(self) -> None:
        """Forget every text."""
        self._numbers, self._texts, self._answers = _fresh_numbers(), {}, {}

    def __len__(self) -> int:
        return len(self._texts) + len(self._answers)

    @property
    def is_full(self) -> bool:
        """Whether no further text is remembered."""
        return len(self) >= self.most

    def names(self) -> Names:
        """The grams met so far."""
        return Names(grams=list(self._numbers), numbers=list(self._numbers.values()))

    def text(self, text: str) -> CutText:
        """A question or variant."""
        known = self._texts.get(text)
        if known is None:
            known = self._cut_text(text)
            if len(self) < self.most:
                self._texts[text] = known
        return known

    def answer(self, text: str) -> CutAnswer:
        """An answer."""
        known = self._answers.get(text)
        if known is None:
            known = self._cut_answer(text)
            if len(self) < self.most:
                self._answers[text] = known
        return known

    def _cut_text(self, text: str) -> CutText:
        reader = self._own()
        folded = _same(reader.synonyms.apply(cut(fold(text))), text)
        plain = bare(folded)
        shape, line, reading = shape_grams(plain), reader.line_pieces(plain), reader.sound(plain)
        taught = None if is_japanese(plain) else learned_grams(count_grams(line), shape)
        return CutText(
            folded=folded,
            reading=_same(reading, folded),
            letters=_same(literal_key(folded), folded),
            words=hash(frozenset(line)),
            shape=self._row(shape),
            line=self._whole(line),
            sense=self._whole(reader.sense(plain)),
            lesson=None if taught is None else self._row(taught),
        )

    def _cut_answer(self, text: str) -> CutAnswer:
        reader = self._own()
        folded = reader.synonyms.apply(fold(text)[:LONGEST_INDEXED])
        return CutAnswer(
            reading=reader.sound(folded),
            line=self._whole(reader.line_pieces(folded)),
            sense=self._whole(reader.sense(folded)),
        )

    def _row(self, grams: Mapping[str, float]) -> Row:
        amounts = grams.values()
        ones = set(amounts) == _ONES
        return self._whole(grams), _ONE * len(grams) if ones else array("f", amounts).tobytes()

    def _whole(self, pieces: Collection[str]) -> Whole:
        """Each as often as it stands there: adding up many rows at once is quicker."""
        return array("i", map(self._numbers.__getitem__, pieces)).tobytes()

    def _own(self) -> TextReader:
        assert self._reader is not None  # noqa: S101 - `serve` comes first
        return self._reader


def _same(text: str, other: str) -> str:
    """One object for equal texts: a knowledge has many."""
    return other if text == other else text
