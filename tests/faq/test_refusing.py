"""Whoever refuses something is not told how to get it."""

import pytest

from faq.decision import Kind
from faq.normalize import fold
from faq.refusing import is_refusing
from tests.faq.knowledge_files import decide, entry, knowledge

SHOP = knowledge(
    entry("leave", "退会したい", "会員をやめたい", "退会の方法", "アカウントを消したい"),
    entry(
        "cancel",
        "注文をキャンセルしたい",
        "キャンセルの方法",
        "注文を取り消したい",
        "How do I cancel?",
    ),
    entry(
        "mail", "メールマガジンがいらない", "メルマガを止めたい", "配信停止", "メールを減らしたい"
    ),
    entry("fee", "送料はいくらですか", "配送料", "送料無料の条件", "送料が知りたい"),
)


@pytest.mark.parametrize(
    "text",
    [
        "退会したくない",
        "退会したくはありません",
        "注文をキャンセルしないでください",
        "キャンセルしなくていいです",
        "領収書はいりません",
        "領収書不要",
        "I don't want to cancel",
        "Please do not cancel my order!",
    ],
)
def test_a_refusal_is_heard(text):
    assert is_refusing(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "退会したい",
        "届かない",
        "ログインできないです",
        "使い方が分からない",
        "I don't know how to cancel",
    ],
)
def test_what_does_not_work_is_no_refusal(text):
    assert not is_refusing(fold(text))


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("退会したい", Kind.ANSWER, "leave"),
        ("退会したくない", Kind.SUGGEST, "leave"),
        ("注文をキャンセルしないでください", Kind.SUGGEST, "cancel"),
        ("メルマガはいらない", Kind.ANSWER, "mail"),
        ("メールマガジンはいりません", Kind.ANSWER, "mail"),
    ],
)
def test_the_opposite_is_offered_and_never_answered(text, kind, first):
    made = decide(SHOP, text)
    assert (made.kind, made.candidates[0].entry_id) == (kind, first)
