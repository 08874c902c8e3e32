"""The desks are told when what stands at their top changes, by an edit or by the clock alone."""

import asyncio
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from bot.clock import MINUTE_MS
from bot.hints import DESK, Hints
from faq.announcement import Announcement
from faq.problem import Problem
from handoff import routine
from tests.factories import KNOWLEDGE, TOKYO
from tests.handoff.people_world import Clock

SNOW = Announcement(
    id="snow",
    text="大雪",
    starts=datetime(2026, 11, 24, 10, 5),
    ends=datetime(2026, 11, 24, 10, 10),
)
WRONG = Problem(file="a.yaml", line=1, column=1, what="no id", how="write one")


@pytest.fixture
def house() -> Any:
    return SimpleNamespace(
        library=SimpleNamespace(problems=(), current=replace(KNOWLEDGE, announcements=(SNOW,))),
        clock=Clock(),
        context=SimpleNamespace(zone=TOKYO),
        hints=Hints(),
    )


async def test_a_beginning_an_end_and_an_edit_are_told_once(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routine, "_LOOK_EVERY", 0)
    told = []
    with house.hints.listen(DESK) as listener:
        running = asyncio.create_task(routine.tell_banners(house))
        await asyncio.sleep(0)
        for change in ("", "begins", "", "ends", "edit", ""):
            if change in ("begins", "ends"):
                house.clock.now += 5 * MINUTE_MS
            elif change:
                house.library.problems = (WRONG,)
            told.append([hint.kind for hint in await listener.next(0.05)])
        running.cancel()
    assert told == [[], ["knowledge"], [], ["knowledge"], ["knowledge"], []]
