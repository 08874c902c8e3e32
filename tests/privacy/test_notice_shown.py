"""Customers are told how their words are used, and we know which version they saw and when."""

import pytest
from factories import NOON

URL = "https://shop.example/privacy"
TOLD = f"いただいた内容は、ご対応と品質の向上のために使います。くわしくは {URL} をご覧ください。"


async def shown(story):
    (row,) = await story.rows("SELECT notice_at, notice_version FROM customer")
    return row["notice_version"], row["notice_at"]


async def times_told(story):
    return sum(TOLD in (line["text"] or "") for line in await story.lines())


@pytest.mark.parametrize("channel", ["line", "web"])
async def test_the_greeting_names_the_notice_and_its_version_is_kept(tell, channel):
    story = tell(channel=channel, privacy_url=URL, privacy_version="2026-10")
    await story.follow()
    assert TOLD in (await story.lines())[0]["text"]
    assert await shown(story) == ("2026-10", NOON)
    story.clock.pass_time(60_000)
    await story.say("送料はいくらですか？")
    assert (await times_told(story), await shown(story)) == (1, ("2026-10", NOON))


async def test_who_was_never_greeted_is_told_with_the_first_answer(tell):
    story = tell(privacy_url=URL)
    await story.say("送料はいくらですか？")
    lines = [line["text"] for line in await story.lines()]
    assert lines[:3] == ["送料はいくらですか？", TOLD, "全国一律500円です。"]
    assert await shown(story) == ("1", NOON)


async def test_a_new_version_is_told_once(tell):
    story = tell(privacy_url=URL)
    await story.follow()
    later = tell(privacy_url=URL, privacy_version="2")
    later.count = 10
    later.clock.pass_time(1_000)
    await later.say("送料はいくらですか？")
    await later.say("何日で届きますか？")
    assert (await times_told(later), await shown(later)) == (2, ("2", NOON + 1_000))


async def test_without_a_notice_nothing_is_said_and_nothing_noted(story):
    await story.follow()
    await story.say("送料はいくらですか？")
    assert (await times_told(story), await shown(story)) == (0, (None, None))
