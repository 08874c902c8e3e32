"""The language of a text without Japanese letters is told by the English in the knowledge."""

import pytest

from faq.language import choose_language
from tests.faq.knowledge_files import entry, knowledge

BOTH = knowledge(
    entry("hours", "営業時間を教えてください", "営業時間 today"),
    entry("opening", "What are your opening hours?", "closed on Sundays"),
    entry("warranty", "Is there a warranty?", "PayPay purchases"),
    entry("login", "I cannot log into my account", "switch off"),
    entry("paypay", "PayPayは使えますか", "WAON"),
)
JAPANESE = knowledge(entry("hours", "営業時間を教えてください", "営業時間", "PayPay"))


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("opening hours", "en"),
        ("Opening Hours?", "en"),
        ("warranty", "en"),
        ("warranties", "en"),
        ("warranty A-12345", "en"),
        # told by everyday words or letters, whatever the knowledge has
        ("refund", "en"),
        ("parcel never came", "en"),
        ("保証 warranty", "ja"),
        # written in haste, and the rest of it too short to tell
        ("i cnt log in!!", "en"),
        ("login switch", "en"),
        # brands, codes, words of Japanese entries, and most of it unknown
        ("PayPay", None),
        ("WAON", None),
        ("A-12345", None),
        ("iPhone 15 Pro", None),
        ("Apple Pay", None),
        ("LINE Pay", None),
        ("Nintendo Switch", None),
        ("warranty foo bar", None),
        ("OK", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text, lang):
    assert choose_language(text, BOTH.matcher) == lang


def test_knowledge_without_english_tells_nothing():
    assert choose_language("opening hours", JAPANESE.matcher) is None


def test_in_a_talk_that_goes_on_one_word_is_not_enough():
    found = [
        choose_language(text, BOTH.matcher, least=2) for text in ("warranty", "opening hours")
    ]
    assert found == [None, "en"]
