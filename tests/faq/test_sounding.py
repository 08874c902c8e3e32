"""Counting how all documents sound at once finds what cutting one text after the other does."""

from collections import Counter

from faq.grams import sound_pieces
from faq.sounding import count_sounds

DOCUMENTS = [
    ["へんぴんしたい", "へんぴん の ほうほう abc"],
    ["さーびす", "ゖ"],
    [],
    ["どうすればいいですか", "ゔぁいおりん", "の", "ほ\ud800う"],
]


def counted(documents: list[list[str]]) -> list[Counter[str]]:
    found = count_sounds(documents)
    grams = list(found.places)
    rows: list[Counter[str]] = [Counter() for _ in documents]
    for gram, row, count in zip(found.ids, found.rows, found.counts, strict=True):
        rows[row][grams[gram]] += int(count)
    return rows


def test_every_reading_is_cut_as_alone():
    assert counted(DOCUMENTS) == [
        Counter(piece for reading in document for piece in sound_pieces(reading))
        for document in DOCUMENTS
    ]


def test_more_documents_than_are_counted_at_once():
    # as many as fill the first thousand and begin a second one
    many = DOCUMENTS * 251
    assert counted(many) == counted(DOCUMENTS) * 251
    assert count_sounds(many).size == len(many)


def test_nothing_has_no_sounds():
    assert not count_sounds([]).places
