"""Whoever wants one thing and not another is not answered about the other."""

import pytest

from faq.contrasting import find_contrast
from faq.decision import Kind
from faq.normalize import fold
from tests.faq.knowledge_files import decide, entry, knowledge

SHOP = knowledge(
    entry(
        "exchange",
        "サイズや色を交換したい",
        "交換の方法",
        "商品を交換したい",
        "I want an exchange",
        "exchange an item",
    ),
    entry("return", "返品したい", "返品の方法", "商品を返したい", "return an item"),
    entry("refund", "返金してほしい", "お金を返してほしい", "I want a refund", "get a refund"),
    entry("login", "ログインできない", "ログインの方法", "サインインできません"),
    entry("order", "注文できない", "エラーで注文が進まない", "購入できません"),
    entry("mail", "登録の確認メールが届かない", "会員登録のメールが来ない"),
)


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("交換じゃなくて返品したい", "return"),
        ("交換ではなく、返品したいです", "return"),
        ("返品じゃなくて交換がいいです。商品を交換したい", "exchange"),
        ("ログインはできるけど注文できない", "order"),
        ("ログインはできたのに注文できない", "order"),
        ("I want a refund, not an exchange", "refund"),
    ],
)
def test_what_is_turned_down_is_not_answered(text, best):
    made = decide(SHOP, text)
    assert (made.kind, made.candidates[0].entry_id) == (Kind.ANSWER, best)


def test_what_works_still_tells_what_it_is_about():
    made = decide(SHOP, "会員登録はできたけどメールが来ない")
    assert made.candidates[0].entry_id == "mail"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("交換じゃなくて返品したい", "返品したい"),
        ("キャンセルではなく変更です", "変更です"),
        ("注文はできたけど払えない", "払えない"),
        ("not the mail, but the password", "the password"),
        ("商品だけではなく箱も壊れている", None),
        ("会員でなくても買えますか", None),
        ("使えるわけではなく困っています", None),
        ("ログインできなくなりました", None),
        ("新品ではなくなった", None),
        ("まだ頼んでなくて迷っています", None),
        ("返品できるけど送料はいくらですか", None),
        ("交換じゃなくて", None),
        ("注文できますか", None),
        ("it is broken, not working", None),
        ("you sent a shirt, but not the right size", None),
        ("it sent 10 instead of 30", None),
        ("", None),
    ],
)
def test_what_is_meant(text, meant):
    found = find_contrast(fold(text))
    assert (found.meant if found else None) == meant


def test_a_long_message_is_taken_as_a_whole():
    assert find_contrast("交換ではなく返品したい。" + "長い話です。" * 50) is None
