"""What an entry's own variants teach about telling it from its siblings."""

from dataclasses import replace

from faq.learned import MOST_PAIRS, learn
from faq.rows import GramRows
from tests.faq.knowledge_files import entry, knowledge

CARDS = knowledge(
    entry(
        "card-late",
        "My new card has not arrived yet",
        "When does my new card arrive",
        "I ordered a new card last week and it is not here",
        "The new card I ordered is late",
        lang="en",
    ),
    entry(
        "card-start",
        "How do I activate my new card",
        "My new card arrived, what next",
        "I got my new card in the post and want to use it",
        "The new card came, how do I start",
        lang="en",
    ),
    entry(
        "card-second",
        "Can I have a second card",
        "I want another card for my wife",
        "How do I get one more card",
        "Is a second card free",
        lang="en",
    ),
)


def scores(known, text):
    return {known.order[match.entry].id: match for match in known.matcher.rank(text).matches}


def test_siblings_are_told_apart_by_what_their_variants_taught():
    text = "my new card came in the post last week"
    found = scores(CARDS, text)
    assert found["card-start"].learned > found["card-late"].learned
    without = replace(CARDS.matcher, learned=None)
    assert {match.learned for match in without.rank(text).matches} == {0.0}


def test_the_parts_of_the_mix_are_one_together():
    message = CARDS.matcher.rank("a second card").message
    mix = CARDS.matcher.mix(message)
    assert round(mix.shape + mix.line + mix.sound + mix.alike + mix.learned, 9) == 1
    assert mix.learned > 0


def test_nothing_is_learned_from_entries_with_hardly_a_variant():
    known = knowledge(
        entry("a", "What is shipping?", "shipping fee", lang="en"),
        entry("b", "I want to return it", lang="en"),
    )
    assert known.matcher.learned is None


def test_japanese_texts_are_no_lesson():
    known = knowledge(
        entry("a", "送料はいくらですか", "配送料", "送料無料", "配送の料金"),
        entry("b", "返品したい", "返品方法", "返品の期限", "返したい"),
    )
    assert known.matcher.learned is None


def test_learning_is_the_same_every_time():
    again = knowledge(*CARDS.order)
    for text in ("second card", "new card is late"):
        assert CARDS.matcher.rank(text) == again.matcher.rank(text)


def table(texts: int) -> GramRows:
    rows = GramRows()
    for number in range(texts):
        rows.add({"card": 1.0, f"={number % 7}": 1.0})
    return rows


def test_too_much_is_not_learned():
    entries = 1_200
    texts = 3 * entries
    assert texts * entries > MOST_PAIRS
    owners = [number // 3 for number in range(texts)]
    assert learn(table(texts), owners, entries) is None
    assert learn(table(30), [number // 3 for number in range(30)], 10) is not None


def test_a_text_without_grams_does_no_harm():
    rows = GramRows()
    for number in range(8):
        rows.add({f"={number}": 1.0, "=card": 1.0} if number % 4 else {})
    found = learn(rows, [number // 4 for number in range(8)], 2)
    assert found is not None
    first, second = found.score({"=1": 1.0}, {})
    assert first > 0 > second
