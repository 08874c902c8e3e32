"""The knowledge's texts cut into grams, one document per entry and language."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from faq.cutting import CutAnswer, Cuts, CutText, TextReader
from faq.entry import Entry
from faq.index import Postings, build_bm25, build_centroids
from faq.learned import MOST_PAIRS, Learned, learn
from faq.rows import Names, RowList, WholeRows
from faq.sounding import count_sounds

#: Up to here a text is one sentence to the matcher.
LONGEST_SOLE = 60
#: The texts of so many entries are cut in one go: more are no quicker, and take room.
_AT_ONCE = 100


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
    #: which entries are asked by exactly these letters and digits
    literal: Mapping[str, tuple[int, ...]]


#: Whose question a text is: the entry, and the variant. A plain pair, of which there may be
#: many: the garbage collector does not walk through those.
Sole = tuple[int, str]


def read_corpus(
    entries: Sequence[Entry], reader: TextReader, cuts: Cuts
) -> tuple[tuple[Document, ...], Indexes]:
    """The documents of these entries and the indexes over them."""
    cuts.serve(reader)
    builder = _Builder()
    documents: list[Document] = []
    for first in range(0, len(entries), _AT_ONCE):
        asked = [
            (place, entry.texts_in(lang), entry.answer_in(lang))
            for place, entry in enumerate(entries[first : first + _AT_ONCE], first)
            for lang in entry.languages()
        ]
        known = cuts.texts(text for _, texts, _ in asked for text in texts)
        answers = cuts.answers(answer for _, _, answer in asked)
        for place, texts, answer in asked:
            pieces = [known[text] for text in texts]
            document = Document(
                entry=place,
                texts=texts,
                folded=tuple([piece.folded for piece in pieces]),
                readings=tuple([piece.reading for piece in pieces]),
            )
            documents.append(document)
            builder.add(document, pieces, answers[answer])
    return tuple(documents), builder.build(cuts.names())


class _Builder:
    """Takes one document after the other into the indexes."""

    def __init__(self) -> None:
        self._shapes, self._lessons = RowList(), RowList()
        self._lines, self._senses = WholeRows(), WholeRows()
        self._sounds: list[tuple[str, ...]] = []
        self._document_of, self._lesson_of = array("i"), array("i")
        self._owners = _Owners()
        self._size = 0

    def add(self, document: Document, pieces: Sequence[CutText], answer: CutAnswer) -> None:
        """One more document."""
        place = self._size
        self._size += 1
        for number, piece in enumerate(pieces):
            self._document_of.append(place)
            self._shapes.add(piece.shape)
            if piece.lesson is not None:
                self._lesson_of.append(place)
                if place * len(self._lesson_of) <= MOST_PAIRS:
                    self._lessons.add(piece.lesson)
            self._owners.add(document, number, piece)
        self._lines.add([answer.line, *(piece.line for piece in pieces)])
        self._senses.add([answer.sense, *(piece.sense for piece in pieces)])
        self._sounds.append((answer.reading, *document.readings))

    def build(self, names: Names) -> Indexes:
        """The indexes over what was added."""
        return Indexes(
            shape=build_centroids(self._shapes.named(names), self._document_of, self._size),
            line=build_bm25(self._lines.summed(names)),
            sound=build_bm25(count_sounds(self._sounds)),
            sense=build_bm25(self._senses.summed(names)),
            learned=learn(self._lessons.named(names), self._lesson_of, self._size),
            sole=self._owners.sole(),
            literal=self._owners.literal(),
        )


class _Owners:
    """Finds the texts that no second entry asks in the same letters or the same words."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str, int, Sole]] = []
        #: the entries whose texts have these letters
        self._by_letters: dict[str, tuple[int, ...]] = {}
        #: the entry whose texts have these grams; None when several do
        self._by_grams: dict[int, int | None] = {}

    def add(self, document: Document, number: int, piece: CutText) -> None:
        entry, letters = document.entry, piece.letters
        places = self._by_letters.get(letters)
        if places is None:
            self._by_letters[letters] = (entry,)
        elif places[-1] != entry:
            self._by_letters[letters] = (*places, entry)
        if self._by_grams.setdefault(piece.words, entry) != entry:
            self._by_grams[piece.words] = None
        # a longer one is weighed sentence by sentence
        if letters and len(piece.folded) <= LONGEST_SOLE:
            sole = (entry, document.texts[number])
            self._texts.append((piece.folded, letters, piece.words, sole))

    def sole(self) -> dict[str, Sole]:
        return {
            folded: sole
            for folded, letters, words, sole in self._texts
            if self._by_grams[words] == sole[0] and len(self._by_letters[letters]) == 1
        }

    def literal(self) -> dict[str, tuple[int, ...]]:
        return {letters: places for letters, places in self._by_letters.items() if letters}
