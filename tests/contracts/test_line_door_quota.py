"""The month's pushes are used up: nothing is lost, and what is free goes on."""

from pathlib import Path

from bot.standin.events import without
from bot.standin.faults import RATE_LIMIT
from bot.standin.platform import Platform
from tests.contracts.line_house import LATE, Clock, LineDoor, answered, open_door, question


async def _push_question(door: LineDoor, who: str, number: int) -> None:
    """A question whose answer has to be pushed."""
    await door.send(without(door.events.text(who, question(number)), "replyToken"))


async def test_pushes_wait_replies_go_on_and_the_new_month_frees_them(door: LineDoor):
    hana, taro = door.customer(), door.customer("鈴木 太郎")
    door.platform.quota.limit = 2
    await _push_question(door, hana, 0)
    assert await door.seen_by(hana) == answered(0)
    door.platform.quota.used = 2
    await _push_question(door, hana, 1)
    await _push_question(door, taro, 2)
    await door.settle()
    assert [state for state, _ in await door.states()][1:] == ["blocked_quota"] * 2
    assert door.house.delivery is not None
    assert door.house.delivery.health.quota_used_up
    # replies cost nothing and overtake what waits
    await door.ask_price(hana, 3)
    await door.ask_price(taro, 4)
    assert await door.seen_by(hana) == answered(0, 3)
    assert await door.seen_by(taro) == answered(4)
    # LINE is not asked again and again meanwhile
    calls = len(door.platform.rates._calls["push"])
    door.clock.forward(minutes=5)
    await _push_question(door, hana, 5)
    await door.settle()
    assert len(door.platform.rates._calls["push"]) == calls
    # a new month
    door.platform.quota.used = 0
    door.platform.quota.limit = 1000
    door.clock.forward(minutes=11)
    door.wake()

    async def all_free() -> bool:
        return {state for state, _ in await door.states()} == {"sent"}

    assert await door.until(all_free)
    assert door.platform.texts_to(hana)[:6] == answered(0, 3, 1)
    assert answered(5)[0] in door.platform.texts_to(hana)
    assert door.platform.texts_to(taro)[:4] == answered(4, 2)
    assert not door.house.delivery.health.quota_used_up


async def test_seventy_held_pushes_hold_up_no_reply(door: LineDoor):
    """More than fit in flight at once are owed first, and all of them have to wait."""
    door.platform.quota.limit = 0
    first = door.customer("先頭")
    await _push_question(door, first, 0)
    await door.settle()
    people = [door.customer(f"客 {number}") for number in range(70)]
    events = [without(door.events.text(who, question(1)), "replyToken") for who in people]
    await door.send(*events)
    hana = door.customer()
    await door.ask_price(hana, 2)
    assert await door.seen_by(hana) == answered(2)


async def test_what_was_held_is_freed_after_a_restart_too(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    line_platform.quota.limit = 0
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana = door.customer()
        await _push_question(door, hana, 0)
        await door.settle()
        assert await door.states() == [("blocked_quota", None)]
    # the month ends while the server is down
    line_platform.quota.limit = 200
    moving_clock.forward(hours=12)
    async with open_door(tmp_path, line_platform, moving_clock) as door:

        async def is_sent() -> bool:
            return (await door.states())[0] == ("sent", "push")

        assert await door.until(is_sent)
        assert await door.seen_by(hana) == [*answered(0), LATE]
    assert line_platform.violations == []


async def test_a_rate_limit_is_not_mistaken_for_the_month(door: LineDoor):
    hana = door.customer()
    door.platform.quota.limit = 200
    door.platform.faults.script("push", RATE_LIMIT)
    await _push_question(door, hana, 0)

    async def was_refused() -> bool:
        return len(door.platform.faults.drawn) == 1

    assert await door.until(was_refused)
    door.clock.forward(seconds=3)
    assert await door.seen_by(hana) == answered(0)
    assert door.house.delivery is not None
    assert not door.house.delivery.health.quota_used_up
