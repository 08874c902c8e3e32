"""The knowledge's texts cut into grams, one document per entry and language."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from faq.entry import Entry
from faq.everyday import built_in_everyday, spoken_everyday
from faq.grams import has_kanji, is_japanese, line_grams, shape_grams, sound_grams
from faq.index import GramRows, Postings, build_bm25, build_centroids
from faq.learned import MOST_PAIRS, Learned, learn, learned_grams
from faq.normalize import cut, fold, literal_key, strip_padding
from faq.readings import Readings
from faq.synonyms import Synonyms

#: What an answer says after so many characters is detail that nobody asks by.
LONGEST_INDEXED = 1_000
#: How many texts without politeness are kept at hand: each is asked for twice in a row.
_REMEMBERED = 64
#: Up to here a text is one sentence to the matcher.
LONGEST_SOLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One entry's texts in one language, as they are kept for a second look."""

    #: the entry's place in the order of the knowledge
    entry: int
    texts: tuple[str, ...]
    folded: tuple[str, ...]
    #: the texts in hiragana, as far as their readings are known
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextReader:
    """Reads the texts of entries."""

    synonyms: Synonyms
    readings: Readings

    def __post_init__(self) -> None:
        # its table is read with the knowledge, off the event loop, and not at the first message
        spoken_everyday()

    def document(self, place: int, entry: Entry, lang: str) -> Document:
        """The texts as they are kept."""
        texts = entry.texts_in(lang)
        folded = tuple(self.synonyms.apply(cut(fold(text))) for text in texts)
        return Document(
            entry=place,
            texts=texts,
            folded=folded,
            readings=tuple(self.sound(bare(text)) for text in folded),
        )

    def line(self, folded: str) -> Counter[str]:
        """The grams of the second index."""
        return line_grams(folded, self.readings.words(folded) if is_japanese(folded) else ())

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
class Indexes:
    """The ways in which a message is compared with the documents."""

    #: TF-IDF cosine with the centroid of question and variants
    shape: Postings
    #: BM25 over question, variants and answer
    line: Postings
    #: the same over how they sound
    sound: Postings
    #: the same over what Japanese words may stand for
    sense: Postings
    #: what its own variants teach, where there are enough of them
    learned: Learned | None
    #: texts of one entry alone, also when marks and endings are left aside
    sole: Mapping[str, "Sole"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sole:
    """Whose question a text is."""

    entry: int
    variant: str


def build_indexes(
    documents: Iterable[Document], answers: Iterable[str], reader: TextReader
) -> Indexes:
    """Cut every text into grams, once, and index them."""
    shapes, lines, sounds, lessons = GramRows(), GramRows(), GramRows(), GramRows()
    senses = GramRows()
    document_of: list[int] = []
    lesson_of: list[int] = []
    owners = _Owners()
    place = -1
    for place, (document, answer) in enumerate(zip(documents, answers, strict=True)):
        folded = reader.synonyms.apply(fold(answer)[:LONGEST_INDEXED])
        line, sound = reader.line(folded), sound_grams(reader.sound(folded))
        sense = Counter(reader.sense(folded))
        for number, reading in enumerate(document.readings):
            text = bare(document.folded[number])
            document_of.append(place)
            shape = shape_grams(text)
            shapes.add(shape)
            grams = reader.line(text)
            # nothing was gained in Japanese, and its messages do not ask for it
            if not is_japanese(text):
                lesson_of.append(place)
                if place * len(lesson_of) <= MOST_PAIRS:
                    lessons.add(learned_grams(grams, shape))
            owners.add(document, number, grams)
            line.update(grams)
            sound.update(sound_grams(reading))
            sense.update(reader.sense(text))
        lines.add(line)
        sounds.add(sound)
        senses.add(sense)
    return Indexes(
        shape=build_centroids(shapes, document_of, place + 1),
        line=build_bm25(lines),
        sound=build_bm25(sounds),
        sense=build_bm25(senses),
        learned=learn(lessons, lesson_of, place + 1),
        sole=owners.sole(),
    )


class _Owners:
    """Finds the texts that no second entry asks in the same letters or the same words."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str, int, Sole]] = []
        #: the entry whose texts have these letters or grams; None when several do
        self._by_letters: dict[str, int | None] = {}
        self._by_grams: dict[int, int | None] = {}

    def add(self, document: Document, number: int, grams: Counter[str]) -> None:
        entry, folded = document.entry, document.folded[number]
        letters, words = literal_key(folded), hash(frozenset(grams))
        if self._by_letters.setdefault(letters, entry) != entry:
            self._by_letters[letters] = None
        if self._by_grams.setdefault(words, entry) != entry:
            self._by_grams[words] = None
        # a longer one is weighed sentence by sentence
        if letters and len(folded) <= LONGEST_SOLE:
            sole = Sole(entry=entry, variant=document.texts[number])
            self._texts.append((folded, letters, words, sole))

    def sole(self) -> dict[str, Sole]:
        return {
            folded: sole
            for folded, letters, words, sole in self._texts
            if self._by_letters[letters] == self._by_grams[words] == sole.entry
        }


def literal_keys(documents: Iterable[Document]) -> dict[str, tuple[int, ...]]:
    """Which entries are asked by exactly these letters and digits."""
    keys: dict[str, list[int]] = {}
    for document in documents:
        for text in document.folded:
            places = keys.setdefault(literal_key(text), [])
            if document.entry not in places:
                places.append(document.entry)
    keys.pop("", None)
    return {key: tuple(places) for key, places in keys.items()}
