"""Which entries a message may mean, with every part of the score."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from faq.corpus import Document, Sole, TextReader, bare, build_indexes, literal_keys
from faq.entry import Entry
from faq.grams import landmarks
from faq.index import K1, Floats, Postings
from faq.message import Message, read_message
from faq.normalize import cut, fold
from faq.readings import Readings
from faq.spelling import Speller, build_speller
from faq.synonyms import Synonyms

#: What a word counts that was not said but may be meant.
HINTED = 0.4
#: From this many grams on a message tells more than one question can.
LONG = 40.0
_MOST_SHARED = 8
#: So alike are two sentences that differ in an ending or a mark.
_NEARLY = 0.85
#: How many entries get the dearer second look.
RESCORED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How much each index counts; together they are 1."""

    shape: float
    line: float
    sound: float
    alike: float


JAPANESE = Mix(shape=0.14, line=0.36, sound=0.34, alike=0.16)
OTHER = Mix(shape=0.49, line=0.39, sound=0.0, alike=0.12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One entry against one message."""

    entry: int
    variant: str
    #: the message is this text, letter for letter, or but for a slip
    literal: bool
    nearly: bool
    #: the variant as it was compared
    text: str
    score: float
    shape: float
    line: float
    sound: float
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The entries that may be meant, best first."""

    matches: tuple[Match, ...]
    #: the share of the message that the knowledge knows
    coverage: float
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """The indexes over one knowledge."""

    documents: tuple[Document, ...]
    entry_of: npt.NDArray[np.int32]
    priority: Sequence[int]
    reader: TextReader
    speller: Speller
    shape: Postings
    line: Postings
    sound: Postings
    literal: Mapping[str, tuple[int, ...]]
    sole: Mapping[str, Sole]

    def find_literal(self, text: str) -> Sole | None:
        """The entry that alone asks this, letter for letter."""
        return self.sole.get(self.reader.synonyms.apply(cut(fold(text))))

    def rank(self, text: str, blocked: Collection[int] = (), most: int = RESCORED) -> Ranking:
        """The best entries for a text, leaving out the blocked ones."""
        message = read_message(text, self.reader, self.speller.mend)
        mix = JAPANESE if message.japanese else OTHER
        shape, line, sound = self.scores(message)
        total = shape * mix.shape + line * mix.line + sound * mix.sound
        hits = self.literal.get(message.key, ())
        matches: dict[int, Match] = {}
        for place in self._chosen(total, blocked, hits, most):
            parts = (float(shape[place]), float(line[place]), float(sound[place]))
            match = self._look(place, message, mix, parts, hits)
            old = matches.get(match.entry)
            if old is None or match.score > old.score:
                matches[match.entry] = match
        ordered = sorted(
            matches.values(),
            key=lambda match: (-match.score, -self.priority[match.entry], match.entry),
        )
        return Ranking(matches=tuple(ordered), coverage=self._coverage(message), message=message)

    def scores(self, message: Message) -> tuple[Floats, Floats, Floats]:
        """Every index's score for every document."""
        vector = _unit({gram: n * self.shape.rarity_of(gram) for gram, n in message.shape.items()})
        return (
            self.shape.score(vector),
            _normalised(self.line, message.line, message.hints),
            _normalised(self.sound, message.sound),
        )

    def _coverage(self, message: Message) -> float:
        """The share of the message that the knowledge knows at all."""
        index = self.line if message.line else self.sound
        ideal, known = index.weigh(message.line or message.sound)
        return known / ideal if ideal else 0.0

    def _chosen(
        self, total: Floats, blocked: Collection[int], hits: Collection[int], most: int
    ) -> list[int]:
        chosen = self._best(total, blocked, most)
        for entry in hits:
            if entry not in blocked:
                first = int(np.searchsorted(self.entry_of, entry))
                last = int(np.searchsorted(self.entry_of, entry, side="right"))
                chosen += [place for place in range(first, last) if place not in chosen]
        return chosen

    def _best(self, total: Floats, blocked: Collection[int], most: int) -> list[int]:
        wanted = min(most + 2 * len(blocked), len(total))
        if wanted < len(total):
            places = np.argpartition(total, len(total) - wanted)[len(total) - wanted :]
        else:
            places = np.arange(len(total))
        order = places[np.lexsort((places, -total[places]))]
        return [
            int(place)
            for place in order
            if total[place] > 0 and int(self.entry_of[place]) not in blocked
        ][:most]

    def _look(
        self,
        place: int,
        message: Message,
        mix: Mix,
        parts: tuple[float, float, float],
        hits: Collection[int],
    ) -> Match:
        document = self.documents[place]
        found = process.extractOne(message.reading, document.readings, scorer=fuzz.ratio)
        similarity, nearest = found[1] / 100, found[2]
        shape, line, sound = parts
        literal = document.entry in hits
        nearly = not literal and self._is_nearly(message, document, nearest, similarity)
        score = mix.shape * shape + mix.line * line + mix.sound * sound + mix.alike * similarity
        return Match(
            entry=document.entry,
            variant=document.texts[nearest],
            literal=literal,
            nearly=nearly,
            text=document.folded[nearest],
            score=score + literal + nearly,
            shape=shape,
            line=line,
            sound=sound,
            similarity=similarity,
        )

    def _is_nearly(
        self, message: Message, document: Document, nearest: int, similarity: float
    ) -> bool:
        """The same content words in almost the same sentence."""
        if similarity < _NEARLY or not message.line:
            return False
        text = bare(document.folded[nearest])
        # cutting a text into words is dear, and most are told apart by less
        return (
            landmarks(text) == message.landmarks
            and message.line.keys() == self.reader.line(text).keys()
        )


def shared_pieces(message: Message, folded: str) -> tuple[str, ...]:
    """The message's pieces that stand in this text, without those inside a longer one."""
    pieces = [piece.strip("=<>") for piece in message.line]
    shared = {piece for piece in pieces if piece in folded}
    found = sorted(shared, key=lambda piece: (-len(piece), piece))
    kept: list[str] = []
    for piece in found:
        if not any(piece in longer for longer in kept):
            kept.append(piece)
    return tuple(kept[:_MOST_SHARED])


def _unit(vector: dict[str, float]) -> dict[str, float]:
    """The vector at length 1."""
    length = sqrt(sum(weight * weight for weight in vector.values()))
    return {gram: weight / length for gram, weight in vector.items()} if length else vector


def _normalised(
    index: Postings, message: Mapping[str, float], hints: Mapping[str, float] | None = None
) -> Floats:
    """BM25 divided by what a perfect document would score for this message."""
    ideal = (K1 + 1) * index.weigh(message)[0]
    if not ideal:
        return index.score(message)
    # what is hinted at is never said as well
    meant = {gram: n * HINTED for gram, n in hints.items()} if hints else {}
    scores = index.score({**message, **meant})
    # nobody's entry holds all of a long story, so its length counts by the root only
    excess = max(sum(message.values()) / LONG, 1.0)
    return scores * np.float32(sqrt(excess) / ideal)


def build_matcher(entries: Sequence[Entry], synonyms: Synonyms, readings: Readings) -> Matcher:
    """The indexes over these entries."""
    reader = TextReader(synonyms, readings)
    documents: list[Document] = []

    def read() -> Iterator[Document]:
        # one after the other, so that a text's words are cut while its reading is remembered
        for place, entry in enumerate(entries):
            for lang in entry.languages():
                documents.append(reader.document(place, entry, lang))
                yield documents[-1]

    answers = (entry.answer_in(lang) for entry in entries for lang in entry.languages())
    indexes = build_indexes(read(), answers, reader)
    return Matcher(
        documents=tuple(documents),
        entry_of=np.array([document.entry for document in documents], dtype=np.int32),
        priority=tuple(entry.priority for entry in entries),
        reader=reader,
        speller=build_speller(documents),
        shape=indexes.shape,
        line=indexes.line,
        sound=indexes.sound,
        sole=indexes.sole,
        literal=literal_keys(documents),
    )
