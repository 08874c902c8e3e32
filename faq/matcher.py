"""Which entries a message may mean, with every part of the score."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from faq.corpus import (
    K1,
    Document,
    build_line_index,
    build_shape_index,
    build_sound_index,
    literal_keys,
    read_documents,
    unit,
)
from faq.entry import Entry
from faq.index import Floats, Postings
from faq.message import Message, read_message
from faq.spelling import Speller, build_speller
from faq.synonyms import Synonyms

#: How many entries get the dearer second look.
RESCORED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One entry against one message."""

    entry: int
    variant: str
    literal: bool
    score: float
    shape: float
    line: float
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
    synonyms: Synonyms
    speller: Speller
    shape: Postings
    line: Postings
    sound: Postings
    literal: Mapping[str, tuple[int, ...]]

    def rank(self, text: str, blocked: Collection[int] = (), most: int = RESCORED) -> Ranking:
        """The best entries for a text, leaving out the blocked ones."""
        message = read_message(text, self.synonyms, self.speller.mend)
        shape, line, coverage = self.scores(message)
        japanese = message.japanese
        total = shape * (0.25 if japanese else 0.5) + line * (0.7 if japanese else 0.6)
        if coverage == 0.0 and message.sound:
            total = 0.6 * _normalised(self.sound, message.sound)
        hits = self.literal.get(message.key, ())
        chosen = self._best(total, blocked, most)
        chosen += (
            [
                place
                for place, document in enumerate(self.documents)
                if document.entry in hits and document.entry not in blocked and place not in chosen
            ]
            if hits
            else []
        )
        matches: dict[int, Match] = {}
        for place in chosen:
            match = self._look(place, message, (shape[place], line[place], total[place]), hits)
            old = matches.get(match.entry)
            if old is None or match.score > old.score:
                matches[match.entry] = match
        ordered = sorted(
            matches.values(),
            key=lambda match: (-match.score, -self.priority[match.entry], match.entry),
        )
        return Ranking(matches=tuple(ordered), coverage=coverage, message=message)

    def scores(self, message: Message) -> tuple[Floats, Floats, float]:
        """Both indexes' scores for every document, and the message's coverage."""
        vector = unit({gram: n * self.shape.rarity_of(gram) for gram, n in message.shape.items()})
        line = {gram: min(n, 1.0) for gram, n in message.line.items()}
        known = sum(
            n * self.line.rarity_of(gram) for gram, n in line.items() if gram in self.line.places
        )
        ideal = sum(n * self.line.rarity_of(gram) for gram, n in line.items())
        coverage = known / ideal if ideal else 0.0
        return self.shape.score(vector), _normalised(self.line, line), coverage

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
        parts: tuple[float, float, float],
        hits: Collection[int],
    ) -> Match:
        document = self.documents[place]
        found = process.extractOne(message.folded, document.folded, scorer=fuzz.ratio)
        similarity, nearest = found[1] / 100, found[2]
        literal = document.entry in hits
        return Match(
            entry=document.entry,
            variant=document.texts[nearest],
            literal=literal,
            score=float(parts[2]) + (1.0 if literal else 0.0),
            shape=float(parts[0]),
            line=float(parts[1]),
            similarity=similarity,
        )


def _normalised(index: Postings, message: Mapping[str, float]) -> Floats:
    """BM25 divided by what a perfect document would score for this message."""
    ideal = (K1 + 1) * sum(n * index.rarity_of(gram) for gram, n in message.items())
    scores = index.score(message)
    return scores / np.float32(ideal) if ideal else scores


def build_matcher(entries: Sequence[Entry], synonyms: Synonyms) -> Matcher:
    """The indexes over these entries."""
    documents = read_documents(entries, synonyms)
    return Matcher(
        documents=tuple(documents),
        entry_of=np.array([document.entry for document in documents], dtype=np.int32),
        priority=tuple(entry.priority for entry in entries),
        synonyms=synonyms,
        speller=build_speller(documents),
        shape=build_shape_index(documents),
        line=build_line_index(documents),
        sound=build_sound_index(documents),
        literal=literal_keys(documents),
    )
