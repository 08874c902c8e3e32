"""Which entries a message may mean, with every part of the score."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from faq.corpus import Document, Sole, read_corpus
from faq.cutting import Cuts, TextReader, bare
from faq.english import stem
from faq.entry import Entry
from faq.grams import landmarks
from faq.index import Floats, Postings
from faq.learned import Learned
from faq.message import Message, read_message
from faq.normalize import cut, fold, plain_key
from faq.ranking import JAPANESE, OTHER, Match, Mix, Parts, Ranking
from faq.readings import Readings
from faq.spelling import Speller, build_speller
from faq.synonyms import Synonyms
from faq.weighing import compare_bm25, lighten, unit_of

#: So alike are two sentences that differ in an ending or a mark.
_NEARLY = 0.85
#: Less alike are no two sentences that ask the same with another ending.
_ALIKE = 0.5
#: How many words a half-written one is taken for.
_CONTINUED = 4
#: How many entries get the dearer second look.
RESCORED = 12


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
    sense: Postings
    learned: Learned | None
    literal: Mapping[str, tuple[int, ...]]
    sole: Mapping[str, Sole]

    def find_literal(self, text: str) -> Sole | None:
        """The entry that alone asks this, letter for letter."""
        return self.sole.get(self.reader.synonyms.apply(cut(fold(text))))

    def rank(self, text: str, blocked: Collection[int] = (), most: int = RESCORED) -> Ranking:
        """The best entries for a text, leaving out the blocked ones."""
        message = read_message(text, self.reader, self.speller.mend)
        mix = self.mix(message)
        shape, line, sound, sense, learned = self.scores(message)
        total = shape * mix.shape + line * mix.line + sound * mix.sound
        total += sense * mix.sense + learned * mix.learned
        hits = self.literal.get(message.key, ())
        matches: dict[int, Match] = {}
        for place in self._chosen(total, blocked, hits, most):
            parts = Parts(
                shape=float(shape[place]),
                line=float(line[place]),
                sound=float(sound[place]),
                sense=float(sense[place]),
                learned=float(learned[place]),
            )
            match = self._look(place, message, mix, parts, hits)
            old = matches.get(match.entry)
            if old is None or match.score > old.score:
                matches[match.entry] = match
        ordered = sorted(
            matches.values(),
            key=lambda match: (-match.score, -self.priority[match.entry], match.entry),
        )
        return Ranking(matches=tuple(ordered), coverage=self._coverage(message), message=message)

    def complete(self, text: str) -> str:
        """The text, its half-written last word become the words that most entries have for it.

        For what is offered while somebody writes: nothing is answered by a word nobody wrote.
        """
        before, words = self.speller.continue_word(fold(text))
        stems = {stem(word): word for word in reversed(words)}
        usual = sorted(stems, key=lambda one: (self.line.rarity_of(f"={one}"), one))
        return before + " ".join(stems[one] for one in usual[:_CONTINUED]) if usual else text

    def is_english(self, word: str) -> bool:
        """Whether a folded word stands in English texts of the knowledge and in no others."""
        return stem(word) in self.speller.english

    def mix(self, message: Message) -> Mix:
        """How much each index counts for this message."""
        mix = JAPANESE if message.japanese else OTHER
        return mix.beside(self.learned.share if self.learned else 0.0)

    def scores(self, message: Message) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Every index's score for every document."""
        vector = unit_of(
            {gram: n * self.shape.rarity_of(gram) for gram, n in message.shape.items()}
        )
        return (
            self.shape.score(vector),
            compare_bm25(self.line, lighten(message.line)),
            compare_bm25(self.sound, message.sound),
            compare_bm25(self.sense, message.sense),
            self.learned.score(message.line, message.shape)
            if self.learned and self.mix(message).learned
            else np.zeros(self.shape.size, dtype=np.float32),
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
        parts: Parts,
        hits: Collection[int],
    ) -> Match:
        document = self.documents[place]
        found = process.extractOne(message.reading, document.readings, scorer=fuzz.ratio)
        similarity, nearest = found[1] / 100, found[2]
        literal = document.entry in hits
        nearly = not literal and self._is_nearly(message, document, nearest, similarity)
        score = parts.total(mix) + mix.alike * mix.likeness(similarity)
        return Match(
            entry=document.entry,
            variant=document.texts[nearest],
            literal=literal,
            nearly=nearly,
            text=document.folded[nearest],
            score=score + literal + nearly,
            shape=parts.shape,
            line=parts.line,
            sound=parts.sound,
            sense=parts.sense,
            learned=parts.learned,
            similarity=similarity,
        )

    def _is_nearly(
        self, message: Message, document: Document, nearest: int, similarity: float
    ) -> bool:
        """The same content words in almost the same sentence, or but for its ending."""
        if similarity < _ALIKE or not message.line:
            return False
        folded = document.folded[nearest]
        text = bare(folded)
        # cutting a text into words is dear, and most are told apart by less
        if landmarks(text) != message.landmarks:
            return False
        if plain_key(folded) == plain_key(message.folded):
            return True
        return similarity >= _NEARLY and message.line.keys() == self.reader.line(text).keys()


def build_matcher(
    entries: Sequence[Entry], synonyms: Synonyms, readings: Readings, cuts: Cuts | None = None
) -> Matcher:
    """The indexes over these entries; texts that `cuts` remembers are not cut again."""
    reader = TextReader(synonyms, readings)
    documents, indexes = read_corpus(entries, reader, Cuts() if cuts is None else cuts)
    return Matcher(
        documents=documents,
        entry_of=np.array([document.entry for document in documents], dtype=np.int32),
        priority=tuple(entry.priority for entry in entries),
        reader=reader,
        speller=build_speller(documents),
        shape=indexes.shape,
        line=indexes.line,
        sound=indexes.sound,
        sense=indexes.sense,
        learned=indexes.learned,
        sole=indexes.sole,
        literal=indexes.literal,
    )
