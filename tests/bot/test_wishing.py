"""A wish for a person, and a question in the same message."""

import pytest
from factories import mind

from bot.people import Front
from bot.wishing import beside_wish

REFUNDED = ("bot", "返品の到着から5営業日です。", [])
HEARD = (
    "bot",
    "担当者へのご相談を承りました。ご質問につきましては、先に次のとおりご案内します。",
    [],
)
TOLD = "ここまでの内容は担当者に引き継ぎます。くり返しのご説明は不要です。"
WAYS = ["このまま待つ", "折り返し電話を希望", "伝言を残す", "自動応答に戻る"]
CLOSED = "本日の受付は終了しました。次は明日9:00からです。"


def queued(reference):
    text = (
        "担当者におつなぎします。ただいまの順番は1番目、お待ち時間は約3〜6分の見込みです。\n"
        f"{TOLD}\nお問い合わせ番号は {reference} です。"
    )
    return ("bot", text, WAYS)


@pytest.mark.parametrize(
    "text",
    [
        "返金の時期を知りたいです。担当者と話したいです",
        "担当者と話したいです。返金はいつ入りますか？",
        "返金はいつ入りますか、担当者にもつないでください",
        "返金の時期を知りたいので、担当者につないでください",
    ],
)
async def test_the_wish_is_respected_and_the_question_answered(story, text):
    await story.say(text)
    row = await story.conversation()
    assert (row["state"], row["cause"], row["entry_id"]) == ("waiting", "asked", "refund-when")
    assert await story.transcript(after=1) == [HEARD, REFUNDED, queued(row["reference"])]


async def test_outside_the_hours_it_is_answered_too(story, desk):
    desk.front, desk.hours = Front.CLOSED, CLOSED
    await story.say("返金の時期を知りたいです。担当者と話したいです")
    reference = (await story.conversation())["reference"]
    closed = (
        f"{CLOSED}\n内容は担当者に届いておりますので、受付時間になりましたら順番にお答えします。\n"
        f"{TOLD}\nお問い合わせ番号は {reference} です。"
    )
    assert await story.transcript(after=1) == [HEARD, REFUNDED, ("bot", closed, WAYS)]


async def test_in_english(story):
    await story.say("How long can I return an item? I want to talk to a human.")
    assert [text for _, text, _ in await story.transcript(after=1)][:2] == [
        (
            "I have noted that you would like to talk to a person. "
            "Meanwhile, here is what I can say about your question."
        ),
        "Within 8 days of delivery.",
    ]


async def test_a_line_that_waited_for_its_rest_is_answered_with_the_wish(story):
    await story.say("返金がまだ来ません")
    await story.say("やっぱり担当者と話したい")
    row = await story.conversation()
    assert (await story.transcript())[-3:] == [HEARD, REFUNDED, queued(row["reference"])]


async def test_an_entry_that_goes_to_a_team_takes_the_wish_there(story):
    await story.say("届いた商品が壊れていました。担当者と話したいです")
    row = await story.conversation()
    assert (row["state"], row["team"], row["cause"]) == ("waiting", "returns", "asked")


@pytest.mark.parametrize(
    "text",
    [
        "担当者と話したいです",
        "すみません、担当者をお願いします。",
        "領収書の宛名を変えたいです。担当者と話したいです",
        "ボットはいらないので担当者を",
    ],
)
async def test_what_has_no_sure_answer_goes_to_people_alone(story, text):
    await story.say(text)
    row = await story.conversation()
    assert await story.transcript(after=1) == [queued(row["reference"])]


async def test_an_answer_that_was_heard_is_not_said_again(story):
    await story.say("返金はいつ入りますか？")
    await story.say("返金の時期を知りたいです。担当者と話したいです")
    row = await story.conversation()
    assert (await story.transcript())[-1] == queued(row["reference"])
    assert [line[:2] for line in await story.transcript()].count(REFUNDED[:2]) == 1


async def test_a_complaint_gets_no_answer_from_the_bot(story):
    await story.say("返金はいつ入りますか？いいかげんにしろ、返金しろ。担当者を出して")
    row = await story.conversation()
    said = await story.transcript(after=1)
    assert (row["cause"], row["urgent"], len(said)) == ("complaint", 1, 1)
    assert "5営業日" not in said[0][1]


async def test_going_back_to_the_bot_goes_on_as_ever(story):
    await story.say("返金の時期を知りたいです。担当者と話したいです")
    await story.tap_label("自動応答に戻る")
    await story.say("送料はいくらですか？")
    assert (await story.transcript())[-2][:2] == ("bot", "全国一律500円です。")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("How do refunds work? I want to talk to a human.", "How do refunds work?"),
        ("I want a refund and to speak to a human", "I want a refund"),
        ("返品したいのですが、担当者と話せますか", "返品したいのです"),
        ("日本から送る場合の送料は？担当者をお願いします", "日本から送る場合の送料は？"),
        ("担当者に返金について聞きたい", ""),
        ("こんにちは。担当者をお願いします", ""),
    ],
)
def test_what_is_said_besides_the_wish(text, rest):
    assert beside_wish(text, mind()) == rest
