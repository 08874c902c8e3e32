"""Whatever comes first, and however often: what was taken back leaves no text."""

from dataclasses import replace
from itertools import permutations

import pytest

from bot.events import EventKind

pytestmark = pytest.mark.promise("P40")

SECRET = "himitsu no kotoba"
#: the event, delivered once more, the same message as another event, the unsend twice
STEPS = ("message", "redelivery", "again", "unsend", "unsend again")


def event_of(story, step):
    # time goes on between deliveries, the event's own time does not
    first = story.event(SECRET, key="m", source_key="s-m", now=1_800_345_600_000)
    if step == "again":
        return replace(first, event_key="m2")
    if step.startswith("unsend"):
        return replace(
            first, kind=EventKind.UNSEND, text="", source_key="", target_key="s-m",
            event_key=step, reply_token=None,
        )  # fmt: skip
    return first


async def test_no_order_of_deliveries_leaves_the_text(tell):
    """All 120 orders, each for a customer of its own; every other one has written before."""
    story = tell()
    for number, steps in enumerate(permutations(STEPS)):
        who = f"U{number}"
        if number % 2:
            await story.say("こんにちは", customer=who, key=f"hello{number}")
        for step in steps:
            event = event_of(story, step)
            event = replace(
                event,
                customer_key=who,
                event_key=f"{event.event_key}-{number}",
                source_key=event.source_key and f"s-m{number}",
                target_key=event.target_key and f"s-m{number}",
            )
            story.clock.pass_time(100)
            await story.intake.receive([event])
    assert [value for value in await story.dump() if SECRET in value] == []
    said = await story.rows(
        "SELECT COUNT(*) AS n FROM message WHERE sender = 'customer' AND erased_how = 'unsent'"
    )
    # its place is kept once, whatever was delivered how often
    assert said == [{"n": 120}]


async def test_both_in_one_call_leave_nothing(tell):
    story = tell()
    await story.intake.receive([event_of(story, step) for step in STEPS])
    await story.intake.receive([event_of(story, step) for step in reversed(STEPS)])
    assert [value for value in await story.dump() if SECRET in value] == []


async def test_the_control_would_be_seen(tell):
    story = tell()
    await story.intake.receive([event_of(story, "message")])
    assert [value for value in await story.dump() if SECRET in value] != []
