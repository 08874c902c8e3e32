"""Announcements through the real store: what is kept, what LINE is owed, when they are quiet."""

import json
from dataclasses import replace
from datetime import datetime

import pytest
from factories import KNOWLEDGE

from bot.clock import HOUR_MS, MINUTE_MS
from faq.announcement import Announcement

FEE, DAYS = "送料はいくらですか？", "何日で届きますか？"
SNOW = Announcement(
    id="snow",
    text="大雪のため遅れています。",
    topics=("配送",),
    pause=("shipping-days",),
    # the stories begin at 17:00
    ends=datetime(2027, 1, 19, 18),
    translations={"en": "Snow delays deliveries."},
)
LED = ("bot", "【お知らせ】大雪のため遅れています。", [])
ANSWER = [
    ("bot", "全国一律500円です。", []),
    ("bot", "解決しましたか？", ["解決した", "解決しない", "担当者に相談"]),
]


@pytest.fixture
def snowy(tell):
    return lambda **more: tell(knowledge=replace(KNOWLEDGE, announcements=(SNOW,)), **more)


async def kept(story):
    """The announcement that each message of the bot carries."""
    rows = await story.rows("SELECT body FROM message WHERE sender = 'bot' ORDER BY seq")
    return [json.loads(row["body"] or "{}").get("announcement") for row in rows]


async def test_on_line_it_is_the_first_bubble_of_the_free_reply(snowy):
    story = snowy(channel="line")
    await story.say(FEE)
    assert await story.transcript() == [("customer", FEE, []), LED, *ANSWER]
    assert await kept(story) == ["snow", None, None]
    (owed,) = await story.rows("SELECT body, reply_token FROM outbox")
    texts = [bubble["text"] for bubble in json.loads(owed["body"])["bubbles"]]
    assert (texts, owed["reply_token"]) == ([LED[1], *(line[1] for line in ANSWER)], "t-e1")
    # what is counted stays with us
    assert "announcement" not in owed["body"]


async def test_the_same_on_the_web_without_sending(snowy):
    story = snowy(channel="web")
    await story.say(FEE)
    await story.say(FEE)
    asked = ("customer", FEE, [])
    assert await story.transcript() == [asked, LED, *ANSWER, asked, *ANSWER]
    assert await story.rows("SELECT id FROM outbox") == []


async def test_a_new_conversation_hears_it_anew_until_it_is_over(snowy):
    story = snowy(lapse_minutes=20)
    heard = []
    for _ in range(3):
        before = len(await story.transcript())
        await story.say(FEE)
        heard.append(LED in await story.transcript(after=before))
        await story.wait(25 * MINUTE_MS)
    await story.say(FEE)
    assert (heard, await story.last(2)) == ([True, True, True], ANSWER)
    assert (await kept(story)).count("snow") == 3


async def test_a_pause_ends_by_itself(snowy):
    story = snowy()
    await story.say(DAYS)
    assert await story.last(2) == [
        LED,
        (
            "bot",
            "いまご案内できるのは以上です。担当者におつなぎしますか？ ほかのご質問も承ります。",
            ["担当者につなぐ", "ほかの質問をする"],
        ),
    ]
    story.clock.pass_time(HOUR_MS)
    await story.say(DAYS)
    assert await story.last(2) == [("bot", "2日から4日です。", []), ANSWER[1]]


async def test_an_unclear_line_is_led_when_it_is_settled(snowy):
    story = snowy()
    await story.say("送料")
    if len(await story.transcript()) == 1:
        await story.wait(1_500)
    assert await story.transcript(after=1) == [LED, *ANSWER]


async def test_people_are_not_interrupted(snowy):
    story = snowy()
    await story.tap("human")
    waiting = len(await story.transcript())
    await story.say(FEE)
    await story.claim()
    await story.say(FEE)
    said = [text for _, text, _ in await story.transcript(after=waiting)]
    assert [text for text in said if "お知らせ" in text] == [], said
    assert set(await kept(story)) == {None}
