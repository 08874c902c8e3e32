"""Replay asks what customers really asked, in their words, and knows what they said about it."""

import pytest

from bot.clock import DAY_MS
from faq.replay import Question, Shift, Verdict
from handoff.keeping import Edit, EditKind, Keeping
from handoff.keeping_errors import BadEntry
from handoff.keeping_questions import list_questions
from handoff.settings import KnowledgePageSettings
from tests.handoff.keeping_world import open_keeping


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


async def test_a_change_is_replayed_over_what_was_asked(world, tell, tmp_path):
    k = await open_keeping(world, tmp_path / "knowledge")
    story = tell()
    for text in ("送料", "返品期限", "配送料金"):
        await story.say(text)
        await story.wait(20_000)
    # both stores hold their own talk: the page asks the one that it is given
    keeping = Keeping(
        story.store, k.world.hints, k.library, lambda: story.clock.now, KnowledgePageSettings()
    )
    told = await keeping.replay(k.admin, Edit(entry_id="shipping-fee", kind=EditKind.DELETE))
    assert (told.days, told.tried, told.unchanged, told.left_out) == (30, 3, 1, 0)
    assert [(each.question.text, each.shift, each.verdict) for each in told.changes] == [
        ("送料", Shift.UNANSWERED, Verdict.WORSE),
        ("配送料金", Shift.UNANSWERED, Verdict.WORSE),
    ]
    assert told.headline("ja") == "2件の回答が変わります：答えられなくなる2件。"
    text = "id: shipping-fee\nquestion: x\n"
    with pytest.raises(BadEntry) as caught:
        await keeping.replay(k.admin, Edit(entry_id="shipping-fee", text=text))
    assert [each.line for each in caught.value.findings] == [1]
    story.clock.pass_time(3 * DAY_MS)
    edit = Edit(entry_id="shipping-fee", kind=EditKind.DELETE)
    told = await keeping.replay(k.admin, edit, days=2)
    assert (told.days, told.tried) == (2, 0)


async def test_only_the_newest_questions_are_tried(story, monkeypatch):
    monkeypatch.setattr("handoff.keeping_questions.MOST_QUESTIONS", 1)
    await story.say("返品期限")
    await story.wait(20_000)
    await story.say("送料")
    questions, left_out = await story.store.read(list_questions, since=0)
    assert ([each.text for each in questions], left_out) == (["送料"], 1)
