"""Yes, no and how it went, in short answers."""

import pytest

from bot.assent import is_fine, is_no, is_yes, works_now


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("はい", "yes"),
        ("ＯＫ", "yes"),
        ("解決しました！", "yes"),
        ("Yes.", "yes"),
        ("お願いします", "yes"),
        ("大丈夫です", "fine"),
        ("結構です", "fine"),
        ("ありがとうございました、もう大丈夫です", "fine"),
        ("これで大丈夫です。ありがとうございます！", "fine"),
        ("助かりました！大丈夫そうです", "fine"),
        ("Thanks, that's all!", "fine"),
        ("電子レンジは大丈夫ですか", ""),
        ("いいえ", "no"),
        ("まだです", "no"),
        ("だめでした", "no"),
        ("ダメだった…", "no"),
        ("できなかった", "no"),
        ("解決してません", "no"),
        ("No thanks", "no"),
        ("ありがとうございます、でもまだ解決していません", "no"),
        ("Thanks, but it didn't work", "no"),
        ("でも送料は？", ""),
        ("不要です", "no"),
        ("はいからさん", ""),
        ("いいえばりゅう", ""),
        ("", ""),
    ],
)
def test_bare_answers(text, reading):
    found = [
        name for name, fits in (("yes", is_yes), ("no", is_no), ("fine", is_fine)) if fits(text)
    ]
    assert found == ([reading] if reading else [])


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("ログインできました", True),
        ("無事に、ログインできました！", True),
        ("クーポン使えたよ", True),
        ("直りました。ありがとうございます", True),
        ("It works now, thanks!", True),
        ("that worked", True),
        ("ログインできましたか", False),
        ("ログインできました？", False),
        ("ログインできませんでした", False),
        ("ログインできましたが、注文が見られません", False),
        ("傷ができました", False),
        ("シミできた", False),
        ("コード入れました", False),
        ("It works now?", False),
        ("how does it work", False),
    ],
)
def test_what_was_asked_about_works(text, works):
    assert works_now(text) is works
