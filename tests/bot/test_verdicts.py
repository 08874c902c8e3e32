"""The survey is answered in words as well as by a tap, and a question is not lost in it."""

import pytest
from factories import ENTRIES

from bot.verdicts import find_score
from faq.knowledge import build_knowledge

RETURN = "返品はいつまでできますか？"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        *(("とても良かった", 5), ("すごく満足です！", 5), ("最高でした", 5), ("星5つ", 5)),
        *(("5点満点", 5), ("Excellent!", 5), ("良かったです", 4), ("満足", 4), ("4です", 4)),
        *(("普通", 3), ("ふつうでした", 3), ("まあまあかな", 3), ("3くらいかな", 3)),
        *(("いまいち", 2), ("あまり良くなかったです", 2), ("不満です", 2), ("bad", 2)),
        *(("とても悪かった", 1), ("最低", 1), ("terrible", 1), ("評価は1です", 1)),
        *(("良い商品はありますか？", None), ("5日で届きますか", None), ("よく分かりません", None)),
        *(("悪くはないけど送料が高い", None), ("普通郵便で送れますか", None), ("15", None)),
    ],
)
def test_a_verdict_in_words(text, score):
    assert find_score(text) == score


@pytest.fixture
async def asked(story):
    await story.say(RETURN)
    await story.tap("solved")
    return story


async def test_a_verdict_is_recorded_and_a_comment_asked_for(asked):
    await asked.say("とても良かったです")
    await asked.say("特になし")
    rows = await asked.rows("SELECT state, score, comment FROM survey")
    assert rows == [{"state": "answered", "score": 5, "comment": "特になし"}]


async def test_a_clear_question_in_place_of_a_comment_is_answered(tell):
    story = tell(knowledge=build_knowledge(ENTRIES, ()))
    await story.say(RETURN)
    await story.tap("solved")
    await story.say("5")
    await story.say("ところで送料はいくらでしょうか？")
    assert [row["entry_id"] for row in await story.lines()][-2] == "shipping-fee"
    assert (await story.conversation())["id"] == 2


async def test_a_comment_that_asks_nothing_of_the_knowledge_stays_one(asked):
    await asked.say("5")
    await asked.say("もっと早くなりませんか？")
    rows = await asked.rows("SELECT comment FROM survey")
    assert rows == [{"comment": "もっと早くなりませんか？"}]
