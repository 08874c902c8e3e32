"""What is offered while somebody writes: the last word may be half written."""

import pytest

from faq.decision import Kind
from tests.faq.knowledge_files import decide, entry, knowledge

SHOP = knowledge(
    entry("how", "How do I return an item?", "return something"),
    entry("retail", "Where are your retail shops?", "shops near me"),
    entry("cancel", "Can I cancel my order?", "cancellation of an order"),
    entry("fee", "送料はいくらですか", "送料"),
)


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("ret", "retail return"),
        ("How do I RET", "how do i return retail"),
        ("how do i re", "how do i return retail"),
        ("canc", "cancel cancellation"),
        # a whole word, a finished one, a single letter, no beginning of anything, Japanese
        ("return", "return"),
        ("ret ", "ret "),
        ("r", "r"),
        ("xyz", "xyz"),
        ("item2ret", "item2ret"),
        ("", ""),
        ("送", "送"),
        ("送料 ret", "送料 return retail"),
    ],
)
def test_a_half_written_word_becomes_what_it_may_be(text, completed):
    assert set(SHOP.matcher.complete(text).split(" ")) == set(completed.split(" "))


def test_nothing_is_answered_by_a_word_that_nobody_wrote():
    assert decide(SHOP, "canc").kind is not Kind.ANSWER
