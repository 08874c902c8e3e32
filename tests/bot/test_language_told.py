"""Customers whose channel names no language are answered in the one they write."""

import pytest
from factories import ENTRIES

from faq.entry import Entry, Translation
from faq.knowledge import build_knowledge

HOURS = Entry(
    id="hours",
    question="営業時間を教えてください",
    variants=("何時まで開いていますか",),
    answer="10時から19時までです。",
    translations={
        "en": Translation(
            question="What are your opening hours?",
            variants=("opening hours", "warehouse"),
            answer="From 10:00 to 19:00.",
        )
    },
)
KNOWLEDGE = build_knowledge((*ENTRIES, HOURS), ())
OPEN = "From 10:00 to 19:00."


@pytest.fixture
def story(tell):
    return tell(knowledge=KNOWLEDGE)


async def answers(story):
    return [text for sender, text, _ in await story.transcript() if sender == "bot"]


@pytest.mark.parametrize("text", ["opening hours", "Opening hours?", "warehouse"])
@pytest.mark.parametrize("followed", [False, True])
async def test_short_english_is_answered_in_english(story, text, followed):
    if followed:
        await story.follow()
    await story.say(text)
    assert (await answers(story))[-2:] == [OPEN, "Did that solve it?"]


async def test_one_word_turns_no_japanese_talk(story):
    await story.say("返品期限")
    await story.say("warehouse")
    assert (await answers(story))[-2:] == ["10時から19時までです。", "解決しましたか？"]


async def test_two_words_do(story):
    await story.say("返品期限")
    await story.say("opening hours")
    assert (await answers(story))[-2:] == [OPEN, "Did that solve it?"]


async def test_a_page_that_names_its_language_is_not_turned_by_one_word(story):
    await story.say("warehouse", lang="ja")
    assert (await answers(story))[-2] == "10時から19時までです。"
