"""`madoguchi gaps` and `madoguchi labels`, beside a running server."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.errors import BadInput
from handoff.configuration import Settings, load_settings
from handoff.gap_commands import print_gaps, print_labels
from tests.handoff.gap_world import GapWorld
from tests.handoff.people_world import World


@pytest.fixture
def town(world: World) -> GapWorld:
    return GapWorld(world)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    return await asyncio.to_thread(
        load_settings,
        data_dir=tmp_path,
        knowledge=tmp_path / "none",
        database_url=f"sqlite:///{tmp_path}/madoguchi.sqlite3",
    )


async def gaps(town: GapWorld, settings: Settings, **wanted: object) -> list[str]:
    given = {"days": 30, "as_json": False, "clock": town.world.clock, **wanted}
    return await print_gaps(settings, **given)  # type: ignore[arg-type]  # named above


async def test_the_dearest_gap_comes_first_with_its_wordings(town: GapWorld, settings: Settings):
    sato = await town.world.agent("佐藤")
    await town.say("A", "駐車場はありますか")
    await town.say("B", "ギフト包装はできますか", "プレゼント用のギフト包装\x1b[2J")
    await town.tap("B", "human")
    await town.handle(sato, "B", "ギフト包装は330円で承っております。", minutes=90)
    assert await gaps(town, settings) == [
        "The last 30 days; an answer would save",
        " a month  people  minutes   hours  question",
        "     1.0    100%     90.0     1.5  プレゼント用のギフト包装 [2J",
        "                                   - ギフト包装はできますか",
        "     1.0      0%     90.0     0.0  駐車場はありますか",
    ]


async def test_the_same_as_json(town: GapWorld, settings: Settings):
    await town.say("A", "駐車場はありますか")
    (text,) = await gaps(town, settings, as_json=True, days=10)
    assert json.loads(text) == [
        {
            "id": 1,
            "text": "駐車場はありますか",
            "lang": "ja",
            "monthly": 3.0,
            "share_to_people": 0.0,
            "minutes": 6.0,
            "hours_a_month": 0.0,
            "count": 1,
            "count_before": 0,
            "conversations": 1,
            "last_at": town.world.clock(),
            "asked_again": False,
            "phrasings": [{"text": "駐車場はありますか", "count": 1}],
        }
    ]


async def test_without_gaps_it_says_so(town: GapWorld, settings: Settings):
    assert await gaps(town, settings) == ["No gaps: every question had an answer, or was decided."]


async def test_labels_are_lines_for_eval(town: GapWorld, settings: Settings):
    await town.say("A", "返品期限は？")
    await town.tap("A", "solved")
    town.world.clock.forward(minutes=3 * 24 * 60)
    line = '{"text": "返品期限は？", "expect": ["return-deadline"]}'
    assert await print_labels(settings, days=None, clock=town.world.clock) == [line]
    assert await print_labels(settings, days=2, clock=town.world.clock) == []


@pytest.mark.parametrize("days", [0, -1, 100_000])
async def test_unusable_days_are_refused(town: GapWorld, settings: Settings, days: int):
    with pytest.raises(BadInput):
        await gaps(town, settings, days=days)
    with pytest.raises(BadInput):
        await print_labels(settings, days=days, clock=town.world.clock)
