"""The knowledge's texts cut into grams, one document per entry and language."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faq.entry import Entry
from faq.grams import is_japanese, line_grams, shape_grams, sound_grams
from faq.index import GramRows, Postings, build_bm25, build_centroids
from faq.normalize import cut, fold, literal_key, strip_padding
from faq.readings import Readings
from faq.synonyms import Synonyms

#: What an answer says after so many characters is detail that nobody asks by.
LONGEST_INDEXED = 1_000


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

    def sound(self, folded: str) -> str:
        """The text in hiragana."""
        return self.readings.read(folded) if is_japanese(folded) else folded


def bare(folded: str) -> str:
    """Without politeness, unless there is nothing else."""
    return strip_padding(folded) or folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexes:
    """The three ways in which a message is compared with the documents."""

    #: TF-IDF cosine with the centroid of question and variants
    shape: Postings
    #: BM25 over question, variants and answer
    line: Postings
    #: the same over how they sound
    sound: Postings


def build_indexes(
    documents: Sequence[Document], answers: Iterable[str], reader: TextReader
) -> Indexes:
    """Cut every text into grams, once, and index them."""
    shapes, lines, sounds = GramRows(), GramRows(), GramRows()
    document_of = []
    for place, (document, answer) in enumerate(zip(documents, answers, strict=True)):
        folded = reader.synonyms.apply(fold(answer)[:LONGEST_INDEXED])
        line, sound = reader.line(folded), sound_grams(reader.sound(folded))
        for text, reading in zip(map(bare, document.folded), document.readings, strict=True):
            document_of.append(place)
            shapes.add(shape_grams(text))
            line.update(reader.line(text))
            sound.update(sound_grams(reading))
        lines.add(line)
        sounds.add(sound)
    return Indexes(
        shape=build_centroids(shapes, document_of, len(documents)),
        line=build_bm25(lines),
        sound=build_bm25(sounds),
    )


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
