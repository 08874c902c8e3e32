"""Whoever waits is heard about the waiting; the rest is for the agent."""

import pytest

from bot.settings import FormField
from bot.waiting_words import Wanted, find_wanted

WAYS = ["このまま待つ", "折り返し電話を希望", "伝言を残す"]
BACK = "自動応答に戻る"
POSITION = "担当者におつなぎします。ただいまの順番は1番目、お待ち時間は約3〜6分の見込みです。"
LEAVE = (
    "承知しました。担当者をお待ちいただくのをやめて、自動応答に戻りますか？",
    [BACK, "このまま待つ"],
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("どのくらい待ちますか", Wanted.PLACE),
        ("あと何分ですか？", Wanted.PLACE),
        ("順番はまだですか", Wanted.PLACE),
        ("まだですか", Wanted.PLACE),
        ("いつ連絡もらえますか", Wanted.PLACE),
        ("ずっと待ってるんですけど", Wanted.PLACE),
        ("how much longer?", Wanted.PLACE),
        ("折り返しお願いします", Wanted.CALL),
        ("電話してほしいです", Wanted.CALL),
        ("please call me back", Wanted.CALL),
        ("また電話で連絡いただけますか", Wanted.CALL),
        ("電話をかけていただけませんか", Wanted.CALL),
        ("待てないので電話してください", Wanted.CALL),
        ("順番は？", Wanted.PLACE),
        ("伝言を残したい", Wanted.NOTE),
        ("ボットに戻して", Wanted.BACK),
        ("もう待てません", Wanted.OUT),
        ("やっぱりいいです", Wanted.OUT),
        ("やめます", Wanted.OUT),
        ("キャンセルしたいです", None),
        ("電話番号は090-1234-5678です", None),
        ("いつ届きますか", None),
        ("送料はいくらですか", None),
        ("メッセージカードをお願いしました", None),
        # a call or a message that is only spoken of
        ("昨日電話してもらったのですが", None),
        ("先ほど電話でお願いした者です", None),
        ("折り返しの電話が来ません", None),
        ("電話しても通じないです", None),
        ("電話しないでください", None),
        ("メッセージを送りました", None),
        ("do not call me", None),
        ("He didn't call me back", None),
        ("いつ返金の連絡が来ますか", None),
        ("注文の順番を変えたい", None),
        ("はい", None),
        ("いいえ", None),
        ("", None),
    ],
)
def test_what_is_said_about_the_waiting(text, wanted):
    assert find_wanted(text) is wanted


async def test_whoever_asks_how_long_is_told_the_place_each_time(story):
    await story.say("担当者")
    for _ in range(2):
        await story.say("あとどのくらいですか")
        assert await story.last() == [("bot", POSITION, [*WAYS, BACK])]


async def test_a_callback_and_a_message_are_asked_for_in_words(story):
    await story.say("担当者")
    await story.say("電話してほしいんですけど")
    assert (await story.last())[0][1] == "お電話を差し上げる時間をお選びください。"
    await story.say("やっぱり伝言お願いします")
    assert (await story.last())[0][1] == "担当者へのご伝言をお送りください。"
    await story.say("何分待っても来ません。電話してください")
    assert (await story.last())[0][1].startswith("ご伝言をお預かりしました。")


@pytest.mark.parametrize("text", ["はい", BACK, "1", "やめます。自動応答に戻して"])
async def test_nobody_leaves_the_line_by_a_sigh_alone(story, text):
    await story.say("担当者")
    await story.say("もう待てないのでいいです")
    assert await story.last() == [("bot", *LEAVE)]
    assert (await story.conversation())["state"] == "waiting"
    await story.say(text)
    assert (await story.conversation())["state"] == "bot"


@pytest.mark.parametrize("text", ["いいえ", "このまま待つ", "2"])
async def test_who_stays_after_all_keeps_the_place(story, text):
    await story.say("担当者")
    since = (await story.conversation())["waiting_since"]
    await story.say("もう待てません")
    await story.say(text)
    row = await story.conversation()
    assert (row["state"], row["waiting_since"]) == ("waiting", since)
    assert (await story.last())[0][1] == (
        "承知しました。順番が参りましたら、こちらで担当者がお答えします。"
    )


async def test_an_answer_to_the_form_stays_an_answer(tell):
    story = tell(form=[FormField(key="why", label={"ja": "ご用件"}, ask={"ja": "ご用件は？"})])
    await story.say("担当者")
    await story.say("いつ連絡もらえますか")
    assert (await story.conversation())["form"] == '{"why":"いつ連絡もらえますか"}'


async def test_a_callback_is_given_up_in_words(story):
    await story.say("担当者")
    await story.say("折り返し電話を希望")
    await story.tap("slot:100-200")
    await story.say("やっぱりいいです")
    assert (await story.last())[0][1] == (
        "承知しました。順番が参りましたら、こちらで担当者がお答えします。"
    )
