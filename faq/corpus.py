"""The knowledge's texts cut into grams, one document per entry and language."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from faq.entry import Entry
from faq.grams import is_japanese, line_grams, shape_grams, sound_grams
from faq.index import Postings, build_postings
from faq.normalize import cut, fold, literal_key, strip_padding
from faq.readings import Readings
from faq.synonyms import Synonyms

K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One entry's texts in one language, as they are kept for a second look."""

    #: the entry's place in the order of the knowledge
    entry: int
    texts: tuple[str, ...]
    folded: tuple[str, ...]
    #: the texts in hiragana, as far as their readings are known
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A document cut into grams; only the indexes are made of it."""

    shapes: tuple[Counter[str], ...]
    lines: tuple[Counter[str], ...]
    sounds: tuple[Counter[str], ...]
    answer: Counter[str]
    answer_sound: Counter[str]


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
            readings=tuple(self._sound(bare(text)) for text in folded),
        )

    def pieces(self, document: Document, answer: str) -> Pieces:
        """The texts and the answer cut into grams."""
        answer = self.synonyms.apply(fold(answer))
        return Pieces(
            shapes=tuple(shape_grams(bare(text)) for text in document.folded),
            lines=tuple(self.line(text) for text in document.folded),
            sounds=tuple(sound_grams(text) for text in document.readings),
            answer=self.line(answer),
            answer_sound=sound_grams(self._sound(answer)),
        )

    def line(self, folded: str) -> Counter[str]:
        """The grams of the second index."""
        text = bare(folded)
        return line_grams(text, self.readings.words(text) if is_japanese(text) else ())

    def _sound(self, folded: str) -> str:
        return self.readings.read(folded) if is_japanese(folded) else folded


def bare(folded: str) -> str:
    """Without politeness, unless there is nothing else."""
    return strip_padding(folded) or folded


def build_shape_index(documents: Sequence[Pieces]) -> Postings:
    """TF-IDF cosine with the centroid of an entry's question and variants."""
    rarity, unknown = _rarity_of_texts(documents)
    rows = [unit(centroid(document, rarity)) for document in documents]
    return build_postings(rows, rarity, unknown)


def centroid(document: Pieces, rarity: dict[str, float]) -> dict[str, float]:
    """The sum of the texts' vectors, each of length 1."""
    total: dict[str, float] = {}
    for grams in document.shapes:
        vector = unit({gram: (1 + log(n)) * rarity[gram] for gram, n in grams.items()})
        for gram, weight in vector.items():
            total[gram] = total.get(gram, 0.0) + weight
    return total


def unit(vector: dict[str, float]) -> dict[str, float]:
    """The vector at length 1."""
    length = sqrt(sum(weight * weight for weight in vector.values()))
    return {gram: weight / length for gram, weight in vector.items()} if length else vector


def build_line_index(documents: Sequence[Pieces]) -> Postings:
    """BM25 over question, variants and answer."""
    return build_bm25([add_up((*doc.lines, doc.answer)) for doc in documents])


def build_sound_index(documents: Sequence[Pieces]) -> Postings:
    """BM25 over how question, variants and answer sound."""
    return build_bm25([add_up((*doc.sounds, doc.answer_sound)) for doc in documents])


def add_up(counters: Iterable[Counter[str]]) -> dict[str, float]:
    """How often each gram stands in all of these."""
    counts: dict[str, float] = {}
    for grams in counters:
        for gram, n in grams.items():
            counts[gram] = counts.get(gram, 0.0) + n
    return counts


def build_bm25(rows: Sequence[dict[str, float]]) -> Postings:
    """BM25 with the idf multiplied in."""
    found: Counter[str] = Counter()
    for row in rows:
        found.update(row.keys())
    size = max(len(rows), 1)
    rarity = {gram: bm25_rarity(size, n) for gram, n in found.items()}
    lengths = [sum(row.values()) for row in rows]
    mean = sum(lengths) / size or 1.0
    weighted = [
        {gram: rarity[gram] * saturate(n, length / mean) for gram, n in row.items()}
        for row, length in zip(rows, lengths, strict=True)
    ]
    return build_postings(weighted, rarity, bm25_rarity(size, 0))


def saturate(count: float, relative_length: float) -> float:
    """What the n-th occurrence of a gram still adds in a text of this length."""
    return count * (K1 + 1) / (count + K1 * (1 - B + B * relative_length))


def bm25_rarity(size: int, found: int) -> float:
    """How much a gram that this many of the documents have tells them apart."""
    return log(1 + (size - found + 0.5) / (found + 0.5))


def _rarity_of_texts(documents: Sequence[Pieces]) -> tuple[dict[str, float], float]:
    found: Counter[str] = Counter()
    size = 0
    for document in documents:
        for grams in document.shapes:
            size += 1
            found.update(grams.keys())
    rarity = {gram: log((1 + size) / (1 + n)) + 1 for gram, n in found.items()}
    return rarity, log(1 + size) + 1


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
