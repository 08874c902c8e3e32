"""Texts of entries cut into grams: once, however many indexes are built of them."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, islice
from typing import TypeVar

from faq.everyday import built_in_everyday, spoken_everyday
from faq.grams import (
    count_grams,
    has_kanji,
    is_japanese,
    line_grams,
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

C = TypeVar("C")


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
        return line_grams(folded, self.readings.words(folded) if is_japanese(folded) else ())

    def sense(self, folded: str) -> dict[str, int]:
        """What its words may stand for."""
        return self.hear(folded).sense() if is_japanese(folded) else {}

    def sound(self, folded: str) -> str:
        """The text in hiragana."""
        return self.readings.read(folded) if is_japanese(folded) else folded

    def hear(self, folded: str) -> "Heard":
        """Its words, all at once."""
        if not is_japanese(folded):
            return Heard(folded, folded, ())
        readings = self.readings
        return Heard(
            folded, readings.read(folded), readings.words(folded), readings.spelling(folded)
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """A text with its words as the dictionary has them."""

    folded: str
    #: in hiragana
    reading: str
    words: Sequence[str]
    #: as the dictionary writes it; nothing where no letter is Japanese
    spelling: str = ""

    def line_pieces(self) -> list[str]:
        """The grams of the second index, each as often as it stands there."""
        return line_pieces(self.folded, self.words)

    def sense(self) -> dict[str, int]:
        """What its words may stand for."""
        if not self.spelling:
            return {}
        # as it is written and as the dictionary writes it: either may be the word that is known
        found = built_in_everyday().senses(self.spelling)
        if has_kanji(self.folded):
            return found
        return {**found, **spoken_everyday().senses(self.reading)}


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

    def texts(self, texts: Iterable[str]) -> dict[str, CutText]:
        """Questions and variants as they are cut."""
        return self._cut(texts, self._texts, self._cut_texts)

    def answers(self, texts: Iterable[str]) -> dict[str, CutAnswer]:
        """Answers as they are cut."""
        return self._cut(texts, self._answers, self._cut_answers)

    def _cut(
        self,
        texts: Iterable[str],
        known: dict[str, C],
        cut_all: Callable[[Sequence[str]], list[C]],
    ) -> dict[str, C]:
        wanted = dict.fromkeys(texts)
        fresh = [text for text in wanted if text not in known]
        found = {text: known[text] for text in wanted if text in known}
        new = dict(zip(fresh, cut_all(fresh), strict=True))
        known.update(islice(new.items(), max(self.most - len(self), 0)))
        return found | new

    # step by step for all the texts rather than text by text: a step is quicker while the
    # processor has at hand what it looks up
    def _cut_texts(self, texts: Sequence[str]) -> list[CutText]:
        reader = self._own()
        folded = [_same(reader.synonyms.apply(cut(fold(text))), text) for text in texts]
        heard = [reader.hear(bare(text)) for text in folded]
        lines = [each.line_pieces() for each in heard]
        shapes = [shape_grams(each.folded) for each in heard]
        senses = [self._whole(each.sense()) for each in heard]
        return [
            CutText(
                folded=text,
                reading=_same(each.reading, text),
                letters=_same(literal_key(text), text),
                words=hash(frozenset(line)),
                shape=self._row(shape),
                line=self._whole(line),
                sense=sense,
                lesson=None
                if each.spelling
                else self._row(learned_grams(count_grams(line), shape)),
            )
            for text, each, line, shape, sense in zip(
                folded, heard, lines, shapes, senses, strict=True
            )
        ]

    def _cut_answers(self, texts: Sequence[str]) -> list[CutAnswer]:
        reader = self._own()
        folded = [reader.synonyms.apply(fold(text)[:LONGEST_INDEXED]) for text in texts]
        heard = [reader.hear(text) for text in folded]
        return [
            CutAnswer(
                reading=each.reading,
                line=self._whole(each.line_pieces()),
                sense=self._whole(each.sense()),
            )
            for each in heard
        ]

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
