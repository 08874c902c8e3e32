"""What a stopped or dead process left behind is finished by the next one, as the rules say."""

import asyncio
from pathlib import Path

import pytest

from bot import delivery
from bot.background import run_timers
from bot.standin.faults import RATE_LIMIT
from bot.standin.platform import Platform
from tests.contracts.line_house import LATE, Clock, LineDoor, answered, open_door, price, question


async def _die_in_the_call(door: LineDoor, *, tried_after_ms: int) -> None:
    """Make the only row look as a process leaves it that died while LINE was taking it."""
    assert door.house.delivery is not None
    await door.settle()
    await door.run(
        "UPDATE outbox SET state = 'sending', sent_at = NULL, route = NULL,"
        " lease_until = created_at + :ms",
        ms=tried_after_ms + door.house.delivery._lease_ms,
    )


MARKED = ["（再送）" + price(0), answered(0)[1]]


@pytest.mark.parametrize(
    ("rules", "minutes", "more", "states"),
    [
        # the token is young: the same token again, and LINE's 400 says that it was used
        ({}, 0, [], [("sent", "reply")]),
        # too old to ask: sent again, and it says so
        ({}, 2, MARKED, [("sent", "push")]),
        ({"in_doubt": "at_most_once"}, 0, [], [("sent", "reply")]),
        ({"in_doubt": "at_most_once"}, 2, [], [("in_doubt", None)]),
        # a push has its key: LINE knows it again, however late
        ({"delivery": "exactly_once"}, 0, [], [("sent", "push")]),
        ({"delivery": "exactly_once"}, 60, [], [("sent", "push")]),
    ],
    ids=["young", "old", "most, young", "most, old", "exactly, young", "exactly, old"],
)
async def test_a_death_in_the_call_is_settled_by_the_rule(  # noqa: PLR0917 - fixtures are named
    tmp_path: Path,
    empty_database: Path,
    line_platform: Platform,
    moving_clock: Clock,
    rules: dict[str, str],
    minutes: int,
    more: list[str],
    states: list[tuple[str, str | None]],
):
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database, **rules
    ) as door:
        hana = door.customer()
        await door.ask_price(hana, 0)
        await _die_in_the_call(door, tried_after_ms=10)
    moving_clock.forward(minutes=minutes)
    async with open_door(tmp_path, line_platform, moving_clock, **rules) as door:
        shown = await door.seen_by(hana)
        late = [LATE] if minutes >= 2 and states != [("in_doubt", None)] else []
        assert shown == answered(0) + more + late
        assert (await door.states())[:1] == states
    assert line_platform.violations == []


async def test_a_death_in_a_push_for_an_old_token_is_no_doubt(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    """The row still has its token, but what was tried is the push: same key, same body."""
    line_platform.faults.script("reply", RATE_LIMIT)
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana = door.customer()
        await door.ask_price(hana, 0)

        async def was_refused() -> bool:
            return bool(line_platform.faults.drawn)

        assert await door.until(was_refused)
        moving_clock.forward(seconds=70)
        assert await door.seen_by(hana) == answered(0)
        assert await door.states() == [("sent", "push")]
        await _die_in_the_call(door, tried_after_ms=70_000)
    async with open_door(tmp_path, line_platform, moving_clock) as door:
        assert await door.seen_by(hana) == answered(0)
        assert await door.states() == [("sent", "push")]
    assert line_platform.violations == []


async def test_what_was_owed_at_a_stop_is_sent_after_the_start(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    """An orderly stop while LINE is away: the next start sends it, in order, once."""
    line_platform.faults.script("reply", *[RATE_LIMIT] * 20)
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana, taro = door.customer(), door.customer("鈴木 太郎")
        for number in range(3):
            await door.ask_price(hana, number)
            await door.ask_price(taro, number)
    line_platform.faults.clear()
    moving_clock.forward(seconds=20)
    async with open_door(tmp_path, line_platform, moving_clock) as door:
        assert await door.seen_by(hana) == answered(0, 1, 2)
        assert await door.seen_by(taro) == answered(0, 1, 2)
    assert line_platform.violations == []


async def test_an_unclear_line_is_settled_after_a_restart(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    """It waited for its continuation when the server stopped; the timer finds it."""
    waits = {"merge_ms": 5000}
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database, talk=waits
    ) as door:
        hana = door.customer()
        await door.ask(hana, "あのですね")
        assert await door.states() == []
    moving_clock.forward(seconds=6)
    async with open_door(tmp_path, line_platform, moving_clock, talk=waits) as door:

        async def is_answered() -> bool:
            return len(line_platform.texts_to(hana)) == 1

        assert await door.until(is_answered)
        await door.settle()
        assert line_platform.texts_to(hana)[0].startswith("恐れ入りますが、ご質問の内容を")
        assert await door.states() == [("sent", "reply")]


async def test_lines_written_in_pieces_are_one_question(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    async with open_door(
        tmp_path,
        line_platform,
        moving_clock,
        empty_database=empty_database,
        talk={"merge_ms": 1500},
    ) as door:
        hana = door.customer()
        await door.ask(hana, "すみません、あのですね")
        await door.ask(hana, question(3))
        assert await door.seen_by(hana) == answered(3)
        door.clock.forward(seconds=3)
        await run_timers(door.house.store, door.house.intake, door.clock)
        assert await door.seen_by(hana) == answered(3)
    assert line_platform.violations == []


async def test_a_late_answer_says_so_even_if_the_process_dies_right_behind_it(
    tmp_path: Path,
    empty_database: Path,
    line_platform: Platform,
    moving_clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
):
    def die(name: str) -> None:
        if name == "delivery.after_mark":
            raise asyncio.CancelledError

    line_platform.faults.script("reply", RATE_LIMIT)
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana = door.customer()
        await door.ask_price(hana, 0)

        async def was_refused() -> bool:
            return await door.states() == [("pending", None)] and bool(line_platform.faults.drawn)

        assert await door.until(was_refused)
        monkeypatch.setattr(delivery, "hit", die)
        moving_clock.forward(minutes=3)

        async def was_sent() -> bool:
            return line_platform.texts_to(hana)[:2] == answered(0)

        assert await door.until(was_sent)
    monkeypatch.undo()
    async with open_door(tmp_path, line_platform, moving_clock) as door:
        assert await door.seen_by(hana) == [*answered(0), LATE]
