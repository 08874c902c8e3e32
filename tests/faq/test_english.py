"""English words in other forms, and other words for the same."""

import pytest

from faq.english import stem
from faq.grams import line_grams
from faq.thesaurus import MARK, Thesaurus, built_in_thesaurus
from tests.faq.knowledge_files import decide, entry, knowledge

SHOP = knowledge(
    entry("refund", "When do I get my money back?", lang="en"),
    entry("price", "How much does delivery cost?", lang="en"),
    entry("broken", "The lamp is defective", lang="en"),
    entry("call", "Can I talk to a human?", lang="en"),
    entry("hours", "What are your opening hours?", lang="en"),
    entry("password", "I forgot my password", lang="en"),
)


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("refund please", "refund"),
        ("what is the shipping fee", "price"),
        ("the light doesn't work", "broken"),
        ("speak with a real person", "call"),
        ("until when is the shop open", "hours"),
        ("can't remember the passcode", "password"),
    ],
)
def test_other_words_for_the_same_find_the_entry(text, entry_id):
    assert decide(SHOP, text).candidates[0].entry_id == entry_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cancellation", "cancel"),
        ("activated", "activation"),
        ("replacement", "replace"),
        ("available", "availability"),
        ("delivered", "deliver"),
        ("registration", "registrations"),
    ],
)
def test_forms_of_a_word_are_joined(one, other):
    assert set(line_grams(one)) & set(line_grams(other))


@pytest.mark.parametrize("word", ["card", "2024", "is", "over", "nation"])
def test_short_words_keep_their_end(word):
    assert stem(word) == word


def test_a_phrase_counts_only_as_a_whole():
    words = Thesaurus([["refund", "money_back"], ["cash", "money"]])
    refund, cash = (next(iter(words.grams([word]))) for word in ("refund", "cash"))
    assert words.grams(["money", "back"]) == {refund: 1, cash: 1}
    assert words.grams(["back", "money"]) == {cash: 1}
    assert words.grams(["table"]) == {}


def test_every_group_has_a_letter_of_its_own():
    grams = line_grams("refund delivery password")
    marks = [gram for gram in grams if gram.startswith(MARK)]
    assert len(marks) >= 3
    assert all(len(gram) == 2 for gram in marks)


def test_groups_are_of_two_words_at_least():
    assert built_in_thesaurus().grams(["zebra"]) == {}
