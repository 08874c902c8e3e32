"""One word that only states something is no question that could be answered outright."""

import pytest

from faq.decision import Kind
from faq.normalize import fold
from faq.stating import find_stated
from tests.faq.knowledge_files import decide, entry, knowledge

SHOP = knowledge(
    entry("locked", "ログインできなくなりました", "何度も間違えて入れなくなった"),
    entry("size", "商品の大きさを教えてください", "高さは何センチですか"),
    entry("defect", "商品が壊れていました", "壊れた"),
    entry("how", "返品の方法を教えてください", "返品したい"),
    entry("fee", "送料はいくらですか", "配送料金"),
    entry("login", "ログインできません", "ログイン"),
    entry("refund", "返金がまだ届かない", "返金されていません", "返金がない"),
    entry("friends", "友達を紹介すると特典はありますか", "紹介特典"),
)


@pytest.mark.parametrize(
    ("text", "kind", "best"),
    [
        # a word of an entry's text, and nothing that is asked
        ("間違えました", Kind.SUGGEST, "locked"),
        ("高すぎる", Kind.SUGGEST, "size"),
        ("高すぎます！", Kind.SUGGEST, "size"),
        ("友達とけんかした", Kind.SUGGEST, "friends"),
        # an entry that has it alone is meant
        ("壊れました", Kind.ANSWER, "defect"),
        # the contrary of an entry's text is no question about it
        ("返金されました", Kind.SUGGEST, "refund"),
        ("返金されてません", Kind.ANSWER, "refund"),
        # a number is told, and nothing is asked
        ("送料は1234でした", Kind.SUGGEST, "fee"),
        # that it works is no question about it
        ("ログインできました", Kind.SUGGEST, "login"),
        ("ログイン", Kind.ANSWER, "login"),
        ("ログインできない", Kind.ANSWER, "login"),
        # what asks, wishes or names a matter
        ("送料", Kind.ANSWER, "fee"),
        ("返品する", Kind.ANSWER, "how"),
        ("返品したい", Kind.ANSWER, "how"),
        ("高さは？", Kind.ANSWER, "size"),
    ],
)
def test_what_is_only_stated_is_offered_and_not_answered(text, kind, best):
    made = decide(SHOP, text)
    assert (made.kind, made.candidates[0].entry_id) == (kind, best)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("間違えました", "間違"),
        ("間違えたよ。", "間違"),
        ("届かない", ""),
        ("届きましたか", ""),
        ("返品します", ""),
        ("商品が壊れた", ""),
        ("I made a mistake", ""),
        ("", ""),
    ],
)
def test_what_a_text_states(text, stated):
    assert find_stated(fold(text)) == stated
