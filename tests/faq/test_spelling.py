import pytest

from faq.normalize import fold
from tests.faq.knowledge_files import entry, knowledge

SPELLER = knowledge(
    entry("a", "How do I change my delivery address?", "cancellation", "refund", lang="en"),
    entry("b", "パーソナルトレーニングの予約", "キャンセル", "カード"),
).matcher.speller


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("chnage adress", "change address"),  # letters exchanged, a letter missing
        ("cancelaton", "cancellation"),  # two slips in a long word
        ("パーソルナトレーニング", "パーソナルトレーニング"),
        ("キャンセノレ", "キャンセノレ"),  # two slips in a short word: not ours to guess
        ("refunds changes", "refunds changes"),  # another ending is no slip
        ("12345 car hat", "12345 car hat"),
        ("qefund", "qefund"),  # the first letter is rarely wrong
    ],
)
def test_slips_are_mended_towards_words_of_the_knowledge(written, mended):
    assert SPELLER.mend(fold(written)) == fold(mended)
