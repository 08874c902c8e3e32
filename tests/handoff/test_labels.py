"""Which entry was right for which text, by what real customers did."""

import json

import pytest

from faq.evaluate import Question
from handoff.labels import How, label_lines, list_labelled, list_labels
from tests.handoff.gap_world import GapWorld
from tests.handoff.people_world import World


@pytest.fixture
def town(world: World) -> GapWorld:
    return GapWorld(world)


async def labelled(town: GapWorld) -> list[tuple[str, tuple[str, ...], tuple[str, ...], How]]:
    found = await town.world.store.read(list_labelled, 0)
    return [(one.text, one.expect, one.rejected, one.how) for one in found]


UNCLEAR = "返したいのですがいつ"


async def test_a_tap_on_a_did_you_mean_labels_the_question(town: GapWorld):
    await town.say("A", UNCLEAR)
    await town.tap("A", "entry:return-deadline")
    assert await labelled(town) == [(UNCLEAR, ("return-deadline",), (), How.PICKED)]
    assert await town.world.store.read(list_labels, 0) == (
        Question(text=UNCLEAR, expect=("return-deadline",)),
    )


async def test_a_typed_number_is_a_tap(town: GapWorld):
    await town.say("A", UNCLEAR, "1")
    ((text, expect, _, how),) = await labelled(town)
    assert (text, len(expect), how) == (UNCLEAR, 1, How.PICKED)


async def test_solved_after_an_answer_says_that_it_was_right(town: GapWorld):
    await town.say("A", "返品期限は？")
    assert await labelled(town) == []
    await town.tap("A", "solved")
    assert await labelled(town) == [("返品期限は？", ("return-deadline",), (), How.SOLVED)]


async def test_a_typed_thanks_that_it_is_solved_counts_too(town: GapWorld):
    await town.say("A", "返品期限は？", "解決しました、ありがとう")
    assert await labelled(town) == [("返品期限は？", ("return-deadline",), (), How.SOLVED)]


@pytest.mark.parametrize("word", ["unsolved", "解決しません"])
async def test_not_solved_says_which_entry_is_wrong(town: GapWorld, word: str):
    await town.say("A", "返品期限は？")
    await (town.tap("A", word) if word.isascii() else town.say("A", word))
    assert await labelled(town) == [("返品期限は？", (), ("return-deadline",), How.REJECTED)]
    assert await town.world.store.read(list_labels, 0) == ()


async def test_none_of_these_turns_down_what_was_offered(town: GapWorld):
    await town.say("A", UNCLEAR)
    await town.tap("A", "none")
    ((text, expect, rejected, how),) = await labelled(town)
    assert (text, expect, how) == (UNCLEAR, (), How.REJECTED)
    assert "return-deadline" in rejected


async def test_a_picked_entry_that_did_not_help_is_no_right_one(town: GapWorld):
    await town.say("A", UNCLEAR)
    await town.tap("A", "entry:return-deadline", "unsolved")
    assert await labelled(town) == [(UNCLEAR, (), ("return-deadline",), How.REJECTED)]


async def test_what_is_tapped_beside_an_answer_says_nothing_about_the_question(town: GapWorld):
    await town.say("A", "返品期限は？")
    await town.tap("A", "entry:refund-when")
    assert await labelled(town) == []


async def test_what_was_taken_back_labels_nothing(town: GapWorld):
    key = await town.say("A", UNCLEAR)
    await town.tap("A", "entry:return-deadline")
    await town.unsend("A", key)
    assert await labelled(town) == []


async def test_telephone_numbers_are_masked(town: GapWorld):
    await town.say("A", "返品期限は？ 電話は090-1234-5678です")
    await town.tap("A", "solved")
    assert [text for text, *_ in await labelled(town)] == ["返品期限は？ 電話は***-****-5678です"]


async def test_only_what_was_asked_since_then_counts_and_each_text_once(town: GapWorld):
    await town.say("A", "返品期限は？")
    await town.tap("A", "solved")
    later = town.world.clock()
    await town.say("B", "返品期限は")
    await town.tap("B", "solved")
    assert len(await town.world.store.read(list_labelled, later)) == 1
    found = await town.world.store.read(list_labels, 0)
    assert found == (Question(text="返品期限は", expect=("return-deadline",)),)
    assert [json.loads(line) for line in label_lines(found)] == [
        {"text": "返品期限は", "expect": ["return-deadline"]}
    ]
