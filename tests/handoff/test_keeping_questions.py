"""Replay asks what customers really asked, in their words, and knows what they said about it."""

from bot.clock import DAY_MS
from faq.replay import Question
from handoff.keeping_questions import list_questions


async def asked(story, *, since: int = 0) -> list[tuple[str, int, set[str], set[str]]]:
    questions, left_out = await story.store.read(list_questions, since=since)
    assert left_out == 0
    assert all(isinstance(each, Question) for each in questions)
    return [(each.text, each.count, set(each.right), set(each.wrong)) for each in questions]


async def test_the_newest_question_comes_first_and_each_once(story):
    for text in ("返品期限", "送料", "返品期限"):
        await story.say(text)
        await story.wait(20_000)
    assert await asked(story) == [("返品期限", 2, set(), set()), ("送料", 1, set(), set())]


async def test_solved_and_unsolved_tell_which_answer_was_right(story):
    await story.say("返品期限")
    await story.tap("solved")
    await story.say("送料")
    await story.tap("unsolved")
    assert await asked(story) == [
        ("送料", 1, set(), {"shipping-fee"}),
        ("返品期限", 1, {"return-deadline"}, set()),
    ]


async def test_a_tapped_suggestion_tells_what_was_meant(tell):
    story = tell(merge_ms=0)
    await story.say("返品と返金")
    await story.tap("entry:refund-when")
    await story.tap("solved")
    assert await asked(story) == [("返品と返金", 1, {"refund-when"}, set())]


async def test_lines_that_the_bot_took_together_are_one_question(story):
    await story.say("あの")
    await story.say("返品したいのですが")
    await story.wait(2_000)
    (question,) = await asked(story)
    assert question[0] == "あの\n返品したいのですが"


async def test_what_was_taken_back_or_is_old_is_left_out(story):
    await story.say("返品期限")
    await story.wait(20_000)
    receipt = await story.say("送料")
    await story.unsend(receipt)
    assert [each[0] for each in await asked(story)] == ["返品期限"]
    assert await asked(story, since=story.clock.now + DAY_MS) == []


async def test_each_channel_and_language_asks_for_itself(tell):
    line, web = tell(channel="line"), tell(channel="web")
    await line.say("返品期限")
    await web.say("返品期限", key="w1", customer="V1")
    questions, _ = await line.store.read(list_questions, since=0)
    assert sorted((each.channel, each.text) for each in questions) == [
        ("line", "返品期限"),
        ("web", "返品期限"),
    ]
